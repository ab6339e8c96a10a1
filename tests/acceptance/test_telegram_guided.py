"""People who type `/add` alone are asked, question by question; and how the first admin comes to be."""

import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
import pytest_asyncio

from tests.acceptance.telegram_room import House, Room, open_house
from tests.acceptance.telegram_scene import served_in_telegram
from tests.acceptance.the_story import LIMITS
from tests.fakes.telegram import FakeTelegram, Hangs, Message, Person

pytestmark = pytest.mark.asyncio(loop_scope="module")

WHEN, WHAT = "When should the new job run?", "What should the agent be asked each time?"
CLOCK, CREATE = "Which clock do you live by?", "Create this job?"
NOT_YOURS = "These buttons are for whoever typed /add, or too old."
JOB = "SELECT name, prompt, zone, chat, thread FROM jobs WHERE id = ?"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with open_house(tmp_path_factory.mktemp("guided")) as house:
        yield house


async def becomes(room: Room, message: Message, words: str) -> None:
    """The message asks something else now."""
    await room.until(lambda: words in message.text)


async def press(room: Room, who: Person, message: Message, label: str) -> str:
    return await room.told(await who.presses(message, label))


async def begins(room: Room, who: Person) -> Message:
    await who.types("/add", chat=room.chat, topic=room.topic)
    return await room.sees(WHEN)


async def scheduled(room: Room) -> int:
    await room.until(room.cards)
    return room.cards()[-1]


async def test_a_job_is_made_of_a_preset_a_prompt_and_a_zone(house: House) -> None:
    room, bob = house.private(house.bob), house.bob
    question = await begins(room, bob)
    assert question.labels[-1] == "Cancel"
    await press(room, bob, question, "Every weekday at 09:00")
    await becomes(room, question, WHAT)
    await bob.types("Summarise open incidents")
    clock = await room.sees(CLOCK)
    assert "Europe/London" in clock.labels
    await press(room, bob, clock, "Europe/London")
    await becomes(room, clock, CREATE)
    assert "When: every weekday at 09:00 (Europe/London)" in clock.text
    assert "What: Summarise open incidents" in clock.text
    assert house.rows("SELECT id FROM jobs WHERE chat = ?", str(bob.id)) == []
    await press(room, bob, clock, "Create")
    job = await scheduled(room)
    [(_, prompt, zone, chat, thread)] = house.rows(JOB, job)
    assert (prompt, zone, chat, thread) == (
        "Summarise open incidents",
        "Europe/London",
        str(bob.id),
        None,
    )
    await becomes(room, clock, f"Created: job {job}")
    assert CREATE not in clock.text
    assert not clock.labels
    # The zone is kept: whoever has said it once is not asked again.
    again = await house.telegram.until_says(bob, after=await bob.types("/add"))
    assert WHEN in again.text
    await press(room, bob, again, "Every hour")
    await becomes(room, again, WHAT)
    await bob.types("Once more")
    confirm = await room.sees(CREATE, "Once more")
    assert "When: every hour (Europe/London)" in confirm.text
    await press(room, bob, confirm, "Cancel")
    await becomes(room, confirm, "Cancelled; nothing was created.")
    assert not confirm.labels
    assert len(house.rows("SELECT id FROM jobs WHERE chat = ?", str(bob.id))) == 1


async def test_in_a_topic_only_whoever_asked_may_press_and_the_job_lives_there(
    house: House,
) -> None:
    room, ana, cid = house.group(forum=True).in_topic("Deploys"), house.ana, house.people[2]
    question = await begins(room, ana)
    assert (await press(room, cid, question, "Every hour")).startswith(NOT_YOURS)
    assert WHEN in question.text
    await ana.types("every 2 hours", topic=room.topic, reply_to=question)
    prompt = await room.sees(WHAT)
    await ana.types("Watch the deploys", topic=room.topic, reply_to=prompt)
    clock = await room.sees(CLOCK)
    await ana.types("Asia/Tokyo", topic=room.topic, reply_to=clock)
    confirm = await room.sees(CREATE)
    assert (await press(room, cid, confirm, "Create")).startswith(NOT_YOURS)
    await press(room, ana, confirm, "Create")
    job = await scheduled(room)
    assert room.topic is not None
    [(_, words, zone, chat, thread)] = house.rows(JOB, job)
    assert (words, zone) == ("Watch the deploys", "Asia/Tokyo")
    assert (chat, thread) == (str(room.chat.id), str(room.topic.thread_id))
    assert room.cards() == [job]


