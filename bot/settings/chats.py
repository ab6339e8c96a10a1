"""The variables about chats and the HTTP port, checked whole: either settings, or every problem at once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

from bot.settings.quoting import quoted
from scheduler.errors import ConfigError

SLACK_API = "https://slack.com/api/"
TELEGRAM_API = "https://api.telegram.org"
WEBHOOK_PATH = "/telegram/webhook"
PORT = 8080

CHAT_VARIABLES = (
    "DRIFTPIN_HOST",
    "DRIFTPIN_PORT",
    "SLACK_BOT_TOKEN",
    "SLACK_APP_TOKEN",
    "SLACK_SIGNING_SECRET",
    "SLACK_API_URL",
    "SLACK_COMMAND",
    "TELEGRAM_BOT_TOKEN",
    "TELEGRAM_API_URL",
    "TELEGRAM_WEBHOOK_URL",
    "TELEGRAM_WEBHOOK_SECRET",
)

_COMMAND = re.compile(r"/[a-z0-9_-]{1,31}")
_TELEGRAM_TOKEN = re.compile(r"[0-9]{3,16}:[A-Za-z0-9_-]{20,100}")
_TELEGRAM_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")
_SHORTEST_SECRET = 16


@dataclass(frozen=True, slots=True)
class SlackKeys:
    """With an `app_token`, Socket Mode; else HTTP mode, whose requests the `signing_secret` proves."""

    bot_token: str = field(repr=False)
    app_token: str | None = field(default=None, repr=False)
    signing_secret: str | None = field(default=None, repr=False)
    api_url: str = SLACK_API
    command: str = "/jobs"


@dataclass(frozen=True, slots=True)
class TelegramKeys:
    """Polling, unless there is a `webhook_url`; then `webhook_secret` proves each request."""

    token: str = field(repr=False)
    api_url: str = TELEGRAM_API
    webhook_url: str | None = None
    webhook_secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Chats:
    """Which chats are configured, and where the one HTTP port listens (0: any free port)."""

    slack: SlackKeys | None = None
    telegram: TelegramKeys | None = None
    host: str = "127.0.0.1"
    port: int = PORT


def slack_keys(variables: Mapping[str, str]) -> SlackKeys:
    """Raises ConfigError, also where Slack is not configured at all."""
    keys = read_chats(variables).slack
    if keys is None:
        raise ConfigError(["SLACK_BOT_TOKEN: is missing; set it again"])
    return keys


def telegram_keys(variables: Mapping[str, str]) -> TelegramKeys:
    """Raises ConfigError, also where Telegram is not configured at all."""
    keys = read_chats(variables).telegram
    if keys is None:
        raise ConfigError(["TELEGRAM_BOT_TOKEN: is missing; set it again"])
    return keys


def command_of(variables: Mapping[str, str]) -> str:
    """The slash command of the Slack app. Raises ConfigError."""
    problems: list[str] = []
    command = _command({"SLACK_COMMAND": variables.get("SLACK_COMMAND", "").strip()}, problems)
    if problems:
        raise ConfigError(problems)
    return command


def read_chats(variables: Mapping[str, str]) -> Chats:
    """Raises ConfigError with one line for each problem."""
    said = {name: variables.get(name, "").strip() for name in CHAT_VARIABLES}
    problems: list[str] = []
    chats = Chats(
        slack=_slack(said, problems),
        telegram=_telegram(said, problems),
        host=said["DRIFTPIN_HOST"] or "127.0.0.1",
        port=_port(said["DRIFTPIN_PORT"], problems),
    )
    if problems:
        raise ConfigError(problems)
    return chats


def _slack(said: Mapping[str, str], problems: list[str]) -> SlackKeys | None:
    bot, app, secret = (
        said[name] for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET")
    )
    command = _command(said, problems)
    if not (bot or app or secret):
        return None
    if not bot:
        problems.append("SLACK_BOT_TOKEN: is missing; copy it from 'OAuth & Permissions'")
    elif not bot.startswith("xoxb-"):
        problems.append("SLACK_BOT_TOKEN: is no bot token; it begins with xoxb-")
    if app and not app.startswith("xapp-"):
        problems.append("SLACK_APP_TOKEN: is no app-level token; it begins with xapp-")
    if bot and not (app or secret):
        problems.append(
            "SLACK_APP_TOKEN: is missing; set it for Socket Mode, or SLACK_SIGNING_SECRET for HTTP mode"
        )
    if secret and len(secret) < _SHORTEST_SECRET:
        problems.append("SLACK_SIGNING_SECRET: is too short; copy it from 'Basic Information'")
    url = _url(said, "SLACK_API_URL", SLACK_API, problems)
    return SlackKeys(bot, app or None, secret or None, url.rstrip("/") + "/", command)


def _command(said: Mapping[str, str], problems: list[str]) -> str:
    command = said["SLACK_COMMAND"] or "/jobs"
    if not _COMMAND.fullmatch(command):
        problems.append(
            f"SLACK_COMMAND: {quoted(command)} is no slash command; write one such as /jobs"
        )
    return command


def _telegram(said: Mapping[str, str], problems: list[str]) -> TelegramKeys | None:
    token, hook = said["TELEGRAM_BOT_TOKEN"], said["TELEGRAM_WEBHOOK_URL"]
    secret = said["TELEGRAM_WEBHOOK_SECRET"]
    if not (token or hook or secret):
        return None
    if not token:
        problems.append("TELEGRAM_BOT_TOKEN: is missing; @BotFather gives one")
    elif not _TELEGRAM_TOKEN.fullmatch(token):
        problems.append("TELEGRAM_BOT_TOKEN: is no token of @BotFather; copy it whole")
    if hook:
        _check_hook(said, problems)
        if not _TELEGRAM_SECRET.fullmatch(secret):
            problems.append(
                "TELEGRAM_WEBHOOK_SECRET: a webhook needs one; write 16 to 256 of A-Z, a-z, 0-9, _ and -"
            )
    url = _url(said, "TELEGRAM_API_URL", TELEGRAM_API, problems)
    return TelegramKeys(token, url.rstrip("/"), hook or None, secret or None)


def _check_hook(said: Mapping[str, str], problems: list[str]) -> None:
    hook = _url(said, "TELEGRAM_WEBHOOK_URL", "", problems)
    if hook and urlsplit(hook).path != WEBHOOK_PATH:
        problems.append(f"TELEGRAM_WEBHOOK_URL: its path must be {WEBHOOK_PATH}")


def _url(said: Mapping[str, str], name: str, usual: str, problems: list[str]) -> str:
    """An address that may be given a token: https, or this machine itself."""
    text = said[name] or usual
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if host is None or parts.scheme not in ("http", "https") or parts.query or parts.fragment:
        problems.append(
            f"{name}: {quoted(text)} is no address; write one such as {usual or 'https://…'}"
        )
    elif parts.username or parts.password:
        problems.append(f"{name}: holds a user or a password; leave them out")
    elif parts.scheme == "http" and not _is_here(host):
        problems.append(
            f"{name}: http would show the token to everybody on the way; write https, or http to an"
            " address of this machine itself (127.0.0.1)"
        )
    return text


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _port(text: str, problems: list[str]) -> int:
    if not text:
        return PORT
    if text.isascii() and text.isdecimal() and len(text) <= 5 and int(text) <= 65_535:
        return int(text)
    problems.append(f"DRIFTPIN_PORT: {quoted(text)} is no port; write a number up to 65535")
    return PORT
