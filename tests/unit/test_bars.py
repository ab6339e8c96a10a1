"""Bars of text: one line each, thirty columns at most, and the dearest is the longest."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth

from bot.message import Code, Message
from bot.sanitiser import sanitise
from bot.wording.bars import BAR, DOUBT, FULL, OPEN, WIDTH, Row, bar, bars, fitted, width
from scheduler.costs import Sum

amounts = st.decimals(0, 1000, places=4)
sums = st.builds(Sum, amounts, amounts, amounts)


def total(known: str = "0", doubt: str = "0", under_way: str = "0") -> Sum:
    return Sum(Decimal(known), Decimal(doubt), Decimal(under_way))


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (total("8"), "█████████"),
        (total("4"), "████▌"),
        (total("0.01"), "▏"),
        (total(), ""),
        (total("4", "4"), "█████▒▒▒▒"),
        (total("7.9", "0.01"), "████████▒"),
        (total("0.01", "7.9"), "█▒▒▒▒▒▒▒▒"),
        (total("0", "0", "8"), "░░░░░░░░░"),
        (total("2", "2", "2"), "███▒▒░░"),
    ],
)
def test_a_bar_is_as_long_as_its_amount(amount: Sum, expected: str) -> None:
    assert bar(amount, Decimal(8)) == expected


def test_bars_stand_side_by_side() -> None:
    rows = [Row("#7 Brief", total("0.84")), Row("#12 A long name of a job", total("0.002"))]
    assert bars(rows).splitlines() == ["#7 Brief       $0.84 █████████", "#12 A long…   $0.002 ▏"]


def test_a_sum_of_many_jobs_dwarfs_no_bar() -> None:
    rows = [Row("#7 Brief", total("0.84")), Row("988 more", total("40"), drawn=False)]
    assert bars(rows).splitlines() == ["#7 Brief       $0.84 █████████", "988 more      $40.00"]


def test_where_nothing_was_spent_there_is_no_bar() -> None:
    assert bars([Row("Mon 23", total())]) == "Mon 23         $0.00"
    assert bars([]) == ""


@given(sums, sums)
def test_no_bar_is_longer_than_its_room_and_what_is_there_is_seen(one: Sum, other: Sum) -> None:
    most = max(one.total, other.total)
    drawn = bar(one, most)
    assert len(drawn) <= BAR
    assert bool(drawn) == bool(one.total)
    assert (DOUBT in drawn) >= bool(one.doubt)
    assert (OPEN in drawn) >= (bool(one.open) and not one.doubt)
    assert FULL not in drawn or one.known


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Brief", "Brief"),
        ("Build watch", "Build watch"),
        ("Build watch 2", "Build watc…"),
        ("two\nlines", "two lines"),
        ("週次レポート要約", "週次レポー…"),
        ("cafe\u0301 crème", "cafe\u0301 crème"),
        ("", ""),
    ],
)
def test_a_name_is_cut_to_its_columns(name: str, expected: str) -> None:
    assert fitted(name, 11) == expected


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40), amounts)
def test_a_line_is_never_broken_on_a_narrow_phone(name: str, amount: Decimal) -> None:
    (drawn,) = bars([Row(name, Sum(amount))]).split("\n")
    assert width(drawn) <= WIDTH == 30


@pytest.mark.parametrize("name", ["#7 週次レポート", "#7 Brief", "#1234 Überblick"])
def test_columns_are_counted_as_a_terminal_does(name: str) -> None:
    (drawn,) = bars([Row(name, Sum(Decimal("1.5")))]).split("\n")
    assert wcswidth(drawn) == width(drawn) == WIDTH


def test_the_sanitiser_leaves_bars_as_they_are() -> None:
    drawn = bars([Row("#7 Brief", total("1", "2", "3")), Row("#8 Watch", total("0.3"))])
    (block,) = sanitise(Message("T", (Code(drawn),)), ()).blocks
    assert block == Code(drawn)
