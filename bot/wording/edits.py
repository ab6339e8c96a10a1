"""What an edit changed, each fact as it was and as it is."""

from bot.message import Line, line
from bot.wording import facts
from scheduler.dollars import dollars
from scheduler.job import Job
from scheduler.route import Pins
from scheduler.schedule.spans import span_words

LONGEST = 300
"""Signs of a prompt that are shown of it here; `show` has it whole."""


def edits(before: Job, after: Job) -> tuple[tuple[str, Line], ...]:
    """One row for each fact that is another now: the old one, then the new one."""
    was, now = _told(before), _told(after)
    return tuple(
        (name, (*was[name], *line(" -> "), *now[name])) for name in now if was[name] != now[name]
    )


def _told(job: Job) -> dict[str, Line]:
    """The facts that can be edited, in the order of a card."""
    return {
        "Name": line(job.name),
        "Schedule": facts.when(job),
        "Prompt": line(f"'{_short(job.prompt)}'"),
        "Pin": line("none" if job.pins == Pins() else facts.names(job.pins)),
        "On drift": line(str(job.on_drift or "as configured")),
        "Free only": line("yes" if job.free_only else "no"),
        "On missed": line(str(job.on_missed)),
        "Own cap": line(
            "as configured" if job.max_usd is None else f"{dollars(job.max_usd)} a run"
        ),
        "Timeout": line("as usual" if job.timeout is None else span_words(job.timeout)),
    }


def _short(prompt: str) -> str:
    return prompt if len(prompt) <= LONGEST else f"{prompt[:LONGEST].rstrip()}…"
