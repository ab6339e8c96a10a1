"""34 jobs over three chats, 13 of them in one, and one change: three messages, in Slack and in Telegram."""

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from tests.acceptance import slack_room, telegram_room

SHARES = (13, 11, 10)


def decided(versions: Sequence[Any]) -> bool | None:
    """Whether a message has come to say so."""
    return "Decided: Ana pinned" in str(versions[-1].text) or None


async def test_in_slack_each_channel_gets_one_message_and_pin_all_pins_all(tmp_path: Path) -> None:
    async with slack_room.open_house(tmp_path) as house:
        house.point_default("free-lab", "small")
        rooms = [house.room() for _ in SHARES]
        jobs = [
            [await room.adds() for _ in range(n)] for room, n in zip(rooms, SHARES, strict=True)
        ]
        house.point_default("paid-lab", "large")
        alerts = [
            await room.sees(f"{n} jobs will be held", "Nothing was spent.")
            for room, n in zip(rooms, SHARES, strict=True)
        ]
        labels = house.slack.labels(alerts[0])
        assert labels[:4] == ["Pin old (all 13)", "Accept new (all 13)", "Choose", "Pause (all 13)"]
        await rooms[0].ana.presses(alerts[0], "Choose")
        chosen = await rooms[0].sees("Choose for 13 jobs, page 1 of 3.")
        assert len(house.slack.labels(chosen)) == 5 * 4 + 1
        for room, alert in zip(rooms, alerts, strict=True):
            await room.ana.presses(alert, "Pin old")
        for room, alert in zip(rooms, alerts, strict=True):
            await house.slack.until(partial(decided, alert.versions))
            assert room.alerts() == [alert]
        for number in jobs[0]:
            await rooms[0].types(f"run {number}")
        await house.slack.until(lambda: house.served.free.count == 13)
        assert house.served.paid.count == 0


async def test_in_telegram_each_group_gets_one_message_and_pin_all_pins_all(
    tmp_path: Path,
) -> None:
    async with telegram_room.open_house(tmp_path) as house:
        for who in house.people:
            await who.starts()
        house.served.point_default("free-lab", "small")
        rooms = [house.group() for _ in SHARES]

        async def fill(room: telegram_room.Room, number: int) -> list[int]:
            return [await room.adds() for _ in range(number)]

        filled = (fill(room, n) for room, n in zip(rooms, SHARES, strict=True))
        jobs = await asyncio.gather(*filled)
        house.served.point_default("paid-lab", "large")
        alerts = [
            await room.sees(f"{n} jobs will be held", "Nothing was spent.")
            for room, n in zip(rooms, SHARES, strict=True)
        ]
        assert {"Pin old (all 13)", "Choose", "Pause (all 13)"} <= set(alerts[0].labels)
        await house.ana.presses(alerts[0], "Choose")
        chosen = await rooms[0].sees("Choose for 13 jobs, page 1 of 3.")
        assert {"Pin 1", "Pause 1", "Next"} <= {label.rstrip(" »") for label in chosen.labels}
        for room, alert, n in zip(rooms, alerts, SHARES, strict=True):
            await house.ana.presses(alert, f"Pin old (all {n})")
            await room.until(partial(decided, alert.versions))
            assert room.alerts() == [alert]
        for number in jobs[0]:
            await rooms[0].runs(number)
        await rooms[0].until(lambda: house.served.free.count == 13 or None)
        assert house.served.paid.count == 0
