"""Presses in Slack: one effect whatever comes twice or late, and messages that show what was decided."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Literal

import pytest
import pytest_asyncio

from tests.acceptance.slack_room import House, Room, newest, open_house
from tests.fakes.slack import Message, payloads
from tests.fakes.slack.errors import Json
from tests.fakes.slack.forms import filled

pytestmark = pytest.mark.asyncio(loop_scope="module")

DECISIONS = ("Pin old", "Accept new", "Pause")
CLOCK = re.compile(r"\d\d:\d\d|\d{4}-\d\d-\d\d")
TOKEN = re.compile(r"<!date\^\d+\^[^|>]+\|[^>]+>")
CHANGES = "SELECT action, name FROM audit WHERE object = ? AND action NOT IN ('add', 'run')"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with open_house(tmp_path_factory.mktemp("effects")) as house:
        yield house


@pytest.fixture
def room(house: House) -> Iterator[Room]:
    yield house.room()
    assert house.slack.complaints == []


async def test_of_fifty_presses_at_once_one_has_an_effect_and_49_get_a_private_notice(
    room: Room,
) -> None:
    alert = await room.alert()
    job = room.cards()[-1]
    paid = room.house.served.paid.count
    presses = zip(range(50), cycle(room.house.people), strict=False)
    labels = ("Pin old", "Pause")
    await asyncio.gather(*(who.presses(alert, labels[n % 2]) for n, who in presses))

    def notices() -> list[str]:
        return [m.text for who in room.house.people for m in room.private(who)]

    await room.slack.until(lambda: len(notices()) == 50)
    await room.slack.until(lambda: len(alert.versions) == 2)
    [done] = [text for text in notices() if text.startswith("Done: 1 job ")]
    [(action, name)] = room.house.rows(CHANGES, f"job {job}")
    assert (action == "pinned") == ("pinned" in done)
    told = f"Already decided: {name} {action} job {job} (Brief)"
    assert sum(text.startswith(told) for text in notices()) == 49
    assert alert.text.startswith(f"Decided: {name} {action} job {job} (Brief)")
    assert not offered(room, alert)
    assert room.alerts() == [alert]
    assert room.house.served.paid.count == paid


async def more(room: Room, seen: Callable[[], list[Message]], before: int) -> None:
    """Wait for one more message than there were."""
    await room.slack.until(lambda: len(seen()) > before)


def dates(blocks: object) -> list[Json]:
    """Every date element of rich text, and every date token of mrkdwn."""
    if isinstance(blocks, dict):
        if blocks.get("type") == "date":
            return [blocks]
        return [date for value in blocks.values() for date in dates(value)]
    if isinstance(blocks, list):
        return [date for value in blocks for date in dates(value)]
    return [{"type": "date"} for _ in TOKEN.findall(blocks)] if isinstance(blocks, str) else []


def without_dates(blocks: object) -> str:
    """All the other words."""
    if isinstance(blocks, dict):
        if blocks.get("type") == "date":
            return ""
        return "\n".join(without_dates(value) for value in blocks.values())
    if isinstance(blocks, list):
        return "\n".join(without_dates(value) for value in blocks)
    return TOKEN.sub("", blocks) if isinstance(blocks, str) else ""


def offered(room: Room, message: Message) -> set[str]:
    """The decisions a message has buttons for."""
    labels = room.slack.labels(message)
    return {each for each in DECISIONS if any(label.startswith(each) for label in labels)}


@pytest.mark.parametrize("label", DECISIONS)
async def test_a_decided_alert_says_who_decided_what_and_when_and_offers_no_decision(
    room: Room, label: str
) -> None:
    alert = await room.alert()
    assert offered(room, alert) == set(DECISIONS)
    await room.ana.presses(alert, label)
    await room.slack.until(lambda: len(alert.versions) == 2)
    assert alert.text.startswith("Decided: Ana ")
    assert len(dates(alert.blocks)) >= 1
    assert not offered(room, alert)


async def test_a_press_on_an_older_version_of_an_alert_gets_a_private_line_and_changes_nothing(
    room: Room,
) -> None:
    alert = await room.alert()
    job = room.cards()[-1]
    await room.ana.presses(alert, "Pin old")
    await room.slack.until(lambda: len(alert.versions) == 2)
    for label in DECISIONS:
        told_before = len(room.private(room.bob))
        await room.bob.presses(alert, label, version=0)
        await more(room, lambda: room.private(room.bob), told_before)
        told = room.private(room.bob)[-1].text
        assert told == (
            f"Already decided: Ana pinned job {job} (Brief) to free-lab:small. Nothing was changed."
        )
    assert room.house.rows(CHANGES, f"job {job}") == [("pinned", "Ana")]
    assert len(alert.versions) == 2


async def test_a_press_on_an_alert_that_a_job_joined_meanwhile_gets_a_private_line(
    room: Room,
) -> None:
    room.house.point_default("free-lab", "small")
    first, second = await room.adds(), await room.adds()
    alert = await room.drift([first])
    await room.types(f"run {second}")
    await room.slack.until(lambda: alert.text.startswith("2 jobs are held"))
    await room.ana.presses(alert, "Pin old", version=0)
    await room.told(room.ana, "This alert has changed since; nothing was done.")
    assert [room.house.rows(CHANGES, f"job {job}") for job in (first, second)] == [[], []]
    assert offered(room, alert) == set(DECISIONS)
    assert room.alerts() == [alert]


@pytest.mark.parametrize("label", ["Undo", "Pin free-lab:small"])
async def test_a_card_loses_its_buttons_when_one_is_pressed_and_says_who_pressed_it(
    room: Room, label: str
) -> None:
    room.house.point_default("free-lab", "small")
    job = await room.adds()
    card = await room.sees(f"Job {job} is scheduled")
    before = room.slack.plain(card.now)
    assert room.slack.labels(card) == ["Pin free-lab:small", "Undo"]
    who = room.ana if label == "Undo" else room.bob
    await who.presses(card, label)
    done = "is removed" if label == "Undo" else "is pinned to free-lab:small"
    await room.sees(f"Job {job} (Brief) {done}")
    assert room.slack.labels(card) == []
    assert room.slack.plain(card).splitlines()[-1] == f"{who.name} pressed {label}."
    assert set(before.splitlines()) - set(room.slack.plain(card).splitlines()) <= {
        "[Pin free-lab:small]",
        "[Undo]",
    }


async def test_a_button_of_a_card_that_two_people_press_has_one_effect(room: Room) -> None:
    room.house.point_default("free-lab", "small")
    job = await room.adds()
    card = await room.sees(f"Job {job} is scheduled")
    await asyncio.gather(*(who.presses(card, "Pin") for who in room.house.people))
    await room.slack.until(lambda: sum(map(len, map(room.private, room.house.people))) == 4)
    await room.sees(f"Job {job} (Brief) is pinned to free-lab:small")
    assert [action for action, _ in room.house.rows(CHANGES, f"job {job}")] == ["pinned"]
    await room.slack.until(lambda: room.slack.labels(card) == [])
    assert len([m for m in room.posts() if "is pinned to" in m.text]) == 1


async def test_what_is_dear_asks_first_in_slacks_own_dialog_and_declining_does_nothing(
    room: Room,
) -> None:
    alert = await room.alert()
    job = room.cards()[-1]
    card = await room.sees(f"Job {job} is scheduled")
    calls, deliveries = len(room.slack.calls), len(room.slack.deliveries)
    asked = len(room.ana.dialogs)
    assert await room.ana.presses(alert, "Accept new", confirm=False) is None
    assert await room.ana.presses(card, "Undo", confirm=False) is None
    accept, undo = room.ana.dialogs[asked:]
    assert accept["text"]["text"] == ("From now on 1 job will use paid-lab:large (paid). Accept?")
    assert accept["confirm"]["text"] == "Accept"
    assert undo["text"]["text"] == f"Remove job {job} (Brief)? Nothing of it will run."
    assert undo["confirm"]["text"] == "Remove"
    asking = [b.label for b in room.slack.buttons(alert) + room.slack.buttons(card) if b.confirm]
    assert asking == ["Accept new", "Undo"]
    assert len(room.slack.deliveries) == deliveries
    assert room.slack.calls_of("chat.update") == [
        call for call in room.slack.calls[:calls] if call.method == "chat.update"
    ]
    assert room.house.rows(CHANGES, f"job {job}") == []


async def test_every_moment_in_a_message_is_shown_in_each_readers_own_time(room: Room) -> None:
    room.house.point_default("free-lab", "small")
    job = await room.adds("every 30d name=Brief | Summarise")
    await room.types(f"run {job}")
    await room.sees("Brief (job", "All quiet.")
    for command in ("list", f"show {job}", f"history {job}"):
        shown = len(room.posts())
        await room.types(command)
        await more(room, room.posts, shown)
    alert = await room.drift([job])
    await room.ana.presses(alert, "Pin old")
    await room.slack.until(lambda: len(alert.versions) == 2)
    versions = [version for message in room.posts() for version in message.versions]
    assert sum(len(dates(version.blocks)) for version in versions) >= 7
    for version in versions:
        assert not CLOCK.search(without_dates(version.blocks)), version
        assert not CLOCK.search(TOKEN.sub("", version.text)), version
        assert len(TOKEN.findall(version.text)) == len(dates(version.blocks))


async def test_thirteen_jobs_of_three_threads_have_one_alert_in_the_channel(room: Room) -> None:
    room.house.point_default("free-lab", "small")
    threads = [await room.ana.says(f"Incident {n}", room.channel) for n in range(3)]
    numbers = [
        await room.adds(f"every 30d name=Watch-{n} | Summarise", threads[n % 3]) for n in range(13)
    ]
    room.house.point_default("paid-lab", "large")
    await asyncio.gather(*(room.mentions(f"run {n}", threads[n % 3]) for n in numbers))
    alert = await room.sees("13 jobs are held")
    assert alert.thread_ts is None
    said = room.slack.plain(alert)
    assert all(f"#{number} Watch-" in said for number in numbers)
    assert room.alerts() == [alert]


async def test_one_job_of_a_thread_has_its_alert_in_that_thread(room: Room) -> None:
    room.house.point_default("free-lab", "small")
    thread = await room.ana.says("We should watch this", room.channel)
    job = await room.adds(thread=thread)
    room.house.point_default("paid-lab", "large")
    await room.types(f"run {job}")
    alert = await room.sees(f"Job {job} (Brief) is held")
    assert alert.thread_ts == thread.ts
    assert room.alerts() == [alert]


def elsewhere(payload: Json) -> Json:
    """The same from another workspace, by somebody with the same id there."""
    person = {**payload["user"], "team_id": "T0ELSE"}
    return {**payload, "team": {"id": "T0ELSE", "domain": "else"}, "user": person}


async def test_a_button_and_a_form_from_another_workspace_change_nothing(room: Room) -> None:
    slack, ana = room.slack, room.ana
    job = await room.adds()
    card = await room.sees(f"Job {job} is scheduled")
    undo = next(button for button in slack.buttons(card) if button.label == "Undo")
    pressed = payloads.block_actions(
        slack.workspace,
        ana.user,
        card,
        room.channel,
        {**undo.element, "block_id": undo.block_id},
        trigger_id=ana._trigger(),
        response_url=ana._response_url(room.channel, card),
        state={},
    )
    await slack.deliver("interactive", elsewhere(pressed))
    await room.told(ana, "This Driftpin belongs to another workspace.")
    await room.types("add")
    view = await slack.until(lambda: ana.views[-1] if ana.views else None)
    values = filled(view, {"When": "every 30d", "What": "hello from elsewhere"})
    sent = payloads.view_submission(slack.workspace, ana.user, view, values, ana._trigger())
    delivery = await slack.deliver("interactive", elsewhere(sent))
    assert delivery.answered
    assert await ana.submits(view, {"When": "every 30d", "What": "hello from here"}) is None
    await room.sees("is scheduled: hello from here")
    assert room.house.rows("SELECT state FROM jobs WHERE id = ?", job) == [("active",)]
    named = "SELECT count(*) FROM jobs WHERE name LIKE 'hello from%'"
    assert room.house.rows(named) == [(1,)]
    assert "Undo" in slack.labels(card)


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_what_slack_delivers_twice_has_one_effect_and_one_message(
    tmp_path: Path, mode: Literal["socket", "http"]
) -> None:
    async with open_house(tmp_path, mode) as house:
        room, slack = house.room(), house.slack
        thread = await room.ana.says("Watch this", room.channel)

        async def twice(number: int) -> None:
            """Once the job's card is there, what asked for it comes once more."""
            await room.slack.until(lambda: number in room.cards())
            asked = slack.deliveries[-1]
            await slack.again(asked)
            if asked.kind == "events_api":
                await slack.deliver("events_api", asked.payload)

        await room.types("add every 30d name=Typed | Summarise")
        await twice(1)
        await room.mentions("add every 30d name=Mentioned | Summarise", thread)
        await twice(2)
        await room.ana.says("add every 30d name=Direct | Summarise", room.ana.im)
        asked = slack.deliveries[-1]
        direct = await slack.until(lambda: newest(slack, slack.messages(room.ana.im), ["Job 3 is"]))
        await slack.again(asked)
        await slack.deliver("events_api", asked.payload)
        await room.types("add")
        [view] = await slack.until(lambda: room.ana.views)
        filled_in = {"schedule": "every 30d", "prompt": "Summarise"}
        assert await room.ana.submits(view, filled_in) is None
        await twice(4)
        card = await room.sees("Job 1 is scheduled")
        await room.ana.presses(card, "Pin")
        await room.sees("Job 1 (Typed) is pinned")
        await slack.again(slack.deliveries[-1])
        assert await house.served.stop() == 0
        assert house.rows("SELECT id FROM jobs ORDER BY id") == [(1,), (2,), (3,), (4,)]
        assert house.rows(CHANGES, "job 1") == [("pinned", "Ana")]
        assert room.cards() == [1, 2, 4]
        assert [m for m in slack.messages(room.ana.im) if m.by_bot] == [direct]
        assert len(room.posts()) == 4
        assert len(room.ana.ephemerals) == 0
