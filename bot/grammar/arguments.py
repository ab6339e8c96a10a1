"""Reads what stands after a verb: the number of a job, a route, and nothing too many."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.grammar.cut import Cut, Pair
from bot.grammar.options import by_key
from bot.grammar.typed import shortened
from bot.grammar.verbs import BY_NAME
from scheduler.commands import RouteText
from scheduler.errors import UserError
from scheduler.job import JobId
from scheduler.route import MODEL_NAME, PROVIDER_NAME

MOST_JOBS = 2**31 - 1
_TYPED_NUMBER = re.compile(r"(?:^|job |job_id=)#?([0-9]{1,10})(?!\S)")
_ROUTE = re.compile(rf"(?:(?i:{PROVIDER_NAME.pattern}):)?(?:{MODEL_NAME.pattern})?", re.ASCII)
_PARTS = {"provider": "provider", "model": "model"}


@dataclass(frozen=True, slots=True)
class Said:
    """What a person typed after a verb, and how commands begin where they are ("/jobs").

    `typed` is the verb as they called it.
    """

    how: str
    verb: str
    rest: str
    typed: str = ""

    def quoted(self, command: str) -> str:
        return f"'{self.how} {command}'"

    def type(self, *commands: str) -> str:
        return "type " + " or ".join(map(self.quoted, commands))

    def usage(self) -> str:
        """The forms of the verb, with the number that was typed; never one that was not."""
        number = _TYPED_NUMBER.search(self.rest)
        forms = BY_NAME[self.verb].forms
        return self.type(
            *(form.replace("<job>", number[1] if number else "<job>") for form in forms)
        )


def job_first(said: Said, words: Sequence[str]) -> tuple[JobId, tuple[str, ...]]:
    """The number of the job and the words after it; `job 7` is the same as `7`."""
    if len(words) > 1 and words[0].lower() == "job":
        words = words[1:]
    return job_number(said, words[0] if words else None), tuple(words[1:])


def job_number(said: Said, word: str | None) -> JobId:
    """The number of a job, typed as 7 or #7."""
    forms = BY_NAME[said.verb].forms
    form = next((form for form in forms if "<job>" in form), forms[0])
    usage = f"{said.type(form)}; {said.quoted('list')} shows the numbers"
    if word is None:
        raise UserError(f"{said.verb} needs the number of a job", usage)
    digits = word.removeprefix("#")
    typed = shortened(word, 40)
    if digits.isdecimal() and not digits.isascii():
        raise UserError(f"'{typed}' is not written in the digits 0 to 9", "type it like '7'")
    if not digits.isdecimal():
        raise UserError(f"'{typed}' is not the number of a job", usage)
    if len(digits) > len(str(MOST_JOBS)) or not 1 <= int(digits) <= MOST_JOBS:
        raise UserError(f"there is no job {typed}", f"{said.quoted('list')} shows the numbers")
    return JobId(int(digits))


def nothing_more(said: Said, words: Sequence[str], pairs: Sequence[Pair] = ()) -> None:
    if words or pairs:
        extra = words[0] if words else f"{pairs[0].key}="
        raise UserError(f"'{shortened(extra, 40)}' does not belong after {said.verb}", said.usage())


def routed(said: Said, cut: Cut) -> tuple[JobId, RouteText | None]:
    """A job, and perhaps a route for it."""
    job, words = job_first(said, cut.words)
    return job, route(said, words, cut.pairs, f"{said.verb} {job}")


def route(said: Said, words: Sequence[str], pairs: Sequence[Pair], before: str) -> RouteText | None:
    """A route in one word or as `provider=` and `model=`; None if nothing was typed.

    `before` is what stands in front of a route in this command.
    """
    if not words:
        parts = by_key(pairs, _PARTS)
        return RouteText(**parts) if parts else None
    if pairs:
        raise UserError("that names a route twice", said.type(f"{before} {shortened(words[0])}"))
    if len(words) > 1:
        near = ":".join(shortened(word) for word in words[:2])
        raise UserError(
            "a route is one word, provider:model",
            f"did you mean {said.quoted(f'{before} {near}')}?",
        )
    if not _ROUTE.fullmatch(words[0]):
        raise UserError(
            f"'{shortened(words[0], 40)}' is not a route",
            said.type(f"{before} <provider>:<model>"),
        )
    return RouteText(whole=words[0])
