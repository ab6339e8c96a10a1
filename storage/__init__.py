"""The rows: tables, transactions and migrations."""
