"""`driftpin slack-manifest`: what Slack must know of the app, as the settings have it."""

import json
from urllib.parse import urlsplit

from bot.adapters.slack.manifest import EVENTS_PATH, manifest
from bot.settings import Environment
from bot.settings.chats import command_of
from scheduler.errors import OperatorError


def slack_manifest(url: str | None) -> str:
    """JSON. `url` is where Slack reaches this Driftpin; without one it is for Socket Mode.

    Raises ConfigError and OperatorError.
    """
    command = command_of(Environment.here().variables())
    return json.dumps(manifest(command, url and _events_url(url)), indent=2)


def _events_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        good = parts.scheme == "https" and parts.hostname and not (parts.query or parts.fragment)
    except ValueError:
        good = False
    if not good:
        raise OperatorError(
            "--url: Slack calls https addresses only; write one such as https://HOST"
        )
    path = parts.path.rstrip("/")
    return f"https://{parts.netloc}{path if path.endswith(EVENTS_PATH) else path + EVENTS_PATH}"
