"""What a person types into a chat, and patterns of what it prints.

Every job here is called k and its number: job 3 is k3.
"""

from tests.crash.lives import Life

ANSWER = r"All quiet\."
"""What the provider says, and so every report of a run that succeeded."""
WAY_BACK = "/jobs pin 1 lab:small"
"""What an alert about job 1 prints, and nothing else does."""


async def add(life: Life, job: int, prompt: str, schedule: str = "every 30d") -> None:
    """Add the installation's job of this number."""
    life.type(f"/jobs add {schedule} name=k{job} | {prompt}")
    await life.until(f"Job {job} is scheduled: k{job}")


async def settled(life: Life) -> None:
    """Return once nothing is running or owed, and all of it has been printed."""
    before = life.count("> /jobs list")
    life.type("wait")
    life.type("/jobs list")
    await life.until("> /jobs list", before + 1)


def unknown(job: int) -> str:
    """The report of a run whose outcome is in doubt."""
    return rf"\(k{job}\)[^.]* may have been billed"


def count(pattern: str, *lives: Life) -> int:
    """How often these lives printed it, all together."""
    return sum(life.count(pattern) for life in lives)
