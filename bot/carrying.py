"""Each command, once it is allowed, goes to the method of the service that carries it out."""

from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from bot.doors import Doors
from bot.message import Request
from scheduler.alert import Decision
from scheduler.answers import Answer, Decisions, Default, Snapshots
from scheduler.commands import (
    AcceptRoute,
    AddJob,
    ChangeDefault,
    CostOfJob,
    DecideAll,
    Doable,
    DrillJob,
    EditJob,
    EndExperiment,
    HaltAll,
    History,
    JobCommand,
    LeaveRun,
    ListAlerts,
    ListJobs,
    Output,
    OwnZone,
    PauseJob,
    PinJob,
    RaiseCaps,
    ReadAudit,
    RemoveJob,
    ResumeJob,
    RunJob,
    ShowCosts,
    ShowDefault,
    ShowJob,
    StopJob,
    TakeSnapshot,
    TakeSnapshots,
    Unhalt,
    UnpinJob,
)
from scheduler.errors import UserError
from scheduler.job import Job, JobKind, Place
from scheduler.ports import TooLate
from scheduler.service import Service

VERBS: dict[type[JobCommand], str] = {
    ShowJob: "show",
    EditJob: "edit",
    PauseJob: "pause",
    ResumeJob: "resume",
    RunJob: "run",
    StopJob: "stop",
    LeaveRun: "leave",
    RaiseCaps: "raise",
    RemoveJob: "remove",
    PinJob: "pin",
    UnpinJob: "unpin",
    AcceptRoute: "accept",
    TakeSnapshot: "snapshot",
    DrillJob: "drill",
    History: "history",
    Output: "output",
    CostOfJob: "cost",
}
"""The action that `access` judges for each command about one job."""

PIN_ANOTHER = "pin-another"
ADD_SCRIPT = "add-script"

DECIDING = {Decision.PINNED: "pin", Decision.ACCEPTED: "accept", Decision.PAUSED: "pause"}
"""The action that `access` judges for each decision about an alert."""


