"""One run: claim it, judge its route, pass the gate, call, record."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Protocol, assert_never

from scheduler import held
from scheduler.again import pause_before_again
from scheduler.budget import budget_error
from scheduler.config import CoreConfig
from scheduler.ending import bad_end, good_end, used
from scheduler.errors import CutOff, DriftpinError, GateShut, Refused, StoreError
from scheduler.halt import halt_error
from scheduler.job import Job, JobKind, unguarded_axes
from scheduler.judge import Go
from scheduler.outbox import Fact, Owed, OwedKind
from scheduler.ports import (
    Agent,
    Answer,
    Answered,
    Config,
    Finish,
    Gate,
    Halts,
    Held,
    Jobs,
    Learned,
    Passage,
    Runs,
    Scripts,
)
from scheduler.reservation import bound, reservation
from scheduler.route import Resolution, Route
from scheduler.run import HoldReason, Run, RunId, RunState, Usage
from scheduler.script import Script, route_of
from scheduler.spend import OverCap, Reached, Reservation
from scheduler.told import in_words
from scheduler.verdict import as_authorised, verdict

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)

RECORD_AGAIN = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2)
"""Seconds between the attempts to record an end: a paid answer is worth waiting for the database."""

_OURS = Held(HoldReason.CONFIG, "Held: an error of ours, see the log; no call was made.")


async def _sleep(span: timedelta) -> None:
    await asyncio.sleep(span.total_seconds())


class Rows(Jobs, Runs, Halts, Protocol):
    """The rows a run touches."""


class Runner:
    """Executes runs for one worker.

    `told` is called whenever a message may have become owed; `reached` with the name of each step,
    for the crash tests; `pause` lets the time pass before a further attempt. A claim holds for a
    `lease`, which the heartbeat extends.
    """

    def __init__(
        self,
        rows: Rows,
        config: Config,
        agent: Agent,
        worker: str,
        *,
        scripts: Scripts | None = None,
        told: Callable[[], None] = lambda: None,
        reached: Callable[[str], None] = lambda step: None,
        pause: Callable[[timedelta], Awaitable[None]] = _sleep,
        lease: timedelta = LEASE,
    ) -> None:
        self._lease = lease
        self._pause = pause
        self._rows = rows
        self._config = config
        self._agent = agent
        self._scripts = scripts
        self._worker = worker
        self._told = told
        self._reached = reached

    async def execute(self, run_id: RunId) -> None:
        """Carry a planned run to its end; does nothing when somebody else has it."""
        self._reached("before-claim")
        run = await self._rows.claim(run_id, self._worker, self._lease)
        if run is None:
            return
        self._reached("after-claim")
        try:
            await self._carry(await self._job_of(run), run)
        except StoreError:
            raise  # What is on disk is in doubt; the lease lapses, and the run is taken up.
        except Exception:
            log.exception("run %s was left by an error of ours", run_id)
            # Nothing happens to a run behind the gate: that one is in doubt once its lease lapses.
            await self._rows.hold(run_id, self._worker, _OURS)
        finally:
            self._told()

    async def _carry(self, job: Job, run: Run) -> None:
        match job.kind:
            case JobKind.AGENT:
                await self._guarded(job, run)
            case JobKind.MESSAGE:
                await self._finish(job, run, Finish(RunState.SUCCEEDED, output=job.prompt))
            case JobKind.SCRIPT:
                await self._scripted(job, run)
            case _:
                assert_never(job.kind)

    async def _job_of(self, run: Run) -> Job:
        job = await self._rows.job(run.job_id)
        if job is None:
            raise LookupError(f"run {run.id} has no job, though jobs are never deleted")
        return job

    async def _guarded(self, job: Job, run: Run) -> None:
        found, settings = await verdict(self._config, job)
        if isinstance(found, Held) and run.authorised is not None:
            found = await as_authorised(self._config, job, found, run.authorised)
        match found:
            case Held():
                why = replace(found, guard=settings.guard)
                await self._rows.hold(run.id, self._worker, why)
            case Go() as go:
                called = bound(job, go, settings)
                ask = partial(self._ask, job, called, settings)
                reserving = partial(reservation, job, called, settings)
                await self._call(job, run, replace(go, resolution=called), ask, reserving)
            case _:
                assert_never(found)

    async def _scripted(self, job: Job, run: Run) -> None:
        """A script spends nothing, so it runs by the last settings that were whole."""
        script = self._config.last_good().scripts.get(job.prompt)
        if script is None or self._scripts is None:
            gone = Held(HoldReason.CONFIG, held.no_script_error(job))
            await self._rows.hold(run.id, self._worker, gone)
            return
        timeout = min(job.timeout or script.timeout, script.timeout)
        go = Go(Resolution(route_of(script), None, "scripts in config.yaml"))
        ask = partial(_printed, self._scripts, script, timeout)
        await self._call(job, run, go, ask, lambda step: Reservation())

    async def _call(
        self,
        job: Job,
        run: Run,
        go: Go,
        ask: Callable[[Gate], Awaitable[Answer]],
        reserving: Callable[[int], Reservation],
    ) -> None:
        resolution, passed = go.resolution, 0

        async def gate(step: int) -> None:
            nonlocal passed
            wanted = reserving(step)
            passage = await self._rows.pass_gate(
                run.id,
                self._worker,
                step=step,
                consent_revision=job.consent_revision,
                route=resolution.route,
                reservation=wanted,
                authorised=go.authorised,
            )
            if isinstance(passage, Reached):
                raise OverCap(passage, wanted.caps.of(passage.cap))
            if passage is not Passage.OPEN:
                raise GateShut(passage.value)
            passed = step
            self._reached("after-gate")

        try:
            answer = await ask(gate)
        except asyncio.CancelledError as cut:
            await self._cancelled(job, run, cut, passed)
            raise
        except DriftpinError as error:
            await self._failed(job, run, resolution, error, passed)
        except Exception:
            log.exception("run %s ended in an error of ours", run.id)
            broken = _Unexpected("an error of ours; see the log")
            await self._failed(job, run, resolution, broken, passed)
        else:
            self._reached("after-call")
            await self._answered(job, run, go, answer)

    async def _answered(self, job: Job, run: Run, go: Go, answer: Answer) -> None:
        """What a person did not consent to holds the job; where nobody consented, it is told.

        So it is where somebody let this one run through: it is no route that the job consents to, and
        nothing could be pinned or accepted about it. An answer that is longer than the settings allow
        has failed.
        """
        found, resolution = answer.mismatches, go.resolution
        told = "; ".join(map(str, found))
        if go.authorised and found and not answer.text:
            # The loop ended before its last word.
            error = f"what answered is not what was asked: {told}"
            await self._finish(job, run, Finish(RunState.FAILED, error=error, usage=answer.usage))
            return
        if not found or go.authorised or not resolution.terms.binding:
            learned = Learned(go.consent, job.consent_revision) if go.consent else None
            most = self._config.last_good().limits.output_bytes
            finish = good_end(answer, learned, most if job.kind.guarded else None)
            await self._finish(job, run, finish, told=told, changed=in_words(go.told))
            return
        error = held.served_error(job, found, answer.usage)
        answered = Answered(found, answer.usage, answer.text or None)
        why = Held(HoldReason.SERVED, error, route=resolution.route, answered=answered)
        self._reached("before-record")
        await self._surely(run, lambda: self._rows.hold(run.id, self._worker, why))
        self._reached("after-record")

    async def _ask(
        self, job: Job, resolution: Resolution, settings: CoreConfig, gate: Gate
    ) -> Answer:
        return await self._agent.answer(
            resolution,
            job.prompt,
            gate=gate,
            timeout=job.timeout or settings.limits.run_timeout,
            max_tokens=settings.limits.max_tokens,
        )

    async def _failed(
        self, job: Job, run: Run, resolution: Resolution, error: DriftpinError, passed: int
    ) -> None:
        """`passed` counts the requests that passed the gate."""
        if isinstance(error, GateShut):
            await self._shut(job, run, resolution.route, error, passed)
            return
        finish = bad_end(error, passed)
        if passed == 1 and await self._again(job, run, error, finish):
            return
        await self._finish(job, run, finish)

    async def _again(self, job: Job, run: Run, error: DriftpinError, finish: Finish) -> bool:
        """A further attempt after a pause, judged anew; False where this one was the last."""
        wait = pause_before_again(error, run.attempt, job.retry) if job.kind.guarded else None
        if wait is None:
            return False
        self._reached("before-again")
        further = await self._rows.try_again(run.id, self._worker, finish)
        if further is None:
            return False
        self._reached("after-again")
        log.info("run %s is tried again in %s: %s", run.id, wait, error)
        await self._pause(wait)
        await self._carry(await self._job_of(further), further)
        return True

    async def _shut(self, job: Job, run: Run, route: Route, error: GateShut, passed: int) -> None:
        """A run whose consent moved under it is judged anew; one that was stopped is over."""
        if isinstance(error, OverCap):
            words = budget_error(
                job, route, error.reached, error.usual, run.usage.requests + passed
            )
            await self._stopped_short(run, HoldReason.BUDGET, words, route, error, passed)
        elif error.why == Passage.CONSENT_CHANGED and not passed:
            await self._carry(await self._job_of(run), run)
        elif error.why == Passage.HALTED:
            await self._halted(job, run, error, passed)
        elif error.why not in (Passage.NOT_MINE, Passage.ALREADY_CALLED):
            usage = used(error, passed)
            await self._finish(job, run, Finish(RunState.CANCELLED, error=error.why, usage=usage))

    async def _halted(self, job: Job, run: Run, error: GateShut, passed: int) -> None:
        """Held, before its first request or between two of them; judged anew if that is over by now."""
        halt = await self._rows.halted()
        if halt is None and not passed:
            await self._carry(await self._job_of(run), run)
            return
        words = halt_error(halt, run.usage.requests + passed) if halt else f"Held: {error.why}"
        await self._stopped_short(run, HoldReason.HALT, words, None, error, passed)

    async def _stopped_short(
        self,
        run: Run,
        reason: HoldReason,
        words: str,
        route: Route | None,
        error: GateShut,
        passed: int,
    ) -> None:
        """Held with nothing consumed, or between two requests: what was spent by then is kept."""
        answered = Answered((), used(error, passed)) if passed else None
        why = Held(reason, words, route=route, answered=answered)
        await self._surely(run, lambda: self._rows.hold(run.id, self._worker, why))

    async def _cancelled(
        self, job: Job, run: Run, cut: asyncio.CancelledError, passed: int
    ) -> None:
        """A call that was cut off is in doubt, whoever cut it off; without one under way a person's
        stop is the end, and a run of a process that goes down is left to be planned again."""
        now = await self._rows.run(run.id)
        stopper = now.cancel_asked_by if now else None
        under_way = passed > 0 and job.kind.guarded
        if isinstance(cut, CutOff):
            under_way = cut.under_way
        by = f"stopped by {stopper}" if stopper else "Driftpin was shut down"
        if under_way:
            state, why = RunState.UNKNOWN, f"{by} during the call"
        elif stopper:
            state, why = RunState.CANCELLED, by
        elif passed:
            where = "between two calls" if job.kind.guarded else "while the script ran"
            state, why = RunState.UNKNOWN, f"{by} {where}"
        else:
            return
        await self._finish(job, run, Finish(state, error=why, usage=used(cut, passed)))

    async def _finish(
        self, job: Job, run: Run, finish: Finish, *, told: str = "", changed: str = ""
    ) -> None:
        """`told` is what answered, where nobody consented to anything else; `changed` what is not as it
        was and held nothing."""
        first = bool(unguarded_axes(job)) and not job.unguarded_told
        facts: dict[str, Fact] = {"run": int(run.id), "first_unguarded": first}
        if told:
            facts["served"] = told
        if changed:
            facts["changed"] = changed
        owed = Owed(OwedKind.REPORT, job.place, facts)
        self._reached("before-record")
        await self._surely(run, lambda: self._rows.record(run.id, self._worker, finish, [owed]))
        self._reached("after-record")

    async def _surely(self, run: Run, record: Callable[[], Awaitable[object]]) -> None:
        """Record an end; compare-and-set, so trying again after a doubtful commit is safe."""
        for wait in RECORD_AGAIN:
            try:
                await record()
            except StoreError as error:
                log.warning("the end of run %s is recorded again in %s s: %s", run.id, wait, error)
                await asyncio.sleep(wait)
            else:
                return
        await record()


async def _printed(scripts: Scripts, script: Script, timeout: timedelta, gate: Gate) -> Answer:
    """What a script printed; raises Refused where it says that it failed."""
    await gate(1)
    end = await scripts.run(script, timeout)
    dropped = f"\n({end.dropped} more bytes were not kept)" if end.dropped else ""
    if end.good:
        return Answer(end.output + dropped, Usage())
    failed = Refused(f"the script {script.name} failed: {end.words}")
    failed.output = end.output + dropped
    raise failed


class _Unexpected(DriftpinError):
    """Something broke in our own code."""
