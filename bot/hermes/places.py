"""Where a job's messages go: `deliver` and `origin` of hermes-agent as a place of ours."""

import re
from collections.abc import Mapping

from bot.hermes.fields import Record, Wrong, shown
from scheduler.errors import UserError
from scheduler.job import Place, Principal

TERMINAL = Place("terminal", "local", "terminal")

_TELEGRAM = re.compile(r"-?[0-9]{1,20}")
_SLACK = re.compile(r"[A-Z0-9]{2,40}")
_THREAD = re.compile(r"[0-9.]{1,40}")
_HOW_TO = "write slack:T012AB:#C0999, telegram:-100123 or terminal"


def place_named(word: str) -> Place:
    """The place of `--to`; raises UserError."""
    match word.split(":"):
        case ["terminal"]:
            return TERMINAL
        case ["telegram", chat] if _TELEGRAM.fullmatch(chat):
            return Place("telegram", chat, chat)
        case ["telegram", chat, topic] if _TELEGRAM.fullmatch(chat) and topic.isdecimal():
            return Place("telegram", chat, chat, topic)
        case ["slack", team, chat] if _SLACK.fullmatch(team) and _SLACK.fullmatch(
            chat.removeprefix("#")
        ):
            return Place("slack", team, chat.removeprefix("#"))
    raise UserError(f"'{shown(word)}' is no chat", _HOW_TO)


def owner_named(word: str) -> Principal:
    """The person of `--owner`, as `access` would name them; raises UserError."""
    match word.split(":"):
        case ["telegram", person] if person.isdecimal():
            return Principal("telegram", "telegram", person)
        case ["slack", team, person] if _SLACK.fullmatch(team) and _SLACK.fullmatch(person):
            return Principal("slack", team, person)
    raise UserError(f"'{shown(word)}' is no person", "write slack:T012AB:U034CD or telegram:42")


def place_of(record: Record, workspace: str | None) -> tuple[Place, str | None]:
    """Where this job's messages go, and what of its own wishes that leaves out.

    `workspace` is the Slack workspace of this Driftpin: hermes-agent does not note one.
    """
    targets = _targets(record.get("deliver"))
    first = targets[0] if targets else "origin"
    place, note = _target(first, record.get("origin"), workspace)
    if note is None and len(targets) > 1:
        note = f"also delivered to {shown(', '.join(targets[1:]))} there, and only to one chat here"
    return place, note


def _targets(deliver: object) -> list[str]:
    if deliver is None:
        return []
    if isinstance(deliver, str):
        deliver = deliver.split(",")
    if not isinstance(deliver, list) or not all(isinstance(each, str) for each in deliver):
        raise Wrong("deliver", f"is no text but {shown(deliver)}")
    return [each.strip() for each in deliver if each.strip()]


def _target(target: str, origin: object, workspace: str | None) -> tuple[Place, str | None]:
    platform, _, rest = target.partition(":")
    chat, _, thread = rest.partition(":")
    if platform == "local":
        return TERMINAL, "delivered to no chat there, so it comes to the terminal"
    if rest:
        return _place(platform, chat, thread or None, workspace)
    if not isinstance(origin, Mapping):
        if platform == "origin":
            return TERMINAL, None
        return (
            TERMINAL,
            f"delivered to '{shown(target)}' there, which names no chat: to the terminal",
        )
    known = str(origin.get("platform") or "")
    place, note = _place(known, origin.get("chat_id"), origin.get("thread_id"), workspace)
    if platform in ("origin", known):
        return place, note
    return place, note or f"delivered to '{shown(target)}' there, and to its origin here"


def _place(
    platform: str, chat: object, thread: object, workspace: str | None
) -> tuple[Place, str | None]:
    where = shown(chat)
    topic = shown(thread) if thread not in (None, "") else None
    if topic is not None and not _THREAD.fullmatch(topic):
        topic = None
    if platform == "telegram" and _TELEGRAM.fullmatch(where):
        return Place("telegram", where, where, topic), None
    if platform == "slack" and _SLACK.fullmatch(where):
        if workspace is not None:
            return Place("slack", workspace, where, topic), None
        return (
            TERMINAL,
            f"slack:{where} is of no known workspace: --to slack:T…:#{where} sends it there",
        )
    return (
        TERMINAL,
        f"{shown(platform) or 'its origin'} is no chat of Driftpin: it comes to the terminal",
    )
