"""The life of `driftpin serve`: what it says, what it refuses, what it outlives, how it ends."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.platform import PlatformAway
from tests.acceptance.served import Served
from tests.acceptance.slack_scene import ROOM, SlackScene, served_in_slack
from tests.acceptance.the_story import LIMITS
from tests.acceptance.world import Chat, World, text_of
from tests.fakes.provider_behaviours import Hang
from tests.fakes.slack.faults import Delays, Fails, Hangs
from tests.fakes.slack.server import FakeSlack

BOT, APP = "xoxb-canary-bot", "xapp-canary-app"
SUPERVISOR = 10.0
"""Seconds between SIGTERM and the kill of any supervisor."""


class Bare(Served):
    """A process that is not started on entering, and may well refuse to."""

    async def __aenter__(self) -> "Bare":
        await self.free.__aenter__()
        await self.paid.__aenter__()
        self.point_default("free-lab", "small")
        return self

    async def refuses(self, **more: str) -> list[str]:
        """Start it; the lines it ends with, at exit code 2."""
        await self.start(ready="", **more)
        assert await self.ended() == 2
        assert "Traceback" not in self.output
        return self.output.splitlines()


@pytest.fixture
async def bare(tmp_path: Path) -> AsyncIterator[Bare]:
    async with Bare(tmp_path, {}) as served:
        yield served


async def healthz(served: Served) -> dict[str, str]:
    async with ClientSession() as session, session.get(f"{served.address}/healthz") as answer:
        assert answer.status == 200
        found: dict[str, str] = await answer.json()
        return found


async def stops_in_time(served: Served) -> None:
    began = time.monotonic()
    assert await served.stop() == 0
    assert time.monotonic() - began < SUPERVISOR
    assert "Traceback" not in served.log
    assert "Traceback" not in served.output


def scene(slack: FakeSlack) -> SlackScene:
    room = slack.channel(ROOM, "room")
    return SlackScene(slack, slack.person("U0BOSS", "boss"), room, None)


# --- refusing to start -----------------------------------------------------------------------------


async def test_without_any_chat_it_says_in_one_line_what_to_set(bare: Bare) -> None:
    [line] = await bare.refuses()
    assert line.startswith(
        "No chat is configured. In .env, set SLACK_BOT_TOKEN and SLACK_APP_TOKEN"
    )


async def test_everything_that_is_wrong_is_said_at_once(bare: Bare) -> None:
    lines = await bare.refuses(
        SLACK_BOT_TOKEN="xoxp-not-a-bot",
        SLACK_APP_TOKEN="no-app-token",
        SLACK_API_URL="http://slack.example.com/api/",
        SLACK_COMMAND="jobs please",
        DRIFTPIN_PORT="http",
    )
    names = [line.partition(":")[0] for line in lines]
    assert sorted(names) == [
        *("DRIFTPIN_PORT", "SLACK_API_URL", "SLACK_APP_TOKEN", "SLACK_BOT_TOKEN", "SLACK_COMMAND")
    ]


async def test_a_port_that_is_taken_is_said_in_one_line(bare: Bare) -> None:
    taken = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = taken.sockets[0].getsockname()[1]
    variables = {
        "SLACK_BOT_TOKEN": BOT,
        "SLACK_APP_TOKEN": APP,
        "SLACK_API_URL": "http://127.0.0.1:9",
    }
    lines = await bare.refuses(DRIFTPIN_PORT=str(port), **variables)
    taken.close()
    [line] = [line for line in lines if not line.startswith("Driftpin: ")]
    assert line.startswith(f"DRIFTPIN_PORT: 127.0.0.1:{port} cannot be listened on")


async def test_a_second_one_on_the_same_data_is_refused_in_one_line(tmp_path: Path) -> None:
    async with FakeSlack() as slack, served_in_slack(slack, tmp_path) as served:
        second = Bare(tmp_path, {"SLACK_BOT_TOKEN": BOT, "SLACK_APP_TOKEN": APP})
        [line] = await second.refuses(SLACK_API_URL=slack.api_url)
        assert "another" in line.lower() or "in use" in line.lower()
        await scene(slack).type("list")
        await scene(slack).sees("There are no jobs here yet.")
        await stops_in_time(served)


# --- what it says ----------------------------------------------------------------------------------


async def test_it_says_what_it_is_connected_to_and_what_is_missing(tmp_path: Path) -> None:
    async with FakeSlack() as slack, served_in_slack(slack, tmp_path) as served:
        said = served.output.splitlines()
        assert said[0].startswith("Driftpin: ")
        assert said[1].startswith("HTTP: http://127.0.0.1:")
        assert said[2:] == [
            "Slack: connected to canary-t0team (T0TEAM) as @driftpin, Socket Mode",
            "Telegram: not configured (TELEGRAM_BOT_TOKEN)",
            "Ready: Ctrl-C stops it",
        ]
        assert await healthz(served) == {"status": "ok", "slack": "connected"}
        await stops_in_time(served)
        assert served.output.splitlines()[5:] == ["Stopping: what was taken in is finished first"]
        assert slack.complaints == []


async def test_in_http_mode_it_says_where_slack_must_call(tmp_path: Path) -> None:
    async with FakeSlack("http") as slack, served_in_slack(slack, tmp_path) as served:
        assert "as @driftpin, HTTP mode at /slack/events" in served.output
        await stops_in_time(served)


# --- first contact ---------------------------------------------------------------------------------


async def test_whoever_has_the_printed_code_becomes_admin_in_slack(tmp_path: Path) -> None:
    async with FakeSlack() as slack, served_in_slack(slack, tmp_path, LIMITS) as served:
        found = re.search(r"in a chat:  /jobs claim (\S+)", served.output)
        assert found is not None
        code, me = found[1], scene(slack)
        await me.type("list")
        await me.sees(
            "You may not use this Driftpin yet", "slack:T0TEAM:U0BOSS", "/jobs claim <code>"
        )
        await me.type("claim 0000-0000")
        await me.sees("That is not the code; 4 attempts left")
        await me.type(f"claim {code}")
        await me.sees("You are admin of this Driftpin now.")
        assert slack.messages(ROOM) == []
        await me.type("list")
        await me.sees("There are no jobs here yet.")
        await stops_in_time(served)
        for kept in (served.log, *(p.read_bytes().decode("latin-1") for p in files(served))):
            assert code not in kept
            assert code.replace("-", "") not in kept
        await served.start()
        assert "claim" not in served.output
        assert slack.complaints == []


def files(served: Served) -> list[Path]:
    return [p for p in (served.folder / "home").iterdir() if p.is_file()]


async def test_a_code_is_dead_after_five_wrong_ones(tmp_path: Path) -> None:
    async with FakeSlack() as slack, served_in_slack(slack, tmp_path, LIMITS) as served:
        code = served.output.partition("claim ")[2].split()[0]
        me = scene(slack)
        for _ in range(5):
            await me.type("claim 0000-0000")
        await me.sees("the code is dead")
        told = len(slack.ephemerals("U0BOSS"))
        await me.type(f"claim {code}")
        await slack.until(lambda: len(slack.ephemerals("U0BOSS")) > told)
        assert "You may not use" in slack.plain(slack.ephemerals("U0BOSS")[-1])
        await stops_in_time(served)


# --- Slack away ------------------------------------------------------------------------------------


async def test_slack_away_at_the_start_is_named_while_jobs_run_and_gets_what_is_owed_later(
    tmp_path: Path,
) -> None:
    async with FakeSlack() as slack, served_in_slack(slack, tmp_path) as served:
        me = scene(slack)
        await me.type("add every 2s name=Brief | Summarise open incidents")
        await me.sees("Job 1 is scheduled: Brief")
        assert await served.stop() == 0
        await slack.go_away()
        before = served.free.count
        await served.start()
        assert "Slack: cannot be reached now (" in served.output
        assert await healthz(served) == {"status": "ok", "slack": "away"}
        await served.free.wait_for(before + 2)
        known = len(slack.messages(ROOM))
        await slack.come_back()
        await served.says("Slack: connected to canary-t0team")
        await slack.until(lambda: len(slack.messages(ROOM)) > known, seconds=60)
        assert await healthz(served) == {"status": "ok", "slack": "connected"}
        await me.type("pause 1")
        await me.sees("Job 1 (Brief) is paused.")
        await stops_in_time(served)
        assert served.output.count("Slack: cannot be reached now") == 1
        assert slack.complaints == []


async def test_slack_gone_later_is_named_and_found_again(tmp_path: Path) -> None:
    async with FakeSlack() as slack, served_in_slack(slack, tmp_path) as served:
        me = scene(slack)
        await slack.go_away()
        await served.says("Slack: its socket is closed; a new one is opened.")
        await served.says("Slack: cannot be reached now")
        assert (await healthz(served))["slack"] == "away"
        await slack.come_back()
        await served.until(lambda: served.output.count("Slack: connected to") == 2)
        await me.type("list")
        await me.sees("There are no jobs here yet.")
        await stops_in_time(served)
        assert slack.complaints == []


async def test_a_cut_socket_is_replaced(tmp_path: Path) -> None:
    async with FakeSlack() as slack, served_in_slack(slack, tmp_path) as served:
        slack.sockets.cut()
        await served.until(lambda: served.output.count("Slack: connected to") == 2)
        await scene(slack).type("list")
        await scene(slack).sees("There are no jobs here yet.")
        await stops_in_time(served)


async def test_a_socket_that_slack_wants_renewed_is_renewed_without_a_word(tmp_path: Path) -> None:
    async with FakeSlack() as slack, served_in_slack(slack, tmp_path) as served:
        for _ in range(3):
            more = slack.sockets.opened + 1
            await slack.sockets.disconnect()
            await opened(slack, more)
        await scene(slack).type("list")
        await scene(slack).sees("There are no jobs here yet.")
        assert served.output.count("Slack: connected to") == 1
        await stops_in_time(served)
        assert slack.complaints == []


async def opened(slack: FakeSlack, number: int) -> None:
    await slack.until(lambda: slack.sockets.opened >= number)


# --- Slack refusing --------------------------------------------------------------------------------


@asynccontextmanager
async def refusing(
    code: str | None = None, *, app_token: str | None = None
) -> AsyncIterator[FakeSlack]:
    """A Slack that refuses the bot token, or the app token, from the beginning."""
    async with FakeSlack() as slack:
        if code is not None:
            slack.misbehave("auth.test", Fails(code), times=None)
        slack.intake.app_token_revoked = app_token
        yield slack


@pytest.mark.parametrize("code", ["invalid_auth", "account_inactive", "missing_scope"])
async def test_a_token_refused_at_the_start_is_told_once_and_not_tried_again_at_once(
    tmp_path: Path, code: str
) -> None:
    async with refusing(code) as slack, served_in_slack(slack, tmp_path) as served:
        [line] = [one for one in served.output.splitlines() if one.startswith("Slack: ")]
        assert "token" in line or "scope" in line
        assert await healthz(served) == {"status": "ok", "slack": "away"}
        await stops_in_time(served)
        assert [call.method for call in slack.calls] == ["auth.test"]
        assert line.removeprefix("Slack: ") in served.log


async def test_an_app_token_refused_at_the_start_is_told_and_not_tried_again_at_once(
    tmp_path: Path,
) -> None:
    async with (
        refusing(app_token="invalid_auth") as slack,
        served_in_slack(slack, tmp_path) as served,
    ):
        assert "Slack refuses the token (invalid_auth)" in served.output
        await stops_in_time(served)
        assert [call.method for call in slack.calls] == ["auth.test", "apps.connections.open"]


async def test_a_token_revoked_later_is_told_once_and_jobs_go_on_without_a_storm_of_calls(
    tmp_path: Path,
) -> None:
    async with FakeSlack() as slack, served_in_slack(slack, tmp_path) as served:
        me = scene(slack)
        await me.type("add every 2s name=Brief | Summarise open incidents")
        await me.sees("Brief (job 1)")
        slack.revoke()
        await served.says("Slack: Slack refuses us (token_revoked); install the app again")
        calls, count = len(slack.calls), served.free.count
        await served.free.wait_for(count + 3)
        assert len(slack.calls) - calls <= 3
        assert (await healthz(served))["slack"] == "away"
        assert served.output.count("(token_revoked)") == 1
        await stops_in_time(served)
        slack.restore()
        known = len(slack.messages(ROOM))
        await served.start()
        await slack.until(lambda: len(slack.messages(ROOM)) > known, seconds=60)


@pytest.mark.parametrize("event", ["app_uninstalled", "tokens_revoked"])
async def test_an_app_that_is_uninstalled_says_so_on_the_console(
    tmp_path: Path, event: str
) -> None:
    async with (
        FakeSlack(events=("app_uninstalled", "tokens_revoked")) as slack,
        served_in_slack(slack, tmp_path) as served,
    ):
        slack.happened(slack.workspace, {"type": event, "tokens": {"bot": ["UBOT"]}})
        slack.revoke()
        await served.says(f"Slack refuses us ({event}); install the app again")
        assert (await healthz(served))["slack"] == "away"
        await stops_in_time(served)


class Refusing(Chat):
    """A chat whose platform will not have us any more."""

    async def lost(self) -> PlatformAway:
        return PlatformAway("Slack refuses us (token_revoked).", refused=True)


async def test_the_admins_hear_in_another_chat_that_one_refuses_us(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.others = {"slack": Refusing("slack")}
    async with world:
        await world.until(lambda: bool(world.chat.messages))
        assert "Nothing reaches Slack any more: Slack refuses us (token_revoked)." in text_of(
            world.latest
        )
        assert world.chat.posts == 1
        assert world.others["slack"].posts == 0


# --- the end ---------------------------------------------------------------------------------------


async def test_a_command_that_was_acknowledged_is_carried_out_and_answered_before_the_end(
    tmp_path: Path,
) -> None:
    async with FakeSlack() as slack, served_in_slack(slack, tmp_path) as served:
        me = scene(slack)
        slack.misbehave("users.info", Delays(1.5))
        await me.type("add every day at 09:00 name=Late | hello")
        assert slack.messages(ROOM) == []
        await stops_in_time(served)
        [card] = slack.messages(ROOM)
        assert "Job 1 is scheduled: Late" in slack.plain(card)
        await served.start()
        await me.type("list")
        await me.sees("1 job", "Late")
        await stops_in_time(served)
        assert slack.complaints == []


async def test_in_http_mode_what_was_acknowledged_is_carried_out_before_the_end(
    tmp_path: Path,
) -> None:
    async with FakeSlack("http") as slack, served_in_slack(slack, tmp_path) as served:
        slack.app_url = f"{served.address}/slack/events"
        slack.misbehave("users.info", Delays(1.5))
        me = scene(slack)
        await me.type("add every day at 09:00 name=Late | hello")
        await stops_in_time(served)
        assert "Job 1 is scheduled: Late" in slack.plain(slack.messages(ROOM)[0])


async def test_it_ends_in_time_while_everything_hangs(tmp_path: Path) -> None:
    async with FakeSlack() as slack, served_in_slack(slack, tmp_path) as served:
        me = scene(slack)
        await me.type("add every day at 09:00 name=Slow | hello")
        await me.sees("Job 1 is scheduled: Slow")
        served.free.behave(Hang())
        await me.type("run 1")
        await served.free.wait_for(1)
        slack.misbehave("*", Hangs(), times=None)
        await me.type("list")
        calls = len(slack.calls)
        await me.type("lst")
        await slack.until(lambda: len(slack.calls) > calls)
        began = time.monotonic()
        assert await served.stop() == 0
        assert time.monotonic() - began < SUPERVISOR
        slack.release()


async def test_it_ends_in_time_while_slack_is_away(tmp_path: Path) -> None:
    async with FakeSlack() as slack, served_in_slack(slack, tmp_path) as served:
        await slack.go_away()
        await stops_in_time(served)
        await served.start()
        await stops_in_time(served)


async def test_it_ends_in_time_while_it_starts(tmp_path: Path) -> None:
    async with FakeSlack() as slack, served_in_slack(slack, tmp_path) as served:
        await stops_in_time(served)
        slack.misbehave("auth.test", Hangs(), times=None)
        calls = len(slack.calls)
        await served.start(ready="")
        await slack.until(lambda: len(slack.calls) > calls)
        await stops_in_time(served)
        slack.release()


async def test_a_connection_that_sends_half_a_request_holds_up_no_end(tmp_path: Path) -> None:
    async with FakeSlack("http") as slack, served_in_slack(slack, tmp_path) as served:
        port = int(served.address.rpartition(":")[2])
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx")
        await writer.drain()
        _, idle = await asyncio.open_connection("127.0.0.1", port)
        await healthz(served)
        await stops_in_time(served)
        writer.close()
        idle.close()
