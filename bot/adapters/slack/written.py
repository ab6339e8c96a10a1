"""Markdown that a model or a person wrote, as rich text: what is no Markdown is shown as it was typed."""

import re
from dataclasses import replace

import pyromark

from bot.adapters.slack.links import link, linked
from bot.adapters.slack.rich import (
    BOLD,
    PLAIN,
    Ink,
    Item,
    Part,
    Parts,
    Piece,
    Pieces,
    Quote,
    Section,
    Text,
    Verbatim,
    merged,
    stripped,
)
from bot.adapters.slack.table import table

DEEPEST = 8
"""How far Slack indents a list."""

RULE = "———"

MANY = 50
"""Pieces of one row of a list; what more belongs to it stands below it."""

_STYLES = {
    "Strong": {"bold": True},
    "Emphasis": {"italic": True},
    "Strikethrough": {"strike": True},
}
_OPTIONS = (
    pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_TASKLISTS
)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_LANGUAGE = re.compile(r"[A-Za-z0-9_+.#-]{1,40}")


def read(markdown: str) -> Parts:
    """The parts of a Markdown text, in order."""
    source = markdown.encode("utf-8", "replace")
    reader = _Reader(source)
    events = pyromark.events_with_range(source.decode(), options=_OPTIONS, merge_text=True)
    for event, where in events:
        reader.see(event, where["start"], where["end"])
    reader.flush()
    return tuple(reader.parts)


class _Reader:
    """Turns the events of the parser into parts, one after another."""

    def __init__(self, source: bytes) -> None:
        self.source = source
        self.parts: list[Part] = []
        self.line: list[Piece] = []
        self.inks = [PLAIN]
        self.lists: list[int | None] = []  # the next number in each, None if it has none
        self.quotes = 0
        self.item: Item | None = None  # a row whose first words are still to come
        self.tight = False
        self.code: tuple[str, list[str]] | None = None
        self.rows: list[list[Pieces]] = []
        self.links: list[tuple[str, int]] = []  # address, and where its label begins in the line

    def see(self, event: object, start: int, end: int) -> None:
        match _named(event):
            case "Start", tag:
                self._open(*_named(tag))
            case "End", tag:
                self._close(_named(tag)[0])
            case "Text", str(text) if self.code:
                self.code[1].append(text)
            case "Text", str(text):
                self.line += [Text(text, self.ink)] if self.links else linked(text, self.ink)
            case "Code", str(text):
                self.line.append(Text(text, replace(self.ink, code=True)))
            case (("Html" | "InlineHtml"), str(html)):
                self._say("\n" if _BREAK.fullmatch(html) else html)
            case "TaskListMarker", done:
                self._say("☑ " if done else "☐ ")
            case (("SoftBreak" | "HardBreak"), _):
                self._say("\n")
            case "Rule", _:
                self._rule(self.source[start:end].decode("utf-8", "replace").strip())
            case _:
                pass

    @property
    def ink(self) -> Ink:
        return self.inks[-1]

    def _say(self, text: str) -> None:
        self.line.append(Text(text, self.ink))

    def _rule(self, source: str) -> None:
        """A line across; `* * * * *` is a schedule, and stays."""
        self.flush()
        self._say(source if " " in source else RULE)
        self.flush()

    def _open(self, tag: str, facts: object) -> None:
        match tag, facts:
            case (("Strong" | "Emphasis" | "Strikethrough"), _):
                self.inks.append(replace(self.ink, **_STYLES[tag]))
            case (("Link" | "Image"), {"dest_url": str(url)}):
                self.links.append((url, len(self.line)))
            case "Heading", _:
                self.flush()
                self.inks.append(BOLD)
            case "List", (int() | None) as number:
                self.flush()
                self.lists.append(number)
            case "Item", _:
                self.flush()
                self.item = Item((), min(len(self.lists) - 1, DEEPEST), self.lists[-1])
            case "BlockQuote", _:
                self.flush()
                self.quotes += 1
            case "CodeBlock", _:
                self.flush()
                fence = facts["Fenced"] if isinstance(facts, dict) else ""
                self.code = (str(fence), [])
            case "Table", _:
                self.flush()
                self.rows = []
            case (("TableHead" | "TableRow"), _):
                self.rows.append([])
            case _:
                self.flush()

    def _close(self, tag: str) -> None:
        match tag:
            case "Strong" | "Emphasis" | "Strikethrough":
                self.inks.pop()
            case "Link" | "Image":
                url, begin = self.links.pop()
                self.line[begin:] = link(url, merged(tuple(self.line[begin:])), self.ink)
            case "Heading":
                self.inks.pop()
                self.flush()
                self.tight = True
            case "List":
                self.flush()
                self.lists.pop()
            case "Item":
                self._close_item()
            case "BlockQuote":
                self.flush()
                self.quotes -= 1
            case "CodeBlock" if self.code:
                self._box(*self.code)
            case "TableCell":
                self.rows[-1].append(merged(tuple(self.line)))
                self.line.clear()
            case "Table":
                self.parts += table(self.rows)
            case _:
                self.flush()

    def _close_item(self) -> None:
        self.flush()
        self.item = None
        number = self.lists[-1]
        self.lists[-1] = None if number is None else number + 1

    def _box(self, fence: str, lines: list[str]) -> None:
        word = fence.split(maxsplit=1)[0] if fence.strip() else ""
        text = "".join(lines).removesuffix("\n")
        if text:
            self.parts.append(Verbatim(text, word if _LANGUAGE.fullmatch(word) else ""))
        self.code = None

    def flush(self) -> None:
        """What was read of a line becomes a part, according to what stands around it."""
        pieces, tight = stripped(merged(tuple(self.line))), self.tight
        self.line.clear()
        if not pieces:
            return
        self.tight = False
        before = self.parts[-1] if self.parts else None
        if self.quotes:
            mark = f"{self.item.number}. " if self.item and self.item.number else "• "
            self.parts.append(Quote((Text(mark), *pieces) if self.item else pieces))
        elif self.item:
            self.parts.append(replace(self.item, pieces=pieces))
        elif self.lists and isinstance(before, Item) and len(before.pieces) < MANY:
            self.parts[-1] = replace(before, pieces=(*before.pieces, Text("\n"), *pieces))
        else:
            self.parts.append(Section(pieces, tight))
        self.item = None


def _named(value: object) -> tuple[str, object]:
    """An event or a tag of the parser: a name, or a name with facts."""
    if isinstance(value, dict):
        [(name, facts)] = value.items()
        return str(name), facts
    return str(value), None
