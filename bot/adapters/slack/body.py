"""What one message has room for: our facts first, then as much as fits of what a model wrote."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.adapters.slack.facts import Fact, note, parts_of, pieces
from bot.adapters.slack.packing import abridged, size, take
from bot.adapters.slack.rich import Parts, Pieces, Section, Text
from bot.adapters.slack.written import read
from bot.message import Block, Quiet, Written

ASIDE = 600
SMALL = 700
NOTE = 80
"""What a line takes that says what was cut off."""

KEPT = 3_000
"""What our own facts leave of a message for a text that goes with them."""

READ = 40_000
"""Characters of Markdown that are read to show the beginning of them."""


@dataclass(frozen=True, slots=True)
class Aside:
    """One unobtrusive line."""

    pieces: Pieces


Shown = Parts | Aside


@dataclass(frozen=True, slots=True)
class Body:
    """What a message shows between its title and its buttons; `left` is the rest of the written."""

    shown: tuple[Shown, ...]
    left: Parts = ()


def whole(blocks: Sequence[Block], room: int, most: int, remark: str) -> Body:
    """The blocks in `room` and in at most `most` of Slack's; `remark` stands where they are cut."""
    facts, room = _facts(blocks, room, most)
    shown: list[Shown] = []
    left: Parts = ()
    for block in facts:
        if not isinstance(block, Written):
            shown.append(block)
            continue
        parts = read(block.markdown)
        head, tail = ((), parts) if left else take(parts, room - NOTE)
        room -= size(head)
        shown += [head] if head else []
        if tail and not left:
            shown.append(Aside((Text(remark),)))
        left += tail
    return Body(tuple(shown), left)


def begun(blocks: Sequence[Block], room: int, most: int, show: int, remark: str) -> Body:
    """The same, but of what is written only the first `show` characters or so, and the remark."""
    facts, room = _facts(blocks, room, most)
    shown: list[Shown] = []
    for block in facts:
        if not isinstance(block, Written):
            shown.append(block)
        elif remark:
            head, _ = take(read(block.markdown[:READ]), min(show, room - NOTE))
            shown += [head] if head else []
            shown.append(Aside((Text(remark),)))
            remark = ""
    return Body(tuple(shown))


def _facts(blocks: Sequence[Block], room: int, most: int) -> tuple[list[Shown | Written], int]:
    """Our own blocks, cut to the room, around the written; and the room that is left for that.

    What is small keeps its place: a long list is cut before the line that stands under it.
    """
    uncut = [block if isinstance(block, Written) else _uncut(block) for block in blocks]
    kept = KEPT if any(isinstance(block, Written) for block in blocks) else 0
    room -= kept + 3 * NOTE
    small = min(sum(size for each in uncut if (size := _size(each)) <= SMALL), room // 2)
    found: list[Shown | Written] = []
    missing = 0
    for each in uncut:
        if 0 < _size(each) <= SMALL:
            small -= _size(each)
        shown = _cut(each, room - max(small, 0)) if len(found) < most - 2 else None
        if shown:
            found.append(shown)
            room -= _size(shown)
        elif shown is None:
            missing += 1
    if missing:
        parts = "part is" if missing == 1 else "parts are"
        found.append(Aside((Text(f"{missing:,} more {parts} left out here."),)))
    return found, room + kept


def _uncut(block: Fact | Quiet) -> Shown:
    if isinstance(block, Quiet):
        line = abridged(pieces(block.line), ASIDE)
        return Aside(line) if line else ()
    return parts_of(block)


def _cut(shown: Shown | Written, room: int) -> Shown | Written | None:
    """As much as there is room for; None if that is nothing."""
    if isinstance(shown, Written):
        return shown
    if isinstance(shown, Aside):
        return shown if _size(shown) <= room else None
    head, tail = take(shown, room)
    if not tail:
        return head
    return (*head, Section(note(tail), tight=True)) if head else None


def _size(shown: Shown | Written) -> int:
    match shown:
        case Written():
            return 0
        case Aside(line):
            return size((Section(line),))
        case _:
            return size(shown)
