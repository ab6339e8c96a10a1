"""Every door of Slack leads to the same place: what is typed, pressed, chosen or filled in there, and
where the answer appears."""

import itertools
import json
from collections.abc import AsyncIterator, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio

from tests.acceptance.served import Served
from tests.acceptance.slack_scene import SlackScene, served_in_slack
from tests.fakes.slack.faults import Delays, Fails
from tests.fakes.slack.payloads import command
from tests.fakes.slack.person import Person
from tests.fakes.slack.records import Channel, Message, View
from tests.fakes.slack.server import FakeSlack

pytestmark = pytest.mark.asyncio(loop_scope="module")

FAR = "add every day at 09:00"


@dataclass
class House:
    """One Driftpin for all these tests; each has a room and a person of its own."""

    slack: FakeSlack
    served: Served
    names: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def room(self, *, bot: bool = True) -> Channel:
        number = next(self.names)
        return self.slack.channel(f"C{number:04d}", f"room{number}", bot=bot)

    def person(self, *, tz: str = "Europe/Oslo") -> Person:
        number = next(self.names)
        return self.slack.person(f"U{number:04d}", f"ana{number}", tz=tz)

    def scene(self, thread: Message | None = None) -> SlackScene:
        return SlackScene(self.slack, self.person(), self.room(), thread)

    async def private(self, who: Person, *words: str) -> Message:
        """The newest line that only this person sees and that holds these words."""

        def found() -> Message | None:
            return self._with(reversed(who.ephemerals), words)

        return await self.slack.until(found)

    async def said(self, where: Channel | str, *words: str) -> Message:
        """A message of ours that everybody there sees and that holds these words."""

        def found() -> Message | None:
            ours = (m for m in reversed(self.slack.messages(where)) if m.by_bot)
            return self._with(ours, words)

        return await self.slack.until(found)

    def _with(self, messages: Iterable[Message], words: Collection[str]) -> Message | None:
        held = (m for m in messages if all(word in self.slack.plain(m) for word in words))
        return next(held, None)

    async def form(self, who: Person) -> View:
        return await self.slack.until(lambda: who.views[-1])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    folder = tmp_path_factory.mktemp("doors")
    access = (
        'access: {operators: ["slack:T0TEAM:*"], viewers: ["slack:T0GUEST:*"]}\n'
        "limits: {min_interval: 1s, commands_per_minute: 1000, jobs_per_chat: 1000}\n"
    )
    async with FakeSlack() as slack, served_in_slack(slack, folder, access) as served:
        yield House(slack, served)
        assert slack.complaints == []
        assert await served.stop() == 0
        assert "Traceback" not in served.log


@pytest.fixture(autouse=True)
def nothing_to_complain_of(house: House) -> Iterator[None]:
    yield
    assert house.slack.complaints == []


def number_in(card: Message) -> str:
    return card.text.partition("Job ")[2].split()[0]


# --- the command -----------------------------------------------------------------------------------


async def test_a_job_is_added_listed_shown_and_pinned_by_the_command(house: House) -> None:
    ana, room = house.person(), house.room()
    await ana.types_command("/jobs", f"{FAR} name=Brief | Summarise open incidents", room)
    card = await house.said(room, "is scheduled: Brief", "every day at 09:00 (Europe/Oslo)")
    assert card.user == house.slack.workspace.bot_user
    number = number_in(card)
    await ana.types_command("/jobs", "list", room)
    await house.said(room, "1 job", "Brief")
    await ana.types_command("/jobs", f"pin {number} free-lab:small", room)
    await house.said(room, f"Job {number} (Brief) is pinned to free-lab:small.")
    await ana.types_command("/jobs", f"show {number}", room)
    await house.said(room, f"Job {number}: Brief", "Owner: ana", "pinned to free-lab:small")
    assert ana.ephemerals == []


async def test_help_is_for_whoever_asked_alone(house: House) -> None:
    ana, room = house.person(), house.room()
    await ana.types_command("/jobs", "", room)
    await house.private(ana, "/jobs add every weekday at 09:00 | Summarise open incidents")
    await ana.types_command("/jobs", "help pin", room)
    await house.private(ana, "/jobs pin <job> <provider>:<model>")
    assert house.slack.messages(room) == []


