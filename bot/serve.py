"""`driftpin serve`: the scheduler and every configured chat in one process, until it is told to stop."""

import asyncio
import signal
from collections.abc import Callable, Mapping
from importlib.metadata import version

import click

from bot.admins import admin_places
from bot.app import App
from bot.at_start import warn
from bot.attaching import State
from bot.clock import SystemClock
from bot.control import Control, socket_path
from bot.crash_points import crash_point, lease
from bot.http import Http, Route
from bot.logs import log_to_file
from bot.platform import Platform
from bot.sanitiser import clean
from bot.settings import Environment, Settings
from bot.settings.chats import Chats, read_chats, slack_keys, telegram_keys
from scheduler.errors import ConfigError
from scheduler.outbox import Owed, OwedKind

NO_CHAT = (
    "No chat is configured. In .env, set SLACK_BOT_TOKEN and SLACK_APP_TOKEN for Slack, or"
    " TELEGRAM_BOT_TOKEN for Telegram; `driftpin chat` talks in this terminal without any."
)
MISSING = {
    "slack": "not configured (SLACK_BOT_TOKEN)",
    "telegram": "not configured (TELEGRAM_BOT_TOKEN)",
}


async def serve() -> None:
    """Serve until SIGTERM or Ctrl-C; then close in order.

    Raises ConfigError or OperatorError when it cannot start.
    """
    environment = Environment.here()
    chats = read_chats(environment.variables())
    if chats.slack is None and chats.telegram is None:
        raise ConfigError([NO_CHAT])
    stopping = _told_to_stop()
    home = environment.make_home()
    platforms, routes = _platforms(chats, environment, lambda: app)

    def said(name: str, state: State) -> None:
        _say(name.title(), clean(state.text, app.config.secrets()))

    app = await App.open(
        environment,
        SystemClock(),
        platforms,
        reached=crash_point(environment),
        said=said,
        lease=lease(environment),
    )
    log_to_file(home, app.config.secrets)
    warn(app.config)
    http = Http(chats.host, chats.port, routes, lambda: _health(app))
    control = Control(app.dispatcher.handle, socket_path(home), app.importer.bring_in)
    try:
        _say("Driftpin", f"{version('driftpin')}, data in {home}")
        _say("HTTP", await http.start())
        await app.start()
        await control.start()
        for name, missing in MISSING.items():
            if name not in platforms:
                _say(name.title(), missing)
        await _first_contact(app, chats)
        _say("Ready", "Ctrl-C stops it")
        await stopping.wait()
        _say("Stopping", "what was taken in is finished first")
    finally:
        await asyncio.gather(control.stop(), http.stop())
        await app.stop()


def _platforms(
    chats: Chats, environment: Environment, app: Callable[[], App]
) -> tuple[dict[str, Platform], list[Route]]:
    """The configured platforms, and where their requests come in. Their SDKs are loaded only here."""
    platforms: dict[str, Platform] = {}
    routes: list[Route] = []
    if chats.slack is not None:
        from bot.adapters.slack.adapter import Slack

        slack = Slack(
            lambda: slack_keys(environment.variables()),
            lambda request, answer: app().owe_answer(request, answer),
        )
        platforms["slack"] = slack
        routes += [Route(path, answer) for path, answer in slack.routes]
    if chats.telegram is not None:
        from bot.adapters.telegram.adapter import Telegram
        from bot.adapters.telegram.life import Outside

        async def tell(text: str) -> None:
            settings = app().config.last_good_settings()
            admins = app().dispatcher.claims.access().admins
            for place in admin_places(settings.admin_chat, admins, app().attached):
                await app().store.owe(Owed(OwedKind.NOTICE, place, {"text": text}))
            app().notifier.wake()

        outside = Outside(
            lambda: app().store,
            timezone=lambda: app().config.last_good_settings().core.timezone,
            admins=lambda: app().dispatcher.claims.access().admins,
            hidden=lambda: app().config.secrets(),  # noqa: PLW0108 - there is no app yet
            names=lambda: named_chats(app().config.last_good_settings()),
            tell=tell,
            owe=lambda request, answer: app().owe_answer(request, answer),
        )
        telegram = Telegram(lambda: telegram_keys(environment.variables()), outside)
        platforms["telegram"] = telegram
        routes += [Route(path, answer) for path, answer in telegram.routes]
    return platforms, routes


def named_chats(settings: Settings) -> list[str]:
    """Every word of the settings that may name a chat."""
    access = settings.access
    return [*access.admins, *access.operators, *access.viewers, settings.admin_chat or ""]


def _health(app: App) -> Mapping[str, str]:
    return {
        name: "connected" if attaching.state.up else "away"
        for name, attaching in app.attached.items()
    }


async def _first_contact(app: App, chats: Chats) -> None:
    """Whoever reads this console can become the first admin."""
    code = await app.dispatcher.claims.offer()
    if code is not None:
        command = chats.slack.command if chats.slack else "/jobs"
        _say("Nobody is admin yet", f"type within 10 minutes, in a chat:  {command} claim {code}")


def _told_to_stop() -> asyncio.Event:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    return stopping


def _say(what: str, text: str) -> None:
    click.echo(f"{what}: {text}")
