"""One installation: a folder, its config, and the processes that live there one after the other."""

import os
import re
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.crash_points import VARIABLE
from scheduler.route import ApiMode
from tests.crash.lives import Life
from tests.crash.starters import Starter
from tests.crash.witness import Witness

OUTCOME = re.compile(r"^- [^)]*\): ([a-z ]+)", re.MULTILINE)
OVERLAPPED = "skipped"


class House:
    """`async with House(folder, …) as house`; whoever still lives in it at the end is killed."""

    def __init__(
        self,
        folder: Path,
        starter: Starter,
        witness: Witness,
        dialect: ApiMode = ApiMode.CHAT_COMPLETIONS,
    ) -> None:
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
            "limits: {min_interval: 1s}\n"
        )
        written = path.stat().st_mtime - 60
        os.utime(path, (written, written))

    def chat(self, *, crash_at: str = "") -> Life:
        """`driftpin chat` through a pipe that is kept open."""
        return self._begin("chat", crash_at=crash_at)

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

    async def outcomes(self, job: int) -> list[str]:
        """What became of the job's runs, the earliest first; skipped fires are left out."""
        words = OUTCOME.findall(await self.jobs(f"history {job}"))
        return [word for word in reversed(words) if word != OVERLAPPED]

    def _begin(self, *words: str, crash_at: str = "") -> Life:
        environ = {"DRIFTPIN_HOME": str(self.folder), "NO_COLOR": "1"}
        if crash_at:
            environ[VARIABLE] = crash_at
        life = self._starter.start(self.folder, environ, words)
        self._lives.append(life)
        return life


async def killed(life: Life) -> None:
    """Return once this process has died of SIGKILL."""
    code = await life.ended()
    if code != -9:
        raise AssertionError(f"it ended with {code}, not by its own kill:\n{life.printed}")
