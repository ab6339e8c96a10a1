"""An alert to tell stories about: jobs on the free route, and a default that moved to the paid one."""

from bot.message import Message
from scheduler.job import JobId, Principal
from scheduler.run import RunState
from tests.acceptance.world import World

ADD = "/jobs add every day at 09:00 name=Brief | Summarise open incidents"
BEN = Principal("terminal", "local", "ben", name="Ben")
NO_CALL = (0, 0)

DECISIONS = {
    "Pin old": "Ana pinned job 1 (Brief-1) to free-lab:small",
    "Accept new": "Ana accepted paid-lab:large (paid) for job 1 (Brief-1)",
    "Pause": "Ana paused job 1 (Brief-1)",
}
"""Each button of an alert, and how the alert tells that Ana has pressed it."""


def calls(world: World) -> tuple[int, int]:
    """What the two providers counted: free, paid."""
    return world.free.count, world.paid.count


async def states(world: World, job: int = 1) -> list[RunState]:
    return [run.state for run in await world.app.store.history(JobId(job), 20)]


async def alerted(world: World, jobs: int = 1) -> Message:
    """The alert about so many jobs, Brief-1 and so on."""
    for number in range(1, jobs + 1):
        await world.type(ADD.replace("Brief", f"Brief-{number}"))
    world.point_default("paid-lab", "large")
    await world.fire()
    return world.latest
