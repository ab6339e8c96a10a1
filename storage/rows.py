"""Rows become values, and values rows; nothing is decided here."""

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from scheduler.alert import Alert, AlertId, AlertJob, asked_about
from scheduler.job import Job, JobId, Place, Principal
from scheduler.outbox import Delivery, DeliveryId, Owed
from scheduler.ports import Entry
from scheduler.press import StoredPress
from scheduler.route import Pins
from scheduler.run import Run, RunId, Usage


def place_of(row: Row[Any]) -> Place:
    return Place(row.platform, row.workspace, row.chat, row.thread)


def place_columns(place: Place) -> dict[str, Any]:
    return {
        "platform": place.platform,
        "workspace": place.workspace,
        "chat": place.chat,
        "thread": place.thread,
    }


def job_of(row: Row[Any]) -> Job:
    return Job(
        id=JobId(row.id),
        name=row.name,
        kind=row.kind,
        prompt=row.prompt,
        schedule=row.schedule,
        zone=ZoneInfo(row.zone).key,
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
        free_only=row.free_only,
        on_missed=row.on_missed,
        repeat_left=row.repeat_left,
        until=row.until,
        timeout=row.timeout,
        retry=row.retry,
        max_usd=row.max_usd,
        failures=row.failures,
        unguarded_told=row.unguarded_told,
        answered_as=row.answered_as,
        accepted_as=row.accepted_as,
    )


def job_columns(job: Job) -> dict[str, Any]:
    """Every column but the id."""
    return {
        "name": job.name,
        "kind": job.kind,
        "prompt": job.prompt,
        "schedule": job.schedule,
        "zone": job.zone,
        "anchor": job.anchor,
        "next_fire_time": job.next_fire_time,
        **place_columns(job.place),
        "owner_platform": job.owner.platform,
        "owner_workspace": job.owner.workspace,
        "owner_person": job.owner.person,
        "owner_name": job.owner.name,
        "created_at": job.created_at,
        "state": job.state,
        "pin_provider": job.pins.provider,
        "pin_model": job.pins.model,
        "snapshot": job.snapshot,
        "consent_revision": job.consent_revision,
        "revision": job.revision,
        "on_drift": job.on_drift,
        "free_only": job.free_only,
        "on_missed": job.on_missed,
        "repeat_left": job.repeat_left,
        "until": job.until,
        "timeout": job.timeout,
        "retry": job.retry,
        "max_usd": job.max_usd,
        "failures": job.failures,
        "unguarded_told": job.unguarded_told,
        "answered_as": job.answered_as,
        "accepted_as": job.accepted_as,
    }


def run_of(row: Row[Any]) -> Run:
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
        usage=Usage(
            row.requests,
            row.input_tokens,
            row.output_tokens,
            row.served_model,
            row.downstream,
            row.cost,
            row.cost_source,
        ),
        note=row.note,
        decided=row.decided,
        started_at=row.started_at,
        finished_at=row.finished_at,
        authorised=row.authorised,
    )


def run_columns(run: Run) -> dict[str, Any]:
    """Every column but the id."""
    return {
        "job_id": run.job_id,
        "fire_time": run.fire_time,
        "kind": run.kind,
        "state": run.state,
        "attempt": run.attempt,
        "worker": run.worker,
        "lease_until": run.lease_until,
        "cancel_asked_by": run.cancel_asked_by,
        "hold_reason": run.hold_reason,
        "drifts": run.drifts,
        "route": run.route,
        "error": run.error,
        "output": run.output,
        "requests": run.usage.requests,
        "input_tokens": run.usage.input_tokens,
        "output_tokens": run.usage.output_tokens,
        "served_model": run.usage.served_model,
        "downstream": run.usage.downstream,
        "cost": run.usage.cost,
        "cost_source": run.usage.cost_source,
        "note": run.note,
        "decided": run.decided,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "authorised": run.authorised,
    }


def alert_of(row: Row[Any], jobs: Iterable[tuple[Row[Any], Row[Any]]]) -> Alert:
    rows = tuple(_alert_job_of(listed, job) for listed, job in jobs)
    return Alert(
        id=AlertId(row.id),
        place=place_of(row),
        route=row.route,
        state=row.state,
        revision=row.revision,
        opened_at=row.opened_at,
        jobs=rows,
        reason=asked_about(row.reason, rows),
        message=row.message,
        hangs=row.hangs,
    )


def _alert_job_of(row: Row[Any], job: Row[Any]) -> AlertJob:
    return AlertJob(
        job=job_of(job),
        drifts=row.drifts,
        held_fires=row.held_fires,
        last_held=row.last_held,
        decision=row.decision,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
    )


def delivery_of(row: Row[Any]) -> Delivery:
    return Delivery(
        id=DeliveryId(row.id),
        owed=Owed(row.kind, place_of(row), row.facts, row.tried),
        state=row.state,
        attempts=row.attempts,
        due=row.due,
        message=row.message,
        error=row.error,
        doubts=row.doubts,
    )


def press_of(row: Row[Any]) -> StoredPress:
    return StoredPress(
        token=row.token,
        press=row.press,
        place=place_of(row),
        expires_at=row.expires_at,
        pressed_by=row.pressed_by,
        pressed_at=row.pressed_at,
    )


def entry_of(row: Row[Any]) -> Entry:
    by = Principal(row.platform, row.workspace, row.person, row.name)
    return Entry(row.at, by, row.action, row.object, row.detail)


def audit_columns(entry: Entry) -> dict[str, Any]:
    return {
        "at": entry.at,
        "platform": entry.by.platform,
        "workspace": entry.by.workspace,
        "person": entry.by.person,
        "name": entry.by.name,
        "action": entry.action,
        "object": entry.object,
        "detail": entry.detail,
    }
