"""Rows become values, and values rows; nothing is decided here."""

from typing import Any, Protocol

from scheduler.alert import Alert, AlertId, AlertJob
from scheduler.job import Job, JobId, Place, Principal
from scheduler.outbox import Delivery, DeliveryId, Owed
from scheduler.ports import Entry
from scheduler.press import StoredPress
from scheduler.route import Pins
from scheduler.run import Run, RunId, Usage
from storage.tables import (
    AlertJobRow,
    AlertRow,
    AuditRow,
    ButtonRow,
    DeliveryRow,
    JobRow,
    RunRow,
)


class Placed(Protocol):
    """A row that belongs to a place in a chat."""

    platform: str
    workspace: str
    chat: str
    thread: str | None


def place_of(row: Placed) -> Place:
    return Place(row.platform, row.workspace, row.chat, row.thread)


def place_columns(place: Place) -> dict[str, Any]:
    return {
        "platform": place.platform,
        "workspace": place.workspace,
        "chat": place.chat,
        "thread": place.thread,
    }


def job_of(row: JobRow) -> Job:
    return Job(
        id=JobId(row.id),
        name=row.name,
        kind=row.kind,
        prompt=row.prompt,
        schedule=row.schedule,
        zone=row.zone,
        anchor=row.anchor,
        next_fire_time=row.next_fire_time,
        place=place_of(row),
        owner=Principal(row.owner_platform, row.owner_workspace, row.owner_person, row.owner_name),
        created_at=row.created_at,
        state=row.state,
        pins=Pins(row.pin_provider, row.pin_model),
        snapshot=row.snapshot,
        consent_revision=row.consent_revision,
        revision=row.revision,
        on_drift=row.on_drift,
        on_missed=row.on_missed,
        repeat_left=row.repeat_left,
        until=row.until,
        timeout=row.timeout,
        unguarded_told=row.unguarded_told,
    )


def job_columns(job: Job) -> dict[str, Any]:
    """The columns that people decide; the id, the revisions and the next fire are the store's."""
    return {
        "name": job.name,
        "kind": job.kind,
        "prompt": job.prompt,
        "schedule": job.schedule,
        "zone": job.zone,
        "anchor": job.anchor,
        **place_columns(job.place),
        "owner_platform": job.owner.platform,
        "owner_workspace": job.owner.workspace,
        "owner_person": job.owner.person,
        "owner_name": job.owner.name,
        "state": job.state,
        "pin_provider": job.pins.provider,
        "pin_model": job.pins.model,
        "snapshot": job.snapshot,
        "on_drift": job.on_drift,
        "on_missed": job.on_missed,
        "repeat_left": job.repeat_left,
        "until": job.until,
        "timeout": job.timeout,
    }


def run_of(row: RunRow) -> Run:
    return Run(
        id=RunId(row.id),
        job_id=JobId(row.job_id),
        fire_time=row.fire_time,
        kind=row.kind,
        state=row.state,
        attempt=row.attempt,
        worker=row.worker,
        lease_until=row.lease_until,
        cancel_asked_by=row.cancel_asked_by,
        hold_reason=row.hold_reason,
        drifts=row.drifts,
        route=row.route,
        error=row.error,
        output=row.output,
        usage=Usage(row.requests, row.input_tokens, row.output_tokens, row.served_model),
        note=row.note,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )


def alert_of(row: AlertRow, jobs: list[tuple[AlertJobRow, JobRow]]) -> Alert:
    return Alert(
        id=AlertId(row.id),
        place=place_of(row),
        route=row.route,
        state=row.state,
        revision=row.revision,
        opened_at=row.opened_at,
        jobs=tuple(_alert_job_of(listed, job) for listed, job in jobs),
        message=row.message,
    )


def _alert_job_of(row: AlertJobRow, job: JobRow) -> AlertJob:
    return AlertJob(
        job=job_of(job),
        drifts=row.drifts,
        held_fires=row.held_fires,
        last_held=row.last_held,
        decision=row.decision,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
    )


def delivery_of(row: DeliveryRow) -> Delivery:
    return Delivery(
        id=DeliveryId(row.id),
        owed=Owed(row.kind, place_of(row), row.facts),
        state=row.state,
        attempts=row.attempts,
        due=row.due,
        message=row.message,
        error=row.error,
    )


def press_of(row: ButtonRow) -> StoredPress:
    return StoredPress(
        token=row.token,
        press=row.press,
        place=place_of(row),
        expires_at=row.expires_at,
        pressed_by=row.pressed_by,
        pressed_at=row.pressed_at,
    )


def entry_of(row: AuditRow) -> Entry:
    by = Principal(row.platform, row.workspace, row.person, row.name)
    return Entry(row.at, by, row.action, row.object, row.detail)


def audit_row(entry: Entry) -> AuditRow:
    return AuditRow(
        at=entry.at,
        platform=entry.by.platform,
        workspace=entry.by.workspace,
        person=entry.by.person,
        name=entry.by.name,
        action=entry.action,
        object=entry.object,
        detail=entry.detail,
    )
