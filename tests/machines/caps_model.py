"""What is spent, added up a second time: every request as it counts, and plain sums."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

CAPS_OF_A_DAY = ("per_job_day_usd", "per_chat_day_usd", "per_day_usd")
NOTHING = Decimal(0)
Count = tuple[str, str, str]


@dataclass
class JobModel:
    id: int
    chat: str
    most: Decimal | None
    """What it allows its own runs."""


@dataclass
class CallModel:
    attempt: int
    step: int
    day: str
    reserved: Decimal
    settled: Decimal | None = None

    @property
    def counts(self) -> Decimal:
        return self.reserved if self.settled is None else self.settled


@dataclass
class RunModel:
    id: int
    job: JobModel
    worker: str
    state: str = "claimed"
    attempt: int = 1
    requests: int = 0
    calls: list[CallModel] = field(default_factory=list)

    @property
    def spent(self) -> Decimal:
        return sum((call.counts for call in self.calls), NOTHING)

    @property
    def of_attempt(self) -> list[CallModel]:
        return [call for call in self.calls if call.attempt == self.attempt]


@dataclass
class CapsModel:
    """`caps` are those in force, None where one is off; `zone` says whose day it is."""

    caps: dict[str, Decimal | None] = field(default_factory=dict)
    zone: str = "UTC"
    jobs: list[JobModel] = field(default_factory=list)
    runs: list[RunModel] = field(default_factory=list)
    raised: Counter[Count] = field(default_factory=Counter)
    warned: set[Count] = field(default_factory=set)
    warnings: int = 0

    def today(self, now: datetime) -> str:
        return now.astimezone(ZoneInfo(self.zone)).strftime("%Y-%m-%d")

    def keys(self, job: JobModel) -> dict[str, str]:
        mine = str(job.id)
        keys = {"per_run_usd": mine, "per_job_day_usd": mine}
        return {**keys, "per_chat_day_usd": job.chat, "per_day_usd": ""}

    def sums(self) -> Counter[Count]:
        """What counts under every cap of a day."""
        found: Counter[Count] = Counter()
        for run in self.runs:
            keys = self.keys(run.job)
            for call in run.calls:
                for cap in CAPS_OF_A_DAY:
                    found[call.day, cap, keys[cap]] += call.counts  # type: ignore[assignment]
        return found

    def over(self, run: RunModel, asked: Decimal, day: str) -> tuple[str, Decimal, Decimal] | None:
        """The first cap that so much more would go over: which, what it allows, what counts by now."""
        if not asked:
            return None
        keys, sums = self.keys(run.job), self.sums()
        for cap in ("per_run_usd", *CAPS_OF_A_DAY):
            most, count = self.caps[cap], (day, cap, keys[cap])
            spent = run.spent if cap == "per_run_usd" else sums[count] + NOTHING
            if most is not None and spent + asked > most + self.raised[count]:
                return cap, most + self.raised[count], spent
        if run.job.most is not None and run.spent + asked > run.job.most:
            return "max_usd", run.job.most, run.spent
        return None

    def reserves(self, run: RunModel, step: int, asked: Decimal, day: str) -> None:
        run.state = "calling"
        run.calls.append(CallModel(run.attempt, step, day, asked))
        sums, keys = self.sums(), self.keys(run.job)
        for cap in CAPS_OF_A_DAY if asked else ():
            most, count = self.caps[cap], (day, cap, keys[cap])
            if most and count not in self.warned:
                near = sums[count] >= (most + self.raised[count]) * Decimal("0.8")
                if near:
                    self.warned.add(count)
                    self.warnings += 1

    def settles(self, run: RunModel, cost: Decimal | None, unbilled: int) -> None:
        """The last so many cost nothing; the others what is known, or all they reserved."""
        calls = run.of_attempt
        unbilled = min(unbilled, len(calls))
        billed, free = calls[: len(calls) - unbilled], calls[len(calls) - unbilled :]
        for call in free:
            call.settled = NOTHING
        for number, call in enumerate(billed):
            known = None if cost is None else cost if number == 0 else NOTHING
            call.settled = call.reserved if known is None else known

    def moves(self, old: str, new: str) -> None:
        for job in self.jobs:
            job.chat = new if job.chat == old else job.chat
        for counted in (self.raised, self.warned):
            for count in [each for each in counted if each[2] == old]:
                there = (count[0], count[1], new)
                if isinstance(counted, set):
                    counted.add(there)
                    counted.discard(count)
                else:
                    counted[there] += counted.pop(count)
