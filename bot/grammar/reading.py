"""What a typed text means: one command, or one line of what is wrong and what to type instead."""

import re
from collections.abc import Callable

from bot.grammar.arguments import Said, job_first, nothing_more, route, routed
from bot.grammar.cronjob import cronjob
from bot.grammar.cut import Cut, in_words
from bot.grammar.defaults import default
from bot.grammar.drafts import add, edit
from bot.grammar.near import no_such_topic, not_understood, split_verb
from bot.grammar.options import KEYS
from bot.grammar.typed import plain, received, shortened
from bot.grammar.verbs import BY_NAME, BY_WORD, CANONICAL, TOPICS
from scheduler.alert import Decision
from scheduler.commands import (
    AcceptRoute,
    Claim,
    Command,
    CostOfJob,
    DecideAll,
    DrillJob,
    HaltAll,
    Help,
    History,
    LeaveRun,
    ListAlerts,
    ListJobs,
    Output,
    OwnZone,
    PauseJob,
    PinJob,
    RaiseCaps,
    ReadAudit,
    RemoveJob,
    ResumeJob,
    RunJob,
    ShowCosts,
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
        raise not_understood(how, text, typed, rest, _works)
    if verb != "help" and plain(rest).strip().lower() in _AFTER_VERB:
        return Help(verb)
    return _READERS[verb](Said(how, verb, rest, typed))


def _works(line: str) -> bool:
    """Would this line, which begins with a verb, be understood?"""
    try:
        parse(line)
    except UserError:
        return False
    return True


def _list(said: Said) -> Command:
    cut = in_words(said.rest)
    words = [word.lower() for word in cut.words]
    everywhere = "all" in words
    if everywhere:
        words.remove("all")
    nothing_more(said, words[1:], cut.pairs)
    if not words:
        return ListJobs(everywhere=everywhere)
    return ListJobs(_page(said, words[0], "list", MOST_PAGES), everywhere)


def _run(said: Said) -> Command:
    cut = in_words(said.rest)
    job, words = job_first(said, cut.words)
    if words and words[0].lower() in ("held", "now"):
        nothing_more(said, words[1:], cut.pairs)
        return RunJob(job, held=words[0].lower() == "held")
    if words and words[0].lower() == "once":
        return RunJob(job, once=True, route=route(said, words[1:], cut.pairs, f"run {job} once"))
    nothing_more(said, words, cut.pairs)
    return RunJob(job)


def _pin(said: Said) -> Command:
    cut = in_words(said.rest)
    return DecideAll(Decision.PINNED) if _all(said, cut) else PinJob(*routed(said, cut))


def _accept(said: Said) -> Command:
    cut = in_words(said.rest)
    return DecideAll(Decision.ACCEPTED) if _all(said, cut) else AcceptRoute(*routed(said, cut))


def _pause(said: Said) -> Command:
    everything = _all(said, in_words(said.rest))
    return DecideAll(Decision.PAUSED) if everything else _job_alone(PauseJob)(said)


def _all(said: Said, cut: Cut) -> bool:
    """Whether a decision is about every job that the alerts of this chat ask about."""
    if not cut.words[:1] or cut.words[0].lower() != "all":
        return False
    nothing_more(said, cut.words[1:], cut.pairs)
    return True


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


def _alerts(said: Said) -> Command:
    cut = in_words(said.rest)
    nothing_more(said, cut.words, cut.pairs)
    return ListAlerts()


def _cost(said: Said) -> Command:
    cut = in_words(said.rest)
    if not cut.words or _all(said, cut):
        nothing_more(said, cut.words[1:], cut.pairs)
        return ShowCosts(everywhere=bool(cut.words))
    return _job_alone(CostOfJob)(said)


def _tz(said: Said) -> Command:
    cut = in_words(said.rest)
    nothing_more(said, (), cut.pairs)
    return OwnZone(" ".join(cut.words) or None)


def _audit(said: Said) -> Command:
    cut = in_words(said.rest)
    words = cut.words
    job: JobId | None = None
    if words and words[0].lower() != "page":
        job, words = job_first(said, words)
    if words[:1] and words[0].lower() == "page":
        nothing_more(said, words[2:], cut.pairs)
        return ReadAudit(job, _page(said, words[1] if len(words) > 1 else "", "audit", 1_000))
    nothing_more(said, words, cut.pairs)
    return ReadAudit(job)


def _page(said: Said, typed: str, what: str, most: int) -> int:
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 8 and 1 <= int(typed) <= most):
        raise UserError(f"'{shortened(typed, 40)}' is not a page of the {what}", said.usage())
    return int(typed)


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
    topic = CANONICAL.get(topic) or BY_WORD.get(topic) or ("options" if topic in KEYS else topic)
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
    "pause": _pause,
    "resume": _job_alone(ResumeJob),
    "run": _run,
    "stop": _job_alone(StopJob),
    "leave": _job_alone(LeaveRun),
    "raise": _job_alone(RaiseCaps),
    "remove": _job_alone(RemoveJob),
    "pin": _pin,
    "unpin": _unpin,
    "accept": _accept,
    "snapshot": _snapshot,
    "drill": _job_alone(DrillJob),
    "alerts": _alerts,
    "history": _job_alone(History),
    "output": _job_alone(Output),
    "cost": _cost,
    "default": default,
    "halt": _halt,
    "unhalt": _unhalt,
    "tz": _tz,
    "audit": _audit,
    "claim": _claim,
    "unclaim": _unclaim,
    "help": _help,
    "cronjob": _cronjob,
}
