"""The alerts that the page shows are those that each platform is handed, word for word."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/explanation/drift-guard.md"
SHOWN = re.compile(r"<!-- drawn for (\w+): (.+?) -->\n```text\n(.*?)```", re.DOTALL)
EXCERPTS = SHOWN.findall(PAGE.read_text(encoding="utf-8"))
DRAWN = json.loads((ROOT / "tests/data/alerts_drawn.json").read_text(encoding="utf-8"))
PRINTED = (ROOT / "tests/data/messages.txt").read_text(encoding="utf-8")


def drawn(platform: str, name: str) -> str:
    """An alert as text, its buttons in brackets, a row a line."""
    match platform:
        case "terminal":
            printed = dict(part.split("\n", 1) for part in PRINTED.split("##### ")[1:])
            return printed[name].rstrip("\n")
        case "slack":
            return "\n".join(_block(block) for block in DRAWN[name]["slack"]["blocks"])
        case "telegram":
            message = DRAWN[name]["telegram"]
            return "\n".join([*message["text"], *map(_row, message["buttons"])])
        case _:
            raise AssertionError(f"no alert is drawn for {platform}")


def _row(labels: list[str]) -> str:
    return "  ".join(f"[{label}]" for label in labels)


def _block(block: dict[str, Any]) -> str:
    """What a block of Slack says; a bullet stands before what it lists."""
    if block["type"] == "actions":
        return _row([element["text"]["text"] for element in block["elements"]])
    return "\n".join(_lines(block))


def _lines(block: dict[str, Any]) -> Iterator[str]:
    if isinstance(block.get("text"), dict):
        yield block["text"]["text"]
    for element in block.get("elements", ()):
        if element["type"] == "rich_text_list":
            yield from (f"• {_said(each)}" for each in element["elements"])
        elif "elements" in element:
            yield _said(element)
        else:
            yield str(element["text"])


def _said(section: dict[str, Any]) -> str:
    return "".join(each.get("text") or each["fallback"] for each in section["elements"])


@pytest.mark.parametrize(("platform", "name", "text"), EXCERPTS)
def test_an_alert_on_the_page_is_the_one_that_is_drawn(platform: str, name: str, text: str) -> None:
    assert text.rstrip("\n") == drawn(platform, name)


def test_the_page_shows_an_alert_of_each_platform_and_how_one_heals() -> None:
    assert {platform for platform, _, _ in EXCERPTS} == {"slack", "telegram", "terminal"}
    assert "a healed alert" in {name for _, name, _ in EXCERPTS}
