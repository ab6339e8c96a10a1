"""What messages look like in Telegram: the text, and which words carry which entity."""

from datetime import UTC, datetime
from time import process_time

import pytest
from telegram import MessageEntity

from bot.adapters.telegram.drawing import CUT, FILED, Drawn, draw, plain
from bot.adapters.telegram.entities import Part
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
    Span,
    Tone,
    Written,
    bold,
    code,
    line,
)
from scheduler.press import Action, Press

NINE_IN_OSLO = Moment(datetime(2026, 11, 23, 8, tzinfo=UTC), "Europe/Oslo")
TEN_IN_OSLO = Moment(datetime(2026, 11, 23, 9, tzinfo=UTC), "Europe/Oslo")
PIN_COMMAND = "/jobs@driftpin_bot pin 7 openrouter:meta-llama/llama-3.3-70b-instruct:free"
PIN = Button("Pin old", Press(Action.PIN), primary=True, token="t1")


def shown(*blocks: Block, title: str = "Title.", tone: Tone = Tone.PLAIN) -> Part:
    [part] = draw(Message(title, blocks, tone=tone)).parts
    return part


def entities(part: Part) -> list[tuple[str, str]]:
    """Each entity's type, and the words it stands on."""
    text = part.text.encode("utf-16-le")
    return [
        (
            str(each.type),
            text[2 * each.offset : 2 * (each.offset + each.length)].decode("utf-16-le"),
        )
        for each in part.entities
    ]


def texts(drawn: Drawn) -> list[str]:
    return [part.text for part in drawn.parts]


def test_an_alert_reads_from_the_title_to_the_command() -> None:
    part = shown(
        Paragraph(line("Unintended spend was prevented; paid calls made: ", bold("0"), ".")),
        Paragraph(line("1 fire held so far.")),
        Bullets((line(bold("#7"), " Brief"), line(bold("#9"), " Watch"))),
        Fields((("Pin old", line("the job keeps using ", code("openrouter:llama"))),)),
        Code(PIN_COMMAND),
        title="Job 7 is held 🚨: the default moved.",
        tone=Tone.LOUD,
    )
    assert part.text == (
        "⚠️ Job 7 is held 🚨: the default moved.\n"
        "Unintended spend was prevented; paid calls made: 0.\n"
        "\n"
        "1 fire held so far.\n"
        "• #7 Brief\n"
        "• #9 Watch\n"
        "Pin old: the job keeps using openrouter:llama\n"
        f"{PIN_COMMAND}"
    )
    assert entities(part) == [
        ("bold", "Job 7 is held 🚨: the default moved."),
        ("bold", "0"),
        ("bold", "#7"),
        ("bold", "#9"),
        ("bold", "Pin old"),
        ("code", "openrouter:llama"),
        ("pre", PIN_COMMAND),
    ]


def test_a_good_message_is_marked_as_one_and_a_plain_one_is_not() -> None:
    assert shown(tone=Tone.GOOD).text == "✅ Title."
    assert shown().text == "Title."


def test_an_answer_stands_apart_and_its_receipt_is_quiet() -> None:
    part = shown(Written("All **well**."), Quiet(line("openrouter:llama, ", code("free"))))
    assert part.text == "Title.\n\nAll well.\n\nopenrouter:llama, free"
    assert entities(part) == [
        ("bold", "Title."),
        ("bold", "well"),
        ("italic", "openrouter:llama,"),
        ("code", "free"),
    ]


def test_a_moment_is_local_to_its_reader_and_names_its_zone_where_that_is_not_known() -> None:
    part = shown(Paragraph(line("next ", NINE_IN_OSLO, "; later")))
    assert part.text == "Title.\nnext Mon 23 Nov 2026 09:00 (Europe/Oslo); later"
    [_, moment] = part.entities
    assert entities(part)[1] == ("date_time", "Mon 23 Nov 2026 09:00 (Europe/Oslo)")
    assert moment.to_dict() == {
        "type": "date_time",
        "offset": 12,
        "length": 35,
        "unix_time": 1795420800,
        "date_time_format": "wdt",
    }


