"""A snapshot is taken whatever becomes of the lookup, and an empty axis is said to be empty."""

from datetime import UTC, datetime

import pytest

from scheduler.config import CoreConfig, RouteConfig
from scheduler.errors import RouteError
from scheduler.job import JobKind
from scheduler.press import RouteNames
from scheduler.route import Pins, Resolution, Snapshot
from scheduler.snapshots import OURS, Taken, take_snapshot

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)


class Broken:
    """A config of which nothing can be looked up."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def core(self) -> CoreConfig:
        raise self._error

    async def resolve(self, pins: Pins) -> Resolution:
        raise self._error

    async def resolve_under(self, routes: RouteConfig, pins: Pins) -> Resolution:
        return await self.resolve(pins)

    async def resolve_last_good(self, pins: Pins) -> Resolution:
        raise self._error

    async def default_model(self) -> str | None:
        raise self._error

    def last_good(self) -> CoreConfig:
        raise self._error

    async def change_default(self, route: RouteNames) -> None:
        raise self._error


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (OSError(24, "Too many open files"), OURS),
        (KeyError("model"), OURS),
        (RecursionError(), OURS),
        (RouteError("no provider is set"), "no provider is set"),
    ],
)
async def test_no_error_keeps_a_snapshot_from_being_taken(error: Exception, problem: str) -> None:
    taken = await take_snapshot(Broken(error), JobKind.AGENT, Pins(), NOW)
    assert taken == Taken(Snapshot(taken_at=NOW, unseen=True), problem=problem)


async def test_a_message_needs_no_lookup() -> None:
    assert await take_snapshot(Broken(OSError()), JobKind.MESSAGE, Pins(), NOW) == Taken(Snapshot())
