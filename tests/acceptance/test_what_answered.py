"""Another model, downstream provider or price answers than was consented to."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest

from bot.message import Confirm
from scheduler.job import JobId
from scheduler.run import CostSource, HoldReason, Run, RunState
from tests.acceptance.answering import ADD, ASKED, CONTRADICTIONS, AnsweringWorld
from tests.acceptance.test_reference import as_imported
from tests.acceptance.world import text_of
from tests.fakes.provider_replies import Says

each = pytest.mark.parametrize(("says", "told"), CONTRADICTIONS.values(), ids=CONTRADICTIONS)
FOREIGN = Says("Four incidents.", model="gpt-4o", cost=0.0004)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[AnsweringWorld]:
    async with AnsweringWorld(tmp_path) as world:
        world.point_default("router", ASKED)
        yield world


async def answered(world: AnsweringWorld, says: Says = FOREIGN, add: str = ADD) -> Run:
    """A job whose first fire was answered like that."""
    await world.type(add)
    world.free.behave(says)
    return await world.fire()


async def history(world: AnsweringWorld) -> list[Run]:
    return await world.app.store.history(JobId(1), 20)


@each
async def test_the_job_is_held_and_the_alert_says_what_answered(
    world: AnsweringWorld, says: Says, told: str
) -> None:
    run = await answered(world, says)
    assert (run.state, run.hold_reason) == (RunState.HELD, HoldReason.SERVED)
    assert run.usage.requests == world.free.count == 1
    assert (await world.job()).answered_as
    assert told in world.latest.title
    assert [button.label for button in world.latest.buttons] == [
        "Pin old",
        "Accept new",
        "Pause",
    ]


async def test_the_alert_names_the_real_cost_and_what_each_button_does(
    world: AnsweringWorld,
) -> None:
    await answered(world)
    assert world.latest.title == (
        "Job 1 (Brief) is held: router:meta/llama:free was answered by gpt-4o"
        " and was not free. $0.0004 was billed."
    )
    told = text_of(world.latest)
    for words in (
        "1 fire held so far; calls made: 1. $0.0004 was billed.",
        "model 'meta/llama:free' -> 'gpt-4o', cost 'free' -> '$0.0004'",
        "What it answered is kept: `/jobs output 1`",
        "the job keeps asking router:meta/llama:free, and is held again if this happens again",
        "gpt-4o may answer and it may be billed",
        "/jobs pin 1 router:meta/llama:free",
    ):
        assert words in told
    assert isinstance(world.button("Accept new").confirm, Confirm)


async def test_what_was_spent_is_recorded_with_the_held_run(world: AnsweringWorld) -> None:
    run = await answered(world)
    assert (run.usage.cost, run.usage.cost_source) == (Decimal("0.0004"), CostSource.BILLED)
    assert (run.usage.served_model, run.output) == ("gpt-4o", "Four incidents.")
    assert run.error is not None
    assert run.error.splitlines()[0] == (
        "Held: what answered is not what was consented to; 1 call was made, $0.0004 billed."
    )
    assert "Four incidents." in text_of(await world.type("/jobs output 1"))


async def test_every_later_fire_is_held_without_a_call_and_edits_the_one_alert(
    world: AnsweringWorld,
) -> None:
    await answered(world)
    posts = world.chat.posts
    world.free.behave(Says())
    for _ in range(2):
        run = await world.fire()
        assert (run.state, run.hold_reason) == (RunState.HELD, HoldReason.SERVED)
    assert world.free.count == 1
    assert world.chat.posts == posts
    assert "3 fires held so far; calls made: 1" in text_of(world.latest)


async def test_a_run_typed_by_hand_waits_for_the_decision_too(world: AnsweringWorld) -> None:
    await answered(world)
    refused = text_of(await world.type("/jobs run 1"))
    assert "would be held again until somebody decides about what answered" in refused
    assert world.free.count == 1


async def test_the_hold_survives_a_restart(world: AnsweringWorld) -> None:
    await answered(world)
    await world.restart()
    assert (await world.fire()).state is RunState.HELD
    assert world.free.count == 1


async def test_the_default_being_what_it_was_heals_nothing(world: AnsweringWorld) -> None:
    await answered(world)
    await world.until(lambda: True)
    await world.settle()
    [alert] = await world.app.store.open_alerts()
    assert alert.reason is HoldReason.SERVED


@pytest.mark.parametrize("typed", [False, True])
async def test_accepting_lets_it_answer_like_that_from_now_on(
    world: AnsweringWorld, typed: bool
) -> None:
    await answered(world)
    if typed:
        await world.type("/jobs accept 1")
    else:
        said = await world.press(world.button("Accept new"))
        assert said.title == "Done: 1 job may be answered like that from now on."
    assert world.free.count == 1
    decided = "Decided: Ana accepted what answers for router:meta/llama:free for job 1 (Brief)."
    assert world.latest.title == decided
    run = await world.fire()
    assert run.state is RunState.SUCCEEDED
    assert "max_price" not in world.free.requests[-1].body["provider"]


async def test_what_was_accepted_is_no_licence_for_another_model(world: AnsweringWorld) -> None:
    await answered(world)
    await world.press(world.button("Accept new"))
    world.free.behave(Says(model="claude-opus-4-5"))
    assert (await world.fire()).hold_reason is HoldReason.SERVED
    assert "was answered by claude-opus-4-5" in world.latest.title


async def test_the_held_fire_runs_again_only_when_a_person_says_so(world: AnsweringWorld) -> None:
    run = await answered(world)
    await world.press(world.button("Accept new"))
    assert world.free.count == 1
    world.free.behave(Says("Now two.", model="gpt-4o", cost=0.0001))
    await world.press(world.button("Run the held fire now"))
    [again] = [each for each in await history(world) if each.id == run.id]
    assert (again.state, again.attempt, again.output) == (RunState.SUCCEEDED, 2, "Now two.")
    assert (again.usage.requests, again.usage.cost) == (2, Decimal("0.0005"))
    assert world.free.count == 2


async def test_pinning_asks_again_and_holds_again(world: AnsweringWorld) -> None:
    await answered(world)
    await world.press(world.button("Pin old"))
    assert not (await world.job()).answered_as
    run = await world.fire()
    assert run.hold_reason is HoldReason.SERVED
    assert world.free.count == 2
    world.free.behave(Says())
    await world.press(world.button("Pin old"))
    assert (await world.fire()).state is RunState.SUCCEEDED


async def test_the_command_of_the_alert_releases_the_job(world: AnsweringWorld) -> None:
    run = await answered(world)
    assert run.error is not None
    world.free.behave(Says())
    await world.type(run.error.splitlines()[-1])
    assert (await world.fire()).state is RunState.SUCCEEDED


async def test_pausing_leaves_the_question_open_until_the_job_is_resumed(
    world: AnsweringWorld,
) -> None:
    await answered(world)
    await world.press(world.button("Pause"))
    await world.type("/jobs resume 1")
    assert (await world.fire()).hold_reason is HoldReason.SERVED
    assert world.free.count == 1


async def test_a_one_shot_stays_pending_and_is_not_repeated_by_a_decision(
    world: AnsweringWorld,
) -> None:
    add = "/jobs add in 45m name=Brief | Summarise open incidents"
    assert (await answered(world, add=add)).state is RunState.HELD
    await world.press(world.button("Accept new"))
    assert world.free.count == 1
    await world.press(world.button("Run the held fire now"))
    assert world.free.count == 2
    assert (await history(world))[0].state is RunState.SUCCEEDED


async def test_a_repeat_is_given_back(world: AnsweringWorld) -> None:
    await answered(world, add=ADD.replace("name", "repeat=1 name"))
    assert (await world.job()).repeat_left == 1
    await world.press(world.button("Accept new"))
    await world.press(world.button("Run the held fire now"))
    assert (await world.job()).repeat_left == 0
    assert (await history(world))[0].state is RunState.SUCCEEDED


async def test_two_jobs_of_one_chat_share_an_alert(world: AnsweringWorld) -> None:
    await world.type(ADD)
    await world.type(ADD)
    world.free.behave(FOREIGN)
    await world.fire()
    assert world.latest.title.startswith("2 jobs are held: router:meta/llama:free was answered")
    assert world.latest.title.endswith("$0.0008 was billed.")
    assert len(await world.app.store.open_alerts()) == 1


async def test_an_alert_about_what_answered_is_not_one_about_a_default(
    world: AnsweringWorld,
) -> None:
    world.point_default("paid-lab", "large")
    await world.type(ADD.replace("Brief", "Other"))
    world.point_default("router", ASKED)
    await world.type(ADD)
    world.free.behave(FOREIGN)
    await world.fire()
    reasons = {alert.reason for alert in await world.app.store.open_alerts()}
    assert reasons == {HoldReason.DRIFT, HoldReason.SERVED}


@each
async def test_where_nobody_consented_it_is_told_and_not_held(
    world: AnsweringWorld, says: Says, told: str
) -> None:
    world.point_default("router", "small")
    await world.type(ADD)
    await as_imported(world, model="small")
    world.free.behave(says)
    run = await world.fire()
    assert run.state is RunState.SUCCEEDED
    told_of = text_of(world.latest)
    assert "Answered otherwise: " in told_of
    assert "so it was not held" in told_of
    assert await world.app.store.open_alerts() == []


@pytest.mark.parametrize(
    ("says", "words"),
    [
        (Says(cost=0.0), "router:meta/llama:free, free, $0.00 billed, 11 tokens in, 7 out"),
        (Says(), "router:meta/llama:free, free, about $0.00, estimated, 11 tokens in, 7 out"),
        (Says(tokens=None), "router:meta/llama:free, free, cost unknown, usage unknown"),
        (
            Says(downstream="DeepInfra", cost=0.0),
            "router:meta/llama:free, free, through DeepInfra, $0.00 billed, 11 tokens in, 7 out",
        ),
    ],
)
async def test_every_report_ends_with_its_receipt(
    world: AnsweringWorld, says: Says, words: str
) -> None:
    run = await answered(world, says)
    assert run.state is RunState.SUCCEEDED
    assert text_of(world.latest).rstrip().splitlines()[-1] == words


async def test_a_paid_answer_has_its_bill_on_the_receipt(world: AnsweringWorld) -> None:
    world.point_default("paid-lab", "large")
    await world.type(ADD)
    world.paid.behave(Says(cost=0.0004))
    assert (await world.fire()).state is RunState.SUCCEEDED
    words = "paid-lab:large, paid, $0.0004 billed, 11 tokens in, 7 out"
    assert text_of(world.latest).rstrip().splitlines()[-1] == words


async def test_an_alias_of_the_operator_is_no_contradiction(tmp_path: Path) -> None:
    class Aliased(AnsweringWorld):
        entry = "served_aliases: {'meta/llama:free': [gpt-4o]}"

    async with Aliased(tmp_path) as world:
        world.point_default("router", ASKED)
        assert (await answered(world, Says(model="gpt-4o"))).state is RunState.SUCCEEDED
        assert "only" not in world.free.requests[0].body["provider"]


async def test_a_failed_run_tells_what_it_was_billed(world: AnsweringWorld) -> None:
    world.point_default("paid-lab", "large")
    await world.type(ADD)
    world.paid.behave(Says("", cost=0.01))
    run = await world.fire()
    assert (run.state, run.usage.cost) == (RunState.UNKNOWN, Decimal("0.01"))
    assert "paid-lab:large, paid, $0.01 billed, 11 tokens in, 7 out" in text_of(world.latest)
