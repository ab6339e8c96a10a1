"""Reads what was asked for field by field; what stands in a field is data and never a command."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.grammar.drafts import bare_schedule
from bot.grammar.sentences import sentence
from bot.grammar.typed import must_fit, plain
from bot.invisible import is_blank, storable
from bot.message import AddForm
from scheduler.bounds import check_pace, check_prompt
from scheduler.commands import AddJob, Options
from scheduler.config import Limits
from scheduler.errors import UserError
from scheduler.schedule.phrases import parse_schedule
from scheduler.schedule.zones import zone_named

Problems = tuple[tuple[str, str], ...]
"""Fields of a form by name, each with a sentence about what is wrong with it."""

_WRITE = "write it like 'every weekday at 09:00'"

FIELDS = ("zone", "schedule", "prompt")
"""The fields of an AddForm, in the order in which they are judged."""


def read_form(
    form: AddForm, zone: str, now: datetime, limits: Limits | None = None
) -> AddJob | Problems:
    """The command that a filled form means, or everything that is wrong with it.

    `zone` (IANA) counts where the form names none, or none that exists. Without `limits` only what
    the words mean is judged.
    """
    chosen = zone if check_field("zone", form.zone, zone, now) else _zone(form.zone) or zone
    found = tuple(
        (name, problem)
        for name in FIELDS
        if (problem := check_field(name, getattr(form, name), chosen, now, limits))
    )
    if found:
        return found
    named = _zone(form.zone)
    return AddJob(_schedule(form.schedule), _prompt(form.prompt), Options(zone=named))


def check_field(
    name: str, value: str, zone: str, now: datetime, limits: Limits | None = None
) -> str | None:
    """What is wrong with one field of a form, as a sentence; None where it is good.

    A schedule is read in `zone` (IANA), in UTC where there is no such zone.
    """
    try:
        _CHECKS[name](value, zone, now, limits)
    except UserError as error:
        return sentence(str(error))
    return None


def _check_zone(value: str, zone: str, now: datetime, limits: Limits | None) -> None:
    _zone(value)


def _check_schedule(value: str, zone: str, now: datetime, limits: Limits | None) -> None:
    where = _zone_or_utc(zone)
    schedule = parse_schedule(_schedule(value), zone=where, now=now)
    if limits is not None:
        check_pace(schedule, where, now, limits)


def _check_prompt(value: str, zone: str, now: datetime, limits: Limits | None) -> None:
    prompt = _prompt(value)
    if limits is not None:
        check_prompt(prompt, limits)


_CHECKS: dict[str, Callable[[str, str, datetime, Limits | None], None]] = {
    "zone": _check_zone,
    "schedule": _check_schedule,
    "prompt": _check_prompt,
}


def _zone(value: str) -> str | None:
    """The name of the zone as the list has it; None where nothing was typed."""
    typed = _typed(value)
    return zone_named(typed).key if typed else None


def _zone_or_utc(name: str) -> ZoneInfo:
    try:
        return zone_named(_typed(name))
    except UserError:
        return ZoneInfo("UTC")


def _schedule(value: str) -> str:
    must_fit(value, _WRITE)
    schedule = bare_schedule(_typed(value).split(), barred=True)
    if schedule is None:
        raise UserError("the schedule is empty", _WRITE)
    return schedule


def _prompt(value: str) -> str:
    must_fit(value)
    if is_blank(value):
        raise UserError("the prompt is empty", "write it like 'Summarise open incidents'")
    return storable(value).strip()


def _typed(value: str) -> str:
    """A field as a plain keyboard would have typed it, without quotes around it."""
    return " ".join(plain(value).split()).strip("\"' ")
