"""Messages to a Slack that refuses, breaks, loses replies and is in a hurry: each arrives, where it can."""

import re
from collections.abc import AsyncIterator, Iterator
from itertools import pairwise

import pytest
import pytest_asyncio

from bot.sending import REPEAT
from tests.acceptance.slack_room import House, Room, newest, open_house
from tests.fakes.provider_behaviours import Hang
from tests.fakes.provider_replies import Says
from tests.fakes.slack import Breaks, Drops, Fails, LosesReply, Message, RateLimited
from tests.fakes.slack.asked import Call
from tests.fakes.slack.errors import Json

pytestmark = pytest.mark.asyncio(loop_scope="module")

INVITE = "/invite @driftpin"
ANSWER = "Two incidents are open."
CUT = "The rest could not be posted here."


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with open_house(tmp_path_factory.mktemp("sending")) as house:
        yield house


@pytest.fixture
def room(house: House) -> Iterator[Room]:
    yield from fresh(house, house.room())


@pytest.fixture(params=["not_in_channel", "channel_not_found"])
def closed(house: House, request: pytest.FixtureRequest) -> Iterator[Room]:
    """A channel that nobody has invited the bot to, open to all or private."""
    private = request.param == "channel_not_found"
    yield from fresh(house, house.room(bot=False, private=private))


def fresh(house: House, room: Room) -> Iterator[Room]:
    house.point_default("free-lab", "small")
    house.served.free.behave(Says(ANSWER))
    yield room
    house.slack.behave()
    assert house.slack.complaints == []


async def reports(room: Room, job: int, *words: str) -> Message:
    """Run a job; its report in the channel."""
    await room.types(f"run {job}")
    return await room.sees(f"Brief (job {job})", *words)


async def running(room: Room, job: int) -> None:
    """A run that is about to report: everything before it was said, and its answer waits."""
    free = room.house.served.free
    free.behave(Hang(then=Says(ANSWER)))
    before = free.count
    await room.types(f"run {job}")
    await room.sees(f"Job {job} (Brief) is about to run.")
    await free.wait_for(before + 1)
    free.behave(Says(ANSWER))


def direct(room: Room) -> list[Message]:
    """What we said to Ana alone."""
    return [m for m in room.slack.messages(room.ana.im) if m.by_bot]


async def directly(room: Room, *words: str) -> Message:
    return await room.slack.until(lambda: newest(room.slack, direct(room), words), seconds=40)


def posted(room: Room, words: str) -> list[Message]:
    """All messages of the channel with these words."""
    return [m for m in room.posts() if words in m.text]


def posts_to(room: Room) -> list[Call]:
    """What we tried to post in the channel."""
    calls = room.slack.calls_of("chat.postMessage")
    return [call for call in calls if call["channel"] == room.channel.id]


def updates_of(room: Room, message: Message) -> list[Call]:
    return [call for call in room.slack.calls_of("chat.update") if call["ts"] == message.ts]


def parts(value: object) -> Iterator[Json]:
    """Every object in some blocks."""
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from parts(each)
    if isinstance(value, list):
        for each in value:
            yield from parts(each)


# --- the place ---------------------------------------------------------------------------------------


async def test_a_job_added_where_the_bot_is_no_member_is_kept_and_its_card_says_how_to_invite(
    closed: Room,
) -> None:
    await closed.types("add every 30d name=Brief | Summarise")
    card = await closed.told(closed.ana, "is scheduled: Brief", INVITE)
    assert closed.posts() == []
    assert closed.slack.labels(card) == ["Pin free-lab:small", "Undo"]
    number = int(card.text.split()[1])
    assert closed.house.rows("SELECT state FROM jobs WHERE id = ?", number) == [("active",)]


async def test_messages_go_to_the_persons_own_until_the_bot_is_invited(closed: Room) -> None:
    await closed.types("add every 30d name=Brief | Summarise")
    card = await closed.told(closed.ana, "is scheduled: Brief")
    job = int(card.text.split()[1])
    await closed.types(f"run {job}")
    await closed.told(closed.ana, f"Job {job} (Brief) is about to run.")
    report = await directly(closed, f"Brief (job {job})", ANSWER)
    assert INVITE in closed.slack.plain(report)
    closed.house.point_default("paid-lab", "large")
    await closed.types(f"run {job}")
    alert = await directly(closed, f"Job {job} (Brief) is held", INVITE)
    await closed.ana.presses(alert, "Pin old")
    await closed.slack.until(lambda: alert.text.startswith("Decided: Ana pinned"))
    assert closed.posts() == []
    before = len(direct(closed))
    closed.channel.bot = True
    await closed.types(f"run {job}")
    await closed.sees(f"Brief (job {job})", ANSWER)
    assert len(direct(closed)) == before
    assert INVITE not in closed.slack.plain(closed.posts()[-1])


