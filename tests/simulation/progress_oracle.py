"""The oracle of what must happen: nothing stays where it is while somebody lives who could go on with it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from tests.simulation.ledger import LEASED, Ledger, Somebody, moment, must

UNHEARD = timedelta(seconds=45)
"""Whatever a living worker has to notice is noticed within this."""
LONGEST_RUN = timedelta(minutes=12)
"""With tools, all pauses before further attempts included, each attempt has five minutes."""


class ProgressOracle:
    def __init__(self, known: Ledger) -> None:
        self._known = known

    def look(self, workers: Iterable[Somebody], now: datetime) -> None:
        """Nothing stays where it is, as long as anybody lives who could carry on with it."""
        since = {each.name: each.healthy_since for each in workers if each.healthy_since}
        if not since:
            return
        healthy = min(since.values())
        for run in self._known.open.values():
            model = self._known.jobs[run.job]
            if run.state in LEASED and run.lease is not None:
                stuck = now - max(moment(run.lease), healthy)
                must(stuck < UNHEARD, f"nobody takes up {run}, {stuck} after its lease")
                if run.worker in since:
                    awake = now - max(self._known.since[run.id], since[run.worker])
                    must(awake < LONGEST_RUN, f"{run} never ends: {awake}")
                    if run.stopper is not None and run.state == "calling":
                        must(awake < UNHEARD, f"{run} goes on {awake} after it was stopped")
            elif run.state == "planned" and not self._known.leased(run.job):
                waits = now - max(model.quiet_since, self._known.since[run.id], healthy)
                must(waits < UNHEARD, f"nobody begins {run}: {waits}")
        for number, model in self._known.jobs.items():
            if model.state == "active" and model.next_fire is not None:
                late = now - max(model.next_fire, model.quiet_since, healthy)
                must(late < UNHEARD, f"job {number} does not fire: {late} after {model.next_fire}")

    def all_over(self, now: datetime) -> None:
        """At the end, when everybody has had time: only what waits for a person is left."""
        left = [
            run
            for run in self._known.open.values()
            if run.state != "held" and now - self._known.since[run.id] > LONGEST_RUN
        ]
        must(not left, f"these runs never ended: {left}")
        for number, model in self._known.jobs.items():
            idle = model.next_fire is None and not any(
                run.job == number for run in self._known.open.values()
            )
            must(model.state != "active" or not idle, f"job {number} has nothing left to do")

    def same_as(self, runs: Iterable[tuple[int, str]], reports: Iterable[tuple[int, int]]) -> None:
        """The rows as they are read at the end, against all that was written."""
        must(
            dict(runs) == {run.id: run.state for run in self._known.runs.values()},
            "a row is not as it was written",
        )
        told = dict(reports)
        for run in self._known.runs.values():
            if run.state == "unknown":
                must(told.get(run.id, 0) >= 1, f"nobody was told of {run}")
