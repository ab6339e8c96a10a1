"""The tables are brought to the shape this version knows; one written by a newer version is refused."""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from scheduler.errors import OperatorError

HEAD = "0003"
VERSION_TABLE = "driftpin_version"
MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 7_445_855_001
"""PostgreSQL's advisory lock under which one process at a time changes tables; any number would do."""


def upgrade(engine: Engine) -> None:
    """Run what is missing, all of it or nothing; several processes may do so at once."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        found = version(connection)
        if found == HEAD:
            return
        if found is not None and found > HEAD:
            raise OperatorError(
                f"the database was written by a newer Driftpin (its version is {found}, this one"
                f" knows {HEAD}): install that version, or restore an older backup"
            )
        _run(connection)


def version(connection: Connection) -> str | None:
    """The last migration this database has seen; None for an empty one."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    said = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608
    return None if said is None else str(said)


def _run(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
