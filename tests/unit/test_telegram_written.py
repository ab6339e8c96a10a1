"""Markdown of a model in Telegram: read where it is markup, kept where it is not."""

from time import process_time

import pytest

from bot.adapters.telegram import written as module
from bot.adapters.telegram.written import LONGEST, written


def marks(markdown: str) -> list[tuple[str, str]]:
    found = written(markdown)
    return [(mark.kind.value, found.text[mark.start : mark.end]) for mark in found.marks]


def links(markdown: str) -> list[tuple[str, str]]:
    found = written(markdown)
    return [(found.text[m.start : m.end], m.detail) for m in found.marks if m.detail]


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("List<T> and <b>bold</b> and <!-- this -->", "List<T> and <b>bold</b> and <!-- this -->"),
        ("<div>\nx\n</div>", "<div>\nx\n</div>"),
        ("`Map<K, V>` \\<x\\>", "Map<K, V> <x>"),
        ("was $3/M in, now US$15 and 5$", "was $3/M in, now US$15 and 5$"),
        ("$HOME/$PATH costs \\$5", "$HOME/$PATH costs $5"),
        ("about ~5 minutes, ~6 at most", "about ~5 minutes, ~6 at most"),
        ("if a || b and c || d", "if a || b and c || d"),
        ("at */5 * * * * and 0 9 * * 1-5", "at */5 * * * * and 0 9 * * 1-5"),
        ("* * * * *", "* * * * *"),
        ("[WARN]: disk", "[WARN]: disk"),
        ("2 \\* 3 = 6, snake_case_name", "2 * 3 = 6, snake_case_name"),
        ("# One\n## Two\ntext", "One\nTwo\ntext"),
        ("* a\n  * b\n    1. c\n    2. d\n* e", "• a\n  • b\n    1. c\n    2. d\n• e"),
        ("- [x] done\n- [ ] open", "☑ done\n☐ open"),
        ("\ue000 stays <x>", "\ue000 stays <x>"),
        ("&lt;b&gt; &amp; `&lt;`", "<b> & &lt;"),
        ("", ""),
    ],
)
def test_what_is_not_markup_is_kept(markdown: str, text: str) -> None:
    assert written(markdown).text == text


@pytest.mark.parametrize(
    ("markdown", "found"),
    [
        ("**a** *b* ~~c~~", [("bold", "a"), ("italic", "b"), ("strikethrough", "c")]),
        ("||so|| it is", [("spoiler", "so")]),
        ("👍🏽 **a** `b`", [("bold", "a"), ("code", "b")]),
        ("> said\n> Ana", [("blockquote", "said\nAna")]),
        ("```\nx ||y|| <z> $5\n```", [("pre", "x ||y|| <z> $5")]),
        ("| a | b |\n|---|---|\n| 1 | 2 |", [("pre", "a | b\n--+--\n1 | 2")]),
        ("# One", [("underline", "One"), ("bold", "One")]),
    ],
)
def test_markup_becomes_a_mark_on_the_very_words(
    markdown: str, found: list[tuple[str, str]]
) -> None:
    assert marks(markdown) == found


def test_a_block_of_code_keeps_its_language() -> None:
    assert links("```python\nx\n```") == [("x", "python")]


@pytest.mark.parametrize(
    ("markdown", "label", "url"),
    [
        (
            "[the board](https://board.example/1?a=~b&c=$d)",
            "the board",
            "https://board.example/1?a=~b&c=$d",
        ),
        (
            "[board.example](http://www.board.example:8080)",
            "board.example",
            "http://www.board.example:8080",
        ),
        (
            "[https://x.example/1](https://x.example/1)",
            "https://x.example/1",
            "https://x.example/1",
        ),
        ("![chart](https://x.example/c.png)", "chart", "https://x.example/c.png"),
    ],
)
def test_a_web_address_hangs_under_an_honest_label(markdown: str, label: str, url: str) -> None:
    assert links(markdown) == [(label, url)]


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("[Ana](tg://user?id=1) x", "Ana (tg://user?id=1) x"),
        ("[run](javascript:alert) x", "run (javascript:alert) x"),
        ("[write](mailto:ana@x.org) x", "write (ana@x.org) x"),
        ("[here](http://localhost:8080/a) x", "here (http://localhost:8080/a) x"),
        ("[port](http://x.example:99999/) x", "port (http://x.example:99999/) x"),
        ("[who](https://paypal.com@evil.example/) x", "who (https://paypal.com@evil.example/) x"),
        ("[paypal.com](https://evil.example/) x", "paypal.com (https://evil.example/) x"),
        (
            "[at https://bank.example/x](https://e.example/)",
            "at https://bank.example/x (https://e.example/)",
        ),
        ("**[tg](tg://a) b**", "tg (tg://a) b"),
    ],
)
def test_an_address_that_may_not_hang_under_its_label_is_shown(markdown: str, text: str) -> None:
    assert written(markdown).text == text
    assert links(markdown) == []


def test_marks_around_an_address_that_is_shown_stay_on_their_words() -> None:
    assert marks("**a [tg](tg://a) b** `c`") == [("bold", "a tg (tg://a) b"), ("code", "c")]
    assert marks("**a [tg](tg://a)** `c`") == [("bold", "a tg"), ("code", "c")]


def test_a_link_in_a_table_shows_its_address() -> None:
    text = written("| a |\n|---|\n| [x](https://a.example/y) |").text
    assert text.endswith("\nx (https://a.example/y)")


def test_what_the_converter_drops_or_fails_at_is_shown_as_it_was_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class PanicException(BaseException):
        pass

    def drops(*_: object, **__: object) -> tuple[str, list[object]]:
        return "", []

    def fails(*_: object, **__: object) -> tuple[str, list[object]]:
        raise PanicException

    def stops(*_: object, **__: object) -> tuple[str, list[object]]:
        raise KeyboardInterrupt

    for convert in (drops, fails):
        monkeypatch.setattr(module, "convert", convert)
        assert written("**a** b").text == "**a** b"
    monkeypatch.setattr(module, "convert", stops)
    with pytest.raises(KeyboardInterrupt):
        written("a")


HEAVY = (
    [
        "**",
        "[",
        "`",
        "_a",
        "*a",
        "~~",
        "[](",
        "\\",
        "|",
        "||",
        "||a||",
        "$a$",
        "<a",
        "![](",
        "&lt;",
    ],
    ["[a][b]", "@a", "a.b", "-[x]", "**a", "\n\n", "[a]: b\n", "~a"],
    ["> ", "~a~ ", "- ", "\n", "\n- ", "  - a\n", "# a\n", "```\n", "***a** ", "> a\n\n"],
    ["| a |\n|-|\n", "[a](tg://b) ", "**a `b` _c_** ", "[x](y z)|\n|"],
)


@pytest.mark.parametrize("piece", [piece for pieces in HEAVY for piece in pieces])
def test_no_text_of_markup_takes_long(piece: str) -> None:
    start = process_time()
    written((piece * LONGEST)[:LONGEST])
    assert process_time() - start < 1
