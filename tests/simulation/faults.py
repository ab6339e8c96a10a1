"""Faults: workers vanish and sleep, walls jump, the default moves, everybody is down."""

from datetime import timedelta

from scheduler.errors import StoreError
from scheduler.halt import Halt
from scheduler.ports import Agent
from tests.simulation.chat import notifier
from tests.simulation.leaping import true_time
from tests.simulation.persons import Persons
from tests.simulation.scene import DAY, DISTURBANCES
from tests.simulation.workers import Worker


class Faults(Persons):
    """What befalls the workers of a life."""

    def _met(self, worker: Worker) -> None:
        """A request has just left."""
        chance = self.random.random()
        if chance < self.weather.met / 2:
            self._vanish(worker, "in a call")
        elif chance < self.weather.met:
            self._sleep(worker, "in a call")
        now = true_time()
        self.trace.append(f"{now} {worker.name} a request leaves")

    def _vanish(self, worker: Worker, where: str) -> None:
        if worker.dead or (self._quiet and where != "at its start"):
            return
        self.told["vanished"] += 1
        self.told["vanished in a call"] += where == "in a call"
        self.trace.append(f"{true_time()} {worker.name} vanishes {where}")
        worker.vanish()
        after = self.random.choice((1.0, 5.0, 40.0, 600.0, 20_000.0))
        if self._teller is not None and worker is self._teller[0]:
            self._later(self.random.uniform(0.0, min(after, 600.0)), self._tell)
        else:
            self._later(self.random.uniform(0.0, after), self._born_again)

    def _sleep(self, worker: Worker, where: str) -> None:
        if not worker.well or self._quiet:
            return
        longest = self.random.choice((5.0, 25.0, 60.0, 600.0, 10_000.0))
        seconds = self.random.uniform(1.0, longest)
        self.told["slept"] += 1
        self.told["slept past the lease"] += seconds > 30
        self.trace.append(f"{true_time()} {worker.name} sleeps {seconds:.0f} s {where}")
        worker.sleep_for(seconds)

    def _born_again(self) -> None:
        if not self._over.is_set():
            self._errand(self._start_worker())

    def _tell(self) -> None:
        """A process of its own has the chat; there is one at a time."""
        if self.chat is None or self._over.is_set():
            return
        worker = self._born_worker("chat")
        self._teller = worker, notifier(worker, self.chat)
        worker.keep(self._teller[1].run)

    def _born_worker(self, kind: str) -> Worker:
        self._born += 1
        agent = self._broken.agent

        def agent_of(worker: Worker) -> Agent:
            return agent(self.provider, worker)

        store = self._broken.store
        worker = Worker(
            f"{kind}{self._born}", self._surroundings(), self.settings, self.file, store, agent_of
        )
        self._everybody.append(worker)
        return worker

    async def _start_worker(self) -> None:
        worker = self._born_worker("w")
        self.workers = [each for each in self.workers if not each.dead] + [worker]
        try:
            await worker.start()
        except StoreError:
            self._vanish(worker, "at its start")

    def _disturb(self, what: str | None = None) -> None:
        alive = [worker for worker in self.workers if not worker.dead]
        what = what or self.random.choice(DISTURBANCES)
        match what:
            case "vanish" if alive:
                self._vanish(self.random.choice(alive), "at some moment")
            case "sleep" if alive:
                self._sleep(self.random.choice(alive), "at some moment")
            case "wall" if alive:
                self._jump(self.random.choice(alive))
            case "default":
                self._move_default()
            case "caps":
                self.told["moved caps"] += 1
                self.money.move(self.random, true_time())
                self.trace.append(f"{true_time()} the caps are {self.money.caps}")
            case "crowd":
                self.told["crowds"] += 1
                for number in self.oracle.known.jobs:
                    self._deed("run", number)
            case "halt":
                self._person(self._halt_all)
                self._later(self.random.uniform(60, DAY / 2), lambda: self._person(self._unhalt))
            case "halt file":
                self.told["halted by the file"] += 1
                self.file.write(Halt("somebody", "by the file", true_time()))
                if self.random.random() < 0.7:
                    self._later(self.random.uniform(0, 5), lambda: self._person(self._halt_all))
                self._later(self.random.uniform(60, DAY / 2), lambda: self._person(self._unhalt))
            case "down":
                self.told["days down"] += 1
                for worker in alive:
                    self._vanish(worker, "for days")
            case "chat away" if self.chat is not None:
                self.told["chat away"] += 1
                away = self.random.choice((60.0, 600.0, 2400.0))
                self.chat.away_until = true_time() + timedelta(seconds=away)
            case "outage":
                self.provider.outage = true_time() + timedelta(days=self.random.uniform(1, 4))
            case _:
                pass

    def _jump(self, worker: Worker) -> None:
        hours = self.random.choice((0.0, 0.0, 0.08, -0.08, 2.0, -2.0, 72.0, -72.0))
        self.told["walls that jumped"] += bool(hours)
        self.trace.append(f"{true_time()} {worker.name}: the wall is {hours} h off")
        worker.set_wall(timedelta(hours=hours))
        if hours:
            # Somebody sets it right again.
            later = self.random.uniform(60.0, DAY / 4)
            self._later(later, lambda: None if worker.dead else worker.set_wall(timedelta()))

    def _move_default(self) -> None:
        self.told["moved defaults"] += 1
        back = self.settings.default is self.settings.routes[1]
        self.settings.default = self.settings.routes[0 if back else 1]
        self.oracle.known.default = self.settings.default.name
        self.trace.append(f"{true_time()} the default is {self.settings.default.name}")
        self._later(5.0, lambda: self._person(self._heal))
        if not back:
            self._later(self.random.uniform(0.2, 1.5) * DAY, self._default_back)

    def _default_back(self) -> None:
        if self.settings.default is self.settings.routes[1]:
            self._move_default()
