"""What jobs cost, in words and bars: this week and month, what is held back, the coming week."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import assert_never

from bot.message import (
    Block,
    Bullets,
    Code,
    Fields,
    Line,
    Message,
    Moment,
    Paragraph,
    Quiet,
    bold,
    code,
    line,
)
from bot.wording import coming, facts, prices
from bot.wording.bars import DOUBT, OPEN, Row, bars
from scheduler.answers import CostsOf
from scheduler.caps import Cap
from scheduler.costs import NAMED, JobCosts, Others, Overview, Sum, Used
from scheduler.dollars import dollars
from scheduler.held import cost_words
from scheduler.job import Job, JobState
from scheduler.rate import Coming
from scheduler.run import CostSource, Run, RunState

NOTHING = Sum()


def overview(found: Overview, how: str) -> Message:
    """Of the jobs of a chat, or of all chats."""
    where = "everywhere" if found.everywhere else "here"
    week, month = dollars(found.week.total), dollars(found.month.total)
    blocks: list[Block] = []
    if found.week.total:
        blocks.append(_heading("This week", found.since.week, week))
        blocks.append(Code(bars(_rows(found.named, found.others, weekly=True))))
    if found.month.total:
        blocks.append(_heading("This month", found.since.month, month))
        blocks.append(Code(bars(_rows(found.named, found.others, weekly=False))))
    blocks += _legend(found.week + found.month, found.month if found.month.doubt else found.week)
    if found.free and found.month.total:
        rest = facts.count(found.free, "other job" if found.named else "job")
        blocks.append(Quiet(line(f"{rest}: $0.00.")))
    blocks.append(Fields(tuple(_facts(found, how))))
    blocks += coming.held_back(found.held, how)
    title = f"The jobs {where} cost {week} this week and {month} this month."
    if not (found.week.total or found.month.total):
        title = f"The jobs {where} cost $0.00 this week and this month."
        if found.coming == Coming() and not found.held:
            return Message(f"{title[:-1]}, and no run that costs anything is due.")
    return Message(title, tuple(blocks))


def of_job(found: CostsOf, how: str) -> Message:
    """Of one job, day by day."""
    job = found.job
    if not job.kind.guarded:
        return Message(f"Job {facts.called(job)} costs $0.00: it calls no provider.")
    week = sum((each for _, each in found.days), NOTHING)
    title = (
        f"Job {facts.called(job)} cost {dollars(week.total)} this week"
        f" and {dollars(found.month.total)} this month."
    )
    blocks: list[Block] = []
    if not found.month.total and found.coming == Coming() and not found.held:
        return Message(f"{title[:-1]}, and no run that costs anything is due.")
    if week.total:
        rows = [
            Row(f"{date.fromisoformat(day):%a} {int(day[-2:])}", each) for day, each in found.days
        ]
        blocks.append(Code(bars(rows)))
    blocks += _legend(week + found.month, found.month if found.month.doubt else week)
    if job.state is not JobState.REMOVED:
        told = [*_caps(found.caps, job), ("Next 7 days", coming.of_one(found.coming))]
        if found.prices:
            told.append(("Prices", line("; ".join(found.prices))))
        blocks.append(Fields(tuple(told)))
        blocks += coming.held_back(found.held, how)
    if found.runs:
        blocks.append(Paragraph(line(bold("Runs"), ", the latest first:")))
        blocks.append(Bullets(tuple(_run(run, counted, job) for run, counted in found.runs)))
    return Message(title, tuple(blocks))


def _run(run: Run, counted: Decimal, job: Job) -> Line:
    """What one run cost, and how that is known; `counted` is what it counts as."""
    usage, name = run.usage, run.route.name if run.route else "an unknown route"
    in_doubt = run.state is RunState.UNKNOWN or usage.cost is None
    said = cost_words(usage)
    if run.route is not None and usage.cost and usage.cost_source is CostSource.ESTIMATED:
        said += prices.list_words(run.route)
    if in_doubt and counted:
        why = "outcome" if run.state is RunState.UNKNOWN else "cost"
        said = f"{why} unknown, so it counts as {dollars(counted)}"
    if run.state is RunState.CALLING:
        said = f"under way, {dollars(counted)} reserved"
    return line(Moment(run.fire_time, job.zone), f": {said}, on {name}")


def _heading(what: str, since: str, amount: str) -> Paragraph:
    day = date.fromisoformat(since)
    return Paragraph(line(bold(what), f", since {day:%a} {day.day} {day:%b}: {amount}"))


def _rows(named: Sequence[JobCosts], others: Others, *, weekly: bool) -> list[Row]:
    rows = [Row(_label(each), each.week if weekly else each.month) for each in named]
    if others.jobs:
        together = others.week if weekly else others.month
        rows.append(Row(f"{others.jobs} more", together, drawn=False))
    return [row for row in rows if row.sum.total]


def _label(row: JobCosts) -> str:
    return f"#{row.job} {row.name}" if row.name else f"#{row.job} (gone)"


def _legend(both: Sum, told: Sum) -> list[Block]:
    """What the shaded parts of the bars are, where there are any."""
    said = []
    if both.doubt:
        said.append(
            f"{DOUBT} {dollars(told.doubt)} in doubt: outcome or cost unknown, so it counts as all"
            " that was reserved."
        )
    if both.open:
        said.append(f"{OPEN} under way, as reserved.")
    return [Quiet(line(" ".join(said)))] if said else []


def _facts(found: Overview, how: str) -> Iterable[tuple[str, Line]]:
    yield from _caps(found.caps)
    yield "Next 7 days", line(coming.of_all(found.coming))
    if unknown := found.coming.unknown:
        names = ", ".join(f"#{each.job.id}" for each in unknown[:NAMED])
        more = f" and {len(unknown) - NAMED} more" if len(unknown) > NAMED else ""
        yield "Nobody knows", line(f"what {names}{more} will cost: no price is known")
    if found.prices:
        yield "Prices", line("; ".join(found.prices))
    if found.named:
        yield "One job", line(code(f"{how} cost {found.named[0].job}"))


def _caps(caps: Sequence[Used], job: Job | None = None) -> Iterable[tuple[str, Line]]:
    """How much of each cap of today is used; of the caps of a run only the lower one says anything."""
    of_a_run = [each for each in caps if each.cap in (Cap.OWN, Cap.RUN)]
    if of_a_run:
        lower = min(of_a_run, key=lambda each: each.most)
        name = "max_usd" if lower.cap is Cap.OWN else f"spend.{lower.cap}"
        yield "A run", line(f"at most {dollars(lower.most)} ({name})")
    for each in caps:
        if each in of_a_run:
            continue
        part = f", {each.spent * 100 / each.most:.0f} %" if each.most else ""
        raised = f", {dollars(each.raised)} of it raised today" if each.raised else ""
        words = f"{dollars(each.spent)} of {dollars(each.most)}{part}{raised}"
        yield f"{_whose(each.cap, job)} today", line(words)


def _whose(cap: Cap, job: Job | None) -> str:
    match cap:
        case Cap.JOB_DAY:
            return "This job"
        case Cap.CHAT_DAY:
            return "This chat" if job is None else "Its chat"
        case Cap.DAY:
            return "All jobs"
        case Cap.OWN | Cap.RUN:
            return "A run"
        case _:
            assert_never(cap)
