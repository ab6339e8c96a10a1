"""A database that is away for a moment: what is handed in again waits for it, the rest is answered."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.terminal.adapter import HERE
from bot.dispatcher import Dispatcher
from bot.message import Request
from scheduler.errors import StoreError
from storage.store import Store
from tests.acceptance.alerted import ADD
from tests.acceptance.world import ME, World

BROKEN = "Something broke on our side."


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with World(tmp_path) as world:
        yield world


def away(monkeypatch: pytest.MonkeyPatch, verb: str, times: int = 1) -> None:
    """The database is lost at the next calls of this verb."""
    real, left = getattr(Store, verb), iter(range(times))

    async def failing(self: Store, *given: Any, **named: Any) -> Any:
        if next(left, None) is not None:
            raise StoreError("connection lost")
        return await real(self, *given, **named)

    monkeypatch.setattr(Store, verb, failing)


def asking(text: str, *, kept: bool) -> Request:
    return Request(ME, HERE, text, event="update:1", kept=kept)


@pytest.mark.parametrize("verb", ["seen", "admins", "add", "mark"])
async def test_what_is_kept_is_handed_in_again(
    world: World, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    handle = world.app.dispatcher.handle
    text = "list" if verb == "mark" else ADD
    away(monkeypatch, verb)
    with pytest.raises(StoreError):
        await handle(asking(text, kept=True))
    answer = await handle(asking(text, kept=True))
    assert answer is not None
    assert BROKEN not in answer.title


@pytest.mark.parametrize("verb", ["seen", "admins", "add", "mark"])
async def test_what_comes_once_is_answered_once_and_clearly(
    world: World, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    away(monkeypatch, verb)
    text = "list" if verb == "mark" else ADD
    answer = await world.app.dispatcher.handle(asking(text, kept=False))
    assert answer is not None
    assert answer.title.startswith(BROKEN)
    assert answer.private


async def test_what_had_its_effect_is_not_asked_for_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    dispatcher: Dispatcher = world.app.dispatcher
    away(monkeypatch, "mint")
    answer = await dispatcher.handle(asking(ADD, kept=True))
    assert answer is not None
    assert answer.title.startswith(BROKEN)
    assert await dispatcher.handle(asking(ADD, kept=True)) is None
