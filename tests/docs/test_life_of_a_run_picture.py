"""The picture of a run's life shows every step a run may take, and no other."""

import re
from itertools import pairwise
from pathlib import Path

from scheduler.run import FOLLOWS, RunState

PAGE = Path(__file__).parents[2] / "docs/explanation/life-of-a-run.md"
STATE = re.compile("|".join(RunState))


def picture() -> dict[str, set[str]]:
    """Each state with those that follow it.

    An arrow that starts under a state, at a bar, starts from that state; one that stands behind a
    state on its line starts from it; `|` between states means "or".
    """
    found = re.search(r"```text\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    follows: dict[str, set[str]] = {state: set() for state in RunState}
    above: list[tuple[int, str]] = []
    for row in found[1].splitlines():
        text = re.sub(r"\([^)]*\)", "", row)
        start = _begins_under(text, above)
        chain = [STATE.findall(part) for part in text.split("->")]
        if start is None:
            above = [(match.start(), match[0]) for match in STATE.finditer(text)]
        else:
            chain[0] = [start]
        for before, after in pairwise(chain):
            for state in before[-1:]:
                follows[state] |= set(after)
    return follows


def _begins_under(text: str, above: list[tuple[int, str]]) -> str | None:
    """The state above a line that begins with a bar or a corner; None for a line of its own."""
    bar = re.match(r"\s+[|\\]", text)
    if bar is None:
        return None
    corner = text.rfind("\\-")
    column = corner if corner >= 0 else bar.end() - 1
    return [state for begins, state in above if begins <= column][-1]


def test_the_picture_shows_the_steps_of_the_code() -> None:
    assert picture() == {state.value: set(FOLLOWS[state]) for state in RunState}
