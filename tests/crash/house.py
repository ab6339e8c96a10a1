"""One installation: a folder, its config, and the processes that live there one after the other."""

import os
import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.control import Answered, ask, socket_path
from bot.crash_points import CRASH_AT, LEASE_OF, SLEEP_AT
from scheduler.route import ApiMode
from tests.crash.lives import Life
from tests.crash.starters import Starter
from tests.crash.witness import Witness

OUTCOME = re.compile(r"^- [^)]*\): ([a-z ]+)", re.MULTILINE)
OVERLAPPED = "skipped"

_KEPT = (
    "SELECT state, attempt, (SELECT count(*) FROM calls WHERE run_id = runs.id)"
    " FROM runs WHERE job_id = ? AND state != 'overlapped' ORDER BY fire_time, id"
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A run as it stands on disk: how it went, its attempts, and the requests the gate let through."""

    state: str
    attempt: int
    passed: int


class House:
    """`async with House(folder, …) as house`; whoever still lives in it at the end is killed."""

    def __init__(
        self,
        folder: Path,
        starter: Starter,
        witness: Witness,
        dialect: ApiMode = ApiMode.CHAT_COMPLETIONS,
        *,
        extra: str = "",
        home: Path | None = None,
    ) -> None:
        """`extra` is written into config.yaml; `home` is where the rows are, the folder unless given."""
        self.home = home or folder
        self._extra = extra
        self.folder = folder
        self.witness = witness
        self._starter = starter
        self._dialect = dialect
        self._lives: list[Life] = []

    async def __aenter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.point_default("lab", "small")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for life in self._lives:
            life.kill()
            await life.ended()

    def point_default(self, provider: str, model: str) -> None:
        """Write config.yaml, as long ago as a default has to stand before it counts."""
        path = self.folder / "config.yaml"
        entry = (
            f"{{base_url: '{self.witness.url}', api_mode: {self._dialect}, "
            "key_env: null, billing: paid}"
        )
        path.write_text(
            f"model: {{provider: {provider}, default: {model}}}\n"
            f"providers:\n  lab: {entry}\n  other-lab: {entry}\n"
            # Many calls of one day whose price nobody knows: what a cap does is told elsewhere.
            "spend: {per_job_day_usd: off, per_chat_day_usd: off, per_day_usd: off}\n"
            f"limits: {{min_interval: 1s, jobs_per_chat: 1000}}\n{self._extra}"
        )
        written = path.stat().st_mtime - 60
        os.utime(path, (written, written))

    def chat(self, *, crash_at: str = "", sleep_at: str = "", lease: float | None = None) -> Life:
        """`driftpin chat` through a pipe that is kept open."""
        faults = {CRASH_AT: crash_at, SLEEP_AT: sleep_at, LEASE_OF: str(lease or "")}
        return self._begin("chat", **{name: fault for name, fault in faults.items() if fault})

    def command(self, *words: str) -> Life:
        """`driftpin …`, any command."""
        return self._begin(*words)

    async def jobs(self, words: str) -> str:
        """What `driftpin jobs …` prints, a further process that comes and goes."""
        life = self._begin("jobs", *words.split())
        code = await life.leave()
        if code != 0:
            raise AssertionError(f"it ended with {code}:\n{life.printed}")
        return life.printed

    async def ask(self, text: str) -> Answered:
        """What the process that lives here answers to a command typed elsewhere on the machine."""
        answered = await ask(socket_path(self.home), text, width=1000, colour=False)
        if answered is None:
            raise AssertionError("nobody lives here")
        return answered

    def kept(self, job: int) -> list[Kept]:
        """The job's runs as they are on disk, the earliest first; skipped fires are left out.

        Only while nobody lives here: a file has one owner.
        """
        with closing(sqlite3.connect(self.home / "driftpin.db")) as rows:
            return [Kept(*row) for row in rows.execute(_KEPT, (job,))]

    async def outcomes(self, job: int) -> list[str]:
        """What became of the job's runs, the earliest first; skipped fires are left out."""
        words = OUTCOME.findall(await self.jobs(f"history {job}"))
        return [word for word in reversed(words) if word != OVERLAPPED]

    def _begin(self, *words: str, **faults: str) -> Life:
        environ = {"DRIFTPIN_HOME": str(self.home), "NO_COLOR": "1", **faults}
        life = self._starter.start(self.folder, environ, words)
        self._lives.append(life)
        return life


@dataclass(frozen=True, slots=True)
class Street:
    """Where houses are built side by side, each in a folder of its own."""

    folder: Path
    starter: Starter
    witness: Witness

    def house(
        self, name: str, dialect: ApiMode = ApiMode.CHAT_COMPLETIONS, extra: str = ""
    ) -> House:
        return House(self.folder / name, self.starter, self.witness, dialect, extra=extra)


async def killed(life: Life) -> None:
    """Return once this process has died of SIGKILL."""
    code = await life.ended()
    if code != -9:
        raise AssertionError(f"it ended with {code}, not by its own kill:\n{life.printed}")
