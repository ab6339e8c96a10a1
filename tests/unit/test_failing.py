"""Failures in a row: what counts, what ends the row, and when a job pauses itself."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from scheduler.failing import PATIENCE, after_run
from scheduler.job import JobId, JobState
from scheduler.run import Run, RunId, RunKind, RunState
from tests.unit.jobs import a_job

SCHEDULED = Run(
    RunId(1), JobId(7), datetime(2026, 11, 24, 9, tzinfo=UTC), RunKind.SCHEDULED, RunState.FAILED
)
NOT_COUNTED = [
    replace(SCHEDULED, state=RunState.HELD),
    replace(SCHEDULED, state=RunState.CANCELLED),
    replace(SCHEDULED, state=RunState.MISSED),
    replace(SCHEDULED, state=RunState.UNKNOWN, cancel_asked_by="Ana"),
    replace(SCHEDULED, kind=RunKind.MANUAL),
]


@pytest.mark.parametrize("state", [RunState.FAILED, RunState.UNKNOWN])
def test_a_scheduled_run_that_came_to_nothing_counts(state: RunState) -> None:
    assert after_run(a_job(), replace(SCHEDULED, state=state)).failures == 1


@pytest.mark.parametrize("run", NOT_COUNTED)
def test_holds_stops_and_runs_by_hand_do_not_count(run: Run) -> None:
    job = a_job(failures=3)
    assert after_run(job, run) == job


def test_a_good_run_ends_the_row() -> None:
    good = replace(SCHEDULED, state=RunState.SUCCEEDED, kind=RunKind.MANUAL)
    assert after_run(a_job(failures=4), good).failures == 0


def test_the_last_failure_of_the_row_pauses_the_job_and_none_before_it() -> None:
    job, states = a_job(), []
    for _ in range(PATIENCE):
        job = after_run(job, SCHEDULED)
        states.append(job.state)
    assert states == [*[JobState.ACTIVE] * (PATIENCE - 1), JobState.PAUSED]


@pytest.mark.parametrize("state", [JobState.PAUSED, JobState.REMOVED, JobState.FINISHED])
def test_a_job_that_rests_already_is_not_paused(state: JobState) -> None:
    assert after_run(a_job(failures=9, state=state), SCHEDULED).state is state


def test_a_job_without_a_next_fire_is_not_paused() -> None:
    job = a_job(failures=9, next_fire_time=None)
    assert after_run(job, SCHEDULED).state is JobState.ACTIVE
