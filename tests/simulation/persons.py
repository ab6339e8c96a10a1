"""Persons: what they ask for, now and then, and in the moments around a run."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from scheduler.commands import AcceptRoute, AddJob, EditJob, Options, PinJob
from scheduler.errors import DriftpinError
from scheduler.healing import Healer
from scheduler.job import JobId, JobKind, OnMissed
from scheduler.run import RunId
from tests.simulation.fires import At, Every, In, Typed
from tests.simulation.leaping import true_time
from tests.simulation.ledger import moment
from tests.simulation.rows import JobRow, Row, RunRow
from tests.simulation.scene import ANA, DEEDS, LAST_MOMENT, MEDDLES, MEDDLING, RAISES, ROOMS
from tests.simulation.words import Added, Command, Edited, Said, Words
from tests.simulation.workers import Worker
from tests.simulation.world import World

OWN = ("0.05", "0.15", "0.3", "off", "off")
"""What a job may allow its own runs."""


class Persons(World):
    """Whoever asks, asks one worker, and is heard or not."""

    def _disturb(self, what: str | None = None) -> None:
        raise NotImplementedError

    def _move_default(self) -> None:
        raise NotImplementedError

    def _person(self, deed: Callable[[Worker], Awaitable[None]]) -> None:
        """Somebody asks a worker that is there and not busy with another person."""
        there = [worker for worker in self.workers if worker.well and worker.command is None]
        if there and not self._over.is_set():
            worker = self.random.choice(there)
            worker.command = Command(Said("nothing yet"), None, worker.wall, "")
            self._errand(self._asks(worker, deed))
        elif not self._over.is_set():
            self._later(30.0, lambda: self._person(deed))

    async def _asks(self, worker: Worker, deed: Callable[[Worker], Awaitable[None]]) -> None:
        try:
            await deed(worker)
        except DriftpinError as refused:
            self.told["refused to persons"] += 1
            self.trace.append(f"{true_time()} {worker.name} refuses: {refused}")
        finally:
            worker.command = None

    def _deed(self, word: str | None = None, number: int | None = None) -> None:
        if self._quiet:
            return
        word = word or self.random.choice(DEEDS)
        match word:
            case "halt":
                self._disturb("halt")
            case "default":
                self._move_default()
            case "add":
                if len(self.oracle.known.jobs) < 7:
                    self._person(self._add)
            case "edit schedule":
                typed = self._typed()
                self._about(Edited(typed=typed), word, number)
            case "edit repeat":
                self._about(Edited(repeat=self.random.choice((1, 2, 5))), word, number)
            case "edit until":
                self._about(Edited(until=self._some_day()), word, number)
            case "edit max_usd":
                self._about(Edited(max_usd=self.random.choice(OWN)), word, number)
            case "restore":
                self._about(Said("resume"), word)
            case "resume":
                self._about(Said("resume"), word)
            case _:
                self._about(Said(word), word, number)

    def _about(self, words: Words, word: str, about: int | None = None) -> None:
        fitting = [
            number
            for number, model in self.oracle.known.jobs.items()
            if (model.state == "removed") == (word == "restore")
            and (word != "resume" or model.state == "paused")
        ]
        if not fitting or about not in (None, *fitting):
            return
        number = about or self.random.choice(fitting)

        async def deed(worker: Worker) -> None:
            worker.command = Command(words, number, worker.wall, self.settings.default.name)
            self.trace.append(f"{worker.wall} {worker.name} is asked: {words} of {number}")
            self.told[f"asked to {word}"] += 1
            await self._carry_out(worker, words, JobId(number))

        self._person(deed)

    async def _carry_out(self, worker: Worker, words: Words, number: JobId) -> None:
        match words:
            case Said("run"):
                await worker.runs.run(number, ANA)
            case Said("again"):
                doubtful = self.rows.all(
                    f"SELECT id FROM runs WHERE job_id = {number} AND state = 'unknown'"
                    " AND decided IS NULL"
                )
                if doubtful:
                    await worker.runs.run(number, ANA, again=RunId(doubtful[-1][0]))
            case Said("leave"):
                await worker.runs.leave(number, ANA)
            case Said("stop"):
                await worker.runs.stop(number, ANA)
            case Said("pause"):
                await worker.jobs.pause(number, ANA)
            case Said("resume"):
                await worker.jobs.resume(number, ANA)
            case Said("remove"):
                await worker.jobs.remove(number, ANA)
            case Said("raise"):
                await worker.spending.raise_today(number, ANA)
            case Said("accept"):
                await worker.consents.accept(AcceptRoute(number), ANA)
            case Said("pin"):
                await worker.consents.pin(PinJob(number), ANA)
            case Edited(typed, repeat, until, max_usd):
                last = str(until) if until else None
                options = Options(repeat=repeat, until=last, max_usd=max_usd)
                schedule = typed.typed if typed else None
                await worker.jobs.edit(EditJob(number, schedule, options=options), ANA)
            case other:
                raise AssertionError(f"nobody says {other}")

    async def _add(self, worker: Worker) -> None:
        place = self.random.choice(ROOMS)
        own = self.random.choice((*[None] * 12, Decimal("0.05"), Decimal("0.15")))
        words = Added(
            self._typed(),
            message=self.random.random() < 0.08,
            run_once=self.random.random() < 0.4,
            retry=self.random.choice((0, 0, 1, 3)),
            repeat=self.random.choice((None, None, None, 2, 4)),
            until=self._some_day() if self.random.random() < 0.2 else None,
            chat=f"{place.platform}:{place.workspace}:{place.chat}",
            max_usd=own,
        )
        options = Options(
            kind=JobKind.MESSAGE if words.message else None,
            on_missed=OnMissed.RUN_ONCE if words.run_once else None,
            retry=words.retry or None,
            repeat=words.repeat,
            until=str(words.until) if words.until else None,
            zone="UTC",
            max_usd=None if own is None else str(own),
        )
        worker.command = Command(words, None, worker.wall, self.settings.default.name)
        self.trace.append(f"{worker.wall} {worker.name} is asked: {words}")
        command = AddJob(words.typed.typed, "Summarise open incidents", options)
        await worker.jobs.add(command, place, ANA)

    def _typed(self) -> Typed:
        hour, minute = self.random.randrange(24), self.random.randrange(60)
        return self.random.choice(
            (
                At(hour, minute),
                At(hour, minute),
                At(hour, minute, workdays=True),
                Every(self.random.choice((6, 8, 12))),
                Every(self.random.choice((12, 24))),
                In(self.random.randrange(1, 60)),
            )
        )

    def _some_day(self) -> date:
        return true_time().date() + timedelta(days=self.random.randrange(1, 9))

    async def _halt_all(self, worker: Worker) -> None:
        self.told["halts"] += 1
        await worker.halts.halt("enough", ANA)

    async def _unhalt(self, worker: Worker) -> None:
        self.told["unhalts"] += 1
        await worker.halts.unhalt(ANA, ROOMS[0])

    async def _heal(self, worker: Worker) -> None:
        await Healer(worker.store, self.settings, _Wall(worker), told=lambda: None).heal()

    def _meddle(self, verb: str, written: Sequence[tuple[Row | None, Row | None]]) -> None:
        """Persons are most dangerous in the moments around a run."""
        if verb not in ("claim", "hold", "plan", "add", "change"):
            return
        chance = self.random.random()
        for _, row in written:
            if isinstance(row, RunRow) and verb == "claim" and chance < MEDDLES:
                after = self.random.choice((0.0, 0.4, 8.0, 40.0))
                self._meddle_later(after, self.random.choice(MEDDLING), row.job)
            elif isinstance(row, RunRow) and verb == "hold":
                if row.hold == "budget" and chance < RAISES:
                    self._meddle_later(200.0, "raise", row.job)
                    self._later(400.0, lambda job=row.job: self._deed("run", job))  # type: ignore[misc]
            elif isinstance(row, JobRow) and verb != "claim" and row.next_fire:
                last = row.schedule.startswith("once") or row.repeat_left == 1
                left = (moment(row.next_fire) - true_time()).total_seconds()
                left -= self.random.uniform(0.0, self.random.choice((0.05, 2.0, 20.0, 200.0)))
                if left > 0 and chance < (LAST_MOMENT if last else MEDDLES):
                    self._run_at(left, row.id)

    def _run_at(self, left: float, job: int) -> None:
        self._later(left, lambda: self._deed("run", job))

    def _meddle_later(self, after: float, word: str, job: int) -> None:
        self._later(self.random.uniform(0.0, after), lambda: self._deed(word, job))


class _Wall:
    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    def now(self) -> datetime:
        return self._worker.wall

    async def sleep_until(self, moment: datetime | None, wake: asyncio.Event) -> None:
        raise AssertionError("it looks once")


def _raise(error: BaseException) -> None:
    raise error
