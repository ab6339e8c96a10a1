"""The story against `emulate`, a Slack Web API written by others that checks every scope."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import get_args

import pytest

from bot.adapters.slack.manifest import SCOPES
from tests.acceptance.emulated_scene import Where, scene_in, served_in
from tests.acceptance.the_story import the_story
from tests.fakes.emulated_slack import BOT_TOKEN, PACKAGE, EmulatedSlack, emulated_slack, token_of
from tests.fakes.peers import what_is_missing
from tests.fakes.provider_replies import Says


@pytest.fixture
async def slack(tmp_path: Path) -> AsyncIterator[EmulatedSlack]:
    missing = what_is_missing(PACKAGE)
    if missing is not None:
        pytest.skip(f"they need {PACKAGE}, and {missing}")
    async with emulated_slack(tmp_path, SCOPES) as slack:
        yield slack


@pytest.mark.parametrize("where", get_args(Where))
async def test_the_scopes_of_the_manifest_are_enough_for_the_story(
    slack: EmulatedSlack, tmp_path: Path, where: Where
) -> None:
    scene = await scene_in(slack, where)
    async with served_in(slack, tmp_path) as served:
        slack.requests.url = f"{served.address}/slack/events"
        await the_story(scene, served)
        assert slack.refused == []
        assert await served.stop() == 0


async def test_a_channel_the_bot_is_not_in_keeps_its_job_and_the_person_is_told_to_invite_it(
    slack: EmulatedSlack, tmp_path: Path
) -> None:
    room = await scene_in(slack, "channel", invited=False)
    alone = await scene_in(slack, "direct messages")
    async with served_in(slack, tmp_path) as served:
        slack.requests.url = f"{served.address}/slack/events"
        await room.type("add every day at 09:00 name=Brief | Summarise open incidents")
        await alone.sees("Job 1 is scheduled: Brief", "/invite @driftpin")
        assert {call.answer["error"] for call in slack.refused} == {"not_in_channel"}


async def test_an_answer_of_many_pages_comes_as_a_file(
    slack: EmulatedSlack, tmp_path: Path
) -> None:
    scene = await scene_in(slack, "thread")
    async with served_in(slack, tmp_path) as served:
        slack.requests.url = f"{served.address}/slack/events"
        served.free.behave(Says("An incident is open. " * 4000))
        await scene.type("add every day at 09:00 name=Long | Summarise open incidents")
        await scene.sees("Job 1 is scheduled")
        await scene.type("run 1")
        await scene.sees("answer.md")
        assert slack.refused == []


async def test_the_form_opens_and_makes_a_job(slack: EmulatedSlack, tmp_path: Path) -> None:
    scene = await scene_in(slack, "channel")
    async with served_in(slack, tmp_path) as served:
        slack.requests.url = f"{served.address}/slack/events"
        await scene.commands("add")
        await scene.submits({"When": "every day at 09:00", "What": "Summarise open incidents"})
        await scene.sees("Job 1 is scheduled", "every day at 09:00")
        assert slack.refused == []


async def test_the_bots_token_opens_nothing_that_the_manifest_does_not_ask_for(
    slack: EmulatedSlack,
) -> None:
    room = await slack.asked(token_of("ana"), "conversations.create", name="open")
    refusal = await slack.asked(BOT_TOKEN, "conversations.history", channel=room["channel"]["id"])
    assert refusal["error"] == "missing_scope"
    assert refusal["provided"].split(",") == list(SCOPES)
