"""One run is killed at one step, Driftpin is started again, and everybody is asked what happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from scheduler.route import ApiMode
from tests.crash.house import House, Kept, Street, killed
from tests.crash.sizes import side_by_side
from tests.crash.talking import ANSWER, count, unknown
from tests.figures import Figures

DIALECTS = (ApiMode.CHAT_COMPLETIONS, ApiMode.RESPONSES, ApiMode.ANTHROPIC_MESSAGES)
IN_FLIGHT = ("planned", "claimed", "calling")


class Trigger(StrEnum):
    """What makes the run: its schedule, or a person."""

    SCHEDULE = "schedule"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a run is killed, how often it may be tried again, and how the provider behaves."""

    point: str
    retry: int = 0
    answers: tuple[str, ...] = ("says",)


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What the rows, the provider and the chat say once two runs are over, the killed one first."""

    outcomes: tuple[str, ...]
    calls: int
    answers_told: int
    unknowns_told: int


async def kill_a_run(
    house: House, trigger: Trigger, fault: Fault, job: int, figure: Figures
) -> Aftermath:
    """Kill the first run of a new job, the house's job of this number, and let a second one follow."""
    prompt = house.witness.new_prompt(*fault.answers)
    dying = house.chat(crash_at=fault.point)
    options = f"retry={fault.retry} name=k{job}"
    match trigger:
        case Trigger.SCHEDULE:
            dying.type(f"/jobs add every 1s repeat=2 {options} | {prompt}")
        case Trigger.PERSON:
            dying.type(f"/jobs add every 30d {options} | {prompt}")
            dying.type(f"/jobs run {job}")
    await killed(dying)
    after = house.chat()
    either = f"{ANSWER}|{unknown(job)}"
    await after.until(either)
    if trigger is Trigger.PERSON:
        after.type(f"/jobs run {job}")
    await after.until(either, 2)
    if await after.leave() != 0:
        raise AssertionError(f"the restarted process ended badly:\n{after.printed}")
    kept, calls = house.kept(job), house.witness.calls(prompt)
    told = count(unknown(job), dying, after)
    count_kill(figure, kept, calls=calls, unknowns_told=told)
    states = tuple(run.state for run in kept)
    return Aftermath(states, calls, count(ANSWER, dying, after), told)


async def kill_runs(street: Street, fault: Fault, times: int, figure: Figures) -> list[Aftermath]:
    """Runs of each dialect and of both triggers, in a house each, killed in the same way so often."""

    async def in_one_house(dialect: ApiMode, trigger: Trigger) -> list[Aftermath]:
        async with street.house(f"{dialect}-{trigger}", dialect) as house:
            jobs = range(1, times + 1)
            return [await kill_a_run(house, trigger, fault, job, figure) for job in jobs]

    kinds = [(dialect, trigger) for dialect in DIALECTS for trigger in Trigger]
    return list(chain(*await side_by_side(in_one_house(*kind) for kind in kinds)))


def count_kill(figure: Figures, kept: Sequence[Kept], *, calls: int, unknowns_told: int) -> None:
    """One kill: what the provider counted, against what the gate let through and each attempt may call."""
    allowed = sum(min(run.passed, run.attempt) for run in kept)
    figure("P1", kills=1, calls=calls, double=max(0, calls - allowed))
    figure(
        "P2",
        in_doubt=sum(run.state == "unknown" for run in kept),
        told=unknowns_told,
        stuck=sum(run.state in IN_FLIGHT for run in kept),
    )
