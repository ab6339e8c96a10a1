"""What is said and pressed in Telegram, through the real app: one effect, in the right place, for all to read."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from itertools import cycle

import pytest
import pytest_asyncio

from tests.acceptance.telegram_room import DESK, House, Room, open_house
from tests.fakes.provider_replies import Says
from tests.fakes.telegram import Message, Person, retry_after

pytestmark = pytest.mark.asyncio(loop_scope="module")

DECISIONS = ("Pin old", "Accept new", "Pause")
CLOCK = re.compile(r"\d\d:\d\d|\d{4}-\d\d-\d\d")
GONE = "The topic this belongs to is gone or closed, so it is here."
UNITS = 4096


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with open_house(tmp_path_factory.mktemp("effects")) as house:
        for who in house.people:
            await who.starts()
        yield house


@pytest.fixture(autouse=True)
def fresh(house: House) -> Iterator[None]:
    house.served.point_default("free-lab", "small")
    house.served.free.behave(Says())
    yield
    house.telegram.faults.clear()
    assert house.telegram.complaints == []


@pytest.fixture
def room(house: House) -> Room:
    """A group."""
    return house.group()


@pytest.fixture
def forum(house: House) -> Room:
    """A group with topics; seen as a whole."""
    return house.group(forum=True)


def offered(message: Message) -> set[str]:
    """The decisions a message has buttons for."""
    return {each for each in DECISIONS if any(label.startswith(each) for label in message.labels)}


async def decided(room: Room, alert: Message, who: str = "Ana") -> None:
    await room.until(lambda: alert.text.removeprefix("✅ ").startswith(f"Decided: {who} "))


# --- presses ---------------------------------------------------------------------------------------


async def test_of_fifty_presses_at_once_one_has_an_effect_and_49_get_a_private_notice(
    room: Room,
) -> None:
    alert = await room.alert()
    job = room.cards()[-1]
    posts = len(room.posts())
    for who in room.house.people:
        await who.starts()
    labels = ("Pin old", "Pause")
    pairs = zip(range(50), cycle(room.house.people), strict=False)
    presses = await asyncio.gather(*(who.presses(alert, labels[n % 2]) for n, who in pairs))
    shown = [await room.told(press) for press in presses]
    late = shown.count("")

    def alone() -> list[str]:
        """What came too late to be shown over the chat went to whoever pressed, and to nobody else."""
        chats = [room.telegram.answers(who) for who in room.house.people]
        texts = [message.text for chat in chats for message in chat]
        return [text for text in texts if text.startswith(("Done: 1 job ", "Already decided: "))]

    await room.until(lambda: len(alone()) == late)
    notices = [text for text in shown if text] + alone()
    [done] = [text for text in notices if text.startswith("Done: 1 job ")]
    [(action, name)] = room.house.changes(job)
    assert (action == "pinned") == ("pinned" in done)
    told = f"Already decided: {name} {action} job {job} (Brief)"
    assert sum(text.startswith(told) for text in notices) == 49
    await decided(room, alert, name)
    assert not offered(alert)
    assert room.alerts() == [alert]
    assert len(room.posts()) == posts


@pytest.mark.parametrize("label", DECISIONS)
async def test_a_decided_alert_says_who_decided_what_in_its_place_and_offers_no_decision(
    house: House, label: str
) -> None:
    room = house.private(house.ana)
    alert = await room.alert()
    assert offered(alert) == set(DECISIONS)
    await house.ana.presses(alert, label)
    if label == "Accept new":
        await room.until(lambda: "Yes: Accept new" in alert.labels)
        assert not house.changes(room.cards()[-1])
        await house.ana.presses(alert, "Yes: Accept new")
    await decided(room, alert)
    assert not offered(alert)
    assert room.alerts()[-1] is alert
    assert "date_time" in {entity["type"] for entity in alert.entities}


async def test_accept_new_tells_its_price_over_the_chat_and_moves_no_button(room: Room) -> None:
    alert = await room.alert()
    job, before = room.cards()[-1], [each.label for each in alert.buttons]
    press = await room.house.ana.presses(alert, "Accept new")
    toast = await press.until_answered()
    assert toast.text.startswith("From now on 1 job will use paid-lab:large (paid")
    assert toast.text.endswith("Accept?")
    assert toast.show_alert
    await room.until(lambda: alert.labels == [*before, "Yes: Accept new", "Not now"])
    for label in ("Yes: Accept new", "Not now"):
        others = await room.house.bob.presses(alert, label)
        assert (await room.told(others)).startswith("I asked somebody else this.")
    assert not room.house.changes(job)
    await room.house.ana.presses(alert, "Not now")
    await room.until(lambda: alert.labels == before)
    await room.house.ana.presses(alert, "Accept new")
    await room.until(lambda: "Yes: Accept new" in alert.labels)
    await room.house.ana.presses(alert, "Yes: Accept new")
    await decided(room, alert)
    assert room.house.changes(job) == [("accepted", "Ana")]


async def test_whoever_may_not_accept_or_remove_is_told_so_and_nothing_is_asked(
    room: Room,
) -> None:
    alert = await room.alert()
    job = room.cards()[-1]
    card = await room.sees(f"Job {job} is scheduled")
    for message, label, deed in (
        (alert, "Accept new", "accept a new route for"),
        (alert, "Run once", "let one run use a new route for"),
        (card, "Undo", "remove"),
    ):
        shown = len(message.versions)
        press = await room.house.bob.presses(message, label)
        assert (await room.told(press)).startswith(f"You may not {deed}")
        assert len(message.versions) == shown
    await room.house.until_finished()
    assert not any("Yes" in label for label in alert.labels + card.labels)
    undo = await room.house.ana.presses(card, "Undo")
    assert await room.told(undo) == f"Remove job {job} (Brief)? Nothing of it will run."
    await room.until(lambda: card.labels[-2:] == ["Yes: Undo", "Not now"])


async def test_accept_new_of_an_alert_that_was_decided_meanwhile_asks_nothing(room: Room) -> None:
    alert = await room.alert()
    # Its own edit waits, so that the button hangs there still.
    flood = room.telegram.misbehave(retry_after(2), method="editMessageText", times=None)
    await room.told(await room.house.bob.presses(alert, "Pause"))
    late = await room.house.ana.presses(alert, "Accept new")
    assert (await room.told(late)).startswith("Already decided: Bob paused job")
    flood.clear()
    await decided(room, alert, "Bob")
    assert not offered(alert)
    assert "Yes: Accept new" not in str(alert.versions)


async def test_a_press_on_an_older_version_changes_nothing_and_says_so_to_the_presser_alone(
    room: Room,
) -> None:
    alert = await room.alert()
    shown = len(alert.versions)
    await room.house.ana.presses(alert, "Pin old")
    await decided(room, alert)
    posts = len(room.posts())
    late = await room.house.bob.presses(alert, "Pause", version=shown - 1)
    assert "Already decided: Ana pinned job" in await room.told(late)
    assert room.house.changes(room.cards()[-1]) == [("pinned", "Ana")]
    assert len(room.posts()) == posts


async def test_a_card_loses_its_buttons_when_one_is_pressed(house: House) -> None:
    room = house.private(house.bob)
    job = await room.adds()
    card = await room.sees(f"Job {job} is scheduled")
    await asyncio.gather(*(house.bob.presses(card, "Pin free-lab:small") for _ in range(5)))
    await room.sees(f"Job {job} (Brief) is pinned to free-lab:small")
    await room.until(lambda: not card.labels)
    assert house.changes(job) == [("pinned", "Bob")]


async def test_the_pages_of_a_list_turn_in_their_place(house: House) -> None:
    room = house.private(house.people[2])
    who = house.people[2]
    before = len(house.rows("SELECT id FROM jobs"))
    for number in range(12):
        await room.types(f"add every 30d name=Page-{number:02} tz=UTC | Summarise")
    await house.until_jobs(before + 12)
    await room.types("list")
    page = await room.sees("12 jobs here, page 1 of 2")
    posts = len(room.posts())
    assert "Page-00" in page.text
    assert page.labels == ["Next"]
    await who.presses(page, "Next")
    await room.until(lambda: "page 2 of 2" in page.text)
    assert "Page-11" in page.text
    assert page.labels == ["Previous"]
    await who.presses(page, "Previous")
    await room.until(lambda: "page 1 of 2" in page.text)
    assert len(room.posts()) == posts


# --- places ----------------------------------------------------------------------------------------


@pytest.mark.timeout(180)
async def test_thirteen_jobs_of_three_topics_have_one_alert_in_general(forum: Room) -> None:
    house = forum.house
    topics = [forum.in_topic(f"Topic {n}") for n in range(3)]
    before = [job for (job,) in house.rows("SELECT id FROM jobs ORDER BY id")]
    for n in range(13):
        await topics[n % 3].types(f"add every 30d name=Watch-{n} tz=UTC | Summarise")
    numbers = (await house.until_jobs(len(before) + 13))[len(before) :]
    house.served.point_default("paid-lab", "large")
    for number in numbers:
        await forum.runs(number)
    alert = await forum.sees("13 jobs are held")
    assert not alert.is_topic
    assert all(f"#{number} Watch-" in alert.text for number in numbers)
    assert forum.alerts() == [alert]


async def test_one_job_of_a_topic_has_its_alert_in_that_topic(forum: Room) -> None:
    topic = forum.in_topic("Deploys")
    alert = await topic.alert()
    assert topic.alerts() == forum.alerts() == [alert]
    await forum.house.bob.presses(alert, "Pin old")
    await decided(topic, alert, "Bob")


async def test_what_belongs_in_a_deleted_topic_goes_to_the_chat_and_says_so(forum: Room) -> None:
    topic = forum.in_topic("Deploys")
    assert topic.topic is not None
    job = await topic.adds()
    await forum.house.ana.deletes_topic(topic.topic)
    await forum.runs(job)
    report = await forum.sees(f"Brief (job {job})", "All quiet.")
    assert not report.is_topic
    assert GONE in report.text
    alert = await topic_gone_alert(forum, job)
    await forum.house.bob.presses(alert, "Pause")
    await decided(forum, alert, "Bob")


async def topic_gone_alert(forum: Room, job: int) -> Message:
    alert = await forum.drift(job)
    assert not alert.is_topic
    assert GONE in alert.text
    return alert


@pytest.mark.parametrize("with_membership", [False, True])
async def test_a_group_that_becomes_a_supergroup_takes_job_alert_and_delivery_along(
    house: House, with_membership: bool
) -> None:
    old = house.group(basic=True)
    await old.types("add every 30d name=Pinned provider=free-lab model=small tz=UTC | Summarise")
    await old.until(old.cards)
    [pinned] = old.cards()
    alert = await old.alert()
    job = old.cards()[-1]
    house.telegram.misbehave(retry_after(3), chat=old.chat, times=None)
    await old.runs(pinned)
    await old.until(lambda: [c for c in house.telegram.refused if c.chat_id == old.chat.id])
    upgraded = await house.ana.upgrades(
        old.chat, old.chat.id - 1002000000000, with_membership=with_membership
    )
    new = Room(house, upgraded)
    await new.sees(f"Pinned (job {pinned})", "All quiet.")
    anew = await new.sees(f"Job {job} (Brief) is held")
    assert offered(anew) == set(DECISIONS)
    await house.bob.presses(anew, "Pin old")
    await decided(new, anew, "Bob")
    assert new.alerts() == [anew]
    assert offered(alert) == set(DECISIONS), "the old chat is closed for edits"
    here = house.rows("SELECT count(*) FROM jobs WHERE chat = ?", str(upgraded.id))
    assert here == [(2,)]
    await new.types("list")
    await new.sees("2 jobs here")
    posts = len([m for m in new.posts() if "Pinned (job" in m.text])
    assert posts == 1


async def test_of_whom_blocked_the_bot_the_admins_hear_and_can_decide(house: House) -> None:
    who = house.people[3]
    room = house.private(who)
    job = await room.adds()
    await who.blocks()
    house.served.point_default("paid-lab", "large")
    await room.runs(job)
    desk = Room(house, house.desk)
    alert = await desk.sees(f"Job {job} (Brief) is held")
    assert "open https://t.me/driftpin_bot, press Start" in alert.text
    press = await house.ana.presses(alert, "Pin old")
    assert (await desk.told(press)).startswith("Done: 1 job pinned")
    await decided(desk, alert)
    assert desk.chat.id == DESK
    assert house.changes(job) == [("pinned", "Ana")]


# --- sending ---------------------------------------------------------------------------------------


async def test_a_chat_that_must_rest_delays_no_other_chat_and_no_press(room: Room) -> None:
    house = room.house
    alert = await room.alert()
    other = house.private(house.bob)
    job = await other.adds()
    flood = house.telegram.misbehave(retry_after(4), chat=room.chat, times=None)
    posts = len(room.posts())
    await room.types("list")
    await room.until(lambda: flood.hits)
    await other.types(f"show {job}")
    await other.sees(f"Job {job}: Brief")
    press = await house.bob.presses(alert, "Pin old")
    assert (await room.told(press)).startswith("Done: 1 job pinned")
    assert len(room.posts()) == posts
    assert offered(alert)
    flood.clear()
    await room.sees("1 job here")
    await decided(room, alert, "Bob")


@pytest.mark.parametrize(("words", "files"), [(1000, 0), (20_000, 1)], ids=["split", "file"])
async def test_a_long_answer_is_split_or_a_file_and_nothing_of_it_is_lost(
    house: House, words: int, files: int
) -> None:
    room = house.private(house.bob)
    job = await room.adds()
    before = len(room.posts())
    house.served.free.behave(Says(" ".join(f"word{n}" for n in range(words)) + " END"))
    await room.types(f"run {job}")

    def parts() -> list[Message]:
        return room.posts()[before:]

    def whole() -> str:
        documents = [m.document.content.decode() for m in parts() if m.document]
        return "\n".join(documents or [m.text for m in parts()])

    await room.until(lambda: " END" in whole())
    said = re.findall(r"word\d+", whole())
    assert said == [f"word{n}" for n in range(words)]
    assert len([m for m in parts() if m.document]) == files
    assert all(len(m.text.encode("utf-16-le")) // 2 <= UNITS for m in parts())
    assert 2 <= len([m for m in parts() if "is about to run" not in m.text]) <= 3


async def test_every_moment_is_shown_in_each_readers_own_time(house: House) -> None:
    room = house.private(house.ana)
    before = len(room.posts())
    job = await room.adds()
    await room.types(f"run {job}")
    await room.sees(f"Brief (job {job})", "All quiet.")
    for command, words in ((f"show {job}", "Owner"), (f"history {job}", "asked for by hand")):
        await room.types(command)
        await room.sees(words, str(job))
    alert = await room.drift(job)
    await house.ana.presses(alert, "Pin old")
    await decided(room, alert)
    moments = 0
    for message in room.posts()[before:]:
        for version in message.versions:
            text, found = without_moments(version.text or "", version.entities)
            moments += found
            assert not CLOCK.search(text), version
    assert moments >= 6


def without_moments(text: str, entities: tuple[dict[str, object], ...]) -> tuple[str, int]:
    """What a client does not turn into local time, and how many moments it does."""
    units = text.encode("utf-16-le")
    spans = [
        (int(str(e["offset"])), int(str(e["length"]))) for e in entities if e["type"] == "date_time"
    ]
    for offset, length in reversed(spans):
        units = units[: 2 * offset] + units[2 * (offset + length) :]
    return units.decode("utf-16-le"), len(spans)


async def test_strangers_and_hidden_admins_have_no_effect(room: Room) -> None:
    house = room.house
    stranger: Person = house.telegram.person(99, "Zoe")
    alert = await room.alert()
    press = await stranger.presses(alert, "Pin old")
    assert "You may not use this Driftpin yet" in await room.told(press)
    await house.ana.types("/jobs list", chat=room.chat, as_chat=room.chat)
    await room.sees("write as yourself")
    assert house.changes(room.cards()[-1]) == []
    assert offered(alert) == set(DECISIONS)
