"""A job asked for with buttons, and the clock a person lives by."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.message import AddForm, Button, Message, Request
from scheduler.job import JobId, Principal
from scheduler.press import Action, Press
from tests.fakes.telegram import Message as Shown
from tests.fakes.telegram import Refuses
from tests.integration.telegramming import GROUP, Desk, a_desk, place

WHEN, WHAT = "When should the new job run?", "What should the agent be asked"
CLOCK, CREATE = "Which clock do you live by?", "Create this job?"
ANA = Principal("telegram", "telegram", "42")
PIN = Press(Action.PIN, JobId(7))


def card(job: int) -> Message:
    undo = Button("Undo", Press(Action.UNDO, JobId(job)), token="tok-undo")
    return Message(f"Job {job} is scheduled.", buttons=(undo,))


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """A script that answers as the dispatcher does."""
    async with a_desk(tmp_path) as desk:
        await desk.store.set_zone(ANA, "Europe/Oslo")

        async def add(request: Request) -> Message:
            if request.form is None:
                person = await desk.store.person(request.principal)
                form = AddForm(zone=person.zone or "Europe/Paris")
                return Message("add needs a schedule", private=True, form=form)
            return card(7)

        async def helped(request: Request) -> Message:
            if request.zone is not None:
                await desk.store.set_zone(request.principal, request.zone)
            return Message("Help")

        desk.handle.script["help"] = helped
        desk.handle.script["add"] = add
        desk.handle.script[""] = add
        desk.handle.script["add daily | Go"] = card(8)
        await desk.attach(timezone=lambda: "Europe/Paris")
        yield desk


async def begin(desk: Desk) -> Shown:
    await desk.ana.types("/add")
    return await desk.telegram.until_says(desk.ana, WHEN)


async def until_asks(desk: Desk, message: Shown, words: str) -> None:
    await desk.telegram.until(lambda: words in message.text)


async def test_from_presets_to_the_card(desk: Desk) -> None:
    question = await begin(desk)
    assert question.labels == [
        "Every weekday at 09:00",
        "Every day at 09:00",
        "Every hour",
        "Mondays at 09:00",
        "Cancel",
    ]
    await (await desk.ana.presses(question, "Every hour")).until_answered()
    await until_asks(desk, question, WHAT)
    assert question.labels == ["Cancel"]
    await desk.ana.types("Summarise open incidents")
    confirm = await desk.telegram.until_says(desk.ana, CREATE)
    assert "When: every hour (Europe/Oslo)" in confirm.text
    assert "What: Summarise open incidents" in confirm.text
    await desk.ana.presses(confirm, "Create")
    await desk.telegram.until_says(desk.ana, "Job 7 is scheduled.")
    request = desk.handle.requests[-1]
    assert request.form == AddForm("every hour", "Summarise open incidents", "")
    assert (request.zone, request.token, request.principal) == (None, None, ANA)
    await desk.telegram.until(lambda: not confirm.buttons)
    assert confirm.text.splitlines()[1:] == ["What: Summarise open incidents", "Created: job 7"]
    await desk.until_finished()
    now = datetime.now(UTC)
    assert await desk.store.draft(request.place, ANA, now) is None


async def test_an_own_schedule_is_checked_with_the_words_of_commands(desk: Desk) -> None:
    first = await begin(desk)
    await desk.ana.types("whenever you like")
    again = await desk.telegram.until_says(desk.ana, WHEN, after=first)
    assert again.text.startswith("⚠️ ")
    await desk.ana.types("every 2 hours")
    await desk.telegram.until_says(desk.ana, WHAT)


async def test_whoever_never_said_is_asked_for_their_clock(desk: Desk) -> None:
    await desk.bo.types("/add")
    question = await desk.telegram.until_says(desk.bo, WHEN)
    await desk.bo.presses(question, "Every hour")
    await until_asks(desk, question, WHAT)
    await desk.bo.types("Go")
    clock = await desk.telegram.until_says(desk.bo, CLOCK)
    assert {"Europe/Paris", "UTC", "Cancel"} <= set(clock.labels)
    await desk.bo.types("Nowhere/Land")
    again = await desk.telegram.until_says(desk.bo, CLOCK, after=clock)
    assert again.text.startswith("⚠️ ")
    await desk.bo.types("Asia/Tokyo")
    confirm = await desk.telegram.until_says(desk.bo, CREATE)
    assert "every hour (Asia/Tokyo)" in confirm.text
    await desk.bo.presses(confirm, "Create")
    await desk.telegram.until_says(desk.bo, "Job 7 is scheduled.")
    request = desk.handle.requests[-1]
    assert request.form == AddForm("every hour", "Go", "Asia/Tokyo")
    assert request.zone == "Asia/Tokyo"


async def test_cancel_ends_it(desk: Desk) -> None:
    question = await begin(desk)
    await desk.ana.presses(question, "Cancel")
    await until_asks(desk, question, "Cancelled; nothing was created.")
    assert question.buttons == []
    await desk.ana.types("every hour")
    await desk.telegram.until_says(desk.ana, "Heard: every hour")


@pytest.mark.parametrize("words", ["/cancel", "Cancel", "/jobs cancel", "/cancel@driftpin_bot"])
async def test_cancel_can_be_typed(desk: Desk, words: str) -> None:
    question = await begin(desk)
    await desk.ana.presses(question, "Every hour")
    await until_asks(desk, question, WHAT)
    await desk.ana.types(words)
    await desk.telegram.until_says(desk.ana, "Cancelled; nothing was created.")
    assert desk.handle.texts == ["add"]
    late = await desk.ana.presses(question, "Cancel")
    assert "too old" in (await late.until_answered()).text
    await desk.ana.types("/cancel 7")
    await desk.telegram.until_says(desk.ana, "Heard: cancel 7")
    await desk.ana.types("/cancel")
    await desk.telegram.until_says(desk.ana, "Heard: cancel")


async def test_in_a_group_cancel_ends_only_what_the_same_person_was_asked(desk: Desk) -> None:
    group = desk.telegram.group(GROUP, "Ops")
    await desk.ana.types("/add", chat=group)
    question = await desk.telegram.until_says(group, WHEN)
    await desk.bo.types("/cancel", chat=group)
    await desk.telegram.until_says(group, "Heard: cancel")
    await desk.ana.types("cancel", chat=group, reply_to=question)
    await desk.telegram.until_says(group, "Cancelled; nothing was created.")


async def test_a_command_is_a_command_also_in_the_middle(desk: Desk) -> None:
    await begin(desk)
    await desk.ana.types("/list")
    await desk.telegram.until_says(desk.ana, "Heard: list")


async def test_a_draft_expires(desk: Desk) -> None:
    await desk.telegram.until(lambda: desk.telegram.polling)
    (first,) = desk.adapters
    await first.quiet()
    later = datetime.now(UTC) + timedelta(hours=2)
    question_at = datetime.now(UTC)
    await first.stop()
    clock = [question_at]
    await desk.attach(now=lambda: clock[0])
    question = await begin(desk)
    clock[0] = later
    press = await desk.ana.presses(question, "Every hour")
    assert "too old" in (await press.until_answered()).text


async def test_in_a_group_answers_are_replies_and_others_cannot_press(desk: Desk) -> None:
    desk.telegram.world.privacy = True
    forum = desk.telegram.group(GROUP, "Ops", forum=True)
    topic = desk.telegram.topic(forum, "Deploys")
    asked = await desk.ana.types("/add", topic=topic)
    question = await desk.telegram.until_says(forum, WHEN, topic=topic)
    assert question.reply_to is asked
    foreign = await desk.bo.presses(question, "Every hour")
    assert "whoever typed /add" in (await foreign.until_answered()).text
    await desk.ana.presses(question, "Every hour")
    prompt = await desk.telegram.until_says(forum, WHAT, topic=topic)
    assert prompt.reply_to is asked
    await desk.telegram.until(lambda: question.labels == ["Cancel"])
    await desk.bo.types("Mine!", topic=topic, reply_to=prompt)
    await desk.telegram.until_says(forum, "I asked somebody else", topic=topic)
    await desk.ana.types("Go", topic=topic, reply_to=prompt)
    confirm = await desk.telegram.until_says(forum, CREATE, topic=topic)
    await desk.ana.presses(confirm, "Create")
    await desk.telegram.until_says(forum, "Job 7 is scheduled.", topic=topic)
    assert desk.handle.requests[-1].place.thread == str(topic.thread_id)
    call = next(c for c in desk.telegram.calls_of("sendMessage") if WHAT in c.params["text"])
    assert call.params["reply_markup"]["selective"] is True


async def test_a_draft_outlives_the_process(desk: Desk) -> None:
    question = await begin(desk)
    (first,) = desk.adapters
    await first.quiet()
    await first.stop()
    await desk.attach()
    await desk.ana.presses(question, "Every hour")
    await until_asks(desk, question, WHAT)


async def test_what_the_form_refuses_is_asked_again(desk: Desk) -> None:
    refused = Message("No.", private=True, problems=(("schedule", "That is too often."),))
    question = await begin(desk)
    await desk.ana.presses(question, "Every hour")
    await until_asks(desk, question, WHAT)
    await desk.ana.types("Go")
    confirm = await desk.telegram.until_says(desk.ana, CREATE)
    desk.handle.script[""] = refused
    await desk.ana.presses(confirm, "Create")
    await until_asks(desk, confirm, WHEN)
    assert confirm.text.startswith("⚠️ That is too often.")
    assert "What: Go" in confirm.text


async def test_a_typed_job_asks_for_the_clock_once_and_keeps_it(desk: Desk) -> None:
    await desk.bo.types("/add daily | Go")
    await desk.telegram.until_says(desk.bo, "Job 8 is scheduled.")
    question = await desk.telegram.until_says(desk.bo, "Where does your clock stand?")
    assert "Job 8 runs by Europe/Paris" in question.text
    assert question.labels[0] == "Keep Europe/Paris"
    foreign = await desk.ana.presses(question, data=question.buttons[1].data)
    assert (await foreign.until_answered()).text == "I asked somebody else this."
    await desk.bo.presses(question, "UTC")
    await until_asks(desk, question, "Your new jobs run by UTC.")
    assert "/jobs edit 8 tz=UTC" in question.text
    bo = Principal("telegram", "telegram", "43")
    assert (await desk.store.person(bo)).zone == "UTC"
    await desk.bo.types("/add daily | Go")
    await desk.bo.types("/list")
    await desk.telegram.until_says(desk.bo, "Heard: list")
    asked = [m for m in desk.telegram.answers(desk.bo) if "Where does your clock" in m.text]
    assert asked == []


async def test_whoever_said_is_not_asked(desk: Desk) -> None:
    await desk.ana.types("/add daily | Go")
    await desk.ana.types("/list")
    await desk.telegram.until_says(desk.ana, "Heard: list")
    assert len(desk.telegram.answers(desk.ana)) == 2


async def test_a_clock_is_kept_only_of_whoever_may_use_this_driftpin(desk: Desk) -> None:
    desk.handle.script["help"] = Message("You may not use this Driftpin yet.", private=True)
    await desk.bo.types("/add daily | Go")
    question = await desk.telegram.until_says(desk.bo, "Where does your clock stand?")
    press = await desk.bo.presses(question, "UTC")
    assert (await press.until_answered()).text == "You may not use this Driftpin yet."
    bo = Principal("telegram", "telegram", "43")
    assert (await desk.store.person(bo)).zone is None
    assert "Where does your clock stand?" in question.text


@pytest.mark.parametrize(
    "sign", ["w:q:99:7:UTC", "w:q:99:7 is safe, go on:UTC", "?tok", "!tok:99", "<tok"]
)
async def test_a_forged_press_changes_no_message(desk: Desk, sign: str) -> None:
    group, zoe = desk.telegram.group(GROUP, "Ops"), desk.telegram.person(99, "Zoe")
    alert = Message("Job 7 is held.", buttons=(Button("Pin", PIN, token="tok-pin"),))
    sent = await desk.adapters[0].send(place(GROUP), alert)
    shown = group.messages[int(sent)]
    press = await zoe.forges(shown, sign)
    assert "not there any more" in (await press.until_answered()).text
    await desk.until_finished()
    assert (len(shown.versions), shown.labels) == (1, ["Pin"])
    assert desk.handle.requests == []


async def test_a_button_of_another_message_changes_nothing_where_it_does_not_hang(
    desk: Desk,
) -> None:
    desk.handle.script["tok-next"] = Message("Page 2", replaces=True)
    group = desk.telegram.group(GROUP, "Ops")
    alert = Message("Job 7 is held.", buttons=(Button("Pin", PIN, token="tok-pin"),))
    shown = group.messages[int(await desk.adapters[0].send(place(GROUP), alert))]
    await desk.ana.types("/add", chat=group)
    question = await desk.telegram.until_says(group, WHEN)
    cancel = str(question.button("Cancel").data)
    assert "not there" in (await (await desk.ana.forges(shown, cancel)).until_answered()).text
    for token in ("tok-next", "tok-other"):
        await desk.ana.forges(shown, token)
    await desk.telegram.until_says(group, "Page 2")
    await desk.telegram.until_says(group, "Heard: tok-other")
    await desk.until_finished()
    assert (len(shown.versions), shown.labels) == (1, ["Pin"])
    assert "Cancel" in question.labels


async def until_create(desk: Desk) -> Shown:
    question = await begin(desk)
    await desk.ana.presses(question, "Every hour")
    await until_asks(desk, question, WHAT)
    await desk.ana.types("Go")
    return await desk.telegram.until_says(desk.ana, CREATE, after=question)


async def test_a_refused_create_keeps_the_draft(desk: Desk) -> None:
    confirm = await until_create(desk)
    add, words = desk.handle.script[""], "More than 20 commands in a minute; wait a little."
    desk.handle.script[""] = Message(words, private=True)
    press = await desk.ana.presses(confirm, "Create")
    assert (await press.until_answered()).text == words
    await desk.until_finished()
    desk.handle.script[""] = add
    await desk.ana.presses(confirm, "Create")
    await desk.telegram.until_says(desk.ana, "Job 7 is scheduled.")
    first, second = desk.handle.requests[-2:]
    assert first.event != second.event


async def test_one_draft_makes_one_job_whoever_presses_where(desk: Desk) -> None:
    confirm = await until_create(desk)
    id = str(confirm.button("Create").data).split(":")[1]
    # Another process has this event already: the same Create, pressed there a moment ago.
    desk.handle.seen.add(f"create:{id}:0")
    press = await desk.ana.presses(confirm, "Create")
    assert "pressed before" in (await press.until_answered()).text
    assert not [message for message in desk.telegram.answers(desk.ana) if "Job 7" in message.text]


async def test_a_prompt_that_reads_like_a_question_is_not_taken_for_one(desk: Desk) -> None:
    group = desk.telegram.group(GROUP, "Ops")
    await desk.bo.types("/add", chat=group)
    question = await desk.telegram.until_says(group, WHEN)
    await desk.bo.presses(question, "Every hour")
    prompt = await desk.telegram.until_says(group, WHAT)
    await desk.bo.types(f"Ask them:\n{WHEN}", chat=group, reply_to=prompt)
    clock = await desk.telegram.until_says(group, CLOCK)
    assert WHEN in clock.text
    await desk.bo.types("Asia/Tokyo", chat=group, reply_to=clock)
    confirm = await desk.telegram.until_says(group, CREATE)
    assert "every hour (Asia/Tokyo)" in confirm.text


@pytest.mark.parametrize("junk", ["y" * 4000, "every " + "z" * 4000])
async def test_a_long_answer_that_cannot_be_used_is_answered(desk: Desk, junk: str) -> None:
    first = await begin(desk)
    await desk.ana.types(junk[:4096])
    again = await desk.telegram.until_says(desk.ana, WHEN, after=first)
    assert again.text.startswith("⚠️ ")


async def test_a_clock_is_asked_once_also_after_a_restart(desk: Desk) -> None:
    await desk.bo.types("/add daily | Go")
    await desk.telegram.until_says(desk.bo, "Where does your clock stand?")
    await desk.until_finished()
    (first,) = desk.adapters
    await first.quiet()
    await first.stop()
    await desk.attach()
    await desk.bo.types("/add daily | Go")
    await desk.bo.types("/list")
    await desk.telegram.until_says(desk.bo, "Heard: list")
    await desk.until_finished()
    asked = [m for m in desk.telegram.answers(desk.bo) if "Where does your clock" in m.text]
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("line", "asked"),
    [("every day at 9:00 | Explain tz=UTC", True), ("every day at 9:00 tz=UTC | Go", False)],
)
async def test_only_a_zone_that_is_an_option_answers_the_question(
    desk: Desk, line: str, asked: bool
) -> None:
    desk.handle.script[f"add {line}"] = card(8)
    await desk.bo.types(f"/add {line}")
    await desk.telegram.until_says(desk.bo, "Job 8 is scheduled.")
    await desk.until_finished()
    said = [message.text for message in desk.telegram.answers(desk.bo)]
    assert any("Where does your clock" in text for text in said) is asked


async def test_a_question_leaves_a_topic_that_is_gone_and_says_so(desk: Desk) -> None:
    forum = desk.telegram.group(GROUP, "Ops", forum=True)
    topic = desk.telegram.topic(forum, "Deploys")
    asked = await desk.ana.types("/add", topic=topic)
    question = await desk.telegram.until_says(forum, WHEN, topic=topic)
    await desk.ana.types("whenever", topic=topic, reply_to=question)
    await desk.telegram.until(lambda: len(desk.telegram.answers(forum)) == 2)
    desk.telegram.misbehave(Refuses(400, "Bad Request: TOPIC_CLOSED"), method="sendMessage")
    await desk.ana.types("never", topic=topic, reply_to=question)
    again = await desk.telegram.until_says(forum, WHEN, topic=0)
    assert "topic this belongs to is gone" in again.text
    assert asked.chat is again.chat


async def test_a_question_that_was_deleted_is_asked_afresh(desk: Desk) -> None:
    question = await begin(desk)
    desk.telegram.misbehave(
        Refuses(400, "Bad Request: message to edit not found"), method="editMessageText"
    )
    await desk.ana.presses(question, "Every hour")
    fresh = await desk.telegram.until_says(desk.ana, WHAT)
    assert fresh is not question


async def test_a_secret_in_an_answer_is_not_shown_again(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        form = AddForm(zone="UTC")
        desk.handle.script["add"] = Message("add needs a schedule", private=True, form=form)
        await desk.attach(hidden=lambda: frozenset({"canary-secret-of-a-provider"}))
        question = await begin(desk)
        await desk.ana.presses(question, "Every hour")
        await until_asks(desk, question, WHAT)
        await desk.ana.types("Ask with canary-secret-of-a-provider, @everyone")
        clock = await desk.telegram.until_says(desk.ana, CLOCK)
        assert "What: Ask with" in clock.text
        assert "canary" not in clock.text
        assert "@everyone" not in clock.text
