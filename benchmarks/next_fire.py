"""The next fire of a stored schedule, and whether it is right, against croniter with a time zone."""

import json
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from croniter import croniter

from benchmarks.figures import Comparison, Goal, Size
from scheduler.errors import ScheduleError
from scheduler.schedule import fires, load, next_fire
from scheduler.schedule.phrases import parse_schedule

CASES = Path(__file__).parents[1] / "tests" / "data" / "dst_cases.json"
START = datetime(2026, 1, 1, tzinfo=UTC)
YEAR = 365 * 24 * 60
ZONE = ZoneInfo("Europe/Oslo")
FASTER = Goal("at least as fast", ratio=1)


def measure(size: Size) -> list[Comparison]:
    return [
        _compare("expression never seen before", _unseen, size),
        _compare("known expression, fresh base", _known, size),
        _compare("asked before", _again, size),
        _right(),
    ]


Question = tuple[str, datetime]
Timing = tuple[float, float]


def _compare(what: str, timed: Callable[[list[Question]], Timing], size: Size) -> Comparison:
    chance = random.Random(what)
    pairs = [timed(_questions(chance, size.questions)) for _ in range(size.repetitions)]
    ours, theirs = zip(*pairs, strict=True)
    return Comparison(f"next fire, {what}", "µs", ours, "croniter with a zone", theirs, FASTER)


def _questions(chance: random.Random, number: int) -> list[Question]:
    return [
        (_expression(chance), START + timedelta(minutes=chance.randrange(YEAR)))
        for _ in range(number)
    ]


def _expression(chance: random.Random) -> str:
    """One of some millions, so that none comes twice."""
    first, second = sorted(chance.sample(range(60), 2))
    weekday = chance.choice(("*", "1-5", "1", "6,0"))
    day = chance.choice(("*", "*", "*", str(chance.randint(1, 28))))
    return f"{first},{second} {chance.randrange(24)} {day} * {weekday}"


def _unseen(questions: list[Question]) -> Timing:
    return _ours(questions), _timed(questions, _new_croniter)


def _known(questions: list[Question]) -> Timing:
    """The other side keeps one parsed croniter for each expression, which is its best."""
    kept = {stored: croniter(stored, START.astimezone(ZONE)) for stored, _ in questions}
    _ours([(stored, after - timedelta(minutes=1)) for stored, after in questions])
    return _ours(questions), _timed(questions, lambda *question: _kept_croniter(kept, *question))


def _again(questions: list[Question]) -> Timing:
    _, theirs = _known(questions)
    return _ours(questions), theirs


def _ours(questions: list[Question]) -> float:
    return _timed(questions, _stored)


def _stored(stored: str, after: datetime) -> None:
    next_fire(load(f"cron {stored}"), ZONE, after, anchor=START)


def _new_croniter(stored: str, after: datetime) -> None:
    croniter(stored, after.astimezone(ZONE)).get_next(datetime)


def _kept_croniter(kept: dict[str, croniter], stored: str, after: datetime) -> None:
    walker = kept[stored]
    walker.set_current(after.astimezone(ZONE))
    walker.get_next(datetime)


def _timed(questions: list[Question], answer: Callable[[str, datetime], None]) -> float:
    """Microseconds for each question."""
    begun = time.perf_counter()
    for stored, after in questions:
        answer(stored, after)
    return (time.perf_counter() - begun) / len(questions) * 1e6


def _right() -> Comparison:
    cases = json.loads(CASES.read_text(encoding="utf-8"))["cases"]
    ours, theirs = (
        float(sum(not _agrees(case, answer) for case in cases)) for answer in (_fires, _croniter)
    )
    what = f"wrong answers of {len(cases)} around clock changes"
    return Comparison(what, "", (ours,), "croniter with a zone", (theirs,), Goal("none", figure=0))


def _agrees(case: dict[str, Any], answer: Callable[[dict[str, Any]], list[datetime]]) -> bool:
    try:
        return answer(case) == [datetime.fromisoformat(fire) for fire in case["fires"]]
    except (ScheduleError, ValueError):
        return False


def _fires(case: dict[str, Any]) -> list[datetime]:
    after, until = (datetime.fromisoformat(case[end]) for end in ("after", "until"))
    zone = ZoneInfo(case["zone"])
    schedule = parse_schedule(case["expr"], zone=zone, now=START)
    return fires(schedule, zone, after=after, until=until, anchor=after)


def _croniter(case: dict[str, Any]) -> list[datetime]:
    after, until = (datetime.fromisoformat(case[end]) for end in ("after", "until"))
    walker = croniter(case["expr"], after.astimezone(ZoneInfo(case["zone"])))
    found: list[datetime] = []
    while len(found) <= len(case["fires"]):
        moment = walker.get_next(datetime).astimezone(UTC)
        if moment > until:
            break
        found.append(moment)
    return found
