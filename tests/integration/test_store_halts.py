"""The halt in the store: every gate of every process is shut, and nothing slips past it."""

import asyncio
from dataclasses import replace

import pytest

from scheduler.errors import AlreadyRunning, UserError
from scheduler.halt import Halt
from scheduler.job import JobState
from scheduler.outbox import OwedKind
from scheduler.ports import Answered, Finish, Held, Passage
from scheduler.run import HoldReason, Run, RunState, Usage
from storage.store import Store
from tests.integration.stores import (
    BO,
    CHAT,
    HOUR,
    ME,
    NOW,
    OTHER,
    OTHER_CHAT,
    Opener,
    add,
    add_one_shot,
    entry,
    fresh,
    hold,
    knock,
    plan_and_claim,
    rerun,
    start_call,
)

HALT = Halt("Ana", "the bill looks wrong", NOW)
BY_HALT = Held(HoldReason.HALT, "Held: Ana halted everything")
BILLED = Usage(requests=1, input_tokens=11, output_tokens=7)


class File:
    """A file that says so, as bot.halt_file does."""

    def __init__(self, halt: Halt | None = None) -> None:
        self.halt = halt

    def read(self) -> Halt | None:
        return self.halt

    def remove(self) -> None:
        self.halt = None


async def halted(store: Store) -> tuple[Run, ...]:
    return (await store.halt(HALT, entry("halt", "everything"))).stopped


async def test_the_gate_of_every_process_is_shut(opener: Opener, store: Store) -> None:
    run = await plan_and_claim(store, await add(store))
    await halted(opener.reopen(store))
    assert await knock(store, run) is Passage.HALTED
    assert (await rerun(store, run)).state is RunState.CLAIMED


async def test_the_next_request_of_a_run_is_not_made(store: Store) -> None:
    run = await start_call(store, await add(store))
    (stopped,) = await halted(store)
    assert stopped.id == run.id
    assert await knock(store, run, 2) is Passage.HALTED
    assert await store.calls([run.id]) == 1


async def test_the_file_shuts_the_gate_without_any_row(opener: Opener) -> None:
    store = Store(opener.database(), File(HALT))
    run = await plan_and_claim(store, await add(store))
    assert await knock(store, run) is Passage.HALTED
    assert await store.halted() == HALT


async def test_the_file_becomes_the_row_and_is_the_first_halt(opener: Opener) -> None:
    file = File(replace(HALT, by="Cleo"))
    store = Store(opener.database(), file)
    found = await store.halt(HALT, entry("halt", "everything"))
    assert (found.halt.by, found.new, file.halt) == ("Cleo", True, None)
    assert (await store.halted() or HALT).by == "Cleo"


async def test_unhalt_ends_row_and_file(opener: Opener) -> None:
    file = File()
    store = Store(opener.database(), file)
    await halted(store)
    file.halt = HALT
    assert (await store.unhalt(entry("unhalt", "everything"))).halt == HALT
    assert await store.halted() is None
    assert (await store.unhalt(entry("unhalt", "everything"))).halt is None


async def test_a_call_is_marked_for_its_worker_and_keeps_whoever_stopped_it_first(
    store: Store,
) -> None:
    job = await add(store)
    run = await start_call(store, job)
    await store.ask_stop(job.id, entry("stop", by=BO))
    await halted(store)
    assert (await rerun(store, run)).cancel_asked_by == "Bo"


async def test_of_a_halt_and_a_gate_at_once_the_call_is_refused_or_marked(
    opener: Opener, store: Store
) -> None:
    elsewhere = opener.reopen(store)
    for _ in range(8):
        run = await plan_and_claim(store, await add(store))
        passage, _ = await asyncio.gather(knock(store, run), halted(elsewhere))
        after = await rerun(store, run)
        if passage is Passage.OPEN:
            assert after.cancel_asked_by == HALT.stopper
        else:
            assert (passage, after.state) == (Passage.HALTED, RunState.CLAIMED)
        await store.unhalt(entry("unhalt", "everything"))


async def test_a_run_held_between_two_requests_keeps_its_cost_and_gives_its_repeat_back(
    store: Store,
) -> None:
    job = await add(store, repeat_left=2)
    run = await start_call(store, job)
    assert (await fresh(store, job)).repeat_left == 1
    await halted(store)
    answered = replace(BY_HALT, answered=Answered((), BILLED))
    held = await store.hold(run.id, ME, answered)
    assert held is not None
    assert (held.state, held.usage) == (RunState.HELD, BILLED)
    assert (await fresh(store, job)).repeat_left == 2
    (waiting,) = (await store.unhalt(entry("unhalt", "everything"))).waiting
    assert waiting[1].id == run.id
    released = await store.release(job.id, entry("run-held"))
    assert released is not None
    assert (released.attempt, released.cancel_asked_by) == (2, None)


