"""`driftpin demo`: the whole story with real parts, told step by step, each step checked."""

import asyncio
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from bot.app import App
from bot.clock import SystemClock
from bot.counting_provider import CountingProvider
from bot.settings import Environment
from bot.stage import Stage

PATIENCE = 60.0
"""Seconds after which a step that did not happen has failed."""

FREE, PAID = "small-and-free", "large-and-paid"

CONFIG = """\
model: {{provider: {provider}, default: {model}}}
providers:
  free-lab: {{base_url: "{url}", api_mode: chat_completions, key_env: null, billing: free}}
  paid-lab: {{base_url: "{url}", api_mode: chat_completions, key_env: null, billing: paid}}
limits: {{min_interval: 1s}}
"""

OPENING = """\
Driftpin in a minute: a real database, a real ticker and a real HTTP provider on this machine,
which counts every call it gets. The default is free. Then somebody moves it to a paid model."""

ENDING = """\
That was the whole story. Nothing was kept. To go on:
  make chat        the same bot in this terminal, on the built-in provider: no key, no token
  config.yaml      copy config.example.yaml, name a provider; its key goes into .env
  Slack, Telegram  the same commands and the same buttons: docs/how-to/slack.md, docs/how-to/telegram.md"""


class NotAsTold(Exception):
    """A step of the story did not happen."""


async def demo() -> int:
    """Tell the story; returns 0, or 1 when any step is not as told."""
    print(OPENING)
    with tempfile.TemporaryDirectory(prefix="driftpin-demo-") as folder:
        async with CountingProvider() as provider:
            story = Story(Path(folder), provider)
            try:
                await story.tell()
            except NotAsTold as failure:
                print(f"\nNot as told: {failure}")
                return 1
    print(f"\n{ENDING}")
    return 0


class Story:
    """One telling, in a folder of its own."""

    def __init__(self, folder: Path, provider: CountingProvider) -> None:
        self._folder = folder
        self._provider = provider
        self._stage = Stage()

    async def tell(self) -> None:
        self._point_default("free-lab", FREE)
        process = {**os.environ, "DRIFTPIN_HOME": str(self._folder)}
        for name in ("DRIFTPIN_CONFIG", "DATABASE_URL"):
            process.pop(name, None)
        environment = Environment(process, self._folder)
        app = await App.open(environment, SystemClock(), {"terminal": self._stage})
        await app.start()
        try:
            await self._steps()
        finally:
            await app.stop()

    async def _steps(self) -> None:
        say, until, stage = self._say, self._until, self._stage
        say("A person schedules a job. It names no provider, so it follows the default.")
        await stage.type('/jobs add every 4s name="Incident summary" | Summarise open incidents')
        await until(lambda: stage.saw("is scheduled"), "the job is created")
        say("It fires, and runs on the free model.")
        await until(lambda: stage.saw("Incident summary (job 1)"), "the job runs")
        self._count(free=1)

        say("Somebody points the default at a paid model: config.yaml is edited.")
        self._point_default("paid-lab", PAID)
        await until(lambda: stage.saw("unintended spend was prevented"), "the run is held")
        say("The next fire was held before anything was called, and the chat was told.")
        self._count(free=self._free_calls)

        say("One button binds the job to what its person consented to.")
        await stage.press("Pin old")
        await until(lambda: stage.saw("pinned #1"), "the button pins the job")
        say("Another runs the fire that was held.")
        before = self._free_calls
        await stage.press("Run the held fire now")
        await until(lambda: self._free_calls > before, "the held fire runs")
        await until(lambda: stage.ends_with("Incident summary (job 1)"), "its answer arrives")
        self._count(free=self._free_calls)

    @property
    def _free_calls(self) -> int:
        return self._provider.calls[FREE]

    def _point_default(self, provider: str, model: str) -> None:
        text = CONFIG.format(provider=provider, model=model, url=self._provider.url)
        (self._folder / "config.yaml").write_text(text)

    def _say(self, text: str) -> None:
        print(f"\n--- {text}\n")

    def _count(self, *, free: int) -> None:
        """What the provider itself counted; one paid call and the story is false."""
        calls = self._provider.calls
        print(
            f"\n    the provider counted: free calls made: {calls[FREE]}, paid calls made: {calls[PAID]}"
        )
        if calls[PAID] != 0 or calls[FREE] < max(free, 1):
            raise NotAsTold("the provider counted otherwise")

    async def _until(self, happened: Callable[[], bool], what: str) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                while not happened():
                    await self._stage.next_message()
        except TimeoutError:
            raise NotAsTold(f"{what}: nothing of the kind in {PATIENCE:.0f} seconds") from None
