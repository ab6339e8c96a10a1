"""`driftpin --help`, from the key press to the prompt."""

import subprocess
import sys
import time
from pathlib import Path

from benchmarks.figures import Comparison, Goal, Size

GOAL = Goal("under 0.3 s", figure=0.3)


def measure(size: Size) -> list[Comparison]:
    script = Path(sys.executable).with_name("driftpin")
    command = [str(script)] if script.exists() else [sys.executable, "-m", "bot"]
    ours, theirs = [], []
    for _ in range(2 * size.repetitions):
        ours.append(_took([*command, "--help"]))
        theirs.append(_took([sys.executable, "-c", "pass"]))
    against = "Python alone"
    return [Comparison("`driftpin --help`", "s", tuple(ours), against, tuple(theirs), GOAL)]


def _took(command: list[str]) -> float:
    begun = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begun
