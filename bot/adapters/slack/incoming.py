"""What Slack hands in, as requests: who, where, what. Pure; nothing here is decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.adapters.slack.typed import after_mention, typed
from bot.message import AddForm, Request
from scheduler.job import Place, Principal

Payload = Mapping[str, Any]

SAID = (None, "file_share", "thread_broadcast")
"""Subtypes of messages that a person wrote; all others are edits, deletions, joins and the like."""


class Unreadable(ValueError):
    """Something that has not the shape Slack gives it; the words name what is missing."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we are in which workspace, as Slack said when we connected."""

    team: str
    team_name: str
    bot_user: str
    bot_name: str


@dataclass(frozen=True, slots=True)
class Came:
    """A request, and how to answer whoever made it.

    `channel` is Slack's own id of where it was made, which for direct messages is not that of the
    Place. `message` is the one whose button was pressed, `ephemeral` when only the presser saw it; `pressed` is the
    button's label.
    """

    request: Request
    channel: str
    respond_to: str | None = None
    trigger: str | None = None
    message: Payload | None = None
    ephemeral: bool = False
    pressed: str | None = None

    @property
    def user(self) -> str:
        return self.request.principal.person

    @property
    def message_ts(self) -> str:
        return str((self.message or {}).get("ts", ""))


def is_ours(body: Payload, us: Identity) -> bool:
    """Does it come from the workspace we were installed in, or through it from a channel it shares?"""
    return us.team in (_at(body, "team", "id"), body.get("team_id"), body.get("context_team_id"))


def ends_us(event: Payload) -> bool:
    """Does this event of a workspace say that our own token is no good any more? People's tokens go too."""
    if event.get("type") != "tokens_revoked":
        return True
    return bool(_at(event, "tokens", "bot"))


def from_command(body: Payload, us: Identity, command: str) -> Came:
    """Raises Unreadable, as all that follow."""
    user, channel = _text(body, "user_id"), _text(body, "channel_id")
    request = Request(
        Principal("slack", _text(body, "team_id"), user, name=_maybe(body, "user_name") or ""),
        place_of(us, channel, user),
        typed(_maybe(body, "text") or ""),
        event=_event("trigger", body),
        command=command,
    )
    return Came(request, channel, _maybe(body, "response_url"), _maybe(body, "trigger_id"))


def from_message(body: Payload, us: Identity, command: str) -> Came | None:
    """A mention in a channel, or any message to us alone; None for what nobody said to us."""
    event = _part(body, "event")
    user = _maybe(event, "user")
    own = event.get("bot_id") or event.get("bot_profile") or user == us.bot_user
    if not user or own or event.get("subtype") not in SAID:
        return None
    channel, text = _text(event, "channel"), _maybe(event, "text") or ""
    direct = event.get("channel_type") == "im" or channel.startswith("D")
    if not direct and event.get("type") == "message":
        return None
    thread = _maybe(event, "thread_ts")
    team = _maybe(event, "user_team") or _maybe(event, "team") or _maybe(body, "team_id") or us.team
    request = Request(
        Principal("slack", team, user),
        place_of(us, channel, user, thread),
        after_mention(text, us.bot_user) or "help",
        event=_event("event", body),
        # No slash command can be typed in a thread, not even in direct messages.
        command=command if direct and not thread else f"@{us.bot_name}",
    )
    return Came(request, channel)


def from_press(body: Payload, us: Identity, command: str) -> Came | None:
    """None where something else than a button was used."""
    action = _first(body, "actions")
    if action.get("type") != "button":
        return None
    container = body.get("container")
    container = container if isinstance(container, Mapping) else {}
    message = body.get("message")
    message = message if isinstance(message, Mapping) else {"ts": container.get("message_ts")}
    channel = _at(body, "channel", "id") or container.get("channel_id") or ""
    if not isinstance(channel, str):
        raise Unreadable("channel is no text")
    thread = _maybe(message, "thread_ts") or _maybe(container, "thread_ts")
    who = _person(body, us)
    request = Request(
        who,
        place_of(us, channel, who.person, thread),
        token=_maybe(action, "value") or "",
        message=_maybe(message, "ts"),
        event=_event("trigger", body),
        command=f"@{us.bot_name}" if thread else command,
    )
    label = _at(action, "text", "text")
    return Came(
        request,
        channel,
        _maybe(body, "response_url"),
        _maybe(body, "trigger_id"),
        message,
        ephemeral=container.get("is_ephemeral") is True,
        pressed=label if isinstance(label, str) else None,
    )


def from_shortcut(body: Payload, us: Identity) -> tuple[Came, str]:
    """ "Schedule this message": a new job for the thread of that message, and what it said."""
    message, channel = _part(body, "message"), _text(_part(body, "channel"), "id")
    who = _person(body, us)
    thread = _maybe(message, "thread_ts") or _maybe(message, "ts")
    request = Request(
        who,
        place_of(us, channel, who.person, thread),
        "add",
        event=_event("trigger", body),
        command=f"@{us.bot_name}",
    )
    came = Came(request, channel, _maybe(body, "response_url"), _maybe(body, "trigger_id"))
    return came, typed(_maybe(message, "text") or "")


def from_submission(
    body: Payload, us: Identity, form: AddForm, place: Place, channel: str, command: str
) -> Came:
    request = Request(
        _person(body, us),
        place,
        form=form,
        event=_event("trigger", body),
        command=f"@{us.bot_name}" if place.thread else command,
    )
    return Came(request, channel)


def view_of(body: Payload) -> tuple[Payload, str]:
    """What stands in the fields of a form that was sent, and the metadata it carried."""
    view = _part(body, "view")
    return _part(_part(view, "state"), "values"), _maybe(view, "private_metadata") or ""


def user_of(body: Payload) -> str:
    """Who pressed, chose or sent it."""
    return _text(_part(body, "user"), "id")


def place_of(us: Identity, channel: str, user: str, thread: str | None = None) -> Place:
    """Direct messages are known by their person, whatever channel carries them."""
    chat = user if channel.startswith("D") or not channel else channel
    return Place("slack", us.team, chat, thread)


def _person(body: Payload, us: Identity) -> Principal:
    user = _part(body, "user")
    at = _at(body, "team", "id")
    team = _maybe(user, "team_id") or (at if isinstance(at, str) else us.team)
    name = _maybe(user, "name") or _maybe(user, "username") or ""
    return Principal("slack", team, user_of(body), name=name)


def _event(kind: str, body: Payload) -> str | None:
    number = _maybe(body, f"{kind}_id")
    return f"{kind}:{number}" if number else None


def _text(body: Payload, key: str) -> str:
    found = _maybe(body, key)
    if not found:
        raise Unreadable(f"{key} is missing")
    return found


def _maybe(body: Payload, key: str) -> str | None:
    found = body.get(key)
    return found if isinstance(found, str) else None


def _part(body: Payload, key: str) -> Payload:
    found = body.get(key)
    if not isinstance(found, Mapping):
        raise Unreadable(f"{key} is missing")
    return found


def _first(body: Payload, key: str) -> Payload:
    found = body.get(key)
    if not (isinstance(found, list) and found and isinstance(found[0], Mapping)):
        raise Unreadable(f"{key} is missing")
    first: Payload = found[0]
    return first


def _at(body: Payload, *keys: str) -> Any:
    found: Any = body
    for key in keys:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found