def test_moments_in_one_zone_name_it_once() -> None:
    part = shown(Fields((("Next", line(NINE_IN_OSLO, ", ", TEN_IN_OSLO)),)))
    assert part.text.endswith("Mon 23 Nov 2026 09:00, Mon 23 Nov 2026 10:00 (Europe/Oslo)")


@pytest.mark.parametrize("year", [1969, 2039])
def test_a_moment_that_telegram_cannot_count_is_words(year: int) -> None:
    part = shown(Paragraph(line(Moment(datetime(year, 3, 1, 9, tzinfo=UTC), "Nowhere/Else"))))
    assert f"{year} 09:00 (UTC)" in part.text
    assert [kind for kind, _ in entities(part)] == ["bold"]


@pytest.mark.parametrize("where", ["ask @ana_b now", "@ana_b", "(@ana_b)", "-@ana_b", "**@ana_b**"])
def test_a_mention_does_not_ring_wherever_it_stands(where: str) -> None:
    message = Message(
        where,
        (
            Paragraph(line(where)),
            Fields(((where, line(bold(where))),)),
            Quiet(line(where)),
            Written(where),
        ),
    )
    for drawn in (draw(message), plain(message)):
        [part] = drawn.parts
        assert "@" not in part.text
        assert part.text.count("\uff20ana_b") == 6


def test_an_address_of_mail_and_what_stands_in_code_keep_their_sign() -> None:
    part = shown(
        Paragraph(line("mail ana@x.org, npm i ", code("@types/node"))),
        Written("`@ana` and\n```\n@bob\n```"),
        Code(PIN_COMMAND),
    )
    assert part.text.count("@") == 5
    assert "\uff20" not in part.text


def test_a_mention_cannot_hide_at_a_cut() -> None:
    drawn = draw(Message("T", (Paragraph(line("x" * 4094 + "@ana_b" + "y" * 3000)),)))
    assert "@" not in "".join(texts(drawn))


def test_without_format_the_same_text_has_no_entity() -> None:
    message = Message(
        "Held.",
        (Paragraph(line(bold("x"), NINE_IN_OSLO)), Code(PIN_COMMAND), Written("**a** [b](c.d)")),
        (PIN,),
        Tone.LOUD,
    )
    drawn = plain(message)
    assert drawn.keyboard == draw(message).keyboard
    assert drawn.parts == (
        Part(f"⚠️ Held.\nxMon 23 Nov 2026 09:00 (Europe/Oslo)\n{PIN_COMMAND}\n\n**a** [b](c.d)"),
    )


def test_entities_stand_on_words_and_never_on_space_alone() -> None:
    part = shown(Paragraph(line(bold("  a "), Span("x"), code(" \n"), bold(""), code(" y "))))
    assert entities(part) == [("bold", "Title."), ("bold", "a"), ("code", "y")]


def test_a_message_that_says_nothing_is_still_one() -> None:
    assert [part.text for part in draw(Message("\u2800")).parts] == ["…"]


def test_a_long_answer_without_buttons_goes_on_in_order_in_further_messages() -> None:
    answer = "\n\n".join(f"Paragraph {number}: " + "word " * 100 for number in range(20))
    drawn = draw(Message("Answer", (Written(answer), Quiet(line("receipt")))))
    assert len(drawn.parts) == 3
    assert drawn.parts[0].text.startswith("Answer\n\nParagraph 0:")
    assert all(part.text.startswith("Paragraph") for part in drawn.parts[1:])
    assert drawn.parts[-1].text.endswith("receipt")
    assert " ".join(texts(drawn)).split() == f"Answer {answer} receipt".split()
    assert drawn.attachment is None


