"""Faults in the life of a run: who has it, what the gate asks, and what is recorded when."""

from tests.mutants.mutating import mutant

GATE = "tests/integration/test_store_gate.py::"
LEASES = "tests/integration/test_store_leases.py::"
FIRES = "tests/integration/test_store_fires.py::"
HALTS = "tests/integration/test_store_halts.py::"

MUTANTS = (
    mutant(
        "a lease is judged by the clock of the worker",
        f"{LEASES}test_leases_follow_the_clock_of_a_shared_database[postgresql]",
        (
            "storage/transaction.py",
            'if self.connection.dialect.name != "postgresql":\n            return self.now',
            "if True:\n            return self.now",
        ),
    ),
    mutant(
        "the gate opens although the lease ran out",
        f"{GATE}test_the_gate_is_shut_when_the_lease_ran_out[sqlite]",
        (
            "storage/gate.py",
            "if run.lease_until is None or run.lease_until <= now:",
            "if run.lease_until is None:",
        ),
    ),
    mutant(
        "the gate opens for a worker that has lost the run",
        f"{GATE}test_the_gate_is_shut_for_another_worker[sqlite]",
        (
            "storage/gate.py",
            "    if run.worker != asked.worker:\n        return Passage.NOT_MINE\n",
            "",
        ),
    ),
    mutant(
        "the gate does not ask whether the consent is still the one that was judged",
        f"{GATE}test_the_gate_is_shut_when_the_consent_moved[sqlite]",
        (
            "storage/gate.py",
            "    if job.consent_revision != asked.consent_revision:\n"
            "        return Passage.CONSENT_CHANGED\n",
            "",
        ),
    ),
    mutant(
        "the gate opens twice for the same step",
        f"{GATE}test_each_request_passes_once[sqlite]",
        (
            "storage/gate.py",
            "    if not _first(tx, run, asked, found):\n        return Passage.ALREADY_CALLED\n",
            "    _first(tx, run, asked, found)\n",
        ),
    ),
    mutant(
        "the gate does not ask whether everything is halted",
        f"{HALTS}test_the_gate_of_every_process_is_shut[sqlite]",
        ("storage/gate.py", "    if halted:\n        return Passage.HALTED\n", ""),
    ),
    mutant(
        "nobody reads the file that halts",
        f"{HALTS}test_the_file_shuts_the_gate_without_any_row[sqlite]",
        ("storage/halt_row.py", "return halt_row(tx) or file.read()", "return halt_row(tx)"),
    ),
    mutant(
        "the gate does not ask whether somebody stopped the run",
        f"{GATE}test_the_gate_is_shut_for_the_next_step_of_a_stopped_call[sqlite]",
        (
            "storage/gate.py",
            "    if run.cancel_asked_by is not None:\n        return Passage.CANCELLED\n",
            "",
        ),
    ),
    mutant(
        "the gate opens for a job that was paused or removed",
        f"{GATE}test_the_gate_is_shut_when_the_job_is_gone[sqlite-removed]",
        (
            "storage/gate.py",
            "    if not may_run(job, run):\n        return Passage.JOB_GONE\n",
            "",
        ),
    ),
    mutant(
        "a run is claimed without asking whether somebody has it",
        f"{LEASES}test_a_run_is_claimed_by_one_of_many_workers[sqlite]",
        (
            "storage/leases.py",
            '    .where(RUNS.c.id == bindparam("key"), RUNS.c.state == RunState.PLANNED, ~_ANOTHER_RUNS)',
            '    .where(RUNS.c.id == bindparam("key"))',
        ),
    ),
    mutant(
        "two runs of one job go on side by side",
        f"{FIRES}test_the_only_fire_of_a_job_waits_for_the_run_before_it[sqlite]",
        (
            "storage/leases.py",
            "RUNS.c.state == RunState.PLANNED, ~_ANOTHER_RUNS)",
            "RUNS.c.state == RunState.PLANNED)",
        ),
    ),
    mutant(
        "a call whose worker vanished is planned again",
        f"{LEASES}test_a_call_nobody_finished_is_unknown_and_told[sqlite]",
        (
            "storage/leases.py",
            "    if run.state is RunState.CLAIMED:\n        left =",
            "    if run.state is not RunState.PLANNED:\n        left =",
        ),
        (
            "scheduler/run.py",
            "    RunState.CALLING: frozenset(\n        {\n",
            "    RunState.CALLING: frozenset(\n        {\n            RunState.PLANNED,\n",
        ),
    ),
    mutant(
        "anybody records the end of a run",
        "tests/integration/test_store_endings.py::"
        "test_a_run_is_recorded_once_and_by_its_worker[sqlite]",
        (
            "storage/endings.py",
            "if run.worker != worker or run.state not in (RunState.CLAIMED, RunState.CALLING):",
            "if run.state not in (RunState.CLAIMED, RunState.CALLING):",
        ),
    ),
    mutant(
        "a run is recorded before its call",
        "tests/integration/test_runner.py::test_a_lost_answer_is_asked_for_once[sqlite]",
        (
            "scheduler/runner.py",
            "            passed = step\n",
            "            passed = step\n"
            "            await self._finish(job, run, Finish(RunState.SUCCEEDED))\n",
        ),
    ),
    mutant(
        "a call of unknown outcome is tried again",
        "tests/integration/test_runner.py::test_a_lost_answer_is_asked_for_once[sqlite]",
        (
            "scheduler/again.py",
            "from scheduler.errors import DriftpinError, NotSent, Refused",
            "from scheduler.errors import DriftpinError, Lost, NotSent, Refused",
        ),
        ("scheduler/again.py", "case NotSent() if attempt", "case NotSent() | Lost() if attempt"),
    ),
    mutant(
        "a job goes on to its next fire whoever was there first",
        f"{FIRES}test_the_ticker_that_comes_second_owes_nothing[sqlite]",
        (
            "storage/fires.py",
            "    if now.next_fire_time != job.next_fire_time:\n        return []\n",
            "",
        ),
    ),
    mutant(
        "a fire that has its run is recorded once more, a moment later",
        f"{FIRES}test_a_fire_at_the_time_of_a_manual_run_is_not_recorded_twice[sqlite]",
        (
            "storage/fires.py",
            "_insert(tx, now.id, fire.fire_time, RunKind.SCHEDULED, fire.state, fire.note)",
            "_insert(tx, now.id, tx.now + timedelta.resolution, RunKind.SCHEDULED, fire.state, None)",
        ),
        (
            "storage/fires.py",
            "        for fire in fires\n        if not _is_taken(tx, now.id, fire.fire_time)\n",
            "        for fire in fires\n",
        ),
    ),
)
