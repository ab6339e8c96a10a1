"""Markdown of a model, as Slack gets it."""

import time
from typing import Any

import pytest

from bot.adapters.slack.blocks import draw, plain
from bot.adapters.slack.mrkdwn import words
from bot.adapters.slack.rich import Date, Link, Section, Text, Verbatim
from bot.adapters.slack.written import read
from bot.message import Code, Message, Quiet, Written, line
from tests.unit.test_slack_limits import everything, nodes, postings


def shown(markdown: str) -> str:
    """All the words, as a person reads them."""
    return words(read(markdown), escape=False)


def elements(markdown: str) -> list[dict[str, Any]]:
    posting = draw(Message("Title.", (Written(markdown),))).first
    return [each for block in posting.blocks[1:] for each in nodes(block) if "elements" in each][1:]


def link_of(markdown: str) -> tuple[str, list[str]]:
    """The words of a text, and the addresses in it that can be followed."""
    pieces = [p for part in read(markdown) if isinstance(part, Section) for p in part.pieces]
    texts = {Text: lambda p: p.text, Link: lambda p: p.label or p.url, Date: lambda p: p.words}
    return (
        "".join(texts[type(piece)](piece) for piece in pieces),
        [piece.url for piece in pieces if isinstance(piece, Link)],
    )


def test_an_answer_keeps_its_shape() -> None:
    answer = """
# Incidents

**Two** are *open*, ~~three~~ `disk_full`:

- db1
  - since *noon*
    1. told Ana
    2. told Bob
- [x] db2

> Quoted
> twice

Nothing else.
"""
    assert shown(answer) == (
        "Incidents\n"
        "Two are open, three disk_full:\n"
        "• db1\n"
        "    • since noon\n"
        "        1. told Ana\n"
        "        2. told Bob\n"
        "• ☑ db2\n"
        "> Quoted\n"
        "> twice\n"
        "\n"
        "Nothing else."
    )
    section, first, nested, *_ = elements(answer)
    assert section["elements"][0] == {"type": "text", "text": "Incidents", "style": {"bold": True}}
    assert {"type": "text", "text": "disk_full", "style": {"code": True}} in section["elements"]
    assert [each["type"] for each in (first, nested)] == ["rich_text_list", "rich_text_section"]


def test_rows_of_one_list_are_one_list_and_an_interrupted_one_counts_on() -> None:
    lists = [
        each for each in elements("3. a\n4. b\n\n   ```\n   c\n   ```\n5. d") if "style" in each
    ]
    assert [(each.get("offset"), len(each["elements"])) for each in lists] == [(2, 2), (4, 1)]


def test_a_fence_is_kept_exactly_with_its_language() -> None:
    [box] = elements("```python\nx = List<T>  # *no* <!x> &amp; `y`\n\n  done\n```")
    assert box == {
        "type": "rich_text_preformatted",
        "elements": [{"type": "text", "text": "x = List<T>  # *no* <!x> &amp; `y`\n\n  done"}],
        "language": "python",
    }


def test_a_narrow_table_is_aligned_and_a_wide_one_is_a_list_of_rows() -> None:
    assert shown("| job | cost |\n|---|--:|\n| 日本 | $1 |\n| b | `2` |") == (
        "job   cost\n----  ----\n日本  $1\nb     2"
    )
    long = "long " * 20
    assert shown(f"| job | said |\n|---|---|\n| a | {long} |\n| b | |") == (
        f"• job: a; said: {long.strip()}\n• job: b"
    )
    linked = shown("| a | b |\n|---|---|\n| [x](https://e.com) | 2 |")
    assert linked == "• a: x (https://e.com); b: 2"


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("List<T> and a < b > c && d", "List<T> and a < b > c && d"),
        ("<b>raw</b><br>html", "<b>raw</b>\nhtml"),
        ("<div>\n<p>x</p>\n</div>", "<div>\n<p>x</p>\n</div>"),
        ("It runs at */5 * * * * and 0 9 * * 1-5.", "It runs at */5 * * * * and 0 9 * * 1-5."),
        ("* * * * *", "* * * * *"),
        ("a\n\n---\n\nb", "a\n\n———\n\nb"),
        ("2 \\* 3 and snake_case_name", "2 * 3 and snake_case_name"),
        (":fire: stays", ":fire: stays"),
        ("", ""),
    ],
)
def test_what_is_no_markdown_is_shown_as_it_was_typed(markdown: str, text: str) -> None:
    assert shown(markdown) == text


