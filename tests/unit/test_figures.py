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


def test_a_kept_page_says_what_failed_and_keeps_the_rows_of_other_tests() -> None:
    today = date(2026, 11, 21)
    first = page("", {"P9": Counter(drifts=10_000)}, today, Ended(40, 0, 0, 60))
    found = {"P1": Counter(kills=1000, second_calls=0), "days": Counter(days=7)}
    kept = page(first, found, today, Ended(900, 2, 7, 3600))
    assert kept.splitlines()[-3:] == [
        "| P1 | 1,000 kills, 0 second calls | 21 November 2026, 900 passed, 2 failed, 7 not run, 60 min |",
        "| P9 | 10,000 drifts | 21 November 2026, 40 passed, 0 failed, 1 min |",
        "| days | 7 days | 21 November 2026, 900 passed, 2 failed, 7 not run, 60 min |",
    ]
    again = page(kept, {"P9": Counter(drifts=1)}, today, Ended(1, 0, 0, 1))
    assert "| P9 | 1 drifts |" in again
    assert "10,000" not in again