async def test_messages_of_an_archived_channel_go_to_the_persons_own_and_say_why(
    room: Room,
) -> None:
    job = await room.adds()
    await running(room, job)
    room.channel.archived = True
    room.house.served.free.release()
    report = await directly(room, f"Brief (job {job})", ANSWER)
    assert "archived" in room.slack.plain(report)
    assert posted(room, ANSWER) == []


async def test_a_report_to_a_thread_that_was_deleted_goes_to_the_channel(room: Room) -> None:
    thread = await room.ana.says("Watch this", room.channel)
    job = await room.adds(thread=thread)
    await running(room, job)
    for message in room.slack.thread(room.channel, thread.ts):
        message.deleted = True
    room.house.served.free.release()
    report = await room.sees(f"Brief (job {job})", ANSWER)
    assert report.thread_ts is None
    assert posted(room, ANSWER) == [report]


# --- the errors --------------------------------------------------------------------------------------


async def test_a_limit_on_one_channel_delays_that_channel_alone(house: House, room: Room) -> None:
    other = house.room()
    jobs = [await room.adds(), await other.adds()]
    await running(room, jobs[0])
    house.slack.misbehave("chat.postMessage", RateLimited(4), channel=room.channel.id)
    house.served.free.release()
    await house.slack.until(lambda: any(call.outcome == "ratelimited" for call in posts_to(room)))
    await reports(other, jobs[1])
    assert posted(room, ANSWER) == []
    report = await room.sees(f"Brief (job {jobs[0]})")
    [refused, taken] = [call for call in posts_to(room) if ANSWER in call["text"]]
    assert (refused.outcome, taken.outcome) == ("ratelimited", "ok")
    assert 4 <= taken.at - refused.at < 8
    assert posted(room, ANSWER) == [report]
    assert REPEAT not in room.slack.plain(report)


async def test_a_report_whose_confirmation_is_lost_comes_once_more_and_says_so(room: Room) -> None:
    job = await room.adds()
    await running(room, job)
    room.slack.misbehave("chat.postMessage", LosesReply(), channel=room.channel.id)
    room.house.served.free.release()
    await room.sees(REPEAT)
    first, repeat = posted(room, ANSWER)
    assert REPEAT not in room.slack.plain(first)
    assert REPEAT in room.slack.plain(repeat)


async def test_a_report_whose_repeat_is_lost_as_well_is_not_sent_a_third_time(room: Room) -> None:
    job = await room.adds()
    await running(room, job)
    room.slack.misbehave("chat.postMessage", LosesReply(), times=2, channel=room.channel.id)
    room.house.served.free.release()
    await room.sees(REPEAT)
    room.house.served.free.behave(Says("Another."))
    await reports(room, job, "Another.")
    assert len(posted(room, ANSWER)) == 2


async def test_a_card_whose_confirmation_is_lost_is_shown_privately_as_well_and_says_so(
    room: Room,
) -> None:
    room.slack.misbehave("chat.postMessage", LosesReply(), channel=room.channel.id)
    await room.types("add every 30d name=Brief | Summarise")
    told = await room.told(room.ana, "is scheduled: Brief", "it may stand here already")
    assert room.cards() == [int(told.text.split()[1])]


@pytest.mark.parametrize("fault", [Breaks(500), Breaks(503), Drops(), Fails("internal_error")])
async def test_a_report_that_slack_broke_over_comes_as_a_possible_repeat(
    room: Room, fault: Breaks | Drops | Fails
) -> None:
    job = await room.adds()
    await running(room, job)
    room.slack.misbehave("chat.postMessage", fault, channel=room.channel.id)
    room.house.served.free.release()
    report = await room.sees(REPEAT, ANSWER)
    assert posted(room, ANSWER) == [report]


