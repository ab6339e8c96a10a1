"""Driftpin dies at the worst moments in Telegram: every update has one effect, every message is right."""

import asyncio
import time
from collections import Counter
from pathlib import Path

import pytest

from bot.adapters.telegram.duty import LIFE as LEASE_LIFE
from bot.crash_points import CRASH_AT
from bot.sending import REPEAT
from tests.acceptance.telegram_room import House, open_house
from tests.acceptance.telegram_scene import Mode, served_in_telegram
from tests.acceptance.the_story import LIMITS
from tests.fakes.telegram import FakeTelegram, Hangs, Message, Press

RESTARTED = "I was interrupted before I could answer."

# --- two hundred updates ---------------------------------------------------------------------------

CROWD = [2000 + number for number in range(20)]
PATTERNS = ", ".join(f'"telegram:{id}"' for id in CROWD)
EVERYBODY = f"access:\n  operators: [{PATTERNS}]\n{LIMITS}"


class Member:
    """One of the crowd in a private chat, with two jobs and ten things to do at once."""

    def __init__(self, telegram: FakeTelegram, id: int) -> None:
        self.telegram = telegram
        self.who = telegram.person(id, f"P{id}")
        self.names = [f"New-{id}-{number}" for number in range(4)]
        self.olds = [f"Old-{id}-{number}" for number in range(2)]
        self.presses: list[Press] = []

    async def adds(self, name: str) -> None:
        await self.who.types(f"/jobs add every 30d name={name} tz=UTC | Summarise")

    def said(self, words: str) -> list[Message]:
        return [m for m in self.telegram.answers(self.who) if words in m.text]

    def number(self, name: str) -> int:
        [card] = self.said(f"is scheduled: {name}")
        return int(card.text.split("Job ")[1].split()[0])

    async def does_ten_things(self) -> None:
        """Four adds, two pauses, two lists and two presses."""
        for name, old in zip(self.names, self.olds * 2, strict=True):
            await self.adds(name)
            if name in self.names[:2]:
                await self.who.types(f"/jobs pause {self.number(old)}")
                [card] = self.said(f"is scheduled: {old}")
                self.presses.append(await self.who.presses(card, "Pin free-lab:small"))
            else:
                await self.who.types("/list")

    @property
    def restarted(self) -> bool:
        return bool(self.said(RESTARTED))

    def unanswered(self) -> list[str]:
        """What had neither an answer nor the word of the restart."""
        if self.restarted:
            return []
        missing = [name for name in self.names if not self.said(f"is scheduled: {name}")]
        missing += [old for old in self.olds if not self.said(f"({old}) is paused.")]
        missing += [old for old in self.olds if not self.said(f"({old}) is pinned")]
        return missing + ["a list"] * (2 - len(self.said("jobs here")))


async def reached(telegram: FakeTelegram, number: int) -> None:
    """Waits until all updates below `number` are confirmed."""
    await telegram.until(lambda: telegram.confirmed >= number)


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    ("mode", "kills"), [("polling", (200,)), ("polling", (40, 120)), ("webhook", (60,))]
)
async def test_of_200_updates_in_flight_at_kills_each_has_one_effect_and_is_answered(
    tmp_path: Path, mode: Mode, kills: tuple[int, ...]
) -> None:
    async with (
        FakeTelegram() as telegram,
        served_in_telegram(telegram, tmp_path, mode, EVERYBODY) as served,
    ):
        house = House(telegram, served)
        crowd = [Member(telegram, id) for id in CROWD]
        for member in crowd:
            for old in member.olds:
                await member.adds(old)
        await telegram.until(
            lambda: all(m.said(f"is scheduled: {old}") for m in crowd for old in m.olds), seconds=60
        )
        made = len(telegram.world.updates.made)
        first = telegram.world.updates.made[-1]["update_id"] + 1
        await asyncio.gather(*(member.does_ten_things() for member in crowd))
        assert len(telegram.world.updates.made) - made == 200

        for confirmed in kills:
            await reached(telegram, first + confirmed)
            await served.kill()
            assert house.unfinished() > 0
            await served.start()

        await telegram.until(lambda: not any(m.unanswered() for m in crowd), seconds=90)
        await house.until_finished()
        assert await served.stop() == 0
        jobs = Counter(name for (name,) in house.rows("SELECT name FROM jobs"))
        assert jobs == Counter(name for m in crowd for name in (*m.names, *m.olds))
        olds = sorted(old for m in crowd for old in m.olds)
        paused = house.rows("SELECT name FROM jobs WHERE state = 'paused' ORDER BY name")
        assert [name for (name,) in paused] == olds
        done = Counter(action for (action,) in house.rows("SELECT action FROM audit"))
        assert done == {"add": 120, "pause": 40, "pinned": 40}
        assert not telegram.pending
        assert house.rows("SELECT number, error FROM updates WHERE error IS NOT NULL") == []
        assert all(press.answered for m in crowd for press in m.presses)
        for member in crowd:
            for name in (*member.names, *member.olds):
                assert len(member.said(f"is scheduled: {name}")) <= 1
            assert len(member.said(RESTARTED)) <= len(kills)
        assert telegram.complaints == []


