"""What messages of ours look like in Slack."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.adapters.slack.blocks import draw, plain
from bot.adapters.slack.mrkdwn import words
from bot.adapters.slack.rich import Date, Section
from bot.message import (
    Block,
    Bullets,
    Button,
    Code,
    Confirm,
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
from tests.unit.test_slack_limits import everything, nodes
from tests.unit.test_wording import SAID

NINE_IN_OSLO = Moment(datetime(2026, 11, 23, 8, tzinfo=UTC), "Europe/Oslo")
PIN = "/jobs pin 7 openrouter:meta-llama/llama-3.3-70b-instruct:free"
NASTY = "*b* _i_ ~s~ `c` :fire: <!channel> <@U1> <http://x.y|z> a & b > c"


def button(label: str = "Pin old", token: str = "t" * 24, **more: Any) -> Button:
    return Button(label, Press(Action.PIN), token=token, **more)


def blocks(*inside: Block) -> list[Any]:
    """What Slack shows under a title."""
    return list(draw(Message("Title.", inside)).first.blocks[1:])


def section(*elements: object) -> dict[str, object]:
    inside = [{"type": "rich_text_section", "elements": list(elements)}]
    return {"type": "rich_text", "elements": inside}


def plain_text(text: str) -> dict[str, object]:
    return {"type": "plain_text", "text": text, "emoji": False}


def test_a_title_is_a_header_with_a_mark_for_its_tone() -> None:
    marked = [draw(Message("Done.", tone=tone)).first for tone in Tone]
    assert [posting.blocks[0] for posting in marked] == [
        {"type": "header", "text": plain_text(text)} for text in ("Done.", "✅ Done.", "⚠️ Done.")
    ]
    assert [posting.text for posting in marked] == ["Done."] * 3


def test_a_title_too_long_for_a_header_is_bold() -> None:
    title = "Job 7 " + "is held " * 20
    [shown] = draw(Message(title)).first.blocks
    assert shown == section({"type": "text", "text": title.strip(), "style": {"bold": True}})


def test_a_line_has_bold_code_and_the_readers_own_time() -> None:
    assert blocks(Paragraph(line("next ", bold("soon"), code("x"), NINE_IN_OSLO))) == [
        section(
            {"type": "text", "text": "next "},
            {"type": "text", "text": "soon", "style": {"bold": True}},
            {"type": "text", "text": "x", "style": {"code": True}},
            {
                "type": "date",
                "timestamp": 1795420800,
                "format": "{date_short_pretty} {time}",
                "fallback": "Mon 23 Nov 2026 09:00 (Europe/Oslo)",
            },
        )
    ]


def test_a_moment_in_the_text_is_local_too_and_its_seconds_are_kept() -> None:
    moment = Moment(NINE_IN_OSLO.at + timedelta(seconds=5), "Europe/Oslo")
    assert draw(Message("T", (Paragraph(line(moment)),))).first.text == (
        "T\n<!date^1795420805^{date_short_pretty} {time_secs}|Mon 23 Nov 2026 09:00:05 (Europe/Oslo)>"
    )


@pytest.mark.parametrize("year", [1, 1969])
def test_a_moment_slack_cannot_count_is_told_in_words(year: int) -> None:
    old = Section((Date(datetime(year, 1, 1, tzinfo=UTC), "America/New_York"),))
    assert str(year - 1) in words((old,), escape=True) or str(year) in words((old,), escape=True)
    assert "<" not in words((old,), escape=True)


def test_bullets_are_one_list() -> None:
    [shown] = blocks(Bullets((line("a"), line(), line("b"))))
    [rows] = shown["elements"]
    assert (rows["type"], rows["style"], len(rows["elements"])) == ("rich_text_list", "bullet", 2)


def test_short_fields_stand_behind_their_names_and_long_ones_under_them() -> None:
    prompt = "Summarise open incidents.\nThen say who is on call."
    [shown] = blocks(
        Fields((("When", line("daily")), ("Guard", line("none")), ("Prompt", line(prompt))))
    )
    first, quote = shown["elements"]
    assert "".join(each["text"] for each in first["elements"]) == (
        "When: daily\nGuard: none\nPrompt:"
    )
    assert quote == {
        "type": "rich_text_quote",
        "elements": [{"type": "text", "text": prompt}],
    }


@pytest.mark.parametrize("text", [PIN, NASTY, "a 'b' \"c\" ``` &amp;\n  d\ttab", "x\n\ny"])
def test_code_can_be_copied_verbatim(text: str) -> None:
    [shown] = blocks(Code(text))
    assert shown["elements"] == [
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": text}]}
    ]


def test_a_quiet_line_shows_code_where_nothing_in_it_would_format() -> None:
    assert blocks(Quiet(line("More: ", code("/jobs list 2"), " & <b>"))) == [
        {
            "type": "context",
            "elements": [
                {
                    "type": "mrkdwn",
                    "text": "More: `/jobs list 2` &amp; &lt;b&gt;",
                    "verbatim": True,
                }
            ],
        }
    ]


@pytest.mark.parametrize("text", ["*b*", "_i_", "~s~", "a `b`", "at :fire:", "> q", "gpt_4_x"])
def test_a_quiet_line_with_marks_in_it_is_plain(text: str) -> None:
    assert blocks(Quiet(line(text, code("x")))) == [
        {"type": "context", "elements": [plain_text(f"{text}x")]}
    ]


def test_words_of_people_show_as_typed_wherever_they_stand() -> None:
    message = Message(
        NASTY,
        (
            Paragraph(line(NASTY, bold(NASTY), code(NASTY))),
            Bullets((line(NASTY),)),
            Fields(((NASTY, line(NASTY)),)),
            Code(NASTY),
            Quiet(line(NASTY)),
        ),
        (button(confirm=Confirm(NASTY, "Yes")),),
    )
    drawn = everything(message)
    raw = [node for node in nodes(drawn.first.blocks) if node.get("type") in ("text", "plain_text")]
    assert sum(str(node["text"]).count(NASTY) for node in raw) == 10
    assert not [node for node in nodes(drawn.first.blocks) if node.get("type") == "mrkdwn"]


def test_buttons_send_their_token_and_nothing_else() -> None:
    confirm = Confirm("From now on 3 jobs will use paid-lab:large. Accept?", "Accept")
    [*_, shown] = draw(
        Message("T", (), (button(primary=True), button("Accept new", "u" * 24, confirm=confirm)))
    ).first.blocks
    assert shown == {
        "type": "actions",
        "block_id": "driftpin:buttons:1",
        "elements": [
            {
                "type": "button",
                "action_id": "driftpin:press:1",
                "text": plain_text("Pin old"),
                "value": "t" * 24,
                "style": "primary",
            },
            {
                "type": "button",
                "action_id": "driftpin:press:2",
                "text": plain_text("Accept new"),
                "value": "u" * 24,
                "confirm": {
                    "title": plain_text("Accept new"),
                    "text": plain_text(confirm.question),
                    "confirm": plain_text("Accept"),
                    "deny": plain_text("Cancel"),
                },
            },
        ],
    }


def test_a_long_label_ends_in_dots() -> None:
    [_, shown] = draw(Message("T", (), (button("Pin " + "x" * 100),))).first.blocks
    [found] = [node for node in nodes(shown) if node.get("type") == "button"]
    assert found["text"]["text"] == "Pin " + "x" * 70 + "…"


def test_many_rows_are_cut_and_counted_and_the_buttons_stay() -> None:
    rows = tuple(line(f"job {n} " + "words " * 10) for n in range(1_000))
    message = Message("1000 jobs", (Bullets(rows), Quiet(line("the end"))), (button(),))
    text = everything(message).first.text
    shown = text.count("• job")
    assert f"… {1_000 - shown:,} more lines are left out here." in text
    assert text.endswith("the end")


def test_a_long_prompt_is_cut_and_counted() -> None:
    message = Message("T", (Fields((("Prompt", line("word " * 1_600)), ("Owner", line("Ana")))),))
    text = everything(message).first.text
    assert "more characters)\nOwner: Ana" in text
    assert len(text) < 2_000


def test_long_code_is_cut_at_a_line() -> None:
    [shown] = blocks(Code("\n".join([PIN] * 200)))
    box, rest = shown["elements"]
    lines = box["elements"][0]["text"].split("\n")
    assert set(lines) == {PIN}
    assert (
        rest["elements"][0]["text"].strip() == f"… {200 - len(lines)} more lines are left out here."
    )


def test_what_slack_refused_is_said_plainly_with_the_same_buttons() -> None:
    message = SAID["an open alert about one job"]
    shown = plain(message)
    assert shown.text == draw(message).first.text
    assert [block["type"] for block in shown.blocks] == ["section", "actions"]
    assert shown.blocks[1:] == draw(message).first.blocks[-1:]
    assert "/jobs pin 7 free-lab:small" in str(shown.blocks[0])


def test_what_slack_refused_has_no_blocks_at_all_where_there_are_no_buttons() -> None:
    message = Message("Brief", (Written("**Two** <b> are [open](https://b.example)"),))
    shown = plain(message)
    assert (shown.text, shown.blocks) == ("Brief\nTwo &lt;b&gt; are open (https://b.example)", ())


def test_a_message_of_nothing_has_a_text_all_the_same() -> None:
    assert draw(Message("")).first.text == "Driftpin"
