"""Costs on every platform: the bars arrive as they were drawn, in letters of one width."""

import pytest
from telegram import MessageEntity

from bot.adapters.slack.blocks import draw as draw_for_slack
from bot.adapters.slack.blocks import plain as plain_for_slack
from bot.adapters.telegram.drawing import draw as draw_for_telegram
from bot.adapters.telegram.drawing import plain as plain_for_telegram
from bot.adapters.terminal.render import Look, render
from bot.message import Code, Message
from bot.sanitiser import sanitise
from bot.wording.answers import answer
from bot.wording.bars import WIDTH, width
from tests.fakes.slack.blocks import checked_blocks
from tests.unit import overviews
from tests.unit.test_slack_limits import nodes

TOLD = {
    "a chat": sanitise(answer(overviews.CHAT, "/jobs"), ()),
    "a thousand jobs": sanitise(answer(overviews.CROWD, "/jobs"), ()),
    "one job": sanitise(answer(overviews.ONE, "/jobs"), ()),
}


def bars(message: Message) -> list[str]:
    return [block.text for block in message.blocks if isinstance(block, Code)]


@pytest.fixture(params=TOLD)
def told(request: pytest.FixtureRequest) -> Message:
    return TOLD[request.param]


def test_no_line_is_wider_than_a_phone(told: Message) -> None:
    assert bars(told)
    assert all(width(row) <= WIDTH for each in bars(told) for row in each.split("\n"))


def test_slack_shows_bars_preformatted_in_one_message(told: Message) -> None:
    drawn = draw_for_slack(told)
    assert drawn.rest == ()
    checked_blocks(list(drawn.first.blocks))
    boxes = [
        node["elements"][0]["text"]
        for node in nodes(drawn.first.blocks)
        if node.get("type") == "rich_text_preformatted"
    ]
    assert boxes == bars(told)


def test_telegram_shows_bars_preformatted_in_one_message(told: Message) -> None:
    (part,) = draw_for_telegram(told).parts
    text = part.text.encode("utf-16-le")
    boxes = [
        text[2 * each.offset : 2 * (each.offset + each.length)].decode("utf-16-le")
        for each in part.entities
        if each.type == MessageEntity.PRE
    ]
    assert boxes == bars(told)
    assert len(text) // 2 <= 4096


@pytest.mark.parametrize("columns", [40, 80])
def test_a_terminal_breaks_no_bar(told: Message, columns: int) -> None:
    shown = render(told, Look(width=columns))
    for each in bars(told):
        for row in each.split("\n"):
            assert f"    {row}\n" in f"{shown}\n"


def test_without_any_format_the_bars_still_stand_in_their_lines(told: Message) -> None:
    (part,) = plain_for_telegram(told).parts
    for words in (part.text, plain_for_slack(told).text):
        for each in bars(told):
            assert each in words