class Carrier:
    """Authorises a command and carries it out."""

    def __init__(self, service: Service, doors: Doors) -> None:
        self._service = service
        self._doors = doors

    async def carry_out(self, command: Doable, request: Request) -> Answer:
        """What the service found or did; raises Refusal and UserError."""
        match command:
            case AddJob():
                script = command.options.kind is JobKind.SCRIPT
                self._doors.need(request, ADD_SCRIPT if script else "add")
                return await self._service.jobs.add(command, request.place, request.principal)
            case ListJobs(page, everywhere):
                self._doors.need(request, "list-everywhere" if everywhere else "list")
                return await self._service.reading.listed(
                    None if everywhere else request.place, page
                )
            case ListAlerts():
                self._doors.need(request, "alerts")
                return await self._service.reading.alerts(request.place)
            case ShowCosts(everywhere):
                self._doors.need(request, "cost-everywhere" if everywhere else "cost")
                return await self._service.costs.overview(None if everywhere else request.place)
            case ShowDefault():
                self._doors.need(request, "default")
                return self._visible(await self._service.defaults.show(), request)
            case ChangeDefault():
                self._doors.need(request, "change-default")
                return await self._change_default(command, request)
            case EndExperiment(wanted):
                self._doors.need(request, "change-default")
                return await self._service.experiments.end(wanted, request.principal)
            case OwnZone():
                self._doors.need(request, "tz")
                return await self._service.people.zone(command, request.principal, request.zone)
            case ReadAudit():
                self._doors.need(request, "audit")
                return await self._service.people.audit(command)
            case TakeSnapshots():
                self._doors.need(request, "snapshot-all")
                return await self._snapshots(command, request)
            case DecideAll(decision):
                return await self._decide_all(decision, request)
            case RunJob(once=True):
                job = await self._doors.job(request, "run-once", command.job)
                started = await self._service.runs.once(job.id, request.principal, command.route)
                if isinstance(started, TooLate):
                    raise AssertionError("nobody saw an alert that could have changed")
                return started
            case HaltAll(reason):
                self._doors.need(request, "halt")
                return await self._service.halts.halt(reason, request.principal)
            case Unhalt():
                self._doors.need(request, "unhalt")
                return await self._service.halts.unhalt(request.principal, request.place)
            case _:
                job = await self._doors.job(request, VERBS[type(command)], command.job)
                if isinstance(command, PinJob) and not self._doors.may(request, PIN_ANOTHER, job):
                    await self._must_keep_consent(command, job, request)
                if _names_a_script(command, job):
                    self._doors.need(request, ADD_SCRIPT)
                return await self._about_a_job(command, request)

    async def _change_default(self, command: ChangeDefault, request: Request) -> Answer:
        experiments, by, route = self._service.experiments, request.principal, command.route
        if not command.confirmed:
            found = await experiments.what_if(route, command.length)
            private, here = _discreetly(found.holds, request)
            return replace(found, private=private, here=here)
        if command.length is not None:
            return await experiments.begin(route, command.length, by, request.place)
        kept = await experiments.keep(route, by)
        return kept or await experiments.change(route, by, request.place)

    async def _snapshots(self, command: TakeSnapshots, request: Request) -> Snapshots:
        """Of the unguarded jobs of this chat, those this person may decide about."""
        jobs = await self._service.consents.unguarded(request.place)
        mine = [job for job in jobs if self._doors.may(request, "snapshot", job)]
        left = [job for job in jobs if job not in mine]
        if left and not mine:
            raise self._doors.refusal("snapshot", "these jobs")
        return await self._service.consents.snapshots(command, mine, left, request.principal)

    async def _decide_all(self, decision: Decision, request: Request) -> Decisions:
        """What one press on each open alert of this chat would decide."""
        verb = DECIDING[decision]
        alerts = (await self._service.reading.alerts(request.place)).alerts
        if not alerts:
            raise UserError("no alert is open here", "'/jobs list' shows the jobs of this chat")
        if decision is Decision.ACCEPTED and len(alerts) > 1:
            routes = " and ".join(dict.fromkeys(alert.route.name for alert in alerts))
            raise UserError(
                f"{len(alerts)} alerts are open here, about {routes}",
                f"'/jobs accept {alerts[0].undecided[0].job.id}' accepts for one job",
            )
        mine = [
            (alert, [row.job for row in alert.undecided if self._doors.may(request, verb, row.job)])
            for alert in alerts
        ]
        if not any(jobs for _, jobs in mine):
            raise self._doors.refusal(verb, "these jobs")
        decided = await self._service.alerts.decide_all(mine, decision, request.principal)
        if isinstance(decided, TooLate):
            raise UserError("an alert has changed just now", "type it again")
        jobs, unfit = decided
        known = {job.id for _, jobs in mine for job in jobs}
        every = {row.job.id: row.job for alert in alerts for row in alert.undecided}
        left = tuple(job for key, job in every.items() if key not in known)
        return Decisions(decision, tuple(jobs), left, alerts[0].reason, tuple(unfit))

    async def _must_keep_consent(self, command: PinJob, job: Job, request: Request) -> None:
        """To bind a job to a route it never consented to is to accept that route."""
        if not await self._service.consents.keeps_consent(job, command):
            raise self._doors.refusal(PIN_ANOTHER, f"job {job.id} to another route")

    def _visible(self, found: Default, request: Request) -> Default:
        """Without the jobs this person may not see, and what they may not end."""
        seen = tuple(job for job in found.holds if self._doors.may(request, "show", job))
        private, here = _discreetly(seen, request)
        may_end = self._doors.is_admin(request)
        return replace(found, holds=seen, may_end=may_end, private=private, here=here)

    async def _about_a_job(self, command: JobCommand, request: Request) -> Answer:
        service, by = self._service, request.principal
        match command:
            case ShowJob(job):
                return await service.reading.show(job)
            case History(job):
                return await service.reading.history(job)
            case Output(job):
                return await service.reading.output(job)
            case CostOfJob(job):
                return await service.costs.of(job)
            case EditJob():
                return await service.jobs.edit(command, by)
            case PauseJob(job):
                return await service.jobs.pause(job, by)
            case ResumeJob(job):
                return await service.jobs.resume(job, by)
            case RemoveJob(job):
                return await service.jobs.remove(job, by)
            case RunJob(job, held, again=again):
                return await service.runs.run(job, by, held=held, again=again)
            case StopJob(job, run):
                return await service.runs.stop(job, by, run)
            case LeaveRun(job, run):
                return await service.runs.leave(job, by, run)
            case RaiseCaps(job, run):
                return await service.spending.raise_today(job, by, run)
            case PinJob():
                return await service.consents.pin(command, by)
            case UnpinJob():
                return await service.consents.unpin(command, by)
            case AcceptRoute():
                return await service.consents.accept(command, by)
            case TakeSnapshot():
                return await service.consents.snapshot(command, by)
            case DrillJob(job):
                return await service.drill(job)
            case _:
                assert_never(command)


def _discreetly(jobs: Sequence[Job], request: Request) -> tuple[bool, Place | None]:
    """A chat does not learn of the jobs of others: whether the answer is for whoever asked alone, and
    the chat whose jobs alone are named where it cannot be."""
    here = request.place.whole_chat
    elsewhere = any(job.place.whole_chat != here for job in jobs)
    if request.overheard:
        return False, here if elsewhere else None
    return elsewhere, None


def _names_a_script(command: JobCommand, job: Job) -> bool:
    """Whether it would have a job run another script: what runs here is for admins to choose."""
    return isinstance(command, EditJob) and job.kind is JobKind.SCRIPT and bool(command.prompt)
