"""What messages look like in a terminal, as a person sees them."""

from datetime import UTC, datetime
from textwrap import dedent

import pytest
from wcwidth import wcswidth

from bot.adapters.terminal.render import Look, only_change, prose, render
from bot.adapters.terminal.screen import wants_colour
from bot.message import (
    Block,
    Bullets,
    Button,
    Code,
    Fields,
    Message,
    Moment,
    Paragraph,
    Quiet,
    Tone,
    Written,
    bold,
    code,
    line,
)
from scheduler.press import Action, Press

NINE_IN_OSLO = Moment(datetime(2026, 11, 23, 8, tzinfo=UTC), "Europe/Oslo")
PIN_COMMAND = "/jobs pin 7 openrouter:meta-llama/llama-3.3-70b-instruct:free"


def button(label: str, action: Action, *, primary: bool = False) -> Button:
    return Button(label, Press(action), primary=primary, token=f"token-{label}")


ALERT = Message(
    "Job 7 “daily brief” is held: the default moved from openrouter to anthropic.",
    (
        Paragraph(line("Unintended spend was prevented; paid calls made: ", bold("0"), ".")),
        Fields(
            (
                ("provider", line("'openrouter' -> 'anthropic'")),
                ("price", line("was free; now $3.00 in / $15.00 out per million tokens, #44585")),
            )
        ),
        Paragraph(line("To pin it, type ", code(PIN_COMMAND))),
        Code("cronjob action=update job_id=7 provider=openrouter"),
    ),
    (
        button("Pin old", Action.PIN, primary=True),
        button("Accept new", Action.ACCEPT),
        button("Pause", Action.PAUSE),
    ),
    Tone.LOUD,
)

LIST = Message(
    "2 jobs in this chat.",
    (
        Bullets(
            (
                line(bold("7"), " daily brief, every weekday at 09:00, next ", NINE_IN_OSLO),
                line(bold("9"), " paused"),
            )
        ),
        Quiet(line("Type /jobs show 7 for one of them.")),
    ),
)

CARD = Message(
    "Job 7 “daily brief” is scheduled.",
    (
        Fields(
            (
                ("when", line("every weekday at 09:00")),
                ("next", line(NINE_IN_OSLO)),
                ("route", line(code("openrouter:llama"), ", free")),
            )
        ),
    ),
    (button("Pin", Action.PIN), button("Undo", Action.UNDO)),
    Tone.GOOD,
)


def picture(text: str) -> str:
    return dedent(text).strip("\n")


def message(*blocks: Block) -> Message:
    return Message("Title.", blocks)


def body(*blocks: Block, look: Look | None = None) -> str:
    return render(message(*blocks), look or Look()).removeprefix("Title.\n").removeprefix("\n")


def test_an_alert_is_loud_without_colour_and_numbers_its_buttons() -> None:
    assert render(ALERT, Look(width=72), number=12) == picture(
        """
        !!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!
        !! Job 7 “daily brief” is held: the default moved from openrouter to
        !! anthropic.
        !!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!
        Unintended spend was prevented; paid calls made: 0.
          provider  'openrouter' -> 'anthropic'
          price     was free; now $3.00 in / $15.00 out per million tokens,
                    #44585
        To pin it, type
        `/jobs pin 7 openrouter:meta-llama/llama-3.3-70b-instruct:free`
            cronjob action=update job_id=7 provider=openrouter
        [1] Pin old  [2] Accept new  [3] Pause  (message 12)
        """
    )


def test_a_list_shows_moments_in_the_zone_of_the_message() -> None:
    assert render(LIST, Look()) == picture(
        """
        2 jobs in this chat.
        - 7 daily brief, every weekday at 09:00, next Mon 23 Nov 09:00 (Europe/Oslo)
        - 9 paused
        Type /jobs show 7 for one of them.
        """
    )


def test_a_creation_card_aligns_its_fields() -> None:
    assert render(CARD, Look(), number=1) == picture(
        """
        Job 7 “daily brief” is scheduled.
          when   every weekday at 09:00
          next   Mon 23 Nov 09:00 (Europe/Oslo)
          route  `openrouter:llama`, free
        [1] Pin  [2] Undo  (message 1)
        """
    )


def test_an_edited_message_says_what_it_replaces() -> None:
    shown = render(CARD, Look(), number=3, update="update of message 1")
    assert shown.startswith("(update of message 1)\nJob 7")


def test_a_moment_is_shown_in_the_zone_of_the_reader_where_that_is_known() -> None:
    assert body(Paragraph(line(NINE_IN_OSLO)), look=Look(zone="Asia/Tokyo")) == (
        "Mon 23 Nov 17:00 (Asia/Tokyo)"
    )


def test_a_moment_in_another_year_is_shown_with_its_year() -> None:
    a_year_before = Look(now=datetime(2025, 11, 23, tzinfo=UTC))
    assert body(Paragraph(line(NINE_IN_OSLO)), look=a_year_before) == (
        "Mon 23 Nov 2026 09:00 (Europe/Oslo)"
    )


def test_a_zone_that_nobody_knows_leaves_the_moment_in_its_own() -> None:
    nowhere = Moment(NINE_IN_OSLO.at, "Nowhere/Else")
    assert body(Paragraph(line(nowhere))) == "Mon 23 Nov 08:00 (UTC)"


