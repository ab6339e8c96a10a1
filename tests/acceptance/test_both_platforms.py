"""Slack and Telegram in one process: both stories at once, and neither waits for the other."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

import aiohttp
import pytest

from tests.acceptance.served import Served
from tests.acceptance.slack_scene import ROOM, SlackScene
from tests.acceptance.telegram_room import House
from tests.acceptance.telegram_scene import TelegramScene, telegram_variables
from tests.acceptance.the_story import LIMITS, created, drifted_and_pinned, ran
from tests.fakes.slack import Delays, FakeSlack
from tests.fakes.slack import Hangs as SlackHangs
from tests.fakes.telegram import FakeTelegram, Hangs, LosesReply

ACCESS = f"""access:
  operators: ["slack:T0TEAM:*", "telegram:42"]
{LIMITS}"""
SLACK, TELEGRAM = "Brief", "Watch"
REPORTED = "SELECT id FROM runs WHERE job_id = ? AND state = 'succeeded'"
"""Runs with a report; one that overlapped on a slow machine has none."""

AT_ONCE = 12.0
"""Seconds in which an answer comes that waits for nobody."""
SUPERVISOR = 10.0
"""Seconds a supervisor waits until it kills."""
AWHILE = 90.0
"""Seconds until what is owed arrives, once its platform is back."""


class Both:
    """One Driftpin between a channel of Slack and a private chat of Telegram."""

    def __init__(self, slack: FakeSlack, telegram: FakeTelegram, served: Served) -> None:
        self.slack, self.telegram, self.served = slack, telegram, served
        room = slack.channel(ROOM, "room")
        ana = slack.person("U0ANA", name="Ana", tz="Europe/Oslo")
        self.in_slack = SlackScene(slack, ana, room, None)
        self.in_telegram = TelegramScene.at(telegram, "private")
        self.house = House(telegram, served)

    def job(self, name: str) -> int:
        [(number,)] = self.house.rows("SELECT id FROM jobs WHERE name = ?", name)
        return int(number)

    def names(self) -> list[str]:
        return [name for (name,) in self.house.rows("SELECT name FROM jobs ORDER BY name")]

    def slack_says(self, words: str) -> int:
        """In how many messages."""
        return sum(words in self.slack.plain(message) for message in self.in_slack.seen())

    def telegram_says(self, words: str) -> int:
        return sum(words in message.text for message in self.in_telegram.seen())

    async def health(self) -> dict[str, str]:
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{self.served.address}/healthz") as reply,
        ):
            found: dict[str, str] = json.loads(await reply.text())
            return found


EVENTS = ("app_mention", "message.im", "app_uninstalled")


@asynccontextmanager
async def both(folder: Path, *, called: bool = False) -> AsyncIterator[Both]:
    """Both connected, or `called` on the one port; the end is without a complaint of either."""
    mode: Literal["http", "socket"] = "http" if called else "socket"
    async with FakeSlack(mode, events=EVENTS) as slack, FakeTelegram() as telegram:
        variables = telegram_variables(telegram, "webhook" if called else "polling")
        variables |= {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_API_URL": slack.api_url}
        if called:
            variables["SLACK_SIGNING_SECRET"] = slack.signing_secret
        else:
            variables["SLACK_APP_TOKEN"] = slack.app_token
        async with Served(folder, variables, extra=ACCESS) as served:
            slack.app_url = f"{served.address}/slack/events"
            yield Both(slack, telegram, served)
            if served.running:
                assert await served.stop() == 0
            assert slack.complaints == []
            assert telegram.complaints == []


@pytest.mark.parametrize("called", [False, True], ids=["connected", "called"])
async def test_both_stories_at_the_same_time(tmp_path: Path, called: bool) -> None:
    async with both(tmp_path, called=called) as app:
        scenes = ((app.in_slack, SLACK), (app.in_telegram, TELEGRAM))
        await asyncio.gather(*(created(scene, name) for scene, name in scenes))
        await asyncio.gather(*(ran(scene, app.job(name), name) for scene, name in scenes))
        app.served.point_default("paid-lab", "large")
        await asyncio.gather(
            *(drifted_and_pinned(scene, app.served, app.job(name), name) for scene, name in scenes)
        )
        assert (app.slack_says(TELEGRAM), app.telegram_says(SLACK)) == (0, 0)


async def test_a_sigterm_in_the_middle_loses_nothing_of_either(tmp_path: Path) -> None:
    """Slack is slow to say who asked; Telegram takes one message a second."""
    async with both(tmp_path) as app:
        app.slack.misbehave("users.info", Delays(1.5), times=3)
        typed = [f"Typed-{number}" for number in range(8)]
        for name in typed:
            await app.in_telegram.type(f"add every 30d name={name} tz=UTC | Summarise")
        slashed = [f"Slashed-{number}" for number in range(3)]
        for name in slashed:
            await app.in_slack.type(f"add every 30d name={name} | Summarise")
        first = app.telegram.world.updates.made[0]["update_id"]
        await app.telegram.until(lambda: app.telegram.confirmed > first)
        began = time.monotonic()
        assert await app.served.stop() == 0
        assert time.monotonic() - began < SUPERVISOR
        assert [app.slack_says(f"is scheduled: {name}") for name in slashed] == [1, 1, 1]
        await app.served.start()

        restarted = "I was interrupted before I could answer."
        await app.telegram.until(
            lambda: (
                all(app.telegram_says(f"is scheduled: {name}") for name in typed)
                or app.telegram_says(restarted)
            )
        )
        await app.house.until_finished()
        assert app.names() == sorted(typed + slashed)
        assert max(app.telegram_says(f"is scheduled: {name}") for name in typed) == 1
        assert [app.slack_says(f"is scheduled: {name}") for name in slashed] == [1, 1, 1]


@pytest.mark.timeout(240)
async def test_telegram_away_leaves_slack_untouched_and_gets_what_it_is_owed_later(
    tmp_path: Path,
) -> None:
    async with both(tmp_path) as app:
        await app.in_slack.type("add every 30d name=Brief | Summarise")
        await app.in_slack.sees("is scheduled: Brief")
        await app.in_telegram.type("add every 3s name=Watch tz=UTC | Summarise")
        await app.in_telegram.sees("is scheduled: Watch")
        job = app.job(SLACK)
        await app.telegram.goes_away()
        known, free = app.telegram_says("Watch (job"), app.served.free.count
        began = time.monotonic()
        await app.in_slack.type(f"run {job}")
        await app.in_slack.sees(f"Brief (job {job})", "All quiet.")
        await app.in_slack.type(f"pause {job}")
        await app.in_slack.sees(f"Job {job} (Brief) is paused.")
        assert time.monotonic() - began < AT_ONCE
        assert (await app.health())["slack"] == "connected"
        await app.served.free.wait_for(free + 4)
        assert app.telegram_says("Watch (job") == known
        await app.in_telegram.type(f"pause {app.job(TELEGRAM)}")
        await app.telegram.comes_back()
        await app.telegram.until(
            lambda: app.telegram_says(f"({TELEGRAM}) is paused."), seconds=AWHILE
        )
        await app.house.until_sent()
        ran = len(app.house.rows(REPORTED, app.job(TELEGRAM)))
        assert app.telegram_says("Watch (job") == ran > known + 2


@pytest.mark.timeout(240)
async def test_slack_away_leaves_telegram_untouched_and_gets_what_it_is_owed_later(
    tmp_path: Path,
) -> None:
    async with both(tmp_path) as app:
        await app.in_slack.type("add every 3s name=Brief | Summarise")
        await app.in_slack.sees("is scheduled: Brief")
        await app.in_telegram.type("add every 30d name=Watch tz=UTC | Summarise")
        await app.in_telegram.sees("is scheduled: Watch")
        job = app.job(TELEGRAM)
        await app.slack.go_away()
        known, free = app.slack_says("Brief (job"), app.served.free.count
        began = time.monotonic()
        await app.in_telegram.type(f"run {job}")
        await app.in_telegram.sees(f"Watch (job {job})", "All quiet.")
        await app.in_telegram.type(f"pause {job}")
        await app.in_telegram.sees(f"Job {job} (Watch) is paused.")
        assert time.monotonic() - began < AT_ONCE
        assert (await app.health())["telegram"] == "connected"
        await app.served.free.wait_for(free + 4)
        await app.slack.come_back()
        await app.served.until(lambda: app.served.output.count("Slack: connected to") >= 2)
        await app.in_slack.type(f"pause {app.job(SLACK)}")
        await app.in_slack.sees("(Brief) is paused.")
        await app.house.until_sent()
        ran = len(app.house.rows(REPORTED, app.job(SLACK)))
        assert app.slack_says("Brief (job") >= ran > known + 2


async def test_a_reply_that_telegram_loses_is_a_repeat_there_and_nothing_in_slack(
    tmp_path: Path,
) -> None:
    async with both(tmp_path) as app:
        for scene, name in ((app.in_slack, SLACK), (app.in_telegram, TELEGRAM)):
            await scene.type(f"add every 30d name={name} | Summarise")
            await scene.sees(f"is scheduled: {name}")
        await app.in_telegram.sees("Where does your clock stand?")
        await app.in_telegram.type(f"run {app.job(TELEGRAM)}")
        await app.in_telegram.sees("is about to run")
        app.telegram.misbehave(LosesReply(), method="sendMessage")
        await app.in_telegram.sees("Watch (job", "This may be a repeat")
        await app.in_slack.type(f"run {app.job(SLACK)}")
        await app.in_slack.sees("Brief (job", "All quiet.")
        assert not re.search("repeat", "".join(map(app.slack.plain, app.in_slack.seen())))


async def test_it_ends_in_time_while_both_hang(tmp_path: Path) -> None:
    async with both(tmp_path) as app:
        for scene, name in ((app.in_slack, SLACK), (app.in_telegram, TELEGRAM)):
            await scene.type(f"add every 30d name={name} tz=UTC | Summarise")
            await scene.sees(f"is scheduled: {name}")
        app.slack.misbehave("*", SlackHangs(), times=None)
        hanging = app.telegram.misbehave(Hangs(), times=None)
        await app.in_telegram.type("list")
        await app.in_slack.type("list")
        await app.telegram.until(lambda: hanging.hits)
        began = time.monotonic()
        assert await app.served.stop() == 0
        assert time.monotonic() - began < SUPERVISOR
        app.slack.behave()
        hanging.clear()
        await app.served.start()
        await app.in_telegram.sees("I was interrupted before I could answer.")
        await app.house.until_finished()


async def test_whoever_claimed_in_telegram_is_told_once_that_slack_will_not_have_us(
    tmp_path: Path,
) -> None:
    async with both(tmp_path) as app:
        found = re.search(r"in a chat:  /jobs claim (\S+)", app.served.output)
        assert found is not None
        await app.in_telegram.type(f"claim {found[1]}")
        await app.in_telegram.sees("You are admin of this Driftpin now.")
        app.slack.happened(app.slack.workspace, {"type": "app_uninstalled"})
        app.slack.revoke("account_inactive")
        await app.in_telegram.sees("Nothing reaches Slack any more", "install the app again")
        assert (await app.health())["slack"] == "away"
        asked = len(app.slack.calls)
        await app.in_telegram.type("add every 30d name=Watch tz=UTC | Summarise")
        await app.in_telegram.sees("is scheduled: Watch")
        assert app.telegram_says("Nothing reaches Slack any more") == 1
        assert len(app.slack.calls) - asked <= 1