async def test_a_typo_is_answered_privately_with_the_word_that_was_meant(house: House) -> None:
    ana, room = house.person(), house.room()
    await ana.types_command("/jobs", "lst", room)
    await house.private(ana, "'lst' is not a command; did you mean '/jobs list'?")
    assert house.slack.messages(room) == []


async def test_a_command_is_acknowledged_before_it_is_carried_out(house: House) -> None:
    ana, room = house.person(), house.room()
    house.slack.misbehave("users.info", Delays(1.5))
    delivery = await ana.types_command("/jobs", "list", room)
    assert delivery.answered
    assert house.slack.messages(room) == []
    await house.said(room, "There are no jobs here yet.")


async def test_a_command_of_another_name_is_the_same_command(house: House) -> None:
    ana, room = house.person(), house.room()
    await ana.types_command("/cron", "list", room)
    await house.said(room, "Try: /jobs add")


async def test_a_command_in_a_channel_without_us_is_carried_out_and_says_what_to_type(
    house: House,
) -> None:
    ana, room = house.person(), house.room(bot=False)
    await ana.types_command("/jobs", f"{FAR} name=Lonely | hello", room)
    told = await house.private(ana, "is scheduled: Lonely", "/invite @driftpin")
    await ana.types_command("/jobs", f"show {number_in(told)}", ana.im)
    await house.private(ana, "/invite @driftpin")


async def test_a_command_between_two_people_is_answered_in_the_direct_messages(
    house: House,
) -> None:
    ana = house.person()
    between = house.slack.channel(f"D9{ana.id}", "directmessage", bot=False, private=True)
    await ana.types_command("/jobs", f"{FAR} name=Between | hello", between)
    await house.said(ana.im, "is scheduled: Between")
    assert house.slack.messages(between) == []


# --- mentions --------------------------------------------------------------------------------------


async def test_a_mention_in_a_channel_is_answered_there(house: House) -> None:
    ana, room = house.person(), house.room()
    await ana.says("<@UBOT> list", room)
    answer = await house.said(room, "There are no jobs here yet.")
    assert not answer.is_reply


async def test_a_mention_in_a_thread_is_answered_in_the_thread(house: House) -> None:
    ana, room = house.person(), house.room()
    thread = await ana.says("We should watch the incidents", room)
    await ana.says(f"<@UBOT> {FAR} name=Watch | hello", room, thread)
    card = await house.said(room, "is scheduled: Watch")
    assert card.thread_ts == thread.ts
    number = number_in(card)
    await ana.says(f"good morning <@UBOT> pin {number} free-lab:small", room, thread)
    pinned = await house.said(room, f"Job {number} (Watch) is pinned to free-lab:small.")
    assert pinned.thread_ts == thread.ts


@pytest.mark.parametrize(
    "said", ["<@UBOT>", "  <@UBOT|driftpin>  ", "list <@UBOT>", "<@UBOT> list"]
)
async def test_words_before_or_behind_a_mention_are_the_command_and_none_are_help(
    house: House, said: str
) -> None:
    ana, room = house.person(), house.room()
    await ana.says(said, room)
    if "list" in said:
        await house.said(room, "no jobs here")
    else:
        await house.private(ana, "never lets one bill a provider")


async def test_what_is_printed_in_a_thread_begins_with_a_mention(house: House) -> None:
    ana, room = house.person(), house.room()
    thread = await ana.says("We should watch the incidents", room)
    await ana.says("<@UBOT> help pin", room, thread)
    told = await house.private(ana, "@driftpin pin <job> <provider>:<model>")
    assert "/jobs" not in house.slack.plain(told)
    await ana.says("<@UBOT> lst", room, thread)
    private = await house.private(ana, "did you mean '@driftpin list'?")
    assert private.thread_ts == thread.ts


async def test_a_button_in_a_thread_is_answered_in_the_thread(house: House) -> None:
    ana, room = house.person(), house.room()
    thread = await ana.says("We should watch the incidents", room)
    await ana.says(f"<@UBOT> {FAR} name=Watch | hello", room, thread)
    card = await house.said(room, "is scheduled: Watch")
    await ana.presses(card, "Pin")
    pinned = await house.said(room, "is pinned to free-lab:small.")
    assert pinned.thread_ts == thread.ts
    await house.slack.until(lambda: house.slack.labels(card) == [])


