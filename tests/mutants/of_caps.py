"""Faults in what is spent: how much is reserved, when, and what it counts as in the end."""

from tests.mutants.mutating import mutant

SPENDING = "tests/integration/test_store_spending.py::"
DAYS = "tests/integration/test_store_days_of_spending.py::"
CAPS = "tests/unit/test_spend.py::"

MUTANTS = (
    mutant(
        "a cap is looked at in one transaction and acted upon in another",
        f"{SPENDING}test_of_many_runs_at_one_cap_no_more_leave_than_it_allows[sqlite]",
        (
            "storage/gate.py",
            "        return await self._run(lambda tx: _pass_gate(tx, self._halt_file, asked))\n",
            "        over = await self._run(lambda tx: _looked(tx, asked))\n"
            "        return over or await self._run(\n"
            "            lambda tx: _pass_gate(tx, self._halt_file, asked)\n"
            "        )\n",
        ),
        ("storage/gate.py", "    if reached is not None:\n        return reached\n", ""),
        (
            "storage/gate.py",
            "def may_run(",
            "def _looked(tx, asked):\n"
            "    job, run = lock_run(tx, asked.run_id)\n"
            "    day = day_of(tx.now, asked.reservation.timezone)\n"
            "    found = standing(tx, job, run, day, asked.reservation.asked)\n"
            "    return over_cap(found, asked.reservation)\n\n\n"
            "def may_run(",
        ),
    ),
    mutant(
        "two processes may stand before one cap at once",
        f"{SPENDING}test_of_many_runs_at_one_cap_no_more_leave_than_it_allows[postgresql]",
        (
            "storage/reserving.py",
            "    rows = lock(tx, ((day, cap, by[cap]) for cap in OF_A_DAY)).values()\n",
            "    places = [{'on': day, 'of': cap, 'by': by[cap]} for cap in OF_A_DAY]\n"
            "    found = (tx.one(select(SPENDING).where(THIS), **place) for place in places)\n"
            "    rows = [row for row in found if row is not None]\n",
        ),
    ),
    mutant(
        "what has counted on a day counts for ever",
        f"{DAYS}test_what_was_spent_on_a_day_before_does_not_count_today[sqlite]",
        ("storage/gate.py", "day_of(tx.now, asked.reservation.timezone)", "'2026-03-02'"),
    ),
    mutant(
        "an admin raises a cap that another has raised meanwhile",
        f"{SPENDING}test_of_two_who_raise_a_cap_at_once_one_has_seen_other_figures[sqlite]",
        (
            "storage/spending.py",
            "    if any(rows[day, each.cap, each.key].raised != each.before for each in raises):\n"
            "        return False\n",
            "",
        ),
    ),
    mutant(
        "a request that never left counts as spent",
        f"{DAYS}test_where_no_request_was_billed_none_of_them_counts[sqlite-failed]",
        ("storage/reserving.py", "state, usage, free)", "state, usage, 0)"),
    ),
    mutant(
        "nobody asks the caps",
        f"{SPENDING}test_a_cap_of_a_job_holds_its_next_run_and_no_other_job[sqlite]",
        ("storage/gate.py", "    if reached is not None:\n        return reached\n", ""),
    ),
    mutant(
        "a request that is under way does not count",
        f"{SPENDING}test_a_request_is_reserved_under_every_cap_of_its_day[sqlite]",
        ("storage/gate.py", "    reserve(tx, job, found, asked.reservation)\n", ""),
    ),
    mutant(
        "an unknown outcome gives back what it had reserved",
        f"{SPENDING}test_an_unknown_outcome_keeps_all_it_reserved_as_spent[sqlite]",
        (
            "scheduler/spend.py",
            "    if state is not RunState.UNKNOWN and",
            "    if state is RunState.UNKNOWN:\n"
            "        return [Decimal(0)] * len(reserved)\n"
            "    if state is not RunState.UNKNOWN and",
        ),
    ),
    mutant(
        "a call whose worker vanished gives back what it had reserved",
        f"{SPENDING}test_a_vanished_worker_leaves_its_request_as_spent[sqlite]",
        (
            "storage/leases.py",
            "settle_attempt(tx, job, run, RunState.UNKNOWN, run.usage)",
            "settle_attempt(tx, job, run, RunState.FAILED, run.usage, free_from=1)",
        ),
    ),
    mutant(
        "a route without a price reserves nothing",
        f"{CAPS}test_the_worst_a_request_may_cost",
        (
            "scheduler/spend.py",
            "        return caps.per_run_usd or Caps().per_run_usd or Decimal(0)\n",
            "        return Decimal(0)\n",
        ),
    ),
    mutant(
        "the answer is left out of the worst that a request may cost",
        f"{CAPS}test_the_worst_a_request_may_cost",
        ("scheduler/spend.py", "return price.of(sent, max_tokens)", "return price.of(sent, 0)"),
    ),
)
