"""Reads what is drafted with a bar: the schedule and options before it, the prompt behind it."""

from collections.abc import Sequence

from bot.grammar.arguments import Said, job_first
from bot.grammar.cut import at_bar
from bot.grammar.options import options_of
from bot.grammar.typed import shortened
from bot.grammar.verbs import BY_NAME
from bot.invisible import is_blank
from scheduler.commands import AddJob, AskAdd, Command, EditJob, Options
from scheduler.errors import UserError

_EXAMPLE = BY_NAME["add"].examples[0]


def add(said: Said) -> Command:
    """A new job; where nothing was typed, what it needs is asked for."""
    if not said.rest:
        return AskAdd()
    cut = at_bar(said.rest)
    if cut.prompt is None:
        raise UserError(
            "there is no bar between schedule and prompt",
            said.type(f"add {shortened(said.rest)} | Summarise open incidents"),
        )
    schedule = bare_schedule(cut.words, barred=True)
    if schedule is None:
        raise UserError("there is no schedule before the bar", said.type(_EXAMPLE))
    options = options_of(cut.pairs)
    if is_blank(cut.prompt):
        raise _no_prompt(said, f"add {shortened(schedule)}")
    return AddJob(schedule, cut.prompt, options)


def edit(said: Said) -> Command:
    """A change to a job: what was typed and nothing else."""
    cut = at_bar(said.rest)
    job, words = job_first(said, cut.words)
    schedule = bare_schedule(words, barred=cut.prompt is not None)
    options = options_of(cut.pairs)
    if cut.prompt is not None and is_blank(cut.prompt):
        raise _no_prompt(said, f"edit {job}")
    if (schedule, cut.prompt, options) == (None, None, Options()):
        raise UserError("edit needs what to change", said.type(f"edit {job} every day at 9:00"))
    return EditJob(job, schedule, cut.prompt, options)


def bare_schedule(words: Sequence[str], *, barred: bool) -> str | None:
    """The schedule without the quotes that some people put around it; `barred` if a bar follows.

    What would be read as something else once its quotes are gone is refused.
    """
    schedule = " ".join(words).strip("\"' ")
    bar = " | x" if barred else ""
    alone = at_bar(f"{schedule}{bar}")
    if alone.words != tuple(schedule.split()) or alone.pairs or bool(alone.prompt) != barred:
        raise UserError(
            f"'{shortened(schedule, 40)}' is not a schedule", "type it like 'every day at 09:00'"
        )
    return schedule or None


def _no_prompt(said: Said, before: str) -> UserError:
    return UserError(
        "there is no prompt behind the bar", said.type(f"{before} | Summarise open incidents")
    )
