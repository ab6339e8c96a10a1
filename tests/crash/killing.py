"""One run is killed at one step, Driftpin is started again, and everybody is asked what happened."""

from dataclasses import dataclass
from enum import StrEnum

from tests.crash.house import House, killed
from tests.crash.lives import Life
from tests.crash.tally import Tally

IN_FLIGHT = ("is about to start", "is starting", "is running")
MAY_HAVE_CALLED = ("succeeded", "unknown", "failed")


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
    house: House, trigger: Trigger, point: str, number: int, tally: Tally
) -> Aftermath:
    """Kill the first run of a new job, the house's job `number`, and let a second run follow."""
    prompt = house.witness.new_prompt()
    dying = house.chat(crash_at=point)
    match trigger:
        case Trigger.SCHEDULE:
            dying.type(f"/jobs add every 1s repeat=2 name=k{number} | {prompt}")
        case Trigger.PERSON:
            dying.type(f"/jobs add every 30d name=k{number} | {prompt}")
            dying.type(f"/jobs run {number}")
    await killed(dying)
    after = house.chat()
    await after.until(_told(number))
    if trigger is Trigger.PERSON:
        after.type(f"/jobs run {number}")
    await after.until(_told(number), 2)
    outcomes = await house.outcomes(number)
    if await after.leave() != 0:
        raise AssertionError(f"the restarted process ended badly:\n{after.printed}")
    aftermath = Aftermath(
        tuple(outcomes),
        house.witness.calls(prompt),
        _count(_answer(number), dying, after),
        _count(_unknown(number), dying, after),
    )
    _add(tally, aftermath)
    return aftermath


def _add(tally: Tally, aftermath: Aftermath) -> None:
    allowed = sum(outcome in MAY_HAVE_CALLED for outcome in aftermath.outcomes)
    tally.kills += 1
    tally.second_calls += max(0, aftermath.calls - allowed)
    tally.unknown_told += aftermath.unknowns_told
    tally.stuck += sum(outcome in IN_FLIGHT for outcome in aftermath.outcomes)


def _count(pattern: str, *lives: Life) -> int:
    return sum(life.count(pattern) for life in lives)


def _answer(job: int) -> str:
    return rf"\bk{job} \(job {job}\)"


def _unknown(job: int) -> str:
    return rf"Job {job} \(k{job}\) has an unknown outcome: it may have been billed\."


def _told(job: int) -> str:
    """Either report of a run."""
    return f"{_answer(job)}|{_unknown(job)}"