# --- between a press and its edit ------------------------------------------------------------------


@pytest.mark.parametrize("point", ["before-send", "after-send"])
@pytest.mark.parametrize("in_topic", [False, True], ids=["private", "topic"])
async def test_after_a_kill_between_press_and_edit_the_same_message_is_edited(
    tmp_path: Path, point: str, in_topic: bool
) -> None:
    async with open_house(tmp_path) as house:
        room = house.group(forum=True).in_topic("Deploys") if in_topic else house.private(house.ana)
        alert = await room.alert()
        assert await house.served.stop() == 0
        await house.served.start(**{CRASH_AT: point})
        await house.ana.presses(alert, "Pin old")
        assert await house.served.ended() == -9
        assert house.rows("SELECT decision FROM alert_jobs") == [("pinned",)]
        assert alert.text.startswith("✅ Decided") == (point == "after-send")
        await house.served.start()
        await room.until(lambda: alert.text.startswith("✅ Decided: Ana pinned job 1 (Brief)"))
        await house.until_sent()
        await house.until_finished()
        assert await house.served.stop() == 0
        assert room.alerts() == [alert]
        assert "Pin old" not in alert.labels
        assert house.changes(1) == [("pinned", "Ana")]
        assert house.served.paid.count == 0


async def test_after_a_kill_inside_the_edit_no_second_message_appears(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        room = house.private(house.ana)
        alert = await room.alert()
        hanging = house.telegram.misbehave(Hangs(), method="editMessageText", times=None)
        await house.ana.presses(alert, "Pause")
        await room.until(lambda: hanging.hits)
        await house.served.kill()
        hanging.clear()
        await house.served.start()
        await room.until(lambda: alert.text.startswith("✅ Decided: Ana paused job 1 (Brief)"))
        await house.until_sent()
        assert await house.served.stop() == 0
        assert room.alerts() == [alert]
        assert not alert.labels
        assert house.changes(1) == [("paused", "Ana")]


async def test_a_press_while_nobody_serves_has_its_effect_at_the_next_start(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        room = house.private(house.ana)
        alert = await room.alert()
        assert await house.served.stop() == 0
        press = await house.ana.presses(alert, "Pin old")
        press.expire()
        await house.served.start()
        await room.until(lambda: alert.text.startswith("✅ Decided: Ana pinned job 1 (Brief)"))
        await room.sees("Done: 1 job pinned")
        assert room.alerts() == [alert]
        assert REPEAT not in alert.text


# --- the next start --------------------------------------------------------------------------------


async def test_a_start_after_a_kill_waits_for_no_lease(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        room = house.private(house.ana)
        await room.types("list")
        await room.sees("There are no jobs here yet.")
        await house.served.kill()
        [(holder,)] = house.rows("SELECT holder FROM leases")
        await room.types("help")
        await house.served.start()
        began = time.monotonic()
        await room.sees("add", "list", "pin")
        assert time.monotonic() - began < LEASE_LIFE / 3
        [(another,)] = house.rows("SELECT holder FROM leases")
        assert another != holder
