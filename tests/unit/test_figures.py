"""What the tests counted is added up by promise."""

from collections import Counter
from datetime import date

from tests.figures import Ended, Figures, added_up, in_words, page


def test_counts_of_one_promise_are_added_and_promises_stand_in_order() -> None:
    said: list[tuple[str, object]] = [("something else", 1)]
    figure = Figures(said)
    figure("mutants", caught=1)
    figure("P13", workers=8, over=0)
    figure("P2", kills=3)
    figure("P2", kills=4, stuck=0)
    found = added_up(said)
    assert list(found) == ["P2", "P13", "mutants"]
    assert found["P2"] == Counter(kills=7, stuck=0)
    assert in_words(found["P2"]) == "7 kills, 0 stuck"


def test_what_is_no_promise_of_a_number_comes_last() -> None:
    said: list[tuple[str, object]] = []
    figure = Figures(said)
    for name in ("simulated days", "P10", "Pauses", "P9"):
        figure(name, of=1)
    assert list(added_up(said)) == ["P9", "P10", "Pauses", "simulated days"]


def test_a_kept_page_says_what_failed() -> None:
    found = {"P1": Counter(kills=1000, second_calls=0)}
    kept = page(found, date(2026, 11, 21), 3600, Ended(900, 2, 7))
    assert "| P1 | 1,000 kills, 0 second calls |" in kept
    assert "900 tests passed, 2 failed, and 7 were not run" in kept
