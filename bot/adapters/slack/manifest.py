"""The manifest of the Slack app: everything Slack must know of it, and no scope more. Pure."""

from typing import Any

EVENTS_PATH = "/slack/events"
ADD_VIEW = "driftpin:add"
SHORTCUT = "schedule_message"

SCOPES = (
    "app_mentions:read",
    "chat:write",
    "commands",
    "files:write",
    "im:history",
    "im:write",
    "users:read",
)
EVENTS = ("app_mention", "app_uninstalled", "message.im", "tokens_revoked")


def manifest(command: str, events_url: str | None) -> dict[str, Any]:
    """For Socket Mode, or for HTTP mode where Slack calls `events_url`."""
    socket = events_url is None
    where = {} if socket else {"request_url": events_url}
    slash: dict[str, Any] = {
        "command": command,
        "description": "Schedule jobs, and decide what they may bill",
        "usage_hint": "add every weekday at 09:00 | Summarise open incidents",
        # Users and channels then arrive as ids, which nobody can fake by a name.
        "should_escape": True,
    }
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": "Driftpin",
            "description": "Schedules AI-agent jobs that never bill a provider nobody chose",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": False,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "driftpin", "always_online": True},
            "shortcuts": [
                {
                    "name": "Schedule this message",
                    "type": "message",
                    "callback_id": SHORTCUT,
                    "description": "Make a job of what this message asks",
                }
            ],
            "slash_commands": [slash if socket else {**slash, "url": events_url}],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {**where, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **where},
            "org_deploy_enabled": False,
            "socket_mode_enabled": socket,
            "token_rotation_enabled": False,
        },
    }
