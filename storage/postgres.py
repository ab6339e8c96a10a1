"""A PostgreSQL database is reached through a small pool, and no stopped worker blocks the others."""

from sqlalchemy import URL, Engine, create_engine
from sqlalchemy.exc import DBAPIError

from scheduler.errors import OperatorError
from storage.failures import first_line

OPTIONS = "-c lock_timeout=10s -c idle_in_transaction_session_timeout=10s -c TimeZone=UTC"
"""A worker that is stopped inside a transaction loses it, so that its row locks do not outlive it."""


def postgres_engine(url: URL, size: int) -> Engine:
    """A pool of `size` connections; a stale one is noticed before it is used."""
    said = url.query.get("options", "")
    own = said if isinstance(said, str) else " ".join(said)
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        connect_args={"options": f"{OPTIONS} {own}".strip(), "connect_timeout": 10},
        isolation_level="READ COMMITTED",
        pool_size=size,
        max_overflow=0,
        pool_pre_ping=True,
    )


def address_of(engine: Engine) -> str:
    """Where the database is, as an operator wrote it, without the password."""
    return engine.url.set(drivername="postgresql").render_as_string(hide_password=True)


def reach(engine: Engine) -> None:
    """Connect once, or say where nobody answered."""
    try:
        with engine.connect():
            pass
    except DBAPIError as error:
        raise OperatorError(
            f"DATABASE_URL: {address_of(engine)} cannot be reached: {first_line(error.orig)}"
        ) from None
