"""Alembic's way in: it uses the connection it is given, touches only our tables, and logs nothing."""

from typing import Any

from alembic import context

from storage.migrate import VERSION_TABLE
from storage.tables import METADATA


def ours(thing: Any, name: str | None, kind: str, _reflected: bool, _compare_to: Any) -> bool:
    """An engine may keep tables of its own in the same database; they are none of our business."""
    table = name if kind == "table" else thing.table.name
    return table in METADATA.tables


def run() -> None:
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=METADATA,
        version_table=VERSION_TABLE,
        render_as_batch=True,
        include_object=ours,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
