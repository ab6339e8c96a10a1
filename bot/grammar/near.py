"""Answers a line that begins with no verb: what its writer probably meant, as a line to type."""

import difflib
import re
from collections.abc import Callable

from bot.grammar.arguments import Said
from bot.grammar.typed import plain, shortened
from bot.grammar.verbs import BY_NAME, CANONICAL, TOPICS
from scheduler.errors import UserError

_VERB = re.compile(r"/?([^\s|=@]*)(?:@[\w.-]*)?")
_SCHEDULE = re.compile(
    r"(?:every|each|daily|hourly|weekly|monthly|yearly|weekdays?|weekends?|tomorrow|today|noon|midnight"
    r"|in|at|on|next|cron|mon|tue|wed|thu|fri|sat|sun|(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
    r"|@\w+|\d{4}-\d\d-\d\d|\d+(?:s|m|h|d|w|min)|\d{1,2}(?::\d\d|am|pm))",
    re.ASCII,
)
_CRON = re.compile(r"(?:[\d*./,-]+\s+){4}[\w*./,-]+", re.ASCII)
_NUMBER = re.compile(r"#?[0-9]{1,10}")


def split_verb(text: str) -> tuple[str, str]:
    """The first word in small letters, without the slash and name of `/pin@name`, and the rest."""
    found = _VERB.match(text)
    end = found.end() if found else 0
    verb = plain(found[1]) if found else ""
    return verb.lower().strip("*_~:,.!'\""), text[end:].strip()


def not_understood(
    how: str, text: str, verb: str, rest: str, works: Callable[[str], bool]
) -> UserError:
    """What is wrong with a line whose first word is no verb.

    `works` says whether a line would be understood: what is proposed must be.
    """
    said = Said(how, "help", rest)
    line = plain(shortened(text))
    what = f"'{shortened(text.split(maxsplit=1)[0], 40)}' is not a command"
    if _begins_like_a_schedule(line):
        return UserError("that begins with a schedule, not with a command", _add(said, line))
    if rest.startswith("=") and verb == "action":
        return UserError(what, _meant(said, f"cronjob {line}"))
    if near := _nearest(verb):
        if works(f"{near} {rest}".strip()):
            return UserError(what, _meant(said, f"{near} {shortened(rest)}".strip()))
        return UserError(what, _meant(said, BY_NAME[near].forms[0]))
    if _NUMBER.fullmatch(verb):
        return UserError(what, _meant(said, f"show {verb}"))
    if "|" in text:
        return UserError(what, _add(said, line))
    return UserError(what, said.type("help"))


def no_such_topic(said: Said, topic: str) -> UserError:
    near = difflib.get_close_matches(topic[:32], TOPICS, n=1)
    instead = _meant(said, f"help {near[0]}") if near else said.type("help")
    return UserError(f"there is no help on '{shortened(topic, 40)}'", instead)


def _begins_like_a_schedule(line: str) -> bool:
    first = line.split(" ", 1)[0].strip("\"',|").lower()
    return _SCHEDULE.fullmatch(first) is not None or _CRON.match(line) is not None


def _add(said: Said, line: str) -> str:
    return _meant(said, f"add {line}" if "|" in line else f"add {line} | Summarise open incidents")


def _meant(said: Said, command: str) -> str:
    return f"did you mean {said.quoted(command)}?"


def _nearest(verb: str) -> str | None:
    # Of one letter everything is near, and a short word is near to many.
    words = [word for word in CANONICAL if len(word) > 1]
    cutoff = 0.65 if len(verb) > 2 else 0.75
    near = difflib.get_close_matches(verb[:32], words, n=1, cutoff=cutoff)
    return CANONICAL[near[0]] if near else None
