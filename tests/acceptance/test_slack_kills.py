"""Driftpin dies between a press in Slack and the edit of its message: after a restart the message is right."""

import asyncio
from pathlib import Path

import pytest

from bot.crash_points import CRASH_AT
from bot.sending import REPEAT
from bot.wording.late import LATE
from tests.acceptance.slack_room import House, newest, open_house
from tests.fakes.slack import Delays, Hangs, RateLimited


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
        await house.served.start(**{CRASH_AT: point})
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


@pytest.mark.parametrize("on", ["the repeat", "the first"])
async def test_no_copy_of_a_decided_alert_keeps_its_buttons_once_somebody_pressed_them(
    tmp_path: Path, on: str
) -> None:
    async with open_house(tmp_path) as house:
        room = house.room()
        job = await room.adds()
        assert await house.served.stop() == 0
        await house.served.start(**{CRASH_AT: "after-send"})
        house.point_default("paid-lab", "large")
        await room.types(f"run {job}")
        assert await house.served.ended() == -9
        first = await room.sees(f"Job {job} (Brief) is held")
        await house.served.start()
        repeat = await room.sees(f"Job {job} (Brief) is held", REPEAT)
        await house.until_rows([(repeat.ts,)], "SELECT message FROM alerts")
        pressed, other = (repeat, first) if on == "the repeat" else (first, repeat)
        await room.ana.presses(pressed, "Pin old")
        decided = f"Decided: Ana pinned job {job} (Brief)"
        await house.slack.until(lambda: repeat.text.startswith(decided))
        if on == "the repeat":
            assert room.slack.labels(first) != []
            await room.bob.presses(other, "Pause")
            await room.told(room.bob, f"Already decided: Ana pinned job {job} (Brief)")
        await house.slack.until(lambda: first.text.startswith(decided))
        assert room.slack.labels(first) == []
        assert "Pin old" not in room.slack.labels(repeat)
        assert house.rows("SELECT decision FROM alert_jobs") == [("pinned",)]
        assert room.alerts() == [first, repeat]


async def jobs(house: House) -> int:
    [(number,)] = house.rows("SELECT count(*) FROM jobs")
    return int(number)


async def test_a_sigterm_loses_no_card_that_waits_for_its_channel(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        room = house.room()
        for number in range(9):
            await room.types(f"add every 30d name=Brief-{number} | Summarise")
        assert await house.served.stop() == 0
        assert await jobs(house) == 9
        assert len(room.cards()) < 9
        await house.served.start()
        await room.slack.until(lambda: len(room.cards()) == 9, seconds=40)
        assert await house.served.stop() == 0
        assert sorted(room.cards()) == list(range(1, 10))
        late = [m for m in room.posts() if LATE in room.slack.plain(m)]
        assert late != []
        await house.served.start()
        await room.ana.presses(late[-1], "Undo")
        await room.sees("is removed")


async def test_an_answer_that_slack_does_not_take_now_is_posted_after_a_restart(
    tmp_path: Path,
) -> None:
    async with open_house(tmp_path) as house:
        room = house.room()
        job = await room.adds()
        house.slack.misbehave("chat.postMessage", RateLimited(31), channel=room.channel.id)
        await room.types(f"show {job}")
        owed = "SELECT count(*) FROM deliveries WHERE kind = 'answer'"
        await house.until_rows([(1,)], owed)
        assert await house.served.stop() == 0
        await house.served.start()
        answer = await room.sees(f"Job {job}: Brief", "Summarise", "Owner", LATE)
        assert room.slack.labels(answer) == []
        assert room.private(room.ana) == []


async def test_a_form_that_is_sent_while_we_stop_is_closed_and_makes_one_job(
    tmp_path: Path,
) -> None:
    async with open_house(tmp_path) as house:
        ana = house.ana
        await ana.types_command("/jobs", "add", ana.im)
        view = await house.slack.until(lambda: ana.views[-1] if ana.views else None)
        house.slack.misbehave("conversations.open", Delays(1.0))
        filled = {"When": "every 30d", "What": "hello form"}
        submitting = asyncio.create_task(ana.submits(view, filled))
        await house.slack.until(lambda: house.slack.calls_of("conversations.open"))
        stopping = asyncio.create_task(house.served.stop())
        assert await submitting is None
        assert not view.is_open
        assert await stopping == 0
        assert await jobs(house) == 1
        await house.served.start()
        scheduled = ["is scheduled: hello form"]
        await house.slack.until(
            lambda: newest(house.slack, house.slack.messages(ana.im), scheduled)
        )