@pytest.mark.parametrize(
    ("markdown", "text", "urls"),
    [
        ("[board](https://b.example/1)", "board", ["https://b.example/1"]),
        ("[b.example](https://b.example/1)", "b.example", ["https://b.example/1"]),
        ("[www.b.example](https://b.example)", "www.b.example", ["https://b.example"]),
        ("![plot](https://p.example/a.png)", "plot", ["https://p.example/a.png"]),
        ("[![alt](https://i.e/x.png)](https://to.e)", "alt", ["https://to.e"]),
        ("[mail](mailto:a@b.example)", "mail", ["mailto:a@b.example"]),
        ("[a][r]\n\n[r]: https://r.example", "a", ["https://r.example"]),
        ("<https://auto.example>", "https://auto.example", ["https://auto.example"]),
        ("See https://x.example/a_(b), ok.", "See https://x.example/a_(b), ok.", ["https://x.example/a_(b)"]),
        ("(https://x.example/a).", "(https://x.example/a).", ["https://x.example/a"]),
        ("[click](javascript:alert(1))", "click (javascript:alert(1))", []),
        ("<javascript:alert(1)>", "javascript:alert(1)", []),
        ("[d](data:text/html,x)", "d (data:text/html,x)", []),
        ("[slack](slack://open)", "slack (slack://open)", []),
        ("[r](docs/a.md)", "r (docs/a.md)", []),
        ("[bad](http://[x)", "bad (http://[x)", []),
        ("[good.example](https://evil.example)", "good.example (https://evil.example)", ["https://evil.example"]),
        (
            "[https://good.example/login](https://good.example.evil.io/)",
            "https://good.example/login (https://good.example.evil.io/)",
            ["https://good.example.evil.io/"],
        ),
        ("[good\uff0eexample](https://evil.io)", "good\uff0eexample (https://evil.io)", ["https://evil.io"]),
        ("[`good.example`](https://evil.io)", "good.example (https://evil.io)", ["https://evil.io"]),
        ("[ok](https://good.example@evil.io/)", "ok (https://good.example@evil.io/)", ["https://good.example@evil.io/"]),
        ("[a@good.example](mailto:x@evil.io)", "a@good.example (mailto:x@evil.io)", ["mailto:x@evil.io"]),
        ("[](https://e.example)", "https://e.example", ["https://e.example"]),
        ('<a href="javascript:x">good</a>', '<a href="javascript:x">good</a>', []),
    ],
)  # fmt: skip
def test_a_link_leads_where_it_says(markdown: str, text: str, urls: list[str]) -> None:
    assert link_of(markdown) == (text, urls)


MENTIONS = [
    "<!channel>",
    "<!here|x>",
    "<!subteam^S0123>",
    "<@U0123>",
    "<#C0123|general>",
    "&lt;!channel&gt;",
    "&#60;!channel>",
    "&amp;lt;!channel&amp;gt;",
    "\\<!channel\\>",
    "`<!channel>`",
    "```\n<!channel>\n```",
    "[<!channel>](https://e.example)",
    "[x](<!channel>)",
    "[x](https://e.example/<!channel>)",
    "<**!channel**>",
    "<!chan\nnel>",
    "<!date^0^x|y>",
    "| <!here> |\n|---|\n| <@U1> |",
    "# <!channel>\n\n- <!here>\n\n> <@U1>",
    "<https://e.example|<!channel>>",
]


@pytest.mark.parametrize("mention", MENTIONS)
def test_no_mention_is_live_however_it_is_spelt(mention: str) -> None:
    message = Message(mention, (Written(mention), Code(mention), Quiet(line(mention))))
    everything(message)  # it looks for them