async def test_one_report_in_each_chat_however_many_fires_are_held(store: Store) -> None:
    for _ in range(3):
        await hold(store, await add(store), BY_HALT)
    await hold(store, await add(store, place=OTHER_CHAT), BY_HALT)
    owed = await store.ready(NOW, ["slack"]) + await store.ready(NOW, ["telegram"])
    assert [each.owed.kind for each in owed] == [OwedKind.REPORT, OwedKind.REPORT]


async def test_unhalt_gives_up_what_comes_again_keeps_what_does_not_and_tells_other_chats(
    store: Store,
) -> None:
    daily, once = await add(store), await add_one_shot(store)
    elsewhere = await add(store, place=OTHER_CHAT)
    await halted(store)
    runs = [await hold(store, job, BY_HALT) for job in (daily, daily, once, elsewhere)]
    ended = await store.unhalt(entry("unhalt", "everything"), CHAT)
    assert [(job.id, fires) for job, fires in ended.missed] == [(daily.id, 2), (elsewhere.id, 1)]
    assert [job.id for job, _ in ended.waiting] == [once.id]
    states = [(await rerun(store, run)).state for run in runs]
    assert states == [RunState.MISSED, RunState.MISSED, RunState.HELD, RunState.MISSED]
    assert await store.planned() == []
    told = [
        each.owed
        for each in await store.ready(NOW, ["slack", "telegram"])
        if each.owed.kind is OwedKind.UNHALTED
    ]
    assert CHAT not in [each.place for each in told]


# --- a further attempt, and decisions about what is in doubt ----------------------------------------

REFUSED = Finish(RunState.FAILED, error="HTTP 503: back soon", usage=Usage(requests=1))


async def test_a_further_attempt_passes_the_gate_anew_and_uses_no_further_repeat(
    store: Store,
) -> None:
    job = await add(store, repeat_left=1)
    run = await start_call(store, job)
    further = await store.try_again(run.id, ME, REFUSED)
    assert further is not None
    assert (further.state, further.attempt, further.usage.requests) == (RunState.CLAIMED, 2, 1)
    assert (await fresh(store, job)).repeat_left == 1
    assert await knock(store, run) is Passage.OPEN
    assert (await fresh(store, job)).repeat_left == 0
    await store.record(run.id, ME, Finish(RunState.SUCCEEDED, "All quiet"))
    assert (await fresh(store, job)).state is JobState.FINISHED
    assert await store.calls([run.id]) == 2


async def test_only_the_worker_whose_call_it_is_tries_again_and_not_after_a_stop(
    store: Store,
) -> None:
    job = await add(store)
    run = await start_call(store, job)
    assert await store.try_again(run.id, OTHER, REFUSED) is None
    await store.ask_stop(job.id, entry("stop"))
    assert await store.try_again(run.id, ME, REFUSED) is None
    assert (await rerun(store, run)).attempt == 1


async def test_a_worker_that_dies_between_two_attempts_left_nothing_under_way(
    store: Store,
) -> None:
    run = await start_call(store, await add(store))
    await store.try_again(run.id, ME, REFUSED)
    (left,) = await store.reap(OTHER, alone=True)
    assert (left.state, left.attempt) == (RunState.PLANNED, 2)


async def in_doubt(store: Store) -> Run:
    run = await start_call(store, await add(store))
    await store.record(run.id, ME, Finish(RunState.UNKNOWN, error="cut"))
    return run


async def test_a_run_in_doubt_is_left_once(store: Store) -> None:
    run = await in_doubt(store)
    left = await store.leave(run.id, entry("leave"))
    assert left is not None
    assert left.decided == "left as it is by Ana"
    assert await store.leave(run.id, entry("leave", by=BO)) is None
    with pytest.raises(UserError, match="left as it is by Ana already"):
        await store.plan_manual(run.job_id, NOW, entry("run"), again=run.id)


async def test_of_all_who_decide_at_once_one_does(opener: Opener, store: Store) -> None:
    run = await in_doubt(store)
    doors = [store, opener.reopen(store)] * 5
    decided = await asyncio.gather(
        *(door.leave(run.id, entry("leave")) for door in doors),
        *(door.plan_manual(run.job_id, NOW + HOUR, entry("run"), again=run.id) for door in doors),
        return_exceptions=True,
    )
    effects = [each for each in decided if isinstance(each, Run)]
    assert len(effects) == 1
    rest = [each for each in decided if isinstance(each, BaseException)]
    assert all(isinstance(each, UserError | AlreadyRunning) for each in rest)
