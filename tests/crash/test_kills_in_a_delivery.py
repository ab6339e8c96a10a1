"""An owed message survives a crash at any step of its delivery, and a repeat says that it is one."""

from enum import StrEnum

import pytest

from bot.sending import REPEAT
from tests.crash.house import House, killed
from tests.crash.lives import Life
from tests.crash.talking import ANSWER, WAY_BACK, add, settled


class Owed(StrEnum):
    """What kind of message is hit."""

    REPORT = ANSWER
    ALERT = WAY_BACK


each_kind = pytest.mark.parametrize("owed", list(Owed), ids=lambda kind: str(kind.name).lower())


async def killed_at(house: House, point: str, owed: Owed) -> Life:
    """Add a job, let it owe a message, and die at this step."""
    before = house.chat()
    await add(before, 1, house.witness.new_prompt())
    await before.leave()
    if owed is Owed.ALERT:
        house.point_default("other-lab", "large")
    dying = house.chat(crash_at=point)
    dying.type("/jobs run 1")
    await killed(dying)
    return dying


async def settled_life(house: House) -> Life:
    """A whole life without any kill."""
    life = house.chat()
    await settled(life)
    await life.leave()
    return life


async def test_a_report_that_nobody_began_to_send_is_sent_once_after_the_restart(
    house: House,
) -> None:
    dying = await killed_at(house, "after-record", Owed.REPORT)
    after, later = await settled_life(house), await settled_life(house)
    assert [life.count(Owed.REPORT) for life in (dying, after, later)] == [0, 1, 0]
    assert after.count(REPEAT) == 0


@each_kind
async def test_a_message_whose_sending_was_cut_off_is_sent_after_the_restart(
    house: House, owed: Owed
) -> None:
    dying = await killed_at(house, "before-send", owed)
    after, later = await settled_life(house), await settled_life(house)
    assert [life.count(owed) for life in (dying, after, later)] == [0, 1, 0]


@each_kind
async def test_a_message_sent_without_evidence_is_repeated_once_and_says_so(
    house: House, owed: Owed
) -> None:
    dying = await killed_at(house, "after-send", owed)
    after, later = await settled_life(house), await settled_life(house)
    assert [life.count(owed) for life in (dying, after, later)] == [1, 1, 0]
    assert [life.count(REPEAT) for life in (dying, after, later)] == [0, 1, 0]


async def test_a_report_whose_repeat_died_as_well_is_not_sent_a_third_time(house: House) -> None:
    assert await sent_by_three_lives(house, Owed.REPORT) == [1, 1, 0]


async def test_an_alert_whose_repeat_died_as_well_is_not_sent_a_third_time_at_once(
    house: House,
) -> None:
    assert await sent_by_three_lives(house, Owed.ALERT) == [1, 1, 0]


async def sent_by_three_lives(house: House, owed: Owed) -> list[int]:
    """How often a message was shown by each life, the first two of which died right after it."""
    dying = await killed_at(house, "after-send", owed)
    dying_again = house.chat(crash_at="after-send")
    await killed(dying_again)
    after = await settled_life(house)
    return [life.count(owed) for life in (dying, dying_again, after)]


async def test_what_is_owed_after_a_message_that_was_given_up_is_still_sent(house: House) -> None:
    await killed_at(house, "after-send", Owed.REPORT)
    await killed(house.chat(crash_at="after-send"))
    after = house.chat()
    after.type("/jobs run 1")
    await after.until(Owed.REPORT)


async def test_a_single_command_after_the_kill_prints_what_was_cut_off_and_its_own_report(
    house: House,
) -> None:
    dying = await killed_at(house, "before-send", Owed.REPORT)
    printed = await house.jobs("run 1")
    assert printed.count("All quiet.") == 2
    assert printed.count(REPEAT) == 1
    after = await settled_life(house)
    assert [life.count(Owed.REPORT) for life in (dying, after)] == [0, 0]


async def test_a_single_command_leaves_what_was_owed_before_it_to_the_next_chat(
    house: House,
) -> None:
    await killed_at(house, "after-record", Owed.REPORT)
    assert "All quiet." not in await house.jobs("list")
    assert (await house.jobs("run 1")).count("All quiet.") == 1
    assert (await settled_life(house)).count(Owed.REPORT) == 1


async def test_after_a_restart_an_open_alert_is_the_first_thing_said(house: House) -> None:
    await killed_at(house, "after-send", Owed.ALERT)
    after = await settled_life(house)
    assert after.printed.count("1 alert waits for a decision: /jobs alerts\n") == 1


async def test_a_single_command_prints_no_button_that_nobody_can_press(house: House) -> None:
    printed = await house.jobs("add every 30d name=k1 | Say something")
    assert "Job 1 is scheduled" in printed
    assert "[1]" not in printed
