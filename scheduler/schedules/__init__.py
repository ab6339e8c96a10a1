"""Schedules in detail: what a person typed, Debian's cron, time zones, and the words back."""
