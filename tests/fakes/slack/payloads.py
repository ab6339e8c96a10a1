"""Slack's payloads in their full shape."""

import itertools
import time

from tests.fakes.slack.errors import Json
from tests.fakes.slack.markup import rich
from tests.fakes.slack.records import Channel, Message, User, View
from tests.fakes.slack.workspace import Workspace

VERIFICATION_TOKEN = "canary-verification"
_EVENTS = itertools.count(1)


def command(
    workspace: Workspace,
    user: User,
    channel: Channel,
    name: str,
    text: str,
    trigger_id: str,
    response_url: str,
) -> Json:
    """A slash command: everything is a string, and no thread is ever named."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": workspace.team_id,
        "team_domain": workspace.domain,
        "channel_id": channel.id,
        "channel_name": "privategroup" if channel.private else channel.name,
        "user_id": user.id,
        "user_name": user.name,
        "command": name,
        "text": text,
        "api_app_id": workspace.app_id,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": trigger_id,
    }


def event_callback(workspace: Workspace, event: Json) -> Json:
    """The wrapper around every event."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": workspace.team_id,
        "context_team_id": workspace.team_id,
        "context_enterprise_id": None,
        "api_app_id": workspace.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": f"Ev{next(_EVENTS):09d}",
        "event_time": int(time.time()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": workspace.team_id,
                "user_id": workspace.bot_user,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": f"4-canary-{workspace.team_id}",
    }


def message_event(channel: Channel, message: Message) -> Json:
    """`message` in direct messages; the bot's own come too, as they do in Slack."""
    return {
        **message.wire(),
        "channel": channel.id,
        "channel_type": channel.kind,
        "event_ts": message.ts,
    }


def message_changed(channel: Channel, message: Message, before: Json) -> Json:
    return {
        "type": "message",
        "subtype": "message_changed",
        "message": message.wire(),
        "previous_message": before,
        "channel": channel.id,
        "hidden": True,
        "ts": message.edited_ts,
        "event_ts": message.edited_ts,
        "channel_type": channel.kind,
    }


def message_deleted(channel: Channel, message: Message, ts: str) -> Json:
    return {
        "type": "message",
        "subtype": "message_deleted",
        "previous_message": message.wire(),
        "channel": channel.id,
        "hidden": True,
        "deleted_ts": message.ts,
        "ts": ts,
        "event_ts": ts,
        "channel_type": channel.kind,
    }


def app_mention(channel: Channel, message: Message) -> Json:
    shown = message.wire()
    return {**shown, "type": "app_mention", "channel": channel.id, "event_ts": message.ts}


def block_actions(
    workspace: Workspace,
    user: User,
    shown: Message | View,
    channel: Channel | None,
    action: Json,
    *,
    trigger_id: str,
    response_url: str | None,
    state: Json,
) -> Json:
    """A press; an ephemeral message is not sent along, only where it stood."""
    payload: Json = {
        **_interaction("block_actions", workspace, user, trigger_id),
        "container": _container(shown),
    }
    if isinstance(shown, View):
        payload["view"] = shown.wire(state)
    else:
        payload |= {"channel": _channel(channel), "state": {"values": state}}
        payload["response_url"] = response_url
        if shown.only_for is None:
            payload["message"] = shown.wire()
    payload["actions"] = [{**action, "action_ts": workspace.stamps.next()}]
    return payload


def message_action(
    workspace: Workspace,
    user: User,
    message: Message,
    channel: Channel,
    callback_id: str,
    *,
    trigger_id: str,
    response_url: str,
) -> Json:
    return {
        **_interaction("message_action", workspace, user, trigger_id),
        "action_ts": workspace.stamps.next(),
        "callback_id": callback_id,
        "response_url": response_url,
        "message_ts": message.ts,
        "channel": _channel(channel),
        "message": message.wire(),
    }


def view_submission(
    workspace: Workspace, user: User, view: View, values: Json, trigger_id: str
) -> Json:
    return {
        **_interaction("view_submission", workspace, user, trigger_id),
        "view": view.wire(values),
        "response_urls": [],
    }


def view_closed(workspace: Workspace, user: User, view: View) -> Json:
    payload = _interaction("view_closed", workspace, user, "")
    del payload["trigger_id"]
    return {**payload, "view": view.wire(), "is_cleared": False}


def typed_message(text: str) -> list[Json]:
    """The blocks of what a person typed."""
    return rich(text)


def _interaction(kind: str, workspace: Workspace, user: User, trigger_id: str) -> Json:
    return {
        "type": kind,
        "team": {"id": workspace.team_id, "domain": workspace.domain},
        "user": {
            "id": user.id,
            "username": user.name,
            "name": user.name,
            "team_id": user.team_id,
        },
        "api_app_id": workspace.app_id,
        "token": VERIFICATION_TOKEN,
        "trigger_id": trigger_id,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _container(shown: Message | View) -> Json:
    if isinstance(shown, View):
        return {"type": "view", "view_id": shown.id}
    container: Json = {
        "type": "message",
        "message_ts": shown.ts,
        "channel_id": shown.channel,
        "is_ephemeral": shown.only_for is not None,
    }
    if shown.thread_ts is not None:
        container["thread_ts"] = shown.thread_ts
    return container


def _channel(channel: Channel | None) -> Json:
    if channel is None:
        raise AssertionError("a message stands in a channel")
    return {"id": channel.id, "name": "privategroup" if channel.private else channel.name}
