"""A thousand jobs in one chat and one change of the default: one message that every platform can show."""

import time
from dataclasses import replace

from bot.adapters.slack.blocks import draw as draw_for_slack
from bot.adapters.telegram.drawing import draw as draw_for_telegram
from bot.message import Message
from scheduler.alert import AlertId, AlertState
from scheduler.ports import Entry
from scheduler.route import Pins
from tests.acceptance.alerted import ADD, NO_CALL, calls
from tests.acceptance.world import ME, World, text_of
from tests.fakes.slack.blocks import checked_blocks

JOBS = 1000
PATIENCE = 60.0
"""Seconds for all of it on a busy machine; alone it takes a tenth of that."""


async def fill(world: World) -> None:
    """A thousand jobs like the one that a person has typed."""
    await world.type(ADD)
    first = await world.job()
    more = [(str(n), replace(first, name=f"Brief-{n}")) for n in range(2, JOBS + 1)]
    entry = Entry(world.clock.now(), ME, "import", "jobs")
    assert len(await world.app.store.bring("a test", more, entry)) == JOBS - 1


def must_fit(message: Message) -> None:
    """It is one message to Slack's own rules, and to Telegram's 4,096 characters and 100 buttons."""
    slack = draw_for_slack(message)
    assert slack.rest == ()
    checked_blocks(list(slack.first.blocks))
    telegram = draw_for_telegram(message)
    assert len(telegram.parts) == 1
    assert len(telegram.parts[0].text) <= 4096
    rows = telegram.keyboard.inline_keyboard if telegram.keyboard else ()
    assert sum(len(row) for row in rows) <= 100


async def test_a_thousand_jobs_get_one_message_in_pages_and_one_press_decides_on_all(
    world: World,
) -> None:
    await fill(world)
    began = time.monotonic()
    world.point_default("paid-lab", "large")
    await world.until(lambda: world.chat.posts == 1)
    await world.settle()
    digest = world.latest
    assert digest.title.startswith(f"{JOBS} jobs will be held: the default moved from free-lab")
    assert f"and {JOBS - 20} more, behind Choose" in text_of(digest)
    must_fit(digest)

    first = await world.press(world.button("Choose", digest))
    assert first.title == f"Choose for {JOBS} jobs, page 1 of 200."
    second = await world.press(world.button("Next", first))
    assert "#6 Brief-6" in text_of(second)
    must_fit(second)

    await world.press(world.button("Pin old", digest))
    (closed,) = world.chat.messages.values()
    assert closed.title == f"Decided: Ana pinned {JOBS} jobs."
    must_fit(closed)
    alert = await world.app.store.alert(AlertId(1))
    assert alert is not None
    assert alert.state is AlertState.DECIDED
    assert {row.job.pins for row in alert.jobs} == {Pins("free-lab", "small")}
    assert (world.chat.posts, calls(world)) == (1, NO_CALL)
    assert time.monotonic() - began < PATIENCE