async def test_a_message_that_mentions_nobody_is_not_for_us(house: House) -> None:
    ana, room = house.person(), house.room()
    calls = len(house.slack.calls_of("chat.postMessage"))
    await ana.says("list", room)
    await ana.says("<@UBOT> list", room)
    await house.said(room, "@driftpin add")
    assert len(house.slack.calls_of("chat.postMessage")) == calls + 1


# --- direct messages -------------------------------------------------------------------------------


async def test_every_direct_message_is_a_command(house: House) -> None:
    ana = house.person()
    await ana.says(f"{FAR} name=Mine | hello", ana.im)
    await house.said(ana.im, "is scheduled: Mine")
    await ana.says("/jobs list", ana.im)
    await house.said(ana.im, "1 job", "Mine")
    await ana.says("hm", ana.im)
    wrong = await house.said(ana.im, "'hm' is not a command")
    assert not wrong.is_reply


async def test_a_thread_of_direct_messages_is_answered_in_it_and_prints_what_works_there(
    house: House,
) -> None:
    ana = house.person()
    first = await ana.says("list", ana.im)
    await house.said(ana.im, "Try: /jobs add")
    await ana.says("list", ana.im, first)
    answer = await house.said(ana.im, "Try: @driftpin add")
    assert answer.thread_ts == first.ts
    await ana.says("<@UBOT> help pin", ana.im, first)
    assert (await house.said(ana.im, "@driftpin pin <job>")).thread_ts == first.ts


async def test_the_command_in_direct_messages_is_answered_there(house: House) -> None:
    ana = house.person()
    await ana.types_command("/jobs", "list", ana.im)
    await house.said(ana.im, "There are no jobs here yet.")


# --- Slack's spelling --------------------------------------------------------------------------------


async def test_the_agent_is_asked_what_the_person_typed_and_not_what_slack_made_of_it(
    house: House,
) -> None:
    ana, room = house.person(), house.room()
    prompt = (
        "Compare a & b < c > d on example.com for"
        f" @{ana.name} in #{room.name}, see https://x.org/a?b=1&c=2 or write ops@example.com, &amp;"
    )
    await ana.types_command("/jobs", f"{FAR} | {prompt}", room)
    card = await house.said(room, "is scheduled")
    count = house.served.free.count
    await ana.types_command("/jobs", f"run {number_in(card)}", room)
    await house.served.free.wait_for(count + 1)
    asked = json.dumps(house.served.free.requests[-1].body, ensure_ascii=False)
    assert prompt in asked


@pytest.mark.parametrize(
    "typed",
    [
        "add “every day at 09:00” | hello",
        "add every day at 09:00 – hello",
        "add `0 9 * * *` | hello",
        "add 0 9 * * 1-5 | hello",
        "<@UBOT> add every day at 09:00 | hello",
    ],
)
async def test_what_keyboards_and_slack_make_of_a_line_is_understood(
    house: House, typed: str
) -> None:
    ana, room = house.person(), house.room()
    await ana.says(typed if "<@" in typed else f"<@UBOT> {typed}", room)
    await house.said(room, "is scheduled: hello", "09:00")


# --- the form ----------------------------------------------------------------------------------------


async def test_add_alone_opens_a_form_whose_card_the_bot_posts(house: House) -> None:
    ana, room = house.person(), house.room()
    await ana.types_command("/jobs", "add", room)
    view = await house.form(ana)
    assert await ana.submits(view, {"When": "every day at 09:00", "What": "hello form"}) is None
    card = await house.said(room, "is scheduled: hello form", "(Europe/Oslo)")
    assert card.user == house.slack.workspace.bot_user
    assert ana.ephemerals == []


