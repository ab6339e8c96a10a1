"""Nothing leaves but through the gate, and stopping a call closes its socket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from scheduler.errors import CutOff, GateShut, Lost, TooMuch
from scheduler.ports import Answer
from scheduler.route import ApiMode
from scheduler.run import Usage
from tests.fakes.provider import FakeProvider
from tests.fakes.provider_behaviours import Hang
from tests.fakes.provider_replies import Says
from tests.integration.agent_calls import CountingGate, answer, every_mode, loop


@pytest.fixture
async def provider() -> AsyncIterator[FakeProvider]:
    async with FakeProvider() as provider:
        yield provider


@every_mode
async def test_a_shut_gate_lets_nothing_out_and_comes_through_unchanged(
    provider: FakeProvider, mode: ApiMode
) -> None:
    gate = CountingGate(shut_at=1)
    with pytest.raises(GateShut) as caught:
        await answer(mode, provider.url, gate=gate)
    assert caught.value is gate.refusal
    assert provider.count == 0


async def test_a_call_stopped_at_the_gate_lets_nothing_out(provider: FakeProvider) -> None:
    reached = asyncio.Event()

    async def slow(step: int) -> None:
        reached.set()
        await asyncio.Event().wait()

    call = asyncio.create_task(answer(ApiMode.CHAT_COMPLETIONS, provider.url, gate=slow))
    await reached.wait()
    call.cancel()
    with suppress(asyncio.CancelledError):
        await call
    assert call.cancelled()
    assert provider.count == 0


@every_mode
@pytest.mark.parametrize("begun", [False, True])
async def test_stopping_a_call_closes_its_socket_at_once(
    provider: FakeProvider, mode: ApiMode, begun: bool
) -> None:
    provider.behave(Hang(begun))
    call = asyncio.create_task(answer(mode, provider.url))
    await provider.wait_for(1)
    clock = asyncio.get_running_loop()
    stopped_at = clock.time()
    call.cancel()
    await provider.wait_for_hang_ups(1)
    assert clock.time() - stopped_at < 1
    with pytest.raises(asyncio.CancelledError):
        await call
    assert provider.count == 1


@every_mode
async def test_each_step_of_a_tool_loop_passes_the_gate_again(
    provider: FakeProvider, mode: ApiMode
) -> None:
    provider.behave(Says(tool="look", tokens=(5, 2)), Says("Found it.", tokens=(9, 3)))
    gate = CountingGate()
    told = await loop(mode, provider.url, gate, requests=2)
    assert told == Answer("Found it.", Usage(2, 14, 5, "meta/llama-3:free"))
    assert gate.passed == [1, 2]
    assert provider.count == 2


@every_mode
async def test_a_gate_that_shuts_in_the_middle_of_a_loop_stops_it_there(
    provider: FakeProvider, mode: ApiMode
) -> None:
    provider.behave(Says(tool="look"))
    gate = CountingGate(shut_at=2)
    with pytest.raises(GateShut) as caught:
        await loop(mode, provider.url, gate, requests=5)
    assert gate.passed == [1]
    assert provider.count == 1
    assert caught.value.usage == Usage(1, 11, 7, "meta/llama-3:free")


@every_mode
async def test_a_loop_that_is_cut_off_says_what_was_answered_and_whether_a_call_was_under_way(
    provider: FakeProvider, mode: ApiMode
) -> None:
    provider.behave(Says(tool="look"), Hang())
    call = asyncio.create_task(loop(mode, provider.url, CountingGate(), requests=5))
    await provider.wait_for(2)
    call.cancel()
    with pytest.raises(CutOff) as caught:
        await call
    assert caught.value.under_way
    assert isinstance(caught.value.usage, Usage)
    assert caught.value.usage.requests == 2


async def test_a_call_cut_off_at_the_gate_was_not_under_way(provider: FakeProvider) -> None:
    reached = asyncio.Event()

    async def second(step: int) -> None:
        if step == 2:
            reached.set()
            await asyncio.Event().wait()

    provider.behave(Says(tool="look"))
    mode = ApiMode.CHAT_COMPLETIONS
    call = asyncio.create_task(loop(mode, provider.url, second, requests=5))
    await reached.wait()
    call.cancel()
    with pytest.raises(CutOff) as caught:
        await call
    assert not caught.value.under_way
    assert provider.count == 1


@every_mode
async def test_a_provider_that_goes_away_in_the_middle_of_a_loop_may_have_billed(
    provider: FakeProvider, mode: ApiMode
) -> None:
    provider.behave(Says(tool="look"))

    async def leave(step: int) -> None:
        if step == 2:
            await provider.close()

    with pytest.raises(Lost, match="an earlier request of this run was answered"):
        await loop(mode, provider.url, leave, requests=5)
    assert provider.count == 1


@every_mode
async def test_a_loop_ends_at_its_bound(provider: FakeProvider, mode: ApiMode) -> None:
    provider.behave(Says(tool="look"))
    with pytest.raises(TooMuch) as caught:
        await loop(mode, provider.url, CountingGate(), requests=3)
    assert isinstance(caught.value.usage, Usage)
    assert (provider.count, caught.value.usage.requests) == (3, 3)
