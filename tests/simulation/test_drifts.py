"""No request leaves on a route nobody consented to, whatever moves, between whichever two steps."""

import os
from collections import Counter
from pathlib import Path

import pytest

from tests.figures import Figures
from tests.simulation.drifting import STEPS, Simulation, simulating

SEED = os.environ.get("DRIFTPIN_SEED", "2026")
"""`DRIFTPIN_SEED=…` plays other drifts; `DRIFTPIN_DRIFT=…`, as a failure names it, plays one again."""

ONE = os.environ.get("DRIFTPIN_DRIFT")
AT_ONCE = 250


async def played(folder: Path, part: int, drifts: int, figure: Figures) -> Counter[str]:
    """So many drifts, and what came of them; every seed is in the words of a failure."""
    async with simulating(folder) as simulation:
        number = 0
        while simulation.told["drifts"] < drifts:
            await play(simulation, ONE or f"{SEED}-{part}-{number}")
            number += 1
            if ONE:
                break
        print(f"seed {SEED}, part {part}: {dict(sorted(simulation.told.items()))}")  # noqa: T201
        told = simulation.told
        figure("P9", drifts=told["drifts"], requests=told["requests"], unconsented=0)
        return told


async def play(simulation: Simulation, seed: str) -> None:
    await simulation.play(seed)
    wrong = "\n".join(simulation.wrong)
    assert not wrong, f"{wrong}\nDRIFTPIN_DRIFT={seed} plays it again"


@pytest.mark.parametrize("part", range(4))
async def test_no_drift_makes_a_request_that_nobody_consented_to(
    tmp_path: Path, part: int, figure: Figures
) -> None:
    told = await played(tmp_path, part, AT_ONCE, figure)
    if ONE:
        return
    # A guard that let nothing pass, or an adversary who never came, would prove nothing.
    assert told["requests"] > AT_ONCE / 5
    assert told["held: drift"] > 5
    assert told["held: identity"] > 2
    assert told["held: served"] > 2
    assert told["succeeded"] > 10
    assert all(told[f"at {step}"] for step in STEPS)


async def test_a_drift_is_played_again_exactly_by_its_seed(tmp_path: Path) -> None:
    async with simulating(tmp_path) as after_others:
        for number in range(8):
            await after_others.play(f"{SEED}-again-{number}")
    folder = tmp_path / "alone"
    folder.mkdir()
    async with simulating(folder) as alone:
        await alone.play(f"{SEED}-again-7")
    assert alone.trace == after_others.trace
    assert alone.trace


@pytest.mark.soak
@pytest.mark.parametrize("part", range(4, 44))
async def test_ten_thousand_drifts(tmp_path: Path, part: int, figure: Figures) -> None:
    await played(tmp_path, part, AT_ONCE, figure)
