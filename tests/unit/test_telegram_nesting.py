"""Marks that Telegram takes: one holds another or leaves it alone, and code holds nothing."""

import pytest

from bot.adapters.telegram.marked import Kind, Mark
from bot.adapters.telegram.nesting import legal
from bot.adapters.telegram.splitting import place
from bot.adapters.telegram.utf16 import reach, units, whole

BOLD, ITALIC, CODE, PRE, LINK, QUOTE = (
    Kind.BOLD,
    Kind.ITALIC,
    Kind.CODE,
    Kind.PRE,
    Kind.LINK,
    Kind.QUOTE,
)
Short = tuple[Kind, int, int]


def made(*marks: Short) -> list[Short]:
    return [(mark.kind, mark.start, mark.end) for mark in legal(Mark(*each) for each in marks)]


@pytest.mark.parametrize(
    ("marks", "kept"),
    [
        ([(BOLD, 0, 9), (ITALIC, 2, 4)], [(BOLD, 0, 9), (ITALIC, 2, 4)]),
        ([(ITALIC, 4, 9), (BOLD, 0, 6)], [(BOLD, 0, 6), (ITALIC, 4, 6), (ITALIC, 6, 9)]),
        ([(BOLD, 0, 6), (BOLD, 2, 9)], [(BOLD, 0, 9)]),
        ([(BOLD, 0, 9), (BOLD, 2, 4)], [(BOLD, 0, 9)]),
        ([(BOLD, 0, 9), (CODE, 2, 4)], [(BOLD, 0, 2), (CODE, 2, 4), (BOLD, 4, 9)]),
        ([(CODE, 0, 9), (BOLD, 2, 4)], [(CODE, 0, 9)]),
        ([(LINK, 0, 9), (CODE, 2, 4)], [(LINK, 0, 9)]),
        ([(BOLD, 0, 9), (LINK, 2, 4)], [(BOLD, 0, 9), (LINK, 2, 4)]),
        ([(QUOTE, 0, 9), (PRE, 2, 4)], [(QUOTE, 0, 9), (PRE, 2, 4)]),
        ([(QUOTE, 0, 9), (QUOTE, 2, 4)], [(QUOTE, 0, 9)]),
        ([(BOLD, 3, 3)], []),
    ],
)
def test_marks_are_cut_or_left_out_until_telegram_takes_them(
    marks: list[Short], kept: list[Short]
) -> None:
    assert made(*marks) == kept


@pytest.mark.parametrize(
    ("text", "end", "cut"),
    [
        ("ab👍🏽cd", 3, 2),
        ("ab👨‍👩‍👧cd", 4, 2),
        ("abe\u0301cd", 3, 2),
        ("abcd", 3, 3),
        ("abcd", 4, 4),
        ("a" + "\u0301" * 99, 50, 50),
    ],
)
def test_a_cut_keeps_a_sign_whole_where_it_can(text: str, end: int, cut: int) -> None:
    assert whole(text, 0, end) == cut
    assert place(text + "x" * 9, 0, end) == cut


@pytest.mark.parametrize(
    ("text", "room", "end"), [("abc", 2, 2), ("👍👍", 3, 1), ("a👍b", 2, 1), ("é", 9, 1)]
)
def test_a_text_reaches_as_far_as_its_units_allow(text: str, room: int, end: int) -> None:
    assert reach(text, 0, room) == end
    assert units(text[:end]) <= room


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("aaaa bbbb\ncccc\n\ndddd eeee", "dddd eeee"),
        ("aaaa bbbb\ncccc\ndddd eeee", "dddd eeee"),
        ("aaaa bbbb cccc\n  dddd", "dddd"),
        ("aaaa bbbb cccc dddd", "dddd"),
        ("aaaabbbbccccdddd", "dd"),
    ],
)
def test_a_cut_prefers_paragraphs_to_lines_and_lines_to_words(text: str, rest: str) -> None:
    assert text[place(text, 0, len(text) - 2) :].endswith(rest)
    assert place(text, 0, len(text) - 2) <= len(text) - 2
