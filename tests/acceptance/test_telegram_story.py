"""The story as Telegram sees it, polled and called, from a private chat, a group and a topic."""

from pathlib import Path

import pytest

from tests.acceptance.telegram_scene import Mode, TelegramScene, Where, served_in_telegram
from tests.acceptance.the_story import the_story
from tests.fakes.telegram import FakeTelegram


@pytest.mark.parametrize("mode", ["polling", "webhook"])
@pytest.mark.parametrize("where", ["private", "group", "topic"])
async def test_the_story_in_telegram(tmp_path: Path, mode: Mode, where: Where) -> None:
    async with FakeTelegram() as telegram, served_in_telegram(telegram, tmp_path, mode) as served:
        await the_story(TelegramScene.at(telegram, where), served)
        assert await served.stop() == 0
        assert telegram.complaints == []
        assert telegram.refused == []
