"""A crash at any step of a run never makes a second paid call, and leaves nothing stuck."""

import pytest

from tests.crash.house import House, Street, killed
from tests.crash.killing import Aftermath, Fault, count_kill, kill_runs
from tests.crash.lives import until
from tests.crash.sizes import rounds
from tests.crash.talking import add, settled, unknown
from tests.figures import Figures

TIMES = 3
"""Kills in a round, one after the other, in each of six houses side by side."""


@rounds(7)
@pytest.mark.parametrize("point", ["before-claim", "after-claim"])
async def test_a_run_killed_before_the_gate_is_carried_out_after_the_restart(
    street: Street, figure: Figures, point: str, rounds: int
) -> None:
    for aftermath in await kill_runs(street, Fault(point), TIMES * rounds, figure):
        assert aftermath == Aftermath(
            ("succeeded", "succeeded"), calls=2, answers_told=2, unknowns_told=0
        )


@rounds(7)
@pytest.mark.parametrize(
    ("point", "calls"), [("after-gate", 1), ("after-call", 2), ("before-record", 2)]
)
async def test_a_run_killed_past_the_gate_is_told_as_unknown_and_never_repeated(
    street: Street, figure: Figures, point: str, calls: int, rounds: int
) -> None:
    for aftermath in await kill_runs(street, Fault(point), TIMES * rounds, figure):
        assert aftermath == Aftermath(
            ("unknown", "succeeded"), calls=calls, answers_told=1, unknowns_told=1
        )


async def test_a_refusal_that_was_not_recorded_is_in_doubt_and_its_call_is_not_repeated(
    house: House, figure: Figures
) -> None:
    prompt = house.witness.new_prompt("500")
    dying = house.chat(crash_at="before-record")
    await add(dying, 1, prompt)
    dying.type("/jobs run 1")
    await killed(dying)
    after = house.chat()
    await after.until(unknown(1))
    await settled(after)
    await after.leave()
    [run], calls = house.kept(1), house.witness.calls(prompt)
    count_kill(figure, [run], calls=calls, unknowns_told=after.count(unknown(1)))
    assert (run.state, calls, after.count(unknown(1))) == ("unknown", 1, 1)


async def test_a_script_that_ran_at_a_kill_is_in_doubt_and_not_run_again(street: Street) -> None:
    ran = street.folder / "ran"
    argv = f'["/bin/sh", "-c", "echo once >> {ran}; sleep 2"]'
    async with street.house("house", extra=f"scripts: {{slow: {{argv: {argv}}}}}\n") as house:
        dying = house.chat()
        await add(dying, 1, "slow", "every 30d kind=script")
        dying.type("/jobs run 1")
        await until(ran.exists)
        dying.kill()
        await killed(dying)
        after = house.chat()
        await after.until(r"\(k1\) has an unknown outcome")
        await settled(after)
        await after.leave()
        assert [run.state for run in house.kept(1)] == ["unknown"]
        assert ran.read_text() == "once\n"
