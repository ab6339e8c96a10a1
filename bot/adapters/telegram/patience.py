"""What must be written is written once the database can be reached."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from scheduler.errors import StoreError

log = logging.getLogger(__name__)

DATABASE_AWAY = 1.0
"""Seconds until the database is asked again."""

Result = TypeVar("Result")


async def insist(ask: Callable[[], Awaitable[Result]]) -> Result:
    """What became of an update must not be forgotten because the database is away for a moment."""
    while True:
        try:
            return await ask()
        except StoreError as error:
            log.warning("the database is asked again: %s", error)
        await asyncio.sleep(DATABASE_AWAY)
