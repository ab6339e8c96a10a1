"""One run is killed at one step, Driftpin is started again, and everybody is asked what happened."""

from dataclasses import dataclass
from enum import StrEnum

from tests.crash.house import House, killed
from tests.crash.talking import ANSWER, count, unknown
from tests.crash.tally import Tally


class Trigger(StrEnum):
    """What makes the run: its schedule, or a person."""

    SCHEDULE = "schedule"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What the rows, the provider and the chat say once two runs are over, the killed one first."""

    outcomes: tuple[str, ...]
    calls: int
    answers_told: int
    unknowns_told: int


async def kill_a_run(
    house: House, trigger: Trigger, point: str, job: int, tally: Tally
) -> Aftermath:
    """Kill the first run of a new job, the house's job of this number, and let a second one follow."""
    prompt = house.witness.new_prompt()
    dying = house.chat(crash_at=point)
    match trigger:
        case Trigger.SCHEDULE:
            dying.type(f"/jobs add every 1s repeat=2 name=k{job} | {prompt}")
        case Trigger.PERSON:
            dying.type(f"/jobs add every 30d name=k{job} | {prompt}")
            dying.type(f"/jobs run {job}")
    await killed(dying)
    after = house.chat()
    either = f"{ANSWER}|{unknown(job)}"
    await after.until(either)
    if trigger is Trigger.PERSON:
        after.type(f"/jobs run {job}")
    await after.until(either, 2)
    outcomes = await house.outcomes(job)
    if await after.leave() != 0:
        raise AssertionError(f"the restarted process ended badly:\n{after.printed}")
    aftermath = Aftermath(
        tuple(outcomes),
        house.witness.calls(prompt),
        count(ANSWER, dying, after),
        count(unknown(job), dying, after),
    )
    tally.add(outcomes, calls=aftermath.calls, unknowns_told=aftermath.unknowns_told)
    return aftermath
