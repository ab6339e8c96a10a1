"""The access table of the reference is the one the doors read."""

import re
from pathlib import Path

from bot.access import NEEDS

REFERENCE = (Path(__file__).parents[2] / "docs/reference/access.md").read_text(encoding="utf-8")


def test_the_table_of_the_reference_is_the_one_in_force() -> None:
    rows = re.findall(r"^\| ([a-z-]+) \| ([a-z]+) \|$", REFERENCE, re.MULTILINE)
    assert rows == [(action, needed.name.lower()) for action, needed in NEEDS.items()]
