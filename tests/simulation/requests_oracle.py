"""The oracle of requests: one leaves at most once, through its gate, and none that was in doubt again."""

from datetime import datetime, timedelta

from tests.simulation.book import Entry, Fate, Request
from tests.simulation.ledger import LEASED, Ledger, Somebody, Wrong, moment, must
from tests.simulation.rows import CallRow

TRIES_OF_WHAT_NEVER_LEFT = 3


class RequestOracle:
    """Judges each gate that opens, and each request that leaves."""

    def __init__(self, known: Ledger) -> None:
        self._known = known

    def leaves(
        self, worker: Somebody, run_id: int, step: int, route: str, now: datetime, fate: Fate
    ) -> Entry:
        """A request is about to leave: may it?"""
        run = self._known.runs[run_id]
        opened = [
            (request, by, at)
            for request, (by, at) in self._known.calls.items()
            if request.run == run_id and request.step == step and by == worker.name
        ]
        must(bool(opened), f"run {run_id} calls step {step}, and no gate was opened for that")
        request, _, at = opened[-1]
        must(request not in self._known.book.entries, f"{request} is made a second time")
        self._may_follow(request, now)
        # Between the gate and the wire nothing can be taken back; only who sleeps there comes late.
        late = at < now
        must(
            not late or (worker.slept_at is not None and worker.slept_at >= at),
            f"{request} leaves {now - at} after its gate, and {worker.name} never slept",
        )
        if not late:
            same = (run.state, run.worker) == ("calling", worker.name)
            stopped = self._known.halted or run.stopper is not None
            must(same or stopped, f"{request} leaves while the run is {run.state}: {run}")
            must(
                run.lease is not None and moment(run.lease) > now,
                f"{request} leaves though the lease is over: {run}",
            )
        must(
            route in self._known.consents[run.job],
            f"{request} goes to {route}, and nobody consented to that",
        )
        self._known.told["late requests"] += late
        return self._known.book.write(request, now, fate)

    def _may_follow(self, request: Request, now: datetime) -> None:
        """Nothing that may have been billed is repeated by itself, and the rest only so often."""
        last = self._known.book.last(request.run)
        if last is None:
            must(request.step == 1, f"{request} is the first of its run")
            return
        if request.step > 1:
            went_on = (last.request.attempt, last.request.step) == (
                request.attempt,
                request.step - 1,
            )
            must(went_on and last.fate is Fate.ANSWERED, f"{request} follows {last}")
            return
        must(request.attempt > last.request.attempt, f"{request} begins anew after {last}")
        if request.run in self._known.released:
            self._known.released.discard(request.run)
            return
        must(last.request.step == 1, f"{request} repeats the tools of {last}")
        mine = self._known.book.of_run[request.run]
        match last.fate:
            case Fate.NEVER_LEFT:
                tries = sum(entry.fate is Fate.NEVER_LEFT for entry in mine)
                must(tries < TRIES_OF_WHAT_NEVER_LEFT, f"{request} is tried too often")
                must(now - last.at >= timedelta(seconds=1), f"{request} does not wait")
            case Fate.BUSY:
                retry = self._known.jobs[self._known.runs[request.run].job].words.retry
                tries = sum(entry.fate is Fate.BUSY for entry in mine)
                must(tries <= retry, f"{request} is tried again though retry={retry}")
                wait = timedelta(seconds=max(5.0, last.asked_to_wait))
                # Where whoever waited has vanished, who takes it up knows of no pause.
                waited = now - last.at >= wait or request.run in self._known.taken_up
                must(waited, f"{request} does not wait {wait}")
            case _:
                raise Wrong(f"{request} repeats by itself what was {last.fate}")
        self._known.told["further attempts"] += 1

    def gate(self, worker: Somebody, verb: str, call: CallRow, now: datetime) -> None:
        """A request is let through: by the rows as they stand in this very transaction."""
        run = self._known.runs[call.run]
        request = Request(call.run, call.attempt, call.step)
        model = self._known.jobs[run.job]
        must(verb == "pass_gate" and call.worker == worker.name, f"{verb} let {call} through")
        must(request not in self._known.calls, f"{request} passes the gate twice")
        must(run.state in LEASED and run.worker == worker.name, f"{call} is let through: {run}")
        must(
            run.lease is not None and moment(run.lease) > now,
            f"{call} is let through without a lease: {run}",
        )
        must(not self._known.halted, f"{call} is let through, and everything is halted")
        must(run.stopper is None, f"{call} is let through, and {run.stopper} stopped it")
        asked_for = run.kind == "manual" or call.run in self._known.set_free
        rests = model.state == "removed" or (model.state != "active" and not asked_for)
        must(not rests, f"{call} is let through, and its job is {model.state}")
        must(run.attempt == call.attempt, f"{call} of {run}")
        first = run.state == "claimed"
        must((call.step == 1) == first, f"{call} of {run}")
        must(
            first or Request(call.run, call.attempt, call.step - 1) in self._known.calls,
            f"{call} jumps the queue",
        )
        self._known.calls[request] = (worker.name, now)
        self._known.told["gates opened"] += 1
