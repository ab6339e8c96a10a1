"""Reads what stands after `default`: a route, a length, a yes."""

from collections.abc import Sequence
from datetime import timedelta

from bot.grammar.arguments import Said, nothing_more, route
from bot.grammar.cut import in_words
from bot.grammar.typed import shortened
from bot.grammar.verbs import BY_NAME
from scheduler.commands import ChangeDefault, Command, EndExperiment, ShowDefault
from scheduler.errors import ScheduleError, UserError
from scheduler.experiment import LONGEST, SHORTEST
from scheduler.schedule.spans import read_span

BACK = ("back", "end")


def default(said: Said) -> Command:
    cut = in_words(said.rest)
    words = cut.words
    if not words and not cut.pairs:
        return ShowDefault()
    if words and words[0].lower() in BACK:
        nothing_more(said, words[1:], cut.pairs)
        return EndExperiment()
    confirmed = words[-1:] != () and words[-1].lower() == "yes"
    if confirmed:
        words = words[:-1]
    lowered = [word.lower() for word in words]
    for_at = lowered.index("for") if "for" in lowered else None
    named = words if for_at is None else words[:for_at]
    asked = route(said, named, cut.pairs, "default")
    if asked is None:
        before = "'for'" if for_at is not None else "'yes'"
        form = BY_NAME["default"].forms[2 if for_at is None else 3]
        raise UserError(f"default needs a route before the {before}", said.type(form))
    if for_at is None:
        return ChangeDefault(asked, confirmed)
    shown = shortened(asked.whole or "<provider>:<model>")
    return ChangeDefault(asked, confirmed, _length(said, words[for_at + 1 :], shown))


def _length(said: Said, words: Sequence[str], named: str) -> timedelta:
    """How long an experiment lasts; every length that it cannot have gets the same line."""
    typed = " ".join(words)
    try:
        length = read_span(typed.lower(), "for")
    except ScheduleError:
        length = None
    if length is None or not SHORTEST <= length <= LONGEST:
        raise UserError(
            f"an experiment lasts from 1 minute to {LONGEST.days} days,"
            f" and '{shortened(typed, 40)}' is no such length",
            said.type(f"default {named} for 2h"),
        )
    return length
