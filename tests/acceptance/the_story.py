"""The story that every platform must tell: created, run, drifted, held, pinned by a button, run."""

from typing import Protocol

from tests.acceptance.served import Served


class Scene(Protocol):
    """A person in a chat of some platform."""

    async def type(self, command: str) -> None:
        """Type a command the way it is typed here."""
        ...

    async def sees(self, *words: str) -> None:
        """Wait until one visible message holds all these words."""
        ...

    async def press(self, label: str) -> None:
        """Press the newest button of that name, and agree if that is asked."""
        ...

    def offers(self, label: str) -> bool:
        """Does any visible message hold a button of that name?"""
        ...


LIMITS = "limits: {min_interval: 1s, commands_per_minute: 1000}\n"


async def the_story(scene: Scene, served: Served) -> None:
    """Raises AssertionError where the platform tells it differently."""
    await created(scene, "Brief")
    await scene.sees("Job 1 is scheduled: Brief")
    await ran(scene, 1, "Brief")
    assert served.free.count > 0
    served.point_default("paid-lab", "large")
    await drifted_and_pinned(scene, served, 1, "Brief")


async def created(scene: Scene, name: str) -> None:
    # Seldom enough that no fire of its own is under way when the held one is run by hand.
    await scene.type(f"add every 10s name={name} | Summarise open incidents")
    await scene.sees(f"is scheduled: {name}", "every 10 seconds", "free-lab:small")


async def ran(scene: Scene, job: int, name: str) -> None:
    await scene.type(f"run {job}")
    await scene.sees(f"{name} (job {job})", "free-lab:small, free")


async def drifted_and_pinned(scene: Scene, served: Served, job: int, name: str) -> None:
    """What follows once the default has moved."""
    await scene.sees(
        f"Job {job} ({name}) is held",
        "from free-lab:small to paid-lab:large",
        "Nothing was spent.",
        f"pin {job} free-lab:small",
    )
    free = served.free.count

    await scene.press("Pin old")
    await scene.sees("Decided: ", f"pinned job {job} ({name}) to free-lab:small")
    assert not scene.offers("Accept new")
    await scene.press("Run the held fire now")
    await scene.sees("1 held fire running now.")
    await scene.type(f"pause {job}")
    await scene.sees(f"Job {job} ({name}) is paused.")

    assert served.free.count > free
    assert served.paid.count == 0
