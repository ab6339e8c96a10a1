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
    # Seldom enough that no fire of its own is under way when the held one is run by hand.
    await scene.type("add every 10s name=Brief | Summarise open incidents")
    await scene.sees("Job 1 is scheduled: Brief", "every 10 seconds", "free-lab:small")
    await scene.type("run 1")
    await scene.sees("Brief (job 1)", "free-lab:small, free")
    assert served.free.count > 0

    served.point_default("paid-lab", "large")
    await scene.sees(
        "Job 1 (Brief) is held",
        "from free-lab:small to paid-lab:large",
        "Nothing was spent.",
        "pin 1 free-lab:small",
    )
    free = served.free.count

    await scene.press("Pin old")
    await scene.sees("Decided: ", "pinned job 1 (Brief) to free-lab:small")
    assert not scene.offers("Accept new")
    await scene.press("Run the held fire now")
    await scene.sees("1 held fire running now.")
    await scene.type("pause 1")
    await scene.sees("Job 1 (Brief) is paused.")

    assert served.free.count > free
    assert served.paid.count == 0
