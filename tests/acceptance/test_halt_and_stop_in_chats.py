"""Halt and Stop as they are typed and pressed in Slack and in Telegram, before a served Driftpin."""

from pathlib import Path

from tests.acceptance.served import Served
from tests.acceptance.slack_scene import ROOM, SlackScene, served_in_slack
from tests.acceptance.telegram_scene import ANA, TelegramScene, served_in_telegram
from tests.acceptance.the_story import LIMITS, Scene
from tests.fakes.provider_behaviours import Hang
from tests.fakes.slack.server import FakeSlack
from tests.fakes.telegram import FakeTelegram

ADMINS = f'access:\n  admins: ["telegram:{ANA}"]\n{LIMITS}'


async def stopped_and_halted(scene: Scene, boss: Scene, served: Served) -> None:
    """A call is stopped by its button; then nothing runs while the boss has halted."""
    served.free.behave(Hang())
    await scene.type("add every 30d name=Brief | Summarise open incidents")
    await scene.sees("Job 1 is scheduled: Brief")
    await scene.type("run 1")
    await served.free.wait_for(1)
    await scene.press("Stop")
    await served.free.wait_for_hang_ups(1, seconds=2)
    await scene.sees("Job 1 (Brief) has an unknown outcome: it may have been billed")
    await scene.press("Leave it")
    await scene.sees("the run of unknown outcome is left as it is")

    await boss.type("halt the bill looks wrong")
    await boss.sees("halted everything that spends", "(the bill looks wrong)")
    await scene.type("run 1")
    await scene.sees("Nothing was done", "(the bill looks wrong)")
    assert served.free.count == 1
    await scene.type("list")
    await scene.sees("1 job here", "halted everything that spends", "(the bill looks wrong)")
    await boss.type("unhalt")
    await boss.sees("The halt is over")


async def stopped_after_the_hold(scene: Scene, served: Served) -> None:
    """The answers to an alert's buttons that run something stop what they began."""
    await scene.type("add every 10s name=Tide | Read the tides")
    await scene.sees("is scheduled: Tide")
    served.paid.behave(Hang())
    served.point_default("paid-lab", "large")
    await scene.sees("(Tide) is held", "Nothing was spent.")
    await scene.press("Run once")
    await scene.sees("held fire runs now, once, on paid-lab:large")
    await served.paid.wait_for(1)
    await scene.press("Stop")
    await served.paid.wait_for_hang_ups(1, seconds=2)
    await scene.sees("(Tide) has an unknown outcome: it may have been billed")


async def test_what_an_alert_runs_is_stopped_in_slack(tmp_path: Path) -> None:
    async with FakeSlack("socket") as slack, served_in_slack(slack, tmp_path) as served:
        ana = slack.person("U0ANA", name="Ana")
        scene = SlackScene(slack, ana, slack.channel(ROOM, "room"), None)
        await stopped_after_the_hold(scene, served)
        assert slack.complaints == []
        assert await served.stop() == 0


async def test_what_an_alert_runs_is_stopped_in_telegram(tmp_path: Path) -> None:
    async with (
        FakeTelegram() as telegram,
        served_in_telegram(telegram, tmp_path, extra=ADMINS) as served,
    ):
        await stopped_after_the_hold(TelegramScene.at(telegram, "private"), served)
        assert await served.stop() == 0
        assert telegram.complaints == []


async def test_stop_and_halt_in_slack(tmp_path: Path) -> None:
    async with FakeSlack("socket") as slack, served_in_slack(slack, tmp_path) as served:
        room = slack.channel(ROOM, "room")
        ana, bo = (slack.person(f"U0{name.upper()}", name=name) for name in ("Ana", "Boss"))
        scene = SlackScene(slack, ana, room, None)
        await stopped_and_halted(scene, SlackScene(slack, bo, room, None), served)
        await scene.type("halt")
        await scene.sees("You may not halt everything that spends here; that takes an admin.")
        assert slack.complaints == []
        assert await served.stop() == 0


async def test_stop_and_halt_in_telegram(tmp_path: Path) -> None:
    async with (
        FakeTelegram() as telegram,
        served_in_telegram(telegram, tmp_path, extra=ADMINS) as served,
    ):
        scene = TelegramScene.at(telegram, "private")
        await stopped_and_halted(scene, scene, served)
        assert await served.stop() == 0
        assert telegram.complaints == []
