"""Every message fits into Slack, and nothing in it is live that we did not make so."""

import re
from collections.abc import Iterator
from datetime import UTC
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block as SlackBlock

from bot.adapters.slack.blocks import Drawn, Posting, draw, plain
from bot.adapters.slack.limits import BLOCK_TEXT, cut, shortened, weight
from bot.adapters.slack.mrkdwn import escaped
from bot.message import (
    Block,
    Bullets,
    Button,
    Code,
    Confirm,
    Fields,
    Inline,
    Message,
    Moment,
    Paragraph,
    Quiet,
    Span,
    Style,
    Tone,
    Written,
)
from bot.sanitiser import sanitise
from scheduler.press import Action, Press
from tests.unit.test_wording import SAID

OUR_DATE = re.compile(r"<!date\^\d+\^[{}a-z_ ]+\|[^<>]*>")
COUNTED = {"text", "url", "alt_text"}
INTERACTIVE = {"button"}


def nodes(value: object) -> Iterator[dict[str, Any]]:
    """Every object in some JSON."""
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from nodes(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from nodes(each)


def said(posting: Posting) -> int:
    """The text of all blocks, counted generously."""
    return sum(
        len(each.encode("utf-16-le")) // 2
        for node in nodes(posting.blocks)
        for key, each in node.items()
        if key in COUNTED and isinstance(each, str)
    )


def check(posting: Posting) -> None:
    """What Slack would refuse, and what would ring."""
    assert posting.text.strip()
    assert len(posting.text) < 40_000
    assert "<" not in OUR_DATE.sub("", posting.text)
    assert len(posting.blocks) <= 50
    assert said(posting) <= BLOCK_TEXT
    for block in posting.blocks:
        parsed = SlackBlock.parse(cast("dict[str, Any]", block))
        assert parsed is not None
        parsed.validate_json()
    found = list(nodes(posting.blocks))
    for node in found:
        check_node(node)
    ids = [node[key] for node in found for key in ("block_id", "action_id") if key in node]
    assert len(ids) == len(set(ids))


def check_node(node: dict[str, Any]) -> None:
    kind = node.get("type")
    assert kind not in {"markdown", "broadcast", "user", "usergroup", "channel", "image"}
    if kind in {"text", "plain_text", "mrkdwn"}:
        assert node["text"]
    if kind == "mrkdwn":
        assert "<" not in OUR_DATE.sub("", node["text"])
    if kind == "link":
        assert node["url"].lower().startswith(("http://", "https://", "mailto:"))
    if kind == "date":
        assert node["timestamp"] >= 0
        assert node["fallback"]
    if kind == "header":
        assert len(node["text"]["text"].encode("utf-16-le")) <= 300
    if kind == "button":
        assert len(node["text"]["text"]) <= 75
    if "elements" in node:
        assert node["elements"]


def postings(drawn: Drawn) -> tuple[Posting, ...]:
    return (drawn.first, *drawn.rest)


def tokens(posting: Posting) -> list[str]:
    return [node["value"] for node in nodes(posting.blocks) if node.get("type") == "button"]


def everything(message: Message) -> Drawn:
    """Draws a message in both ways and checks all that comes of it."""
    drawn = draw(message)
    for posting in (*postings(drawn), plain(message)):
        check(posting)
    wanted = [button.token for button in message.buttons]
    assert tokens(drawn.first) == wanted
    assert tokens(plain(message)) == wanted
    assert len(drawn.rest) <= 2
    assert not (drawn.rest and drawn.attachment)
    return drawn


@pytest.mark.parametrize("name", SAID)
def test_every_message_we_say_is_one_valid_posting(name: str) -> None:
    message = sanitise(SAID[name], ())
    message = message.with_tokens(f"{n:024}" for n in range(len(message.buttons)))
    drawn = everything(message)
    assert not drawn.rest
    assert drawn.attachment is None
    assert drawn.first.text.startswith(escaped(message.title))


WORDS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            "<!channel>", "<@U123>", "<#C1|x>", "<!subteam^S1>", "<http://x|y>", "&lt;!here&gt;",
            "*bold*", "_x_", "`code`", "~no~", ":fire:", "> quoted", "\n\n", "```", "[a](b)",
            "<!date^1^{date}|x>", "@everyone", "👩‍👩‍👧", "\u202e", "|", "- ", "1. ", "# ",
            "[http://a.com](http://b.com)", "![x](http://c.d/e.png)", "<b>", "https://u@e.com/)",
        ]
    ),
)  # fmt: skip
TEXTS = st.one_of(
    st.lists(WORDS, max_size=8).map("".join),
    st.builds(lambda word, times: word * times, WORDS, st.integers(1, 3_000)).map(
        lambda text: text[:12_000]
    ),
)
INLINES: st.SearchStrategy[Inline] = st.one_of(
    st.builds(Span, TEXTS, st.sampled_from(Style)),
    st.builds(
        Moment,
        st.datetimes(timezones=st.just(UTC)),
        st.sampled_from(["Europe/Oslo", "UTC", "No/Where", ""]),
    ),
)
LINES = st.lists(INLINES, max_size=4).map(tuple)
BLOCKS: st.SearchStrategy[Block] = st.one_of(
    st.builds(Paragraph, LINES),
    st.builds(Bullets, st.lists(LINES, max_size=60).map(tuple)),
    st.builds(Fields, st.lists(st.tuples(WORDS, LINES), max_size=20).map(tuple)),
    st.builds(Code, TEXTS),
    st.builds(Written, TEXTS),
    st.builds(Quiet, LINES),
)
BUTTONS = st.builds(
    Button,
    TEXTS,
    st.just(Press(Action.PIN)),
    st.booleans(),
    st.none() | st.builds(Confirm, TEXTS, TEXTS),
    st.uuids().map(str),
)
MESSAGES = st.builds(
    Message,
    TEXTS,
    st.lists(BLOCKS, max_size=12).map(tuple),
    st.lists(BUTTONS, max_size=60).map(tuple),
    st.sampled_from(Tone),
)


@settings(
    max_examples=120,
    deadline=2_000,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@example(Message(""))
@example(
    Message("  ", (Paragraph(()), Bullets(()), Bullets(((),)), Fields(()), Code(""), Written("")))
)
@example(Message("T", (Paragraph((Span("x"),)),) * 200))
@example(Message("T", (Quiet((Span("x"),)), Code("y"), Written("z")) * 60))
@example(Message("T", (Bullets(((Span("job " * 20),),) * 1_000),)))
@example(Message("T", (Code("x" * 50_000), Fields((("Prompt", (Span("y" * 8_192),)),)))))
@example(Message("&<>" * 5_000, (Written("&<>" * 5_000),)))
@given(MESSAGES)
def test_any_message_at_all_fits_and_nothing_in_it_is_live(message: Message) -> None:
    drawn = everything(message)
    title = shortened(message.title.strip(), 1_000)
    assert drawn.first.text.startswith(escaped(title))


@given(st.text(), st.integers(1, 40))
def test_a_text_is_cut_without_losing_anything_of_it(text: str, room: int) -> None:
    head, tail = cut(text, room)
    assert head + tail == text
    assert weight(head) <= room


def test_a_cut_falls_between_paragraphs_sentences_or_words_but_not_into_a_picture() -> None:
    assert cut("one two\n\nthree four", 15) == ("one two\n\n", "three four")
    assert cut("One two. Three four", 14) == ("One two. ", "Three four")
    assert cut("one two three", 9) == ("one two ", "three")
    assert cut("abc👩\u200d👩\u200d👧", 8) == ("abc", "👩\u200d👩\u200d👧")
