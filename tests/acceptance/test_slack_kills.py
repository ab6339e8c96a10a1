"""Driftpin dies between a press in Slack and the edit of its message: after a restart the message is right."""

from pathlib import Path

import pytest

from bot.crash_points import VARIABLE
from bot.sending import REPEAT
from tests.acceptance.slack_room import open_house
from tests.fakes.slack import Hangs


@pytest.mark.parametrize("point", ["before-send", "after-send"])
@pytest.mark.parametrize("in_thread", [False, True], ids=["channel", "thread"])
async def test_after_a_kill_between_press_and_edit_the_same_message_is_edited(
    tmp_path: Path, point: str, in_thread: bool
) -> None:
    async with open_house(tmp_path) as house:
        room = house.room()
        thread = await room.ana.says("Watch this", room.channel) if in_thread else None
        job = await room.adds(thread=thread)
        alert = await room.drift([job])
        assert await house.served.stop() == 0
        await house.served.start(**{VARIABLE: point})
        edits = len(house.slack.calls_of("chat.update"))
        await room.ana.presses(alert, "Pin old")
        assert await house.served.ended() == -9
        assert len(house.slack.calls_of("chat.update")) - edits == (point == "after-send")
        assert house.rows("SELECT decision FROM alert_jobs") == [("pinned",)]
        await house.served.start()
        wanted = edits + (2 if point == "after-send" else 1)
        await room.slack.until(lambda: len(house.slack.calls_of("chat.update")) == wanted)
        await room.slack.until(lambda: alert.text.startswith("Decided: Ana pinned job 1 (Brief)"))
        assert await house.served.stop() == 0
        assert room.alerts() == [alert]
        assert [label for label in room.slack.labels(alert) if label == "Pin old"] == []
        assert house.rows("SELECT count(*) FROM audit WHERE action = 'pinned'") == [(1,)]
        assert len(room.posts()) == 3
        assert house.served.paid.count == 0


async def test_after_a_kill_inside_the_edit_no_second_message_appears(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        room = house.room()
        alert = await room.alert()
        house.slack.misbehave("chat.update", Hangs(), channel=room.channel.id)
        await room.ana.presses(alert, "Pause")
        await house.slack.until(lambda: house.slack.calls_of("chat.update"))
        await house.served.kill()
        house.slack.behave()
        await house.served.start()
        await room.slack.until(lambda: alert.text.startswith("Decided: Ana paused job 1 (Brief)"))
        assert await house.served.stop() == 0
        assert room.alerts() == [alert]
        assert room.slack.labels(alert) == []
        assert len(room.posts()) == 3


async def test_a_press_while_nobody_serves_does_nothing_and_works_after_the_restart(
    tmp_path: Path,
) -> None:
    async with open_house(tmp_path) as house:
        room = house.room()
        alert = await room.alert()
        assert await house.served.stop() == 0
        lost = await room.ana.presses(alert, "Pin old")
        assert lost is not None
        assert lost.error == "dispatch_failed"
        await house.served.start()
        await room.bob.presses(alert, "Pin old")
        await room.slack.until(lambda: alert.text.startswith("Decided: Bob pinned job 1 (Brief)"))
        assert room.alerts() == [alert]
        assert REPEAT not in room.slack.plain(alert)
