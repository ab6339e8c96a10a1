"""Reads the second form, `cronjob action=update job_id=7 …`, which hermes-agent's people know."""

from collections.abc import Callable

from bot.grammar.arguments import Said, job_number, nothing_more
from bot.grammar.cut import Cut, Pair
from bot.grammar.drafts import bare_schedule
from bot.grammar.options import KEYS, LATER_KEYS, by_key, options_of
from bot.grammar.typed import plain, shortened
from bot.invisible import is_blank
from scheduler.commands import (
    AddJob,
    Command,
    EditJob,
    ListJobs,
    PauseJob,
    PinJob,
    RemoveJob,
    ResumeJob,
    RouteText,
    RunJob,
)
from scheduler.errors import UserError
from scheduler.job import JobId

ACTIONS = ("create", "list", "update", "pause", "resume", "run", "remove")
_ABOUT_A_JOB: dict[str, Callable[[JobId], Command]] = {
    "pause": PauseJob,
    "resume": ResumeJob,
    "run": RunJob,
    "remove": RemoveJob,
}
_OWN_KEYS = {key: key for key in ("action", "job_id", "schedule", "prompt")}
_LATER_KEYS = (
    *LATER_KEYS,
    *("base_url", "enabled_toolsets", "no_agent", "script", "skill", "skills", "workdir"),
)


def cronjob(said: Said, cut: Cut) -> Command:
    """The command of a line in the second form; every value is a `key=value`."""
    if cut.words:
        raise UserError(
            f"'{shortened(cut.words[0], 40)}' belongs to no option",
            "put a value with spaces in quotes, like 'schedule=\"every 2h\"'",
        )
    typed = by_key(cut.pairs, _OWN_KEYS | KEYS, _LATER_KEYS)
    action = typed.pop("action", "").lower()
    if action not in ACTIONS:
        what = (
            f"there is no action '{shortened(action, 40)}'" if action else "cronjob needs action="
        )
        raise UserError(what, f"the actions are {', '.join(ACTIONS)}")
    pairs = tuple(Pair(key, value) for key, value in typed.items() if key not in _OWN_KEYS)
    if action == "create":
        return _create(said, typed, pairs)
    if action == "list":
        nothing_more(said, (), tuple(Pair(key, "") for key in typed))
        return ListJobs()
    if action == "update":
        return _update(said, typed, pairs)
    job = job_number(said, typed.pop("job_id", None))
    nothing_more(said, (), tuple(Pair(key, "") for key in typed))
    return _ABOUT_A_JOB[action](job)


def _create(said: Said, typed: dict[str, str], pairs: tuple[Pair, ...]) -> Command:
    if "job_id" in typed:
        raise UserError("a new job has no job_id= yet", "leave it out")
    schedule, prompt = _schedule(typed), _prompt(typed)
    if schedule is None or prompt is None:
        raise UserError(
            "action=create needs schedule= and prompt=",
            said.type('cronjob action=create schedule="every 2h" prompt="Is the build green?"'),
        )
    return AddJob(schedule, prompt, options_of(pairs))


def _update(said: Said, typed: dict[str, str], pairs: tuple[Pair, ...]) -> Command:
    job = job_number(said, typed.pop("job_id", None))
    if not typed:
        raise UserError("action=update needs what to change", said.usage())
    if typed.keys() <= {"provider", "model"}:
        return PinJob(job, RouteText(provider=typed.get("provider"), model=typed.get("model")))
    return EditJob(job, _schedule(typed), _prompt(typed), options_of(pairs))


def _schedule(typed: dict[str, str]) -> str | None:
    if "schedule" not in typed:
        return None
    schedule = bare_schedule(plain(typed["schedule"]).split(), barred=False)
    if schedule is None:
        raise UserError("schedule= is empty", "type it like 'schedule=\"every 2h\"'")
    return schedule


def _prompt(typed: dict[str, str]) -> str | None:
    prompt = typed.get("prompt")
    if prompt is not None and is_blank(prompt):
        raise UserError("prompt= is empty", "type it like 'prompt=\"Is the build green?\"'")
    return prompt.strip() if prompt is not None else None
