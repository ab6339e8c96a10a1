"""Runs in a row that came to nothing are counted, and a job that only fails pauses itself."""

from dataclasses import replace

from scheduler.job import Job, JobState
from scheduler.run import Run, RunKind, RunState

PATIENCE = 5
"""So many scheduled runs in a row may come to nothing before the job pauses itself."""


def after_run(job: Job, run: Run) -> Job:
    """The job with this run counted: a good one ends the row, one that somebody stopped or asked for,
    or that was held, is not part of it."""
    if run.state is RunState.SUCCEEDED:
        return job if not job.failures else _changed(job, 0)
    failed = run.state in (RunState.FAILED, RunState.UNKNOWN) and run.cancel_asked_by is None
    if not failed or run.kind is not RunKind.SCHEDULED:
        return job
    return _changed(job, job.failures + 1)


def _changed(job: Job, failures: int) -> Job:
    gives_up = failures >= PATIENCE and job.state is JobState.ACTIVE
    # A job without a next fire is finished by its last run anyway.
    state = JobState.PAUSED if gives_up and job.next_fire_time is not None else job.state
    return replace(job, failures=failures, state=state, revision=job.revision + 1)