async def test_wrong_fields_are_answered_in_place_all_at_once_in_the_words_of_the_grammar(
    house: House,
) -> None:
    ana, room = house.person(), house.room()
    await ana.types_command("/jobs", "add every 0 minutes | hello", room)
    words = house.slack.plain(await house.private(ana, "No time at all"))
    await ana.types_command("/jobs", "add", room)
    view = await house.form(ana)
    wrong = {"When": "every 0 minutes", "What": "  ", "Time zone": "Europe/Olso"}
    problems = await ana.submits(view, wrong)
    assert problems is not None
    assert set(problems) == {"schedule", "prompt", "zone"}
    assert problems["schedule"].rstrip(".") in words
    assert "Europe/Oslo" in problems["zone"]
    assert view.is_open
    right = {"When": "every 2 hours", "What": "hello", "Time zone": "Europe/Oslo"}
    assert await ana.submits(view, right) is None
    await house.said(room, "is scheduled: hello", "every 2 hours")
    assert not view.is_open


async def test_answers_may_go_to_the_direct_messages(house: House) -> None:
    ana, room = house.person(), house.room()
    await ana.types_command("/jobs", "add", room)
    view = await house.form(ana)
    filled = {"When": "every day at 09:00", "What": "hello", "Where": "My direct messages"}
    assert await ana.submits(view, filled) is None
    card = await house.said(ana.im, "is scheduled: hello")
    assert house.slack.messages(room) == []
    await ana.says(f"run {number_in(card)}", ana.im)
    await house.said(ana.im, "hello", "free-lab:small, free")


async def test_the_form_in_direct_messages_asks_for_no_place(house: House) -> None:
    ana = house.person()
    await ana.says("add", ana.im)
    await house.said(ana.im, "Add needs a schedule and a prompt")
    await ana.types_command("/jobs", "add", ana.im)
    view = await house.form(ana)
    assert "Where" not in house.slack.plain(view)
    assert await ana.submits(view, {"When": "every day at 09:00", "What": "hello"}) is None
    await house.said(ana.im, "is scheduled: hello")


async def test_who_may_not_add_gets_a_private_line_and_no_form(house: House) -> None:
    vera, room = house.person(), house.room()
    body = command(
        house.slack.workspace,
        vera.user,
        room,
        "/jobs",
        "add",
        vera._trigger(),
        vera._response_url(room, None),
    )
    guest = {**body, "context_team_id": "T0TEAM", "team_id": "T0GUEST"}
    await house.slack.deliver("slash_commands", guest)
    await house.private(vera, "You may not add jobs here; that takes")
    assert vera.views == []


async def test_a_form_that_slack_does_not_open_is_told_in_words(house: House) -> None:
    ana, room = house.person(), house.room()
    house.slack.misbehave("views.open", Fails("expired_trigger_id"))
    await ana.types_command("/jobs", "add", room)
    await house.private(ana, "Add needs a schedule and a prompt; type '/jobs add every weekday")
    assert ana.views == []


async def test_a_form_waits_for_nobodys_name(house: House) -> None:
    ana, room = house.person(), house.room()
    house.slack.misbehave("users.info", Delays(30))
    await ana.types_command("/jobs", "add", room)
    await house.form(ana)


# --- the shortcut ------------------------------------------------------------------------------------


async def test_a_message_is_scheduled_from_its_menu_into_its_own_thread(house: House) -> None:
    ana, bob, room = house.person(), house.person(), house.room()
    message = await bob.says("Check example.com & tell us", room)
    await ana.uses_shortcut("schedule_message", message)
    view = await house.form(ana)
    [prompt] = [b["element"] for b in view.blocks if b["block_id"] == "prompt"]
    assert prompt["initial_value"] == "Check example.com & tell us"
    assert await ana.submits(view, {"When": "every day at 09:00"}) is None
    card = await house.said(room, "is scheduled")
    assert card.thread_ts == message.ts
    await ana.says(f"<@UBOT> run {number_in(card)}", room, message)
    report = await house.said(room, "free-lab:small, free", "All quiet.")
    assert report.thread_ts == message.ts


async def test_a_message_of_a_thread_is_scheduled_into_that_thread(house: House) -> None:
    ana, room = house.person(), house.room()
    parent = await ana.says("The incidents", room)
    reply = await ana.says("Watch them daily", room, parent)
    await ana.uses_shortcut("schedule_message", reply)
    view = await house.form(ana)
    assert await ana.submits(view, {"When": "every day at 09:00", "Where": "This channel"}) is None
    card = await house.said(room, "is scheduled: Watch them daily")
    assert not card.is_reply
    await ana.uses_shortcut("schedule_message", reply)
    view = await house.form(ana)
    assert await ana.submits(view, {"When": "every day at 10:00"}) is None
    inside = await house.said(room, "every day at 10:00")
    assert inside.thread_ts == parent.ts