def test_a_long_answer_with_buttons_leaves_the_first_message_to_everything_else() -> None:
    answer = "\n".join("word " * 20 for _ in range(60))
    warning = Paragraph(line("Unguarded: snapshot it."))
    drawn = draw(Message("Answer", (Written(answer), warning, Quiet(line("receipt"))), (PIN,)))
    assert drawn.parts[0].text == "Answer\n\nUnguarded: snapshot it.\nreceipt"
    assert " ".join(texts(drawn)[1:]).split() == answer.split()
    assert drawn.keyboard is not None


def test_what_needs_more_than_three_messages_is_a_file_with_the_whole() -> None:
    answer = "**All** of [it](https://x.example/)\n" + "\n".join("word " * 20 for _ in range(200))
    message = Message("Daily brief (job 7)", (Written(answer), Quiet(line("receipt"))))
    drawn = draw(message)
    [part] = drawn.parts
    assert part.text.startswith("Daily brief (job 7)\n\nAll of it\nword word")
    assert part.text.endswith(f"{FILED}\n\nreceipt")
    assert drawn.attachment is not None
    assert drawn.attachment.name == "daily-brief-job-7.md"
    assert drawn.attachment.content == f"Daily brief (job 7)\n\n{answer}\n\nreceipt"
    assert plain(message).attachment == drawn.attachment


def test_a_long_alert_is_one_message_in_which_the_longest_blocks_give_way() -> None:
    message = Message(
        "20 jobs are held.",
        (
            Paragraph(line("Was free, now paid.")),
            Bullets(tuple(line(bold(f"#{n}"), " " + "x" * 300) for n in range(20))),
            Fields((("Pin old", line("keeps it")),)),
            Code("\n".join(f"/jobs pin {n} openrouter:{'m' * 50}" for n in range(20))),
        ),
        (PIN,),
        Tone.LOUD,
    )
    for drawn in (draw(message), draw(message, alone=True), plain(message)):
        [part] = drawn.parts
        assert drawn.attachment is None
        assert drawn.keyboard is not None
        assert "Was free, now paid." in part.text
        assert "Pin old: keeps it" in part.text
        assert "/jobs pin 0 " in part.text
        assert f"\n{CUT}\nPin old" in part.text


def test_an_edit_is_one_message_however_long() -> None:
    drawn = draw(Message("T", (Written("word " * 9000), Quiet(line("receipt")))), alone=True)
    [part] = drawn.parts
    assert part.text.endswith(f"{CUT}\n\nreceipt")
    assert drawn.attachment is None


def test_a_block_of_code_that_is_cut_goes_on_as_code() -> None:
    text = "\n".join(f"line {number:4}" for number in range(700))
    drawn = draw(Message("T", (Code(text),)))
    assert len(drawn.parts) == 2
    assert [entities(part)[-1][0] for part in drawn.parts] == ["pre", "pre"]
    assert "\n".join(entities(part)[-1][1] for part in drawn.parts) == text


def test_more_than_a_hundred_entities_are_more_than_one_message() -> None:
    drawn = draw(Message("T", (Bullets(tuple(line(bold(f"b{n}")) for n in range(150))),)))
    assert [len(part.entities) for part in drawn.parts] == [100, 51]


def test_a_message_of_any_size_is_drawn_at_once() -> None:
    blocks = (
        Paragraph(line("x @a " * 100_000)),
        Bullets(tuple(line(bold("b"), NINE_IN_OSLO) for _ in range(1_000))),
        Code("y" * 500_000),
        Written("**a** [b](https://x.example) `c`\n" * 15_000),
    )
    start = process_time()
    drawn = draw(Message("T", blocks))
    assert process_time() - start < 1
    assert drawn.attachment is not None


def test_too_many_entities_in_one_message_leave_the_command_to_be_copied() -> None:
    rows = Bullets(tuple(line(bold(f"b{n}")) for n in range(150)))
    [part] = draw(Message("T", (rows, Code(PIN_COMMAND)), (PIN,))).parts
    assert len(part.entities) == 100
    assert part.entities[-1].type == MessageEntity.PRE
