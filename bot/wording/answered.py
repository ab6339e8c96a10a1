"""An alert about what answered: not what was consented to, and what it has cost."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from bot.message import (
    Block,
    Bullets,
    Code,
    Fields,
    Line,
    Message,
    Paragraph,
    Tone,
    bold,
    code,
    line,
)
from bot.wording import facts
from bot.wording.buttons import about_all
from bot.wording.held_jobs import LISTED, Waiting, in_line, pin_line
from scheduler.alert import Alert, AlertJob
from scheduler.dollars import dollars
from scheduler.run import CostSource, Run
from scheduler.served import Fact, Mismatch


def alert(found: Alert, waiting: Waiting, calls: int, how: str) -> Message:
    """The open alert about an answer that nobody consented to.

    `waiting` are the held runs by job, `calls` the requests of theirs that ever passed the gate.
    """
    rows = found.undecided
    runs = [run for row in rows for run in waiting.get(row.job.id, ())]
    spent = _spent(runs)
    blocks: list[Block] = [
        Paragraph(_so_far(runs, calls)),
        Bullets(tuple(_row(row) for row in rows[:LISTED])),
    ]
    if len(rows) > LISTED:
        blocks.append(Paragraph(line(f"and {len(rows) - LISTED} more: ", code(f"{how} list"))))
    if kept := next((run for run in reversed(runs) if run.output), None):
        output = code(f"{how} output {kept.job_id}")
        blocks.append(Paragraph(line("What it answered is kept: ", output)))
    blocks.append(Fields(_choices(found, rows)))
    words = (
        "Until somebody decides, every fire is held and makes no call. Pin old without its button:"
    )
    blocks.append(Paragraph(line(words)))
    blocks.append(Code("\n".join(pin_line(row.job, how) for row in rows[:LISTED])))
    held = f"Job {facts.called(rows[0].job)} is" if len(rows) == 1 else f"{len(rows)} jobs are"
    title = f"{held} held: {found.route.name} {_happened(rows)}. {spent}"
    buttons = about_all(found, rows, accepting(found, rows))
    return Message(title, tuple(blocks), buttons, Tone.LOUD)


def _mismatches(rows: Iterable[AlertJob]) -> list[Mismatch]:
    """What answered for these jobs, each told once, in the order of facts."""
    found = {each: None for row in rows for each in row.job.answered_as}
    return sorted(found, key=lambda each: list(Fact).index(each.fact))


def _happened(rows: Sequence[AlertJob]) -> str:
    served = {fact: [each for each in _mismatches(rows) if each.fact is fact] for fact in Fact}
    said = []
    if models := served[Fact.MODEL]:
        said.append(f"was answered by {_either(models)}")
    if others := served[Fact.DOWNSTREAM]:
        said.append(f"came through {_either(others)} instead of {others[0].consented}")
    if served[Fact.COST]:
        said.append("was not free")
    return _joined(said)


def _joined(said: Sequence[str]) -> str:
    """What is told, as one part of a sentence."""
    *most, last = said or ("was not answered as consented to",)
    return f"{', '.join(most)} and {last}" if most else last


def _either(found: Sequence[Mismatch]) -> str:
    return " or ".join(each.served for each in found)


def _spent(runs: Sequence[Run]) -> str:
    """What these runs have really cost; what nobody knows is said to be unknown."""
    called = [run.usage for run in runs if run.usage.requests]
    known = [usage.cost for usage in called if usage.cost is not None]
    if not called:
        return "Nothing was spent on the fires that wait."
    if len(known) < len(called):
        at_least = f", at least {dollars(sum(known, Decimal(0)))}" if known else ""
        return f"What it cost is unknown{at_least}."
    total = dollars(sum(known, Decimal(0)))
    if all(usage.cost_source is CostSource.BILLED for usage in called):
        return f"{total} was billed."
    return f"About {total} was spent, estimated from the price list."


def _so_far(runs: Sequence[Run], calls: int) -> Line:
    held = f"{facts.count(len(runs), 'fire')} held so far; calls made: "
    return line(held, bold(str(calls)), ". ", bold(_spent(runs)))


def _row(row: AlertJob) -> Line:
    return in_line(row.job, ", ".join(map(str, row.job.answered_as)))


def _choices(found: Alert, rows: Sequence[AlertJob]) -> tuple[tuple[str, Line], ...]:
    """What each button does."""
    it, them = ("the job", "it") if len(rows) == 1 else ("each job", "them")
    name = found.route.name
    return (
        ("Pin old", line(f"{it} keeps asking {name}, and is held again if this happens again")),
        ("Accept new", line(f"{it} keeps asking {name}, and {_accepted(rows)}")),
        ("Pause", line(f"no more runs until somebody resumes {them}")),
    )


def _accepted(rows: Sequence[AlertJob]) -> str:
    found = _mismatches(rows)
    said = []
    if models := [each for each in found if each.fact is Fact.MODEL]:
        said.append(f"{_either(models)} may answer")
    if others := [each for each in found if each.fact is Fact.DOWNSTREAM]:
        said.append(f"it may come through {_either(others)}")
    if any(each.fact is Fact.COST for each in found):
        said.append("it may be billed")
    return _joined(said)


def accepting(found: Alert, rows: Sequence[AlertJob]) -> str:
    """What is asked before these jobs may be answered like that from now on."""
    jobs = facts.count(len(rows), "job")
    return f"From now on {jobs} will ask {found.route.name}, and {_accepted(rows)}. Accept?"
