"""A halt in words: what it shut, what it cut off, and what it held."""

from collections.abc import Sequence

from bot.message import Block, Line, Message, Moment, Paragraph, Tone, bold, code, line
from bot.wording import facts
from bot.wording.long import dozen
from scheduler.halt import Halt, HaltEnded, HaltSet
from scheduler.job import Job
from scheduler.run import Run
from scheduler.script import is_script


def halted(found: HaltSet, how: str) -> Message:
    """The answer to whoever halted."""
    blocks: list[Block] = []
    scripts = [run for run in found.stopped if run.route is not None and is_script(run.route)]
    if calls := [run for run in found.stopped if run not in scripts]:
        cut = f"{facts.count(len(calls), 'call')} cut off ({_jobs_of(calls)})"
        blocks.append(Paragraph(line(f"{cut}; what had left by then may have been billed.")))
    if scripts:
        it = "it" if len(scripts) == 1 else "they"
        ended = f"{facts.count(len(scripts), 'script')} ended ({_jobs_of(scripts)})"
        blocks.append(Paragraph(line(f"{ended}, with everything {it} had started.")))
    if found.new and not found.stopped:
        blocks.append(Paragraph(line("No call was under way.")))
    rest = "Fires that come due are held and use up nothing; plain messages go on. To end it: "
    blocks.append(Paragraph(line(rest, code(f"{how} unhalt"))))
    title = f"{found.halt}." if found.new else f"It is halted already: {found.halt}."
    return Message(title, tuple(blocks), tone=Tone.LOUD)


def in_force(halt: Halt, how: str) -> Paragraph:
    """One line above what would run if nobody had halted."""
    return Paragraph(line(bold("Halted: "), f"{halt}. ", code(f"{how} unhalt"), " ends it."))


def notice(halt: Halt) -> str:
    """What the admins are told of a halt that no chat has asked for."""
    return f"{halt}, on the machine. '/jobs unhalt' ends it."


def ended(found: HaltEnded, how: str) -> Message:
    """What was missed and what waits, to whoever ended the halt."""
    if found.halt is None:
        return Message("Nothing is halted; nothing was changed.")
    blocks: list[Block] = []
    if found.missed:
        rows = [
            line(*_named(job), f": {facts.count(fires, 'fire')}") for job, fires in found.missed
        ]
        blocks.append(Paragraph(line("Missed, and not made up for:")))
        blocks.append(dozen(rows))
    if found.waiting:
        rows = [
            line(
                *_named(job),
                ", due ",
                Moment(run.fire_time, job.zone),
                ": ",
                code(f"{how} run {job.id}"),
            )
            for job, run in found.waiting
        ]
        blocks.append(Paragraph(line("Held until somebody runs it:")))
        blocks.append(dozen(rows))
    if not blocks:
        blocks.append(Paragraph(line("No fire was held meanwhile.")))
    title = "The halt is over. Nothing runs by itself before its next fire."
    return Message(title, tuple(blocks), tone=Tone.GOOD)


def told(by: str, missed: str, waiting: str, how: str) -> Message:
    """The same to a chat whose jobs were held; the jobs are given by their numbers."""
    blocks: list[Block] = []
    if missed:
        words = f"Missed, and not made up for: fires of {_numbers(missed)}."
        blocks.append(Paragraph(line(words)))
    if waiting:
        run = code(f"{how} run {waiting.split(maxsplit=1)[0]}")
        blocks.append(Paragraph(line(f"Held until somebody runs it: {_numbers(waiting)}. ", run)))
    return Message(f"{by} ended the halt; jobs run again from their next fires on.", tuple(blocks))


def _jobs_of(runs: Sequence[Run]) -> str:
    return _numbers(" ".join(sorted({str(run.job_id) for run in runs}, key=int)))


def _numbers(spaced: str) -> str:
    numbers = spaced.split()
    return f"job {numbers[0]}" if len(numbers) == 1 else f"jobs {', '.join(numbers)}"


def _named(job: Job) -> Line:
    return line(bold(f"#{job.id}"), f" {job.name}")
