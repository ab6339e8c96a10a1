"""The story as a Slack workspace sees it, in Socket Mode and in HTTP mode, from a channel and a thread."""

from pathlib import Path
from typing import Literal

import pytest

from tests.acceptance.slack_scene import ROOM, SlackScene, served_in_slack
from tests.acceptance.the_story import the_story
from tests.fakes.slack.server import FakeSlack


@pytest.mark.parametrize("mode", ["socket", "http"])
@pytest.mark.parametrize("in_thread", [False, True], ids=["channel", "thread"])
async def test_the_story_in_slack(
    tmp_path: Path, mode: Literal["socket", "http"], in_thread: bool
) -> None:
    async with FakeSlack(mode) as slack, served_in_slack(slack, tmp_path) as served:
        slack.app_url = f"{served.address}/slack/events"
        room = slack.channel(ROOM, "room")
        ana = slack.person("U0ANA", name="Ana", tz="Europe/Oslo")
        thread = await ana.says("We should watch the incidents", room) if in_thread else None
        await the_story(SlackScene(slack, ana, room, thread), served)
        assert slack.complaints == []
        assert await served.stop() == 0
