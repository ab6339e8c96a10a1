"""What is spent, in words: a cap that comes near, and more that is allowed for today."""

from collections.abc import Iterator
from dataclasses import replace
from typing import assert_never

from bot.message import (
    Block,
    Bullets,
    Button,
    Line,
    Message,
    Moment,
    Paragraph,
    Quiet,
    Tone,
    bold,
    code,
    line,
)
from bot.wording import facts
from bot.wording.long import dozen
from bot.wording.runs import run_held_button
from scheduler.answers import Raised
from scheduler.caps import Cap
from scheduler.dollars import dollars
from scheduler.job import Job, JobState
from scheduler.spend import Reached


def warning(job: Job, near: Reached, how: str) -> Message:
    """Before a cap of a day holds anything; the run that takes it there goes on."""
    title = f"{_whose(job, near.cap)} come near the {dollars(near.most)} of {near.day}."
    if near.cap is Cap.JOB_DAY:
        title = f"Job {facts.called(job)} comes near the {dollars(near.most)} it may spend on {near.day}."
    run = f"a run of job {facts.called(job)}" if near.cap is not Cap.JOB_DAY else "its run"
    words = f"{dollars(near.spent)} is spent or reserved; {run} that starts now may cost {dollars(near.asked)}."
    rest = line(
        f"At the cap (spend.{near.cap}) paid runs are held until the day is over. ",
        code(f"{how} cost {job.id}"),
        " says what was spent; ",
        code(f"{how} raise {job.id}"),
        " allows more for the day (admins), once a cap is in the way.",
    )
    return Message(title, (Paragraph(line(words)), Paragraph(rest)), tone=Tone.LOUD)


def raised(found: Raised, how: str) -> Message:
    """What an admin allows today, what is still in the way, and the fires that wait."""
    allowed = [
        line(f"{_whose(found.job, each.cap)}: {dollars(each.most)} (spend.{each.cap})")
        for each in found.caps
    ]
    blocks: list[Block] = [Bullets(tuple(allowed))]
    buttons: tuple[Button, ...] = ()
    if found.left:
        also = "; ".join(f"spend.{each.cap}, {dollars(each.most)}" for each in found.left)
        more = code(f"{how} raise {found.job.id}")
        blocks.append(Paragraph(line(f"Still in the way: {also}. ", more, " allows that as well.")))
    elif found.waiting:
        job, run = found.waiting[0]
        if job.id == found.job.id:
            buttons = (replace(run_held_button(run), primary=True),)
    if found.waiting:
        words = (
            "Held, and not run by itself; the next good run of a job makes up for its held fires:"
        )
        blocks += [Paragraph(line(words)), dozen(_waiting(found, how))]
    elif not found.left:
        blocks.append(Paragraph(_goes_on(found.job, how)))
    blocks.append(Quiet(line("From tomorrow on the caps are as config.yaml says.")))
    title = f"More may be spent on {found.day} ({found.zone})."
    return Message(title, tuple(blocks), buttons, Tone.GOOD)


def _waiting(found: Raised, how: str) -> Iterator[Line]:
    for job, run in found.waiting:
        due, command = Moment(run.fire_time, job.zone), code(f"{how} run {job.id}")
        yield line(bold(f"#{job.id}"), f" {job.name}, due ", due, ": ", command)


def _goes_on(job: Job, how: str) -> Line:
    again = "Its next fires run by themselves; "
    if job.state is not JobState.ACTIVE:
        again = f"It is {job.state}, and stays so; "
    return line(again, code(f"{how} run {job.id}"), " runs it now.")


def _whose(job: Job, cap: Cap) -> str:
    match cap:
        case Cap.OWN | Cap.RUN:
            return f"Each run of job {facts.called(job)}"
        case Cap.JOB_DAY:
            return f"Job {facts.called(job)}"
        case Cap.CHAT_DAY:
            return f"The jobs of the chat of job {facts.called(job)} together"
        case Cap.DAY:
            return "All jobs together"
        case _:
            assert_never(cap)
