"""Which marks may stand in which, by Telegram's rules.

Of two marks that share a character one holds the other; `code` and `pre` hold nothing and are held
only by a quote; links and moments hold no link and no moment; quotes hold no quote.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from heapq import heapify, heappop, heappush

from bot.adapters.telegram.marked import VERBATIM, Kind, Mark

WHOLE = (Kind.PRE, Kind.CODE, Kind.LINK, Kind.MOMENT)
"""None of these can stand in another of these."""


def legal(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """The marks, sorted, cut where they would cross and left out where two exclude each other."""
    proper = [mark for mark in marks if mark.start < mark.end]
    apart = list(_apart([mark for mark in proper if mark.kind in WHOLE]))
    verbatim = [mark for mark in apart if mark.kind in VERBATIM]
    rest: list[Mark] = []
    for kind in Kind:
        if kind not in WHOLE:
            merged = _merged([mark for mark in proper if mark.kind is kind])
            rest += merged if kind is Kind.QUOTE else _without(merged, verbatim)
    return tuple(_nested([*apart, *rest]))


def _key(mark: Mark) -> tuple[int, int, bool]:
    return mark.start, -mark.end, mark.kind is not Kind.QUOTE


def _apart(marks: list[Mark]) -> Iterator[Mark]:
    """Without those that touch an earlier or longer one."""
    end = 0
    for mark in sorted(marks, key=_key):
        if mark.start >= end:
            yield mark
            end = mark.end


def _merged(marks: list[Mark]) -> Iterator[Mark]:
    """Marks of one kind, those that overlap as one."""
    last: Mark | None = None
    for mark in sorted(marks, key=_key):
        if last is not None and mark.start < last.end:
            last = replace(last, end=max(last.end, mark.end))
            continue
        if last is not None:
            yield last
        last = mark
    if last is not None:
        yield last


def _without(marks: Iterable[Mark], holes: list[Mark]) -> Iterator[Mark]:
    """What the holes leave of the marks; both are sorted and do not overlap among themselves."""
    first = 0
    for mark in marks:
        start = mark.start
        while first < len(holes) and holes[first].end <= start:
            first += 1
        at = first
        while at < len(holes) and holes[at].start < mark.end:
            if start < holes[at].start:
                yield replace(mark, start=start, end=holes[at].start)
            start = holes[at].end
            at += 1
        if start < mark.end:
            yield replace(mark, start=start)


def _nested(marks: list[Mark]) -> Iterator[Mark]:
    """The marks in order; one that would cross an open one is cut at its end."""
    waiting = [(*_key(mark), number, mark) for number, mark in enumerate(marks)]
    heapify(waiting)
    number = len(waiting)
    open_: list[int] = []
    while waiting:
        *_, mark = heappop(waiting)
        while open_ and open_[-1] <= mark.start:
            open_.pop()
        if open_ and mark.end > open_[-1]:
            number += 1
            rest = replace(mark, start=open_[-1])
            heappush(waiting, (*_key(rest), number, rest))
            mark = replace(mark, end=open_[-1])
        open_.append(mark.end)
        yield mark
