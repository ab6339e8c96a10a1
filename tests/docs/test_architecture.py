"""The page about the architecture names every file and folder of the rooms, and none that is not there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/explanation/architecture.md").read_text(encoding="utf-8")
ROOMS = ("bot", "scheduler", "storage")


def on_disk(room: str) -> set[str]:
    """What is in a room: files without their ending, folders with a slash."""
    files = {path.stem for path in (ROOT / room).glob("*.py")} - {"__init__"}
    folders = {f"{path.parent.name}/" for path in (ROOT / room).glob("*/__init__.py")}
    return files | folders


def on_the_page(room: str) -> set[str]:
    """The words at the left of the room's lines, where two spaces end them."""
    (picture,) = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
    part = re.split(r"^(\w+)/ .*$", picture, flags=re.MULTILINE)
    text = part[part.index(room) + 1]
    left = [re.split(r"  +", line.strip())[0] for line in text.splitlines() if line.strip()]
    return {word for words in left for word in words.split()}


@pytest.mark.parametrize("room", ROOMS)
def test_every_file_of_a_room_is_on_the_page_and_no_other(room: str) -> None:
    assert on_the_page(room) == on_disk(room)