def visible(texts: list[str]) -> str:
    return "".join("".join(texts).split())


LONG = {
    "paragraphs": "\n\n".join(f"Paragraph {n}. " + "words " * 50 for n in range(90)),
    "a fence": "Before:\n\n```sh\n"
    + "\n".join(f"echo {n} 'x y'" for n in range(1_600))
    + "\n```\nAfter.",
    "a list": "\n".join(f"{n}. row number {n}" for n in range(1, 1_000)),
    "one word": "x" * 30_000,
    "one paragraph": "A sentence. " * 2_500,
    "signs": "<&>" * 1_600,
}


@pytest.mark.parametrize("name", LONG)
def test_a_long_answer_goes_on_in_order_and_nothing_of_it_is_lost(name: str) -> None:
    message = Message("Brief", (Written(LONG[name]), Quiet(line("a receipt"))))
    drawn = everything(message)
    assert 1 <= len(drawn.rest) <= 2
    assert drawn.attachment is None
    rich = [
        node["text"]
        for posting in postings(drawn)
        for block in posting.blocks
        if block["type"] == "rich_text"
        for node in nodes(block)
        if node.get("type") == "text"
    ]
    whole = [
        node.text
        for part in read(LONG[name])
        for node in ((part,) if isinstance(part, Verbatim) else part.pieces)
        if isinstance(node, Text | Verbatim)
    ]
    assert visible(rich) == visible(whole)
    assert "The rest of it follows." in drawn.first.text
    assert drawn.first.text.endswith("a receipt")
    assert drawn.rest[-1].text.startswith(
        f"Brief (part {len(drawn.rest) + 1} of {len(drawn.rest) + 1})"
    )


def test_a_fence_cut_in_two_is_a_box_in_both() -> None:
    drawn = draw(Message("Brief", (Written(LONG["a fence"]),)))
    boxes = [
        node["elements"][0]["text"]
        for posting in postings(drawn)
        for node in nodes(posting.blocks)
        if node.get("type") == "rich_text_preformatted"
    ]
    assert len(boxes) == len(postings(drawn))
    assert all(box.startswith("echo ") and box.endswith("'x y'") for box in boxes)
    assert all(node.get("language") == "sh" for p in postings(drawn) for node in nodes(p.blocks)
               if node.get("type") == "rich_text_preformatted")  # fmt: skip


def test_a_very_long_answer_is_a_file_and_its_beginning() -> None:
    answer = "\n\n".join(f"Paragraph {n}. " + "words " * 50 for n in range(200))
    drawn = everything(Message("Brief", (Written(answer), Quiet(line("a receipt")))))
    assert drawn.attachment is not None
    assert (drawn.attachment.name, drawn.attachment.content) == ("answer.md", answer)
    assert "Paragraph 0." in drawn.first.text
    assert f"All of it is in answer.md, {len(answer):,} characters." in drawn.first.text
    assert len(drawn.first.text) < 4_000
    assert "The rest of it is left out here." in plain(Message("B", (Written(answer),))).text


@pytest.mark.parametrize(
    "piece",
    ["**", "[", "![", "`", "_a", "*a", " *a*", "~~", "[](", "[a](", "\\", "x ", "> ", "|", "- ",
     "1. ", "<a ", "<!--", "&amp;", "a|b\n", "|-|\n", "# \n", "```\n", "- a\n\n  b\n", "😀",
     "https://a.b/c ", "(((", "[http://a.com](http://b.c)", "\n"],
)  # fmt: skip
def test_any_text_is_drawn_in_linear_time(piece: str) -> None:
    began = time.process_time()
    draw(Message("T", (Written(piece * (200_000 // len(piece))),)))
    draw(Message("T", (Written(piece * (40_000 // len(piece))),)))
    assert time.process_time() - began < 4


def test_half_a_character_is_replaced_and_breaks_nothing() -> None:
    assert shown("a \ud83d b") == "a ? b"
