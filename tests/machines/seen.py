"""What the rows say at one moment, and what two moments have between them."""

from dataclasses import dataclass

from scheduler.alert import Alert, AlertId
from scheduler.job import Job, JobId
from scheduler.run import Run, RunId, RunState
from storage.store import Store


@dataclass(frozen=True)
class Seen:
    jobs: dict[JobId, Job]
    alerts: dict[AlertId, Alert]
    runs: dict[RunId, Run]

    def changed(self, after: "Seen") -> set[JobId]:
        """The jobs that are not as they were, or whose runs are not."""
        runs = {run.job_id for number, run in after.runs.items() if run != self.runs.get(number)}
        return runs | {number for number, job in after.jobs.items() if job != self.jobs.get(number)}

    def begun(self, after: "Seen") -> list[Run]:
        """The runs that are planned now, and were held or not there before."""
        return [
            run
            for number, run in after.runs.items()
            if run.state is RunState.PLANNED
            and (number not in self.runs or self.runs[number].state is not RunState.PLANNED)
        ]


async def look(store: Store, jobs: list[JobId], alerts: set[AlertId]) -> Seen:
    """`alerts` are those known before; the open ones are added to them."""
    alerts |= {alert.id for alert in await store.open_alerts()}
    found = {number: await store.job(number) for number in jobs}
    known = {number: await store.alert(number) for number in sorted(alerts)}
    return Seen(
        {number: job for number, job in found.items() if job is not None},
        {number: alert for number, alert in known.items() if alert is not None},
        {run.id: run for number in jobs for run in await store.history(number, 100)},
    )
