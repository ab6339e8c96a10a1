"""Every alert as each platform draws it: words, blocks and buttons stand in tests/data, and are compared."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.slack.blocks import draw as draw_for_slack
from bot.adapters.telegram.drawing import draw as draw_for_telegram
from bot.message import Message
from tests.unit.test_wording import SAID

FILE = Path(__file__).parents[1] / "data/alerts_drawn.json"
DRAWN: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
ALERTS = {
    name: message
    for name, message in SAID.items()
    if any(word in name for word in ("alert", "choice", "held again"))
}


def as_drawn(message: Message) -> dict[str, Any]:
    """What Slack and Telegram are handed, as JSON."""
    ready = message.with_tokens(f"token-{n}" for n, _ in enumerate(message.buttons, 1))
    slack, telegram = draw_for_slack(ready), draw_for_telegram(ready)
    rows = telegram.keyboard.inline_keyboard if telegram.keyboard else ()
    return {
        "slack": {"text": slack.first.text, "blocks": list(slack.first.blocks)},
        "telegram": {
            "text": [part.text for part in telegram.parts],
            "buttons": [[button.text for button in row] for row in rows],
        },
    }


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_is_drawn_as_the_file_has_it(name: str) -> None:
    assert json.loads(json.dumps(as_drawn(ALERTS[name]))) == DRAWN[name]


def test_the_file_has_no_alert_that_nobody_draws() -> None:
    assert set(DRAWN) == set(ALERTS)
