"""Migrations: small named steps from an empty database to today's tables."""

from typing import Any

from storage.tables import METADATA


def ours(thing: Any, name: str | None, kind: str, _reflected: bool, _compare_to: Any) -> bool:
    """An engine may keep tables of its own in the same database; they are none of our business."""
    table = name if kind == "table" else thing.table.name
    return table in METADATA.tables
