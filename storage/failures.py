"""What a database refuses is told in one line, without its traceback and without a password."""

import contextlib
from collections.abc import Iterator

from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from scheduler.errors import StoreError

RETRIED = ("40001", "40P01")
"""PostgreSQL's codes for "serialization failure" and "deadlock": it has undone the whole transaction."""


@contextlib.contextmanager
def told_in_one_line() -> Iterator[None]:
    """Turn trouble of the database into a StoreError; errors of ours pass as they are."""
    try:
        yield
    except (IntegrityError, ProgrammingError):
        raise
    except DBAPIError as error:
        raise StoreError(f"the database refused: {first_line(error.orig)}") from error
    except PoolTimeout as error:
        raise StoreError("the database is too busy: no connection became free") from error


ONE_OPEN_ALERT = "uq_alerts_open"


def first_line(error: BaseException | None) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def undone_by_the_database(error: SQLAlchemyError) -> bool:
    """Whether the very same transaction may simply be tried again."""
    if not isinstance(error, DBAPIError):
        return False
    # Two alerts of one chat met on one route: the second look finds the first one there.
    broken = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    return getattr(error.orig, "sqlstate", None) in RETRIED or broken == ONE_OPEN_ALERT
