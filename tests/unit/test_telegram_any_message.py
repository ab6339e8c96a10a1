"""Whatever a message says, Telegram takes it: limits, entities, tokens, and every word of it."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from telegram import MessageEntity

from bot.adapters.telegram.drawing import Drawn, draw, plain
from bot.adapters.telegram.entities import Part, empty, part
from bot.adapters.telegram.marked import Kind, Mark, Marked
from bot.message import (
    Bullets,
    Button,
    Code,
    Confirm,
    Fields,
    Message,
    Moment,
    Paragraph,
    Quiet,
    Span,
    Style,
    Tone,
    Written,
    inlines,
)
from bot.sanitiser import sanitise
from scheduler.press import Action, Press

ODD = "👍🏽 👨‍👩‍👧 e\u0301 \u05d0\u05d1 @ana 🇳🇴 \n\n\t <x> ** `a` _b_ ||c|| [l](tg://x) | # > - $ ~ \\ /jobs@me"
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
LOOSE = {"bold", "italic", "underline", "strikethrough", "spoiler"}
VERBATIM = {"code", "pre"}

words = st.one_of(
    st.text(max_size=40),
    st.lists(st.sampled_from(ODD.split(" ")), max_size=12).map(" ".join),
    st.builds(
        lambda text, times: text * times, st.text(min_size=1, max_size=9), st.integers(1, 2000)
    ),
)
moments = st.builds(
    Moment,
    st.datetimes(datetime(1960, 1, 1), datetime(2050, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from(["Europe/Oslo", "Asia/Tokyo", "Nowhere"]),
)
lines = st.lists(
    st.one_of(st.builds(Span, words, st.sampled_from(Style)), moments), max_size=4
).map(tuple)
blocks = st.one_of(
    st.builds(Paragraph, lines),
    st.builds(Quiet, lines),
    st.builds(Bullets, st.lists(lines, max_size=60).map(tuple)),
    st.builds(Fields, st.lists(st.tuples(words, lines), max_size=5).map(tuple)),
    st.builds(Code, words),
    st.builds(Written, words),
)
buttons = st.builds(
    Button,
    st.text(max_size=90),
    st.just(Press(Action.PIN)),
    st.booleans(),
    st.one_of(st.none(), st.just(Confirm("Sure?", "Yes"))),
    st.text("abcdefXYZ-_019", min_size=24, max_size=24),
)
messages = st.builds(
    Message,
    st.text(min_size=1, max_size=200).map(lambda text: f"Title {text}"),
    st.one_of(st.lists(blocks, max_size=6), st.lists(blocks, max_size=3).map(lambda b: b * 20)).map(
        tuple
    ),
    st.lists(buttons, max_size=6).map(tuple),
    st.sampled_from(Tone),
).map(lambda message: sanitise(message, ()))


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def wrong(part: Part) -> Iterator[str]:
    """What Telegram would refuse in a message, or show otherwise than it was meant."""
    if empty(part.text) or part.text != part.text.strip("\n").rstrip():
        yield "nothing to read, or space at its ends"
    if units(part.text) > 4096 or len(part.entities) > 100:
        yield f"too long: {units(part.text)} units, {len(part.entities)} entities"
    raw = part.text.encode("utf-16-le")
    spans = []
    for each in part.entities:
        start, end = each.offset, each.offset + each.length
        covered = raw[2 * start : 2 * end]
        if not 0 <= start < end <= units(part.text):
            yield f"out of the text: {each}"
            continue
        try:
            text = covered.decode("utf-16-le")
        except UnicodeDecodeError:
            yield f"half a character: {each}"
            continue
        if text != text.strip():
            yield f"space at an end: {each}"
        if each.type == "date_time" and (each.unix_time is None or not each.date_time_format):
            yield f"a moment without a time: {each}"
        if each.type == "text_link" and not (each.url or "").startswith(("http://", "https://")):
            yield f"a link to {each.url}"
        spans.append((start, end, str(each.type)))
    for one, (start, end, kind) in enumerate(spans):
        for other_start, other_end, other in spans[one + 1 :]:
            if other_start >= end or other_end <= start:
                continue
            if other_start < start or other_end > end:
                inner_first = start == other_start and other_end >= end
                if not inner_first:
                    yield f"{kind} and {other} cross"
            if {kind, other} & VERBATIM and "blockquote" not in (kind, other):
                yield f"{kind} and {other} in each other"
            if kind == other:
                yield f"{kind} in {other}"
            if not {kind, other} & (LOOSE | {"blockquote"}):
                yield f"{kind} and {other} in each other"


def squeezed(text: str) -> str:
    return "".join(char for char in text.replace("\uff20", "@") if not empty(char))


def said(message: Message) -> Iterator[str]:
    """The words of a message that nobody may lose."""
    yield message.title
    for inline in inlines(message):
        if isinstance(inline, Span):
            yield inline.text
    yield from (block.text for block in message.blocks if isinstance(block, Code))


def whole(drawn: Drawn) -> str:
    return "".join(part.text for part in drawn.parts)


@settings(max_examples=60, deadline=None)
@given(messages, st.booleans())
def test_telegram_takes_every_message(message: Message, alone: bool) -> None:
    for drawn in (draw(message, alone=alone), plain(message, alone=alone)):
        assert [each for part in drawn.parts for each in wrong(part)] == []
        assert 1 <= len(drawn.parts) <= (1 if alone else 3)
        assert squeezed(message.title) in squeezed(drawn.parts[0].text) or "cut here" in whole(
            drawn
        )
    assert not any(part.entities for part in plain(message).parts)


@settings(max_examples=60, deadline=None)
@given(messages)
def test_no_button_is_ever_lost(message: Message) -> None:
    drawn = draw(message)
    rows = drawn.keyboard.inline_keyboard if drawn.keyboard else ()
    data = [str(button.callback_data) for row in rows for button in row if button.callback_data]
    assert [each.removeprefix("?") for each in data] == [button.token for button in message.buttons]
    assert all(len(each.encode()) <= 64 for each in data)
    assert all(1 <= len(row) <= 3 for row in rows)


@settings(max_examples=60, deadline=None)
@given(messages)
def test_no_word_is_lost_and_none_changes_its_place(message: Message) -> None:
    if message.buttons:
        message = Message(message.title, message.blocks, tone=message.tone)
    drawn = draw(message)
    text = squeezed(whole(drawn) if drawn.attachment is None else drawn.attachment.content)
    missing = Counter(squeezed("".join(said(message)))) - Counter(text)
    assert not missing
    at = 0
    for each in [message.title, *(b.text for b in message.blocks if isinstance(b, Code))]:
        found = text.find(squeezed(each), at)
        assert found >= at
        at = found + len(squeezed(each))


@settings(max_examples=60, deadline=None)
@given(st.one_of(words, st.lists(st.sampled_from(ODD), max_size=300).map("".join)))
def test_no_letter_of_an_answer_is_lost(text: str) -> None:
    message = sanitise(Message("Title", (Written(text),)), ())
    [answer] = [block.markdown for block in message.blocks if isinstance(block, Written)]
    drawn = draw(message)
    found = whole(drawn) if drawn.attachment is None else drawn.attachment.content
    details = [e.url or e.language or "" for part in drawn.parts for e in part.entities]
    letters = Counter(char for char in answer if char.isalpha())
    assert not letters - Counter("".join([found, *details]))


@settings(max_examples=300, deadline=None)
@given(
    st.text("a \n👍🏽b", min_size=1, max_size=30),
    st.lists(st.tuples(st.sampled_from(Kind), st.integers(0, 30), st.integers(0, 30)), max_size=9),
)
def test_telegram_takes_marks_however_they_lie(
    text: str, spans: list[tuple[Kind, int, int]]
) -> None:
    size = len(text)
    marks = tuple(
        Mark(kind, min(start, size), min(end, size), "https://x.example", NOW)
        for kind, start, end in spans
    )
    assert list(wrong(part(Marked(text, marks)))) == []


@settings(max_examples=30, deadline=None)
@given(messages)
def test_every_entity_survives_the_way_to_telegram(message: Message) -> None:
    for drawn in draw(message).parts:
        for each in drawn.entities:
            again = MessageEntity.de_json(each.to_dict())
            assert again.to_dict() == each.to_dict()
