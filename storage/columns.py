"""A value of ours is kept in one column, and comes back as the same value."""

from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import JSON, BigInteger, Enum, Integer, String, TypeDecorator
from sqlalchemy.engine import Dialect

from scheduler.schedule import Schedule, dump, load

BIG = BigInteger().with_variant(Integer, "sqlite")
"""Ids of rows that come by the million; SQLite numbers rows only in a plain INTEGER."""


def word(choices: type[StrEnum]) -> Enum:
    """A closed choice, kept as its word."""
    return Enum(
        choices,
        native_enum=False,
        create_constraint=False,
        length=20,
        values_callable=lambda members: [member.value for member in members],
    )


class Text(TypeDecorator[str]):
    """Any text at all: what PostgreSQL cannot keep (NUL, half a surrogate pair) is left out."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return str(value).replace("\x00", "").encode(errors="ignore").decode()


class Value(TypeDecorator[Any]):
    """A frozen value, kept as JSON; keys a later version added are simply absent in older rows."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def __init__(self, kind: Any) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else _adapter(self.kind).dump_python(value, mode="json")

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else _adapter(self.kind).validate_python(value)


class ScheduleText(TypeDecorator[Schedule]):
    """A schedule in its stored form."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Schedule | None, dialect: Dialect) -> str | None:
        return None if value is None else dump(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Schedule | None:
        return None if value is None else load(value)


class Microseconds(TypeDecorator[timedelta]):
    """A length of time, exact, the same number on every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> int | None:
        return None if value is None else value // timedelta.resolution

    def process_result_value(self, value: int | None, dialect: Dialect) -> timedelta | None:
        return None if value is None else value * timedelta.resolution


class Dollars(TypeDecorator[Decimal]):
    """An amount of dollars, to a millionth of a millionth: what a token costs is less than one."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        return None if value is None else int(value.scaleb(12).to_integral_value())

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-12)


@lru_cache(maxsize=64)
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