@pytest.mark.parametrize("width", [1, 8, 20, 40, 80, 100])
def test_no_line_of_prose_is_wider_than_the_screen(width: int) -> None:
    prose = line(
        "every weekday at 09:00 日本語のテキスト ", bold("x" * 150), " 👍🏽 e\u0301te\u0301"
    )
    text = body(Paragraph(prose), Bullets((prose,)), look=Look(width=width))
    assert max(wcswidth(row) for row in text.split("\n")) <= max(width, 10)


@pytest.mark.parametrize("width", [1, 20, 60, 80])
def test_code_is_never_broken(width: int) -> None:
    shown = body(
        Code(f"{PIN_COMMAND}\n  second   line"),
        Paragraph(line("Type ", code(PIN_COMMAND), " now.")),
        Written(f"```\n{PIN_COMMAND}\n```"),
        look=Look(width=width),
    )
    assert shown.count(PIN_COMMAND) == 3
    assert "\n      second   line\n" in shown


def test_wide_characters_take_two_columns() -> None:
    shown = body(Fields((("名前", line("一")), ("n", line("two")))))
    assert shown == "  名前  一\n  n     two"


def test_written_markdown_reads_as_plain_text() -> None:
    written = Written(
        "# Incidents\n**Two** are *open*, see [the board](https://board.example/1):\n\n"
        "* `disk_full` on ~~db1~~ db2\n  * since snake_case_hour\n1. 2 \\* 3\n\n> said Ana\n"
        "```sh\ndf -h   **\n```\n| a | b |"
    )
    assert body(written) == picture(
        """
        Incidents
        Two are open, see the board (https://board.example/1):

        - `disk_full` on db1 db2
          - since snake_case_hour
        1. 2 * 3

        > said Ana
            df -h   **
            | a | b |
        """
    )


def test_a_cron_expression_in_prose_keeps_its_stars() -> None:
    assert body(Written("It runs at */5 * * * * and 0 9 * * 1-5.")) == (
        "It runs at */5 * * * * and 0 9 * * 1-5."
    )


@pytest.mark.parametrize("piece", ["**", "[", "`", "_a", "*a", "~~", "[](", "\\", "x ", "> ", "|"])
def test_a_long_text_of_markup_is_rendered_in_linear_time(piece: str) -> None:
    assert body(Written(piece * 20_000)) is not None


def test_without_colour_there_is_no_escape_sequence() -> None:
    assert "\x1b" not in "".join(render(each, Look()) for each in (ALERT, LIST, CARD))


def test_with_colour_every_ink_is_taken_back() -> None:
    shown = render(ALERT, Look(colour=True))
    assert "\x1b[1;31m" in shown
    assert all(row.count("\x1b[") == 2 * row.count("\x1b[0m") for row in shown.split("\n"))


def test_no_text_can_steer_the_terminal() -> None:
    evil = "a\x1b]0;owned\x07\x9b2Jb\rc\x00d\x7fe"
    shown = render(
        Message(
            evil,
            (
                Paragraph(line(evil, bold(evil), code(evil))),
                Fields(((evil, line(evil)),)),
                Bullets((line(evil),)),
                Code(evil),
                Written(f"{evil}\n```\n{evil}\n```\n- {evil}"),
                Quiet(line(evil)),
            ),
            (button(evil, Action.PIN),),
        ),
        Look(),
    )
    assert all(char == "\n" or char.isprintable() for char in shown)


@pytest.mark.parametrize(
    ("environ", "tty", "colour"),
    [
        ({"TERM": "xterm"}, True, True),
        ({"TERM": "xterm", "NO_COLOR": ""}, True, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, True, False),
        ({"TERM": "dumb"}, True, False),
        ({}, True, False),
        ({"TERM": "xterm"}, False, False),
    ],
)
def test_colour_is_for_terminals_that_have_it_and_people_who_want_it(
    environ: dict[str, str], tty: bool, colour: bool
) -> None:
    assert wants_colour(environ, tty=tty) is colour


@pytest.mark.parametrize("width", [12, 20, 30])
def test_a_word_is_never_broken_that_fits_into_a_line(width: int) -> None:
    text = "press 1.1 to acknowledge"
    shown = body(
        Paragraph(line(text)),
        Fields((("a rather long name", line(text)), ("n", line(text)))),
        Bullets((line(text),)),
        Written(f"> {text}"),
        look=Look(width=width),
    )
    assert [shown.split().count(word) for word in text.split()] == [5, 5, 5, 5]
    assert max(map(len, shown.split("\n"))) <= max(width, 20)
    assert prose(text, Look(width=width)).split() == text.split()


def test_where_nothing_can_be_pressed_the_commands_stay_and_the_buttons_do_not() -> None:
    shown = render(ALERT, Look(pressable=False), number=3)
    assert PIN_COMMAND in shown
    assert "[1]" not in shown
    assert "message 3" not in shown


def test_one_line_that_changed_is_found_in_any_block() -> None:
    def about(count: str) -> Message:
        return message(
            Paragraph(line("same")), Fields((("fires", line(count)),)), Code("x"), Written("y")
        )

    assert only_change(about("1"), about("2"), Look()) == "fires 2"
    assert only_change(about("1"), about("1"), Look()) is None
