"""What Slack hands in, as requests: who, where, what. Pure; nothing here is decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.adapters.slack.typed import after_mention, typed
from bot.message import AddForm, Request
from scheduler.job import Place, Principal

Payload = Mapping[str, Any]


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
    """Does it come from the workspace we were installed in?"""
    return us.team in (_at(body, "team", "id"), body.get("team_id"))


def from_command(body: Payload, us: Identity, command: str) -> Came:
    user, channel = str(body["user_id"]), str(body["channel_id"])
    request = Request(
        Principal("slack", str(body["team_id"]), user, name=str(body.get("user_name", ""))),
        place_of(us, channel, user),
        typed(str(body.get("text", ""))),
        event=_event("trigger", body.get("trigger_id")),
        command=command,
    )
    return Came(request, channel, body.get("response_url"), body.get("trigger_id"))


def from_message(body: Payload, us: Identity, command: str) -> Came | None:
    """A mention in a channel, or any message to us alone; None for what nobody said to us."""
    event = body["event"]
    user = event.get("user")
    own = event.get("bot_id") or event.get("bot_profile") or user == us.bot_user
    if not user or own or event.get("subtype") not in (None, "file_share", "thread_broadcast"):
        return None
    channel, text = str(event["channel"]), str(event.get("text", ""))
    direct = event.get("channel_type") == "im" or channel.startswith("D")
    if not direct and event.get("type") == "message":
        return None
    team = event.get("user_team") or event.get("team") or body.get("team_id") or us.team
    request = Request(
        Principal("slack", str(team), str(user)),
        place_of(us, channel, str(user), event.get("thread_ts")),
        after_mention(text, us.bot_user) or "help",
        event=_event("event", body.get("event_id")),
        command=command if direct else f"@{us.bot_name}",
    )
    return Came(request, channel)


def from_press(body: Payload, us: Identity, command: str) -> Came:
    action, container = body["actions"][0], body.get("container") or {}
    channel = str(_at(body, "channel", "id") or container.get("channel_id") or "")
    thread = _at(body, "message", "thread_ts") or container.get("thread_ts")
    who = _person(body, us)
    request = Request(
        who,
        place_of(us, channel, who.person, thread),
        token=str(action.get("value", "")),
        event=_event("trigger", body.get("trigger_id")),
        command=f"@{us.bot_name}" if thread else command,
    )
    return Came(
        request,
        channel,
        body.get("response_url"),
        body.get("trigger_id"),
        body.get("message") or {"ts": container.get("message_ts")},
        ephemeral=bool(container.get("is_ephemeral")),
        pressed=_at(action, "text", "text"),
    )


def from_shortcut(body: Payload, us: Identity) -> tuple[Came, str]:
    """ "Schedule this message": a new job for the thread of that message, and what it said."""
    message, channel = body["message"], str(body["channel"]["id"])
    who = _person(body, us)
    thread = message.get("thread_ts") or message.get("ts")
    request = Request(
        who,
        place_of(us, channel, who.person, thread),
        "add",
        event=_event("trigger", body.get("trigger_id")),
        command=f"@{us.bot_name}",
    )
    came = Came(request, channel, body.get("response_url"), body.get("trigger_id"))
    return came, typed(str(message.get("text", "")))


def from_submission(
    body: Payload, us: Identity, form: AddForm, place: Place, channel: str, command: str
) -> Came:
    request = Request(
        _person(body, us),
        place,
        form=form,
        event=_event("trigger", body.get("trigger_id")),
        command=f"@{us.bot_name}" if place.thread else command,
    )
    return Came(request, channel)


def place_of(us: Identity, channel: str, user: str, thread: object = None) -> Place:
    """Direct messages are known by their person, whatever channel carries them."""
    chat = user if channel.startswith("D") or not channel else channel
    return Place("slack", us.team, chat, str(thread) if thread else None)


def _person(body: Payload, us: Identity) -> Principal:
    user = body["user"]
    team = user.get("team_id") or _at(body, "team", "id") or us.team
    name = user.get("name") or user.get("username") or ""
    return Principal("slack", str(team), str(user["id"]), name=str(name))


def _event(kind: str, number: object) -> str | None:
    return f"{kind}:{number}" if number else None


def _at(body: Payload, *keys: str) -> Any:
    found: Any = body
    for key in keys:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found
