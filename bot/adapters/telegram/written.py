"""Markdown that a model or a person wrote, as a marked text: nothing of what it says is lost."""

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from itertools import chain

from telegramify_markdown import MessageEntity as Found
from telegramify_markdown import RenderConfig, convert

from bot.adapters.telegram.links import opened
from bot.adapters.telegram.marked import Kind, Mark, Marked
from bot.adapters.telegram.standins import StandIns
from bot.adapters.telegram.utf16 import offsets

LONGEST = 16_384
"""Characters of Markdown that are converted; what is longer goes into a file anyway."""

_DONE = re.compile(r"^([ >]*(?:[-*+]|[0-9]{1,9}[.)]) +)\[[xX]\]", re.MULTILINE)
_NAMED = re.compile(r"&#?\w{1,31};")
_LANGUAGE = re.compile(r"[\w+#.-]{1,32}")
_ROW = re.compile(r"^ {0,3}\|.*", re.MULTILINE)
_LINK = re.compile(r"!?\[([^\[\]|]*)\]\(([^()\s|]+)\)")
_KINDS = {kind.value: kind for kind in Kind}


def beginning(markdown: str) -> str:
    """As many of its first lines as are converted."""
    if len(markdown) <= LONGEST:
        return markdown
    end = markdown.rfind("\n", LONGEST // 2, LONGEST)
    return markdown[: end if end > 0 else LONGEST]


def written(markdown: str) -> Marked:
    """The Markdown, drawn; where the converter fails or leaves something out, as it was written."""
    source = markdown.expandtabs(4).strip("\n")
    # A link in a table loses its address: a second try has it in the open.
    return _converted(source) or _converted(_spelled_out(source)) or Marked(markdown.strip("\n"))


def _converted(markdown: str) -> Marked | None:
    """None where something would be lost."""
    signs = StandIns(markdown)
    try:
        text, found = convert(signs.hide(markdown), config=_look(), latex_escape=False)
    except BaseException as error:
        # A parser in Rust that panics raises what is no Exception.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        return None
    at = {unit: number for number, unit in enumerate(offsets(text))}
    text = signs.show(text)
    details = [signs.show(each.url or each.language or "") for each in found]
    if _letters([_NAMED.sub("", _DONE.sub(r"\1", markdown))]) - _letters([text, *details]):
        return None
    marks = (_mark(each, at, detail) for each, detail in zip(found, details, strict=True))
    return opened(Marked(text, tuple(mark for mark in marks if mark)).stripped())


def _spelled_out(markdown: str) -> str:
    return _ROW.sub(lambda row: _LINK.sub(r"\1 (\2)", row[0]), markdown)


def _letters(texts: Iterable[str]) -> Counter[str]:
    return Counter(char for char in chain.from_iterable(texts) if char.isalpha())


def _mark(found: Found, at: dict[int, int], detail: str) -> Mark | None:
    kind = _KINDS.get(found.type)
    if kind is None:
        return None
    if kind is Kind.PRE and not _LANGUAGE.fullmatch(detail):
        detail = ""
    return Mark(kind, at[found.offset], at[found.offset + found.length], detail)


@cache
def _look() -> RenderConfig:
    """Signs as in our own lists, and no picture before a heading."""
    look = RenderConfig.isolated()
    look.cite_expandable = False
    signs = look.markdown_symbol
    signs.heading_level_1 = signs.heading_level_2 = ""
    signs.heading_level_3 = signs.heading_level_4 = ""
    signs.unordered_list_item = "•"
    signs.task_completed, signs.task_uncompleted = "☑", "☐"
    signs.image = "🖼 "
    signs.horizontal_rule = "———"
    return look