@pytest.mark.parametrize("code", ["invalid_blocks", "msg_blocks_too_long", "msg_too_long"])
async def test_an_alert_whose_format_is_refused_comes_plain_and_with_its_buttons(
    room: Room, code: str
) -> None:
    job = await room.adds("in 5s name=Brief | Summarise")
    room.house.point_default("paid-lab", "large")
    room.slack.misbehave("chat.postMessage", Fails(code), channel=room.channel.id)
    alert = await room.sees(f"Job {job} (Brief) is held")
    assert [call.outcome for call in posts_to(room)[-2:]] == [code, "ok"]
    kinds = {block["type"] for block in alert.blocks}
    assert kinds == {"section", "actions"}
    assert {block["text"]["type"] for block in alert.blocks if "text" in block} == {"plain_text"}
    await room.ana.presses(alert, "Pin old")
    await room.slack.until(lambda: alert.text.startswith("Decided: Ana pinned"))


async def test_a_message_that_cannot_be_edited_any_more_is_posted_afresh_in_its_thread(
    room: Room,
) -> None:
    thread = await room.ana.says("Watch this", room.channel)
    job = await room.adds(thread=thread)
    room.house.point_default("paid-lab", "large")
    await room.types(f"run {job}")
    alert = await room.sees(f"Job {job} (Brief) is held")
    room.slack.misbehave("chat.update", Fails("edit_window_closed"), channel=room.channel.id)
    await room.ana.presses(alert, "Pin old")
    decided = await room.sees("Decided: Ana pinned")
    assert decided is not alert
    assert decided.thread_ts == thread.ts
    assert len(posted(room, "Decided: Ana pinned")) == 1


@pytest.mark.parametrize("fault", [LosesReply(), Breaks(500), Drops()])
async def test_an_edit_without_confirmation_is_made_again_and_is_no_second_message(
    room: Room, fault: LosesReply | Breaks | Drops
) -> None:
    alert = await room.alert()
    before = len(room.posts())
    room.slack.misbehave("chat.update", fault, channel=room.channel.id)
    await room.ana.presses(alert, "Pin old")
    await room.slack.until(lambda: len(updates_of(room, alert)) == 2)
    await room.slack.until(lambda: alert.text.startswith("Decided: Ana pinned"))
    assert len(room.posts()) == before
    assert REPEAT not in room.slack.plain(alert)


# --- the pace ----------------------------------------------------------------------------------------


async def test_messages_to_one_channel_are_a_second_apart_and_channels_do_not_wait_for_each_other(
    house: House, room: Room
) -> None:
    other = house.room()
    for _ in range(3):
        await room.types("list")
        await other.types("list")
    await house.slack.until(lambda: len(room.posts()) == len(other.posts()) == 3)
    here, there = ([call.at for call in posts_to(each)] for each in (room, other))
    for first, second in pairwise(here):
        assert 0.95 <= second - first < 2
    assert all(abs(a - b) < 0.5 for a, b in zip(here, there, strict=True))


# --- private answers ---------------------------------------------------------------------------------


async def test_a_private_answer_is_seen_by_one_person_alone(room: Room) -> None:
    await room.types("show 4711")
    told = await room.told(room.ana, "4711")
    assert told.only_for == room.ana.id
    assert room.posts() == []


@pytest.mark.parametrize("fault", [Breaks(404), Drops()])
async def test_a_private_answer_finds_another_way_when_its_address_is_used_up(
    room: Room, fault: Breaks | Drops
) -> None:
    room.slack.misbehave("response_url", fault, channel=room.channel.id)
    await room.types("show 4711")
    told = await room.told(room.ana, "4711")
    assert told.only_for == room.ana.id
    assert [c.outcome for c in room.slack.calls_of("chat.postEphemeral")][-1] == "ok"
    assert room.posts() == []


async def test_a_private_answer_where_the_bot_is_no_member_comes_directly(closed: Room) -> None:
    closed.slack.misbehave("response_url", Breaks(404), channel=closed.channel.id)
    before = len(direct(closed))
    await closed.types("show 4711")
    await closed.slack.until(lambda: len(direct(closed)) > before)
    assert "4711" in direct(closed)[-1].text
    assert closed.posts() == []