def between_two_others(house: House, ana: Person) -> Channel:
    return house.slack.channel(f"D9{ana.id}", "directmessage", bot=False, private=True)


async def test_a_form_from_between_two_people_leads_to_our_own_direct_messages(
    house: House,
) -> None:
    ana = house.person()
    between = between_two_others(house, ana)
    await ana.types_command("/jobs", "add", between)
    view = await house.form(ana)
    assert await ana.submits(view, {"When": "every day at 09:00", "What": "hello form"}) is None
    card = await house.said(ana.im, "is scheduled: hello form")
    await ana.presses(card, "Undo")
    await house.said(ana.im, "is removed")
    assert house.slack.messages(between) == []


async def test_a_message_between_two_people_is_scheduled_into_our_own_direct_messages(
    house: House,
) -> None:
    ana = house.person()
    between = between_two_others(house, ana)
    message = await ana.says("Watch this between us", between)
    await ana.uses_shortcut("schedule_message", message)
    view = await house.form(ana)
    assert await ana.submits(view, {"When": "every day at 09:00"}) is None
    card = await house.said(ana.im, "is scheduled: Watch this between us")
    assert card.thread_ts is None
    assert house.slack.messages(between) == [message]


async def test_a_message_of_a_thread_of_direct_messages_is_scheduled_into_that_thread(
    house: House,
) -> None:
    ana = house.person()
    parent = await ana.says("help", ana.im)
    reply = await ana.says("list", ana.im, parent)
    await ana.uses_shortcut("schedule_message", reply)
    view = await house.form(ana)
    filled = {"When": "every day at 09:00", "What": "hello thread"}
    assert await ana.submits(view, filled) is None
    card = await house.said(ana.im, "is scheduled: hello thread")
    assert card.thread_ts == parent.ts
    await ana.types_command("/jobs", f"run {number_in(card)}", ana.im)
    report = await house.said(ana.im, "hello thread (job", "free-lab:small, free")
    assert report.thread_ts == parent.ts


# --- zones -------------------------------------------------------------------------------------------


async def test_a_job_runs_on_the_clock_of_whoever_added_it(house: House) -> None:
    room = house.room()
    ana, bob = house.person(tz="Asia/Tokyo"), house.person(tz="America/New_York")
    await ana.types_command("/jobs", f"{FAR} name=East | hello", room)
    await bob.types_command("/jobs", f"{FAR} name=West | hello", room)
    await house.said(room, "is scheduled: East", "every day at 09:00 (Asia/Tokyo)")
    await house.said(room, "is scheduled: West", "every day at 09:00 (America/New_York)")


async def test_a_profile_that_cannot_be_had_stops_no_command(house: House) -> None:
    ana, room = house.person(), house.room()
    house.slack.misbehave("users.info", Fails("fatal_error"))
    await ana.types_command("/jobs", f"{FAR} name=Nameless | hello", room)
    await house.said(room, "is scheduled: Nameless", "every day at 09:00 (UTC)")


# --- another name for the command --------------------------------------------------------------------


async def test_a_renamed_command_is_what_every_message_prints(tmp_path: Path) -> None:
    async with FakeSlack() as slack, served_in_slack(slack, tmp_path) as served:
        await served.kill()
        await served.start(SLACK_COMMAND="/driftpin")
        home = House(slack, served)
        ana, room = home.person(), home.room()
        await ana.types_command("/driftpin", "", room)
        told = await home.private(ana, "/driftpin add every weekday")
        assert "/jobs" not in slack.plain(told)
        await ana.says("list", ana.im)
        await home.said(ana.im, "Try: /driftpin add")
        await ana.types_command("/driftpin", "lst", room)
        await home.private(ana, "did you mean '/driftpin list'?")
        await ana.says("/driftpin list", ana.im)
        await slack.until(lambda: len([m for m in slack.messages(ana.im) if m.by_bot]) == 2)
        assert slack.complaints == []
