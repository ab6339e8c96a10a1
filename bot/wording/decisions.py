"""Who decided what about the jobs of an alert, and who let which run use the new route."""

from collections import Counter
from collections.abc import Sequence

from bot.message import Bullets, Line, Moment, line
from bot.wording import facts, prices
from bot.wording.held_jobs import LISTED
from scheduler.alert import Alert, AlertJob, Decision
from scheduler.drift import consent
from scheduler.route import Pins, Route
from scheduler.run import Run


def made(found: Alert) -> tuple[Bullets, ...]:
    """The decisions of an alert, each in a line; nothing where there are none."""
    rows = [row for row in found.jobs if row.decision is not None]
    return (Bullets(tuple(_in_line(row, found.route) for row in rows[:LISTED])),) if rows else ()


def _in_line(row: AlertJob, route: Route) -> Line:
    parts: list[str | Moment] = [_decision(row, route, f"#{row.job.id} {row.job.name}")]
    if row.decided_at:
        parts += [", ", Moment(row.decided_at, row.job.zone)]
    return line(*parts)


def _decision(row: AlertJob, route: Route, job: str) -> str:
    """Who decided what about one job."""
    who = row.decided_by or "somebody"
    match row.decision:
        case Decision.PINNED:
            return f"{who} pinned {job} to {facts.names(consent(row.job))}"
        case Decision.ACCEPTED:
            return f"{who} accepted {_accepted(row, route)} for {job}"
        case Decision.CHANGED if row.decided_by is None:
            return f"the default moved again, and there is a new alert about {job}"
        case Decision.HEALED:
            return f"nothing holds {job} any more"
        case _:
            return f"{who} {row.decision} {job}"


def _accepted(row: AlertJob, route: Route) -> str:
    """What a person accepted: another route, or what answered on the route they had."""
    if row.job.accepted_as and consent(row.job) == Pins(route.provider, route.model):
        return f"what answers for {route.name}"
    return prices.priced(route)


def summary(found: Alert) -> str:
    """Who decided what, in one sentence."""
    if len(found.jobs) == 1:
        [row] = found.jobs
        return _decision(row, found.route, f"job {facts.called(row.job)}")
    said = Counter((row.decided_by, row.decision) for row in found.jobs if row.decision is not None)
    return "; ".join(_several(*who, number, found.route) for who, number in said.items())


def _several(by: str | None, decision: Decision, number: int, route: Route) -> str:
    jobs = facts.count(number, "job")
    match decision:
        case Decision.ACCEPTED:
            return f"{by or 'somebody'} accepted {prices.priced(route)} for {jobs}"
        case Decision.CHANGED if by is None:
            return f"the default moved again, and there is a new alert about {jobs}"
        case Decision.HEALED:
            return f"nothing holds {jobs} any more"
        case _:
            return f"{by or 'somebody'} {decision} {jobs}"


def let_through(found: Alert, ran: Sequence[Run]) -> tuple[Bullets, ...]:
    """The runs that somebody let use a new route, and what became of them."""
    lines = []
    for run in ran:
        row = found.row(run.job_id)
        if row is None or run.authorised is None:
            continue
        by, route = run.authorised.by, run.authorised.route
        words = f"{by} let #{row.job.id} {row.job.name} run once on {prices.priced(route)}"
        over = str(run.state) if run.finished_at else "on its way"
        lines.append(line(f"{words}, ", Moment(run.authorised.at, row.job.zone), f": {over}"))
    return (Bullets(tuple(lines[-LISTED:])),) if lines else ()
