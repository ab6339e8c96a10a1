"""Buttons in Telegram: what they carry, how they stand, and the question before a dear one."""

import pytest
from telegram import InlineKeyboardMarkup

from bot.adapters.telegram.keyboard import Step, answered, asking, copy_button, keyboard, read
from bot.message import Button, Code, Confirm, Message
from scheduler.job import JobId
from scheduler.press import Action, Press

PRESS = Press(Action.PIN)
TOKEN = "k3bP0y-Zr_v8Qx1nW5sLd2Tg"
PIN = Button("Pin old", PRESS, primary=True, token=TOKEN)
ACCEPT = Button("Accept new", PRESS, confirm=Confirm("Accept?", "Accept"), token="dear-token")
PAUSE = Button("Pause", PRESS, token="pause-token")


def drawn(*buttons: Button, code: str | None = None) -> InlineKeyboardMarkup:
    blocks = (Code(code),) if code is not None else ()
    found = keyboard(Message("T", blocks, buttons))
    assert found is not None
    return found


def faces(shown: InlineKeyboardMarkup) -> list[list[tuple[str, object, str | None]]]:
    return [[(b.text, b.callback_data, b.style) for b in row] for row in shown.inline_keyboard]


def labels(*texts: str) -> list[list[str]]:
    shown = drawn(*(Button(text, PRESS, token="t") for text in texts))
    return [[button.text for button in row] for row in shown.inline_keyboard]


def test_a_button_carries_its_token_alone_and_a_dear_one_asks_first() -> None:
    assert faces(drawn(PIN, ACCEPT, PAUSE)) == [
        [
            ("Pin old", TOKEN, "primary"),
            ("Accept new", "?dear-token", "danger"),
            ("Pause", "pause-token", None),
        ]
    ]


def test_the_question_is_answered_below_all_other_buttons_and_goes_away_again() -> None:
    once = Button("Run once", PRESS, confirm=Confirm("Run it?", "Run once"), token="once-token")
    first = drawn(PIN, ACCEPT, once, PAUSE, code="/jobs pin 7 a:b")
    asked = asking(first, "dear-token", "42")
    row = [("Yes: Accept new", "!dear-token:42", "danger"), ("Not now", "<dear-token:42", None)]
    assert faces(asked) == [*faces(first), row]
    assert answered(asked).to_dict() == first.to_dict()
    assert asking(first, "another", "42").to_dict() == first.to_dict()
    other = asking(asked, "once-token", "43")
    row = [("Yes: Run once", "!once-token:43", "danger"), ("Not now", "<once-token:43", None)]
    assert faces(other) == [*faces(first), row]


def test_a_long_yes_has_a_row_of_its_own() -> None:
    button = Button("Accept new (all 13)", PRESS, confirm=Confirm("Accept?", "Accept"), token="t")
    *_, yes, no = faces(asking(drawn(button), "t", "42"))
    assert [[label for label, *_ in row] for row in (yes, no)] == [
        ["Yes: Accept new (all 13)"],
        ["Not now"],
    ]


@pytest.mark.parametrize(
    ("data", "means"),
    [
        (TOKEN, (Step.DO, TOKEN, "")),
        (f"?{TOKEN}", (Step.ASK, TOKEN, "")),
        (f"!{TOKEN}:42", (Step.YES, TOKEN, "42")),
        (f"<{TOKEN}:42", (Step.BACK, TOKEN, "42")),
        (f"<{TOKEN}", (Step.BACK, TOKEN, "")),
        ("", (Step.DO, "", "")),
    ],
)
def test_a_press_says_what_it_means(data: str, means: tuple[Step, str, str]) -> None:
    assert read(data) == means


@pytest.mark.parametrize("token", ["", "x" * 65, "é" * 33])
def test_a_token_that_telegram_would_refuse_is_a_mistake_of_ours(token: str) -> None:
    with pytest.raises(ValueError, match="at most 64 bytes"):
        drawn(Button("Pin", PRESS, token=token))


def test_short_labels_share_a_row_and_long_ones_do_not() -> None:
    assert labels("Pin", "Undo", "Pause", "Stop") == [["Pin", "Undo", "Pause"], ["Stop"]]
    assert labels("Pin old (all 13)", "Accept new (all 13)", "Pause (all 13)") == [
        ["Pin old (all 13)", "Accept new (all 13)"],
        ["Pause (all 13)"],
    ]
    assert labels("Run the held fire now", "Undo") == [["Run the held fire now"], ["Undo"]]
    assert labels("x" * 99) == [["x" * 59 + "…"]]


def test_the_command_of_a_message_can_be_copied_by_a_button() -> None:
    command = "/jobs@driftpin_bot pin 7 openrouter:llama"
    [_, [button]] = drawn(PIN, code=command).inline_keyboard
    assert button.copy_text is not None
    assert button.copy_text.text == command


@pytest.mark.parametrize(
    "code", ["/jobs pin 7\n/jobs pin 9", "held: no key", "/x " + "y" * 254, ""]
)
def test_what_is_no_command_or_too_long_is_not_offered_for_copying(code: str) -> None:
    assert len(drawn(PIN, code=code).inline_keyboard) == 1


def test_a_text_that_no_button_can_copy_is_refused() -> None:
    with pytest.raises(ValueError, match="1 to 256"):
        copy_button("Copy", "x" * 257)


def test_a_message_without_buttons_has_no_keyboard() -> None:
    assert keyboard(Message("T", (Code("/jobs list"),))) is None


def test_the_card_of_a_new_job_offers_its_number_for_copying() -> None:
    undo = Button("Undo", Press(Action.UNDO, JobId(7)), token="undo-token")
    *_, last = drawn(PIN, undo).inline_keyboard
    assert [(button.text, button.copy_text and button.copy_text.text) for button in last] == [
        ("Copy number 7", "7")
    ]
