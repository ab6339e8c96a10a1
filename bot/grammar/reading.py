"""What a typed text means: one command, or one line of what is wrong and what to type instead."""

import re
from collections.abc import Callable

from bot.grammar.arguments import Said, job_first, nothing_more, route, routed
from bot.grammar.cronjob import cronjob
from bot.grammar.cut import in_words
from bot.grammar.drafts import add, edit
from bot.grammar.near import no_such_topic, not_understood, split_verb
from bot.grammar.typed import plain, received, shortened
from bot.grammar.verbs import BY_NAME, CANONICAL, TOPICS
from scheduler.commands import (
    AcceptRoute,
    ChangeDefault,
    Claim,
    Command,
    DrillJob,
    HaltAll,
    Help,
    History,
    LeaveRun,
    ListAlerts,
    ListJobs,
    Output,
    PauseJob,
    PinJob,
    RemoveJob,
    ResumeJob,
    RunJob,
    ShowDefault,
    ShowJob,
    StopJob,
    TakeSnapshot,
    TakeSnapshots,
    Unclaim,
    Unhalt,
    UnpinJob,
)
from scheduler.errors import UserError
from scheduler.job import JobId

MOST_PAGES = 1_000_000
LONGEST_REASON = 200
_PERSON = re.compile(r"[a-z]{1,20}(?::[A-Za-z0-9]{1,40}){1,2}", re.ASCII)
_AFTER_VERB = ("help", "?", "-h", "--help")


def parse(text: str, how: str = "/jobs") -> Command:
    """The command that a text means; `how` is how a command begins where it was typed.

    Only the prompt keeps what was typed as it is. Raises UserError and nothing else.
    """
    text = received(text)
    if not text:
        return Help()
    typed, rest = split_verb(text)
    verb = CANONICAL.get(typed)
    if verb is None:
        raise not_understood(how, text, typed, rest)
    if verb != "help" and plain(rest).strip().lower() in _AFTER_VERB:
        return Help(verb)
    return _READERS[verb](Said(how, verb, rest, typed))


def _list(said: Said) -> Command:
    cut = in_words(said.rest)
    words = [word.lower() for word in cut.words]
    everywhere = "all" in words
    if everywhere:
        words.remove("all")
    nothing_more(said, words[1:], cut.pairs)
    if not words:
        return ListJobs(everywhere=everywhere)
    page = words[0]
    if not (page.isascii() and page.isdecimal() and len(page) < 8 and 1 <= int(page) <= MOST_PAGES):
        raise UserError(f"'{shortened(page, 40)}' is not a page of the list", said.usage())
    return ListJobs(int(page), everywhere)


def _run(said: Said) -> Command:
    cut = in_words(said.rest)
    job, words = job_first(said, cut.words)
    if words and words[0].lower() in ("held", "now"):
        nothing_more(said, words[1:], cut.pairs)
        return RunJob(job, held=words[0].lower() == "held")
    nothing_more(said, words, cut.pairs)
    return RunJob(job)


def _pin(said: Said) -> Command:
    return PinJob(*routed(said, in_words(said.rest)))


def _accept(said: Said) -> Command:
    return AcceptRoute(*routed(said, in_words(said.rest)))


def _snapshot(said: Said) -> Command:
    cut = in_words(said.rest)
    if cut.words[:1] and cut.words[0].lower() == "all":
        nothing_more(said, cut.words[1:], cut.pairs)
        return TakeSnapshots()
    job, words = job_first(said, cut.words)
    nothing_more(said, words, cut.pairs)
    return TakeSnapshot(job)


def _unpin(said: Said) -> Command:
    cut = in_words(said.rest)
    job, words = job_first(said, cut.words)
    axes = [word.lower() for word in words]
    nothing_more(said, [axis for axis in axes if axis not in ("provider", "model")], cut.pairs)
    if not axes:
        return UnpinJob(job)
    return UnpinJob(job, provider="provider" in axes, model="model" in axes)


def _default(said: Said) -> Command:
    cut = in_words(said.rest)
    words = cut.words
    if not words and not cut.pairs:
        return ShowDefault()
    if len(words) > 1 and words[1].lower() == "for":
        raise UserError(
            "a default for a while is not available in this version",
            said.type(f"default {shortened(words[0])}"),
        )
    confirmed = words[-1:] != () and words[-1].lower() == "yes"
    asked = route(said, words[:-1] if confirmed else words, cut.pairs, "default")
    if asked is None:
        raise UserError(
            "default needs a route before the 'yes'", said.type(BY_NAME["default"].forms[2])
        )
    return ChangeDefault(asked, confirmed)


def _alerts(said: Said) -> Command:
    cut = in_words(said.rest)
    nothing_more(said, cut.words, cut.pairs)
    return ListAlerts()


def _halt(said: Said) -> Command:
    return HaltAll(shortened(" ".join(plain(said.rest).split()), LONGEST_REASON))


def _unhalt(said: Said) -> Command:
    cut = in_words(said.rest)
    nothing_more(said, cut.words, cut.pairs)
    return Unhalt()


def _claim(said: Said) -> Command:
    cut = in_words(said.rest)
    nothing_more(said, (), cut.pairs)
    code = "".join(filter(str.isalnum, "".join(cut.words)))
    if not code:
        raise UserError("claim needs the code that driftpin serve printed", said.usage())
    return Claim(code)


def _unclaim(said: Said) -> Command:
    cut = in_words(said.rest)
    nothing_more(said, cut.words[1:], cut.pairs)
    example = said.type(BY_NAME["unclaim"].examples[0])
    if not cut.words:
        raise UserError("unclaim needs a person", example)
    if not _PERSON.fullmatch(cut.words[0]):
        raise UserError(f"'{shortened(cut.words[0], 40)}' is not a person", example)
    return Unclaim(cut.words[0])


def _help(said: Said) -> Command:
    words = in_words(said.rest).words
    if not words:
        return Help()
    if said.typed == "start":
        return _started(said, words[0])
    topic = words[0].lower().removeprefix("/")
    topic = CANONICAL.get(topic, topic)
    if topic not in TOPICS:
        raise no_such_topic(said, topic)
    return Help(topic)


def _started(said: Said, word: str) -> Command:
    """Telegram sends `/start`, perhaps with a word of its own; a person may mean a job."""
    if word.removeprefix("#").isdecimal():
        raise UserError("start can mean two things", said.type("run 7", "resume 7"))
    return Help()


def _cronjob(said: Said) -> Command:
    return cronjob(said, in_words(said.rest))


def _job_alone(make: Callable[[JobId], Command]) -> Callable[[Said], Command]:
    def read(said: Said) -> Command:
        cut = in_words(said.rest)
        job, words = job_first(said, cut.words)
        nothing_more(said, words, cut.pairs)
        return make(job)

    return read


_READERS: dict[str, Callable[[Said], Command]] = {
    "add": add,
    "list": _list,
    "show": _job_alone(ShowJob),
    "edit": edit,
    "pause": _job_alone(PauseJob),
    "resume": _job_alone(ResumeJob),
    "run": _run,
    "stop": _job_alone(StopJob),
    "leave": _job_alone(LeaveRun),
    "remove": _job_alone(RemoveJob),
    "pin": _pin,
    "unpin": _unpin,
    "accept": _accept,
    "snapshot": _snapshot,
    "drill": _job_alone(DrillJob),
    "alerts": _alerts,
    "history": _job_alone(History),
    "output": _job_alone(Output),
    "default": _default,
    "halt": _halt,
    "unhalt": _unhalt,
    "claim": _claim,
    "unclaim": _unclaim,
    "help": _help,
    "cronjob": _cronjob,
}
