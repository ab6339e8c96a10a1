"""What every table has in common: one catalogue of tables, and names for all constraints."""

from typing import ClassVar

from sqlalchemy import Index, MetaData, Table, text
from sqlmodel import SQLModel

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Row(SQLModel):
    """The declaration of a row; rows stay inside this room, everybody else gets values."""

    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMES)


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index over the few rows that matter, on SQLite and on PostgreSQL alike."""
    return Index(
        name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where)
    )


def table_of(declared: type[Row]) -> Table:
    return Row.metadata.tables[str(declared.__tablename__)]
