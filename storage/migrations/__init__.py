"""Migrations: small named steps from an empty database to today's tables."""