async def test_a_long_answer_where_the_bot_is_no_member_comes_whole_in_the_persons_own(
    closed: Room,
) -> None:
    await closed.types("add every 30d name=Brief | Summarise")
    card = await closed.told(closed.ana, "is scheduled: Brief")
    job = card.text.split()[1]
    text = "\n".join(f"mark-{n:05} and so on" for n in range(8_000))
    closed.house.served.free.behave(Says(text))
    await closed.types(f"run {job}")
    await directly(closed, f"Brief (job {job})", "mark-00000")
    files = [m for m in direct(closed) if m.files]
    await closed.types(f"output {job}")
    await closed.told(closed.ana, "all of it is in your direct messages with me")
    await closed.slack.until(lambda: len([m for m in direct(closed) if m.files]) > len(files))
    assert (closed.slack.files[-1].content or b"").decode().endswith(text)
    assert not [m for m in closed.private(closed.ana) if "answer.md" in closed.slack.plain(m)]


# --- what a model wrote ------------------------------------------------------------------------------


async def test_a_long_answer_comes_in_several_messages_in_order(room: Room) -> None:
    job = await room.adds()
    marks = [f"mark-{n:04}" for n in range(280)]
    text = "\n\n".join(f"{mark} {'and so on ' * 9}" for mark in marks)
    room.house.served.free.behave(Says(text))
    await room.types(f"run {job}")
    await room.sees(marks[-1])
    head, *rest = [m for m in room.posts() if "mark-" in room.slack.plain(m)]
    assert 1 <= len(rest) <= 2
    assert head.thread_ts in (None, head.ts)
    assert all(message.thread_ts == head.ts for message in rest)
    assert re.findall(r"mark-\d+", "".join(room.slack.plain(m) for m in (head, *rest))) == marks


async def test_a_huge_answer_is_a_file_in_the_thread_of_its_beginning(room: Room) -> None:
    job = await room.adds()
    text = "\n".join(f"mark-{n:05} and so on" for n in range(8_000))
    room.house.served.free.behave(Says(text))
    head = await reports(room, job, "mark-00000")
    files = len(room.slack.files)
    await room.slack.until(lambda: any(m.files for m in room.posts()))
    [shared] = [m for m in room.posts() if m.files]
    assert shared.thread_ts == head.ts
    upload = room.slack.files[-1]
    assert (upload.content or b"").decode() == text
    assert len(room.slack.files) - files <= 1


@pytest.mark.parametrize("step", ["files.getUploadURLExternal", "files.completeUploadExternal"])
async def test_a_huge_answer_whose_file_is_refused_keeps_its_beginning_and_says_so(
    room: Room, step: str
) -> None:
    job = await room.adds()
    room.slack.misbehave(step, Fails("missing_scope"))
    room.house.served.free.behave(Says("\n".join(f"mark-{n:05}" for n in range(8_000))))
    head = await reports(room, job, "mark-00000")
    cut = await room.sees(CUT)
    assert cut.thread_ts == head.ts
    assert len(posted(room, "mark-00000")) == 1


LIVE = re.compile(r"<(?!!date\^)[!@#]|@(?:everyone|channel|here)\b|<https?:", re.IGNORECASE)
RINGS = ("user", "usergroup", "broadcast", "channel", "team")
HOSTILE = """
<!channel> <!here|here> <!everyone> <!subteam^S0ALL> <@U0ANA> <@U0ANA|ana> <#C0ROOM1> @everyone @here @channel
**<!channel>** `<!here>` [click](javascript:alert(1)) [<!channel>](https://example.com/a)
&lt;!channel&gt; \\<!channel> <https://evil.example|https://good.example> <mailto:a@b.c|mail>

| a | <!channel> |
|---|---|
| <@U0ANA> | @everyone |

```
<!channel> @everyone
```

> <!here> said @channel
"""


async def test_nothing_that_a_model_writes_rings_or_runs(room: Room) -> None:
    job = await room.adds()
    room.house.served.free.behave(Says(HOSTILE))
    before = len(room.slack.calls)
    await reports(room, job, "click")
    for call in room.slack.calls[before:]:
        assert not LIVE.search(str(call.args.get("text", ""))), call.args["text"]
        for element in parts(call.args.get("blocks")):
            assert element.get("type") not in RINGS
            assert not LIVE.search(
                str(element.get("text", "")) if element.get("type") == "mrkdwn" else ""
            )
            if element.get("type") == "link":
                assert element["url"].startswith(("https://", "http://", "mailto:"))
        if call.method == "chat.postMessage":
            assert (call["unfurl_links"], call["unfurl_media"]) in (
                (False, False),
                ("False", "False"),
            )
