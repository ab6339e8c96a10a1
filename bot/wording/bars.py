"""Bars of text: amounts side by side, in lines that a phone does not break."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from bot.invisible import visible
from scheduler.costs import Sum
from scheduler.dollars import dollars

LABEL, AMOUNT, BAR = 11, 8, 9
WIDTH = LABEL + 1 + AMOUNT + 1 + BAR
"""Columns of a line, 30: more would be broken on a narrow phone."""

FULL, DOUBT, OPEN = "█", "▒", "░"
_EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")


@dataclass(frozen=True, slots=True)
class Row:
    """`drawn` is false for what is added up from many: it would make every other bar a speck."""

    label: str
    sum: Sum
    drawn: bool = True


def bars(rows: Sequence[Row]) -> str:
    """One line for each row: its name, its amount, and a bar; the longest bar is the dearest row.

    The bar stands last, where no client's idea of the width of a block moves anything.
    """
    most = max((row.sum.total for row in rows if row.drawn), default=Decimal(0))
    return "\n".join(_line(row, most) for row in rows)


def _line(row: Row, most: Decimal) -> str:
    label = fitted(row.label, LABEL)
    room = " " * (LABEL - width(label))
    drawn = bar(row.sum, most) if row.drawn else ""
    return f"{label}{room} {dollars(row.sum.total):>{AMOUNT}} {drawn}".rstrip()


def bar(amounts: Sum, most: Decimal) -> str:
    """What is known, then what is in doubt, then what is under way; a part that is there is seen."""
    if most <= 0:
        return ""
    rest = (amounts.doubt, DOUBT), (amounts.open, OPEN)
    after = "".join(sign * _cells(amount, most) for amount, sign in rest if amount)
    if after:
        known = max(_cells(amounts.total, most) - len(after), 1) if amounts.known else 0
        return (FULL * known + after)[:BAR]
    eighths = int((amounts.known * BAR * 8 / most).to_integral_value(ROUND_HALF_EVEN))
    eighths = max(eighths, 1) if amounts.known else 0
    return FULL * (eighths // 8) + _EIGHTHS[eighths % 8]


def _cells(amount: Decimal, most: Decimal) -> int:
    """Whole columns, and at least one."""
    return max(1, int((amount * BAR / most).to_integral_value(ROUND_HALF_EVEN)))


def fitted(text: str, columns: int) -> str:
    """A name in one line of so many columns, cut where it is longer."""
    text = " ".join(visible(text).split())
    if width(text) <= columns:
        return text
    while width(text) > columns - 1:
        text = text[:-1]
    return f"{text.rstrip()}…"


def width(text: str) -> int:
    """Columns of a text: wide signs take two, marks above others none."""
    return sum(_columns(sign) for sign in text)


def _columns(sign: str) -> int:
    if unicodedata.combining(sign) or unicodedata.category(sign) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1
