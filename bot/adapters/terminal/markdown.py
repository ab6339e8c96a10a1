"""Markdown that a model wrote, as text that reads well without it. Pure, in linear time."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

FENCE = re.compile(r"\s*(```|~~~)")
HEADING = re.compile(r"#{1,6}\s+")
ITEM = re.compile(r"(\s*)([-*+]|[0-9]{1,4}[.)])\s+")
INLINE_CODE = re.compile(r"(`[^`]*`)")
LINK = re.compile(r"!?\[([^\[\]]*)\]\(([^()\s]*)\)")
STARS = re.compile(r"(?<!\*)(\*{1,3})(?=[^\s*])([^*]*)(?<=[^\s*])\1(?!\*)")
BARS = re.compile(r"(?<![\w_])(_{1,3})(?=[^\s_])([^_]*)(?<=[^\s_])\1(?![\w_])")
STRUCK = re.compile(r"~~([^~]*)~~")
ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+.!|>~-])")


@dataclass(frozen=True, slots=True)
class Text:
    """A line to be wrapped; `first` stands before it, and as many spaces before what follows."""

    text: str
    first: str = ""


@dataclass(frozen=True, slots=True)
class Verbatim:
    """A line of code, or of a table: never wrapped."""

    text: str


def plain(markdown: str) -> Iterator[Text | Verbatim]:
    """The lines of a text without its markup. A link keeps its address behind it."""
    fence: str | None = None
    for line in markdown.strip("\n").split("\n"):
        mark = FENCE.match(line)
        if mark and fence in (None, mark[1]):
            fence = mark[1] if fence is None else None
        elif fence is not None or line.lstrip().startswith("|"):
            yield Verbatim(line)
        else:
            yield prose(line)


def prose(line: str) -> Text:
    if item := ITEM.match(line):
        bullet = item[2] if item[2][0].isdigit() else "-"
        return Text(unmarked(line[item.end() :]), f"{item[1][:8]}{bullet} ")
    text = line.strip()
    if quoted := text.startswith(">"):
        text = text.lstrip("> ")
    return Text(unmarked(HEADING.sub("", text, count=1)), "> " if quoted else "")


def unmarked(text: str) -> str:
    """One line without emphasis and links; what stands in backticks is left as it is."""
    parts = INLINE_CODE.split(text)
    return "".join(part if index % 2 else bare(part) for index, part in enumerate(parts))


def bare(text: str) -> str:
    text = LINK.sub(lambda link: address(link[1], link[2]), text)
    for mark in (STARS, BARS, STARS):
        text = mark.sub(r"\2", text)
    return ESCAPED.sub(r"\1", STRUCK.sub(r"\1", text))


def address(label: str, url: str) -> str:
    return url if not label or label == url else f"{label} ({url})"