async def test_what_nobody_can_schedule_is_asked_again(house: House) -> None:
    dee = house.people[3]
    room = house.private(dee)
    question = await begins(room, dee)
    await dee.types("whenever you like")
    again = await house.telegram.until_says(dee, WHEN, after=question)
    assert again.text.startswith("⚠️ ")
    await dee.types("/jobs list")
    await room.sees("There are no jobs here yet.")
    await press(room, dee, again, "Cancel")
    await becomes(room, again, "Cancelled; nothing was created.")
    await begins(room, dee)
    await dee.types("/cancel")
    await room.until(lambda: room.posts()[-1].text == "Cancelled; nothing was created.")
    assert room.cards() == []


async def test_a_draft_outlives_a_restart_and_expires(house: House) -> None:
    eve, served = house.people[4], house.served
    room = house.private(eve)
    question = await begins(room, eve)
    await press(room, eve, question, "Every hour")
    await becomes(room, question, WHAT)
    assert await served.stop() == 0
    await served.start()
    await eve.types("Summarise")
    clock = await room.sees(CLOCK)
    assert await served.stop() == 0
    expire_drafts(served.folder / "home")
    await served.start()
    assert (await press(room, eve, clock, "UTC")).startswith(NOT_YOURS)
    assert room.cards() == []
    fresh = await house.telegram.until_says(eve, WHEN, after=await eve.types("/add"))
    assert fresh.labels[-1] == "Cancel"


async def test_an_answer_that_a_restart_brings_again_answers_no_other_question(
    house: House,
) -> None:
    room = house.private(house.ana)
    await begins(room, house.ana)
    hanging = house.telegram.misbehave(Hangs(), method="sendMessage", times=None)
    await house.ana.types("every 2 hours")
    await room.until(lambda: hanging.hits)
    await house.served.kill()
    hanging.clear()
    await house.served.start()
    asked = await room.sees(WHAT)
    assert "When: every 2 hours" in asked.text
    assert "What: " not in asked.text
    await house.ana.types("Summarise")
    confirm = await room.sees("When: every 2 hours", "What: Summarise")
    await press(room, house.ana, confirm, "Cancel")


def expire_drafts(home: Path) -> None:
    """An hour passes, while nobody has the database open."""
    with closing(sqlite3.connect(next(home.glob("*.db")))) as database, database:
        changed = database.execute("UPDATE drafts SET expires_at = '2020-01-01 00:00:00.000000'")
        assert changed.rowcount >= 1


async def test_whoever_has_the_printed_code_becomes_admin(tmp_path: Path) -> None:
    async with (
        FakeTelegram() as telegram,
        served_in_telegram(telegram, tmp_path, extra=LIMITS) as served,
    ):
        found = re.search(r"in a chat:  /jobs claim (\S+)", served.output)
        assert found is not None
        house = House(telegram, served)
        me = house.private(house.ana)
        await me.types("list")
        await me.sees("You may not use this Driftpin yet", "telegram:42", "/jobs claim <code>")
        await me.types("claim 0000-0000")
        await me.sees("That is not the code; 4 attempts left")
        await me.types(f"claim {found[1]}")
        await me.sees("You are admin of this Driftpin now.", "telegram:42")
        await me.types("list")
        await me.sees("There are no jobs here yet.")
        assert await served.stop() == 0
        assert found[1] not in served.log
        await served.start()
        assert "claim" not in served.output
        assert telegram.complaints == []
