"""How often a fault is injected: a floor at every change, the full size in `make soak`; and side by side."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

import pytest

T = TypeVar("T")


def rounds(many: int) -> pytest.MarkDecorator:
    """`rounds`: one, and in a soak so many."""
    soak = pytest.param(many, id="many", marks=pytest.mark.soak)
    return pytest.mark.parametrize("rounds", [pytest.param(1, id="few"), soak])


async def side_by_side(each: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """What each of them returned, in their order; the first that fails ends the others."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one) for one in each]
    return [task.result() for task in tasks]
