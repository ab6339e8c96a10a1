"""The steps of a new job, the zones offered, and the lines of a chat, without any Telegram."""

import asyncio

import pytest

from bot.adapters.telegram.intake import chat_of
from bot.adapters.telegram.wizard_steps import (
    SIGN,
    Draft,
    Step,
    asked_in,
    draft_of,
    keyboard,
    question,
    read_data,
)
from bot.adapters.telegram.zones import BY_LANGUAGE, likely
from bot.lines import Lines, Stand
from scheduler.schedule.zones import zone_named

EMPTY = Draft("a1b2c3", "Europe/Oslo", 5, "en", ask_zone=True)
FULL = Draft("a1b2c3", "UTC", 5, "de", True, "every hour", "Go", "Europe/Berlin")


@pytest.mark.parametrize(
    ("draft", "step"),
    [
        (EMPTY, Step.SCHEDULE),
        (EMPTY.having(Step.SCHEDULE, "every hour"), Step.PROMPT),
        (FULL.having(Step.ZONE, ""), Step.ZONE),
        (FULL, Step.CONFIRM),
        (Draft("x", "UTC", 5, "", False, "every hour", "Go"), Step.CONFIRM),
        (FULL.having(Step.CONFIRM, "what"), Step.CONFIRM),
    ],
)
def test_what_is_missing_is_asked_next(draft: Draft, step: Step) -> None:
    assert draft.step is step


@pytest.mark.parametrize("draft", [EMPTY, FULL])
def test_a_draft_comes_back_as_it_was_kept(draft: Draft) -> None:
    assert draft_of(draft.row()) == draft


@pytest.mark.parametrize("private", [True, False])
@pytest.mark.parametrize("step", [Step.SCHEDULE, Step.PROMPT, Step.ZONE])
def test_a_question_is_known_again_by_its_words(step: Step, private: bool) -> None:
    words = question(FULL, step, private=private, problem="That is no schedule.")
    assert asked_in(words) is step
    assert words.startswith("⚠️ That is no schedule.")


def test_other_words_are_no_question() -> None:
    assert asked_in("Job 7 is held.") is None
    assert asked_in(question(FULL, Step.CONFIRM, private=True)) is None


@pytest.mark.parametrize("step", list(Step))
def test_every_question_can_be_cancelled_and_fits_its_buttons(step: Step) -> None:
    buttons = [button for row in keyboard(FULL, step).inline_keyboard for button in row]
    assert buttons[-1].text == "Cancel"
    for button in buttons:
        data = str(button.callback_data)
        assert data.startswith(SIGN)
        assert len(data.encode()) <= 64
        assert read_data(data)[0] == "a1b2c3"


@pytest.mark.parametrize("language", ["", "de-AT", "tlh", *BY_LANGUAGE])
def test_the_zones_offered_exist_and_are_few(language: str) -> None:
    zones = likely("Europe/Oslo", language)
    assert (zones[0], zones[-1]) == ("Europe/Oslo", "UTC")
    assert len(zones) == len(set(zones)) <= 6
    assert [zone_named(zone).key for zone in zones] == list(zones)


def test_utc_is_offered_once() -> None:
    assert likely("UTC", "ja") == ("Asia/Tokyo", "UTC")


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ({"update_id": 1, "message": {"chat": {"id": 5}}}, (5, None)),
        ({"message": {"chat": {"id": -5}, "message_thread_id": 7}}, (-5, None)),
        (
            {"message": {"chat": {"id": -5}, "message_thread_id": 7, "is_topic_message": True}},
            (-5, 7),
        ),
        ({"callback_query": {"data": "x", "message": {"chat": {"id": 5}}}}, (5, None)),
        ({"my_chat_member": {"chat": {"id": 5}}}, (5, None)),
        ({"message": {"chat": {"id": "5"}}}, (None, None)),
        ({"message": None}, (None, None)),
        ([], (None, None)),
    ],
)
def test_the_chat_of_an_update_is_found_without_reading_it(
    raw: object, found: tuple[int | None, int | None]
) -> None:
    assert chat_of(raw) == found


async def test_a_line_keeps_its_order_also_after_an_error() -> None:
    lines, order = Lines(), list[int]()

    async def wait(number: int, stand: Stand) -> None:
        async with stand.turn():
            order.append(number)
            if number == 1:
                raise ValueError("an error of ours")

    stands = [lines.join("chat") for _ in range(3)]
    later = [asyncio.create_task(wait(number, stands[number - 1])) for number in (3, 2)]
    await asyncio.sleep(0)
    with pytest.raises(ValueError, match="an error of ours"):
        await wait(1, stands[0])
    await asyncio.gather(*later)
    assert order == [1, 2, 3]
