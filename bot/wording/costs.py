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
from bot.wording import facts, prices
from bot.wording.bars import DOUBT, OPEN, Row, bars
from bot.wording.runs import HOLD_WORDS
from scheduler.answers import CostsOf
from scheduler.caps import Cap
from scheduler.costs import (
    NAMED,
    Ahead,
    Basis,
    Coming,
    HeldBack,
    JobCosts,
    Others,
    Overview,
    Rate,
    Sum,
    Used,
)
from scheduler.dollars import dollars
from scheduler.held import cost_words
from scheduler.job import Job, JobState
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
    blocks += _held(found.held, how)
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
        told = [*_caps(found.caps, job), ("Next 7 days", _coming_of(found))]
        if found.prices:
            told.append(("Prices", line("; ".join(found.prices))))
        blocks.append(Fields(tuple(told)))
        blocks += _held(found.held, how)
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
    yield "Next 7 days", line(_coming(found.coming))
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


def _coming(coming: Coming) -> str:
    """What the coming week costs at this rate, and what that rests on."""
    known = [each for each in coming.jobs if each.rate is not None]
    said = []
    if known:
        said.append(f"{_about(coming.amount)} for {facts.count(coming.fires, 'run')}")
        said.append(_bases([each.rate for each in known if each.rate]))
    elif not coming.unknown:
        said.append("$0.00: no run that costs anything is due")
    if coming.held:
        said.append(f"{facts.count(coming.held, 'job')} held meanwhile, not counted")
    if coming.beyond:
        said.append(f"{facts.count(coming.beyond, 'more job')} not reckoned")
    return "; ".join(said) or "nobody knows"


def _bases(rates: Sequence[Rate]) -> str:
    """What so many rates rest on."""
    words = {
        Basis.COSTS: "by what their latest runs cost",
        Basis.TOKENS: "by list price and the tokens of their latest runs",
        Basis.ASSUMED: "by list price and assumed tokens",
    }
    counted = {basis: sum(rate.basis is basis for rate in rates) for basis in Basis}
    return ", ".join(
        f"{facts.count(number, 'job')} {words[basis] if number > 1 else words[basis].replace('their', 'its')}"
        for basis, number in counted.items()
        if number
    )


def _coming_of(found: CostsOf) -> Line:
    if found.coming.held:
        return line("$0.00 while it is held")
    if not found.coming.jobs:
        return line("$0.00: no run that costs anything is due")
    (ahead,) = found.coming.jobs
    if ahead.rate is None:
        return line(
            f"{facts.count(ahead.fires, 'run')}, and nobody knows what one costs;"
            " prices in config.yaml says it"
        )
    total = _about(ahead.rate.amount * ahead.fires)
    return line(f"{total}: {facts.count(ahead.fires, 'run')} at {_at(ahead)}")


def _at(ahead: Ahead) -> str:
    rate = ahead.rate
    if rate is None:
        return "a price that nobody knows"
    amount = _about(rate.amount)
    runs = facts.count(rate.runs, "run")
    match rate.basis:
        case Basis.COSTS:
            return f"{amount} each, as its last {runs} on average"
        case Basis.TOKENS:
            return f"{amount} each, by list price and the tokens of its last {runs}"
        case Basis.ASSUMED:
            return f"{amount} each, by list price and assumed tokens: it has not run yet"
        case _:
            assert_never(rate.basis)


def _about(amount: Decimal) -> str:
    return "$0.00" if not amount else f"about {dollars(amount)}"


def _held(held: Sequence[HeldBack], how: str) -> list[Block]:
    """The fires that wait, and about what they would cost."""
    if not held:
        return []
    fires = sum(each.fires for each in held)
    known = sum((each.amount for each in held if each.amount is not None), Decimal(0))
    unknown = sum(each.fires for each in held if each.amount is None)
    words = f": {facts.count(fires, 'fire')}"
    if unknown < fires:
        words += f", {_about(known)} at this rate"
    if unknown:
        words += (
            f", and nobody knows of {unknown} of them"
            if unknown < fires
            else ", at a price nobody knows"
        )
    rows = [_waiting(each) for each in held[:NAMED]]
    if len(held) > NAMED:
        rows.append(line(f"and {len(held) - NAMED} more: ", code(f"{how} list")))
    return [Paragraph(line(bold("Held back"), words)), Bullets(tuple(rows))]


def _waiting(each: HeldBack) -> Line:
    cost = "nobody knows the price" if each.amount is None else _about(each.amount)
    fires = facts.count(each.fires, "fire")
    return line(bold(f"#{each.job}"), f" {each.name}: {fires}, {cost}; {HOLD_WORDS[each.reason]}")
