"""Whatever vanishes, sleeps, jumps or misbehaves, no run bills twice, none is lost, and each is told of."""

import os
import re
from collections import Counter

import pytest

from tests.figures import Figures
from tests.simulation.broken import CASES as BROKEN
from tests.simulation.broken_spend import CASES as BROKEN_SPEND
from tests.simulation.days import Life, lived
from tests.simulation.money import TIGHT

SEED = os.environ.get("DRIFTPIN_SEED", "2026")
"""`DRIFTPIN_SEED=…` plays other lives; `DRIFTPIN_LIFE=…`, as a failure names it, plays one again."""

ONE = os.environ.get("DRIFTPIN_LIFE")
DAYS = 10
"""So long is a life: longer ones find less in the same time."""

LIVES_UNTIL_NOTICED = 160
CASES = {**BROKEN, **BROKEN_SPEND}
CAPS = ("max_usd", *TIGHT)
OFTEN = {
    "a request": ("gates opened", 1000),
    "a crash between two steps": ("vanished", 120),
    "a crash in a call": ("vanished in a call", 8),
    "a suspended worker": ("slept", 150),
    "one that slept past its lease": ("slept past the lease", 70),
    "a request that left late": ("late requests", 2),
    "days down": ("days down", 4),
    "a wall that jumped": ("walls that jumped", 20),
    "a database that refuses": ("refused by the database", 15),
    "a commit in doubt": ("answers of the database lost", 15),
    "429": ("busy", 80),
    "5xx": ("broken", 30),
    "a lost reply": ("loses the reply", 40),
    "a request that never left": ("never sent", 80),
    "a call that hangs": ("hangs", 10),
    "an unknown cost": ("cost unknown", 30),
    "another model": ("another model", 8),
    "a moved default": ("moved defaults", 50),
    "a halt": ("halts", 30),
    "a halt by the file": ("halted by the file", 4),
    "a stop": ("asked to stop", 40),
    "a pause": ("asked to pause", 20),
    "run now": ("manual planned", 60),
    "an edited schedule": ("asked to edit schedule", 15),
    "a removal": ("asked to remove", 15),
    "a further attempt": ("further attempts", 60),
    "a run taken up": ("taken up", 60),
    "a run taken up before its gate": ("claimed -> planned", 15),
    "success": ("calling -> succeeded", 300),
    "failure": ("calling -> failed", 120),
    "unknown": ("unknown", 120),
    "a hold": ("claimed -> held", 80),
    "a hold behind the gate": ("calling -> held", 8),
    "a released hold": ("held -> planned", 5),
    "a cancelled run": ("claimed -> cancelled", 3),
    "an overlap": ("scheduled overlapped", 5),
    "missed fires": ("missed fires", 15),
    "a job that paused itself": ("paused itself", 3),
    "a used-up repeat": ("repeats used", 100),
    "a repeat given back": ("repeats given back", 15),
    "a last fire that waited": ("last fires that waited", 1),
    "a finished job": ("finished", 60),
    "a message": ("messages", 60),
    "a doubled message": ("messages doubled", 3),
    "a chat that is away": ("chat away", 1),
    "a reservation": ("reservations", 500),
    "one without a price": ("reservations without a price", 60),
    "a gate near a cap": ("gates near a cap", 10),
    "a cap that is off": ("gates with a cap off", 100),
    "a day that is not one of UTC": ("days that are not those of UTC", 100),
    "everybody runs something at once": ("crowds", 15),
    "moved caps": ("moved caps", 15),
    "a raised cap": ("caps raised", 15),
    "the cap of a job": ("held by max_usd", 10),
    "the cap of a run": ("held by per_run_usd", 10),
    "the cap of a job and a day": ("held by per_job_day_usd", 10),
    "the cap of a chat": ("held by per_chat_day_usd", 10),
    "the cap of a day": ("held by per_day_usd", 5),
    "a cap behind the gate": ("capped behind the gate", 10),
    "a cap that is told once": ("a cap that was told already", 10),
    "a held fire that another made up for": ("made up for", 1),
    "a known cost": ("counted as billed", 200),
    "a cost in doubt": ("counted as all reserved", 100),
    "no cost": ("counted as nothing", 100),
    "a warning": ("warnings", 15),
}
"""What happened at least so often in every part of 500 days; a calm sea proves nothing."""


def played(part: int, days: int) -> Counter[str]:
    """So many days of lives, and what came of them; every seed is in the words of a failure."""
    told: Counter[str] = Counter()
    for number in range(days // DAYS):
        told += sound(ONE or f"{SEED}-{part}-{number}").told
        if ONE:
            break
    print(f"seed {SEED}, part {part}: {dict(sorted(told.items()))}")  # noqa: T201
    return told


def sound(seed: str) -> Life:
    """A life in which nothing was wrong."""
    life = lived(seed, DAYS)
    wrong = "\n".join(life.wrong)
    assert not wrong, f"{wrong}\nDRIFTPIN_LIFE={seed} plays it again"
    return life


def told_of(figure: Figures, told: Counter[str], days: int) -> None:
    figure(
        "simulated days",
        days=days,
        fires=told["fires"],
        requests=told["gates opened"],
        crashes=told["vanished"],
        suspensions=told["slept"],
        unknown_outcomes=told["unknown"],
        reservations=told["reservations"],
        held_by_caps=sum(told[f"held by {cap}"] for cap in CAPS),
        violations=0,
    )


@pytest.mark.timeout(600)
@pytest.mark.parametrize("part", range(4))
def test_five_hundred_days_break_no_promise(part: int, figure: Figures) -> None:
    told = played(part, 500)
    if ONE:
        return
    rare = {what: told[key] for what, (key, least) in OFTEN.items() if told[key] < least}
    assert not rare, f"these hardly happened: {rare}"
    told_of(figure, told, 500)


def test_a_life_is_lived_again_exactly_by_its_seed() -> None:
    for number in range(3):
        lived(f"{SEED}-before-{number}", DAYS)
    after_others = lived(f"{SEED}-again", DAYS)
    again = lived(f"{SEED}-again", DAYS)
    assert after_others.trace == again.trace
    assert len(again.trace) > 100
    assert lived(f"{SEED}-other", DAYS).trace != again.trace


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", CASES)
def test_the_oracle_notices_a_product_that_is_broken(name: str) -> None:
    case = CASES[name]
    for number in range(LIVES_UNTIL_NOTICED):
        life = lived(f"broken-{number}", DAYS, case.broken)
        if life.wrong:
            assert re.search(case.said, life.wrong[0]), life.wrong[0]
            return
    raise AssertionError(f"nobody noticed in {LIVES_UNTIL_NOTICED} lives: {name}")


@pytest.mark.soak
@pytest.mark.parametrize("part", range(4, 54))
def test_a_hundred_thousand_days(part: int, figure: Figures) -> None:
    told_of(figure, played(part, 2000), 2000)
