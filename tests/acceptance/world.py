"""A whole Driftpin for the stories: the real app, rows, files and HTTP, under a stopped clock."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bot.adapters.terminal.adapter import HERE
from bot.adapters.terminal.render import Look, render
from bot.app import App
from bot.message import Button, Message, Request
from bot.platform import Handle, Platform
from bot.settings import Environment
from scheduler.errors import SendError
from scheduler.job import Job, JobId, Place, Principal
from scheduler.run import Run
from tests.fakes.clock import StoppedClock
from tests.fakes.provider import FakeProvider

ME = Principal("terminal", "local", "me", name="Ana")
WIDE = Look(width=10_000)
KEY = "canary-key-of-the-paid-lab"


class Chat(Platform):
    """A platform that keeps what it was sent; an edit replaces the message it names."""

    def __init__(self, name: str = "terminal") -> None:
        self.name = name
        self.messages: dict[str, Message] = {}
        self.places: dict[str, Place] = {}
        self.posts = 0
        self.edits = 0
        self.handle: Handle | None = None
        self.refuse: list[SendError] = []

    @property
    def latest(self) -> Message:
        """The message the chat got or changed last."""
        return list(self.messages.values())[-1]

    async def start(self, handle: Handle) -> None:
        self.handle = handle

    async def send(self, place: Place, message: Message, *, edit: str | None = None) -> str:
        if self.refuse:
            raise self.refuse.pop(0)
        if edit is None:
            self.posts += 1
        else:
            self.edits += 1
        name = edit or f"message-{self.posts}"
        self.messages.pop(name, None)
        self.messages[name] = message
        self.places[name] = place
        return name

    async def stop(self) -> None:
        self.handle = None


class World:
    """`async with World(tmp_path) as world`: type, press, let time pass, and count the calls.

    The config names two providers of different hosts' worth of billing, `free-lab` and `paid-lab`,
    on two real servers that count.
    """

    def __init__(self, folder: Path, *, config: str | None = None) -> None:
        self.folder = folder
        self.free = FakeProvider()
        self.paid = FakeProvider()
        self.clock = StoppedClock()
        self.chat = Chat()
        self.others: dict[str, Chat] = {}
        self._config = config
        self._process = {"DRIFTPIN_HOME": str(folder / "home"), "PAID_LAB_KEY": KEY}

    async def __aenter__(self) -> Self:
        await self.free.__aenter__()
        await self.paid.__aenter__()
        self.point_default("free-lab", "small")
        await self.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.app.stop()
        await self.paid.__aexit__(kind, error, trace)
        await self.free.__aexit__(kind, error, trace)

    async def open(self) -> None:
        """Start the app, as after a restart."""
        environment = Environment(self._process, self.folder)
        environment.make_home()
        platforms = {"terminal": self.chat, **self.others}
        opening = asyncio.create_task(App.open(environment, self.clock, platforms))
        await self._while_time_passes(opening)
        self.app = opening.result()
        await self.app.start()

    async def restart(self) -> None:
        await self.app.stop()
        await self.open()

    # --- settings --------------------------------------------------------------------------------

    def point_default(self, provider: str, model: str, extra: str = "") -> None:
        """Edit config.yaml: another default."""
        self.write_config(f"model: {{provider: {provider}, default: {model}}}\n{extra}")

    def write_config(self, head: str) -> None:
        self.folder.joinpath("config.yaml").write_text(
            f"{head}\n"
            "providers:\n"
            f"  free-lab: {{base_url: '{self.free.url}', api_mode: chat_completions,"
            " key_env: null, billing: free}\n"
            f"  paid-lab: {{base_url: '{self.paid.url}', api_mode: chat_completions,"
            " key_env: PAID_LAB_KEY, billing: paid}\n"
            f"{self._config or ''}"
        )

    @property
    def calls(self) -> int:
        """Requests that any provider has counted."""
        return self.free.count + self.paid.count

    # --- what a person does ----------------------------------------------------------------------

    async def type(self, text: str, by: Principal = ME, place: Place = HERE) -> Message:
        """Type a line and wait for its answer and all it set going."""
        answer = await self.ask(Request(by, place, text))
        await self.settle()
        return answer

    async def ask(self, request: Request) -> Message:
        handling = asyncio.create_task(self.app.dispatcher.handle(request))
        await self._while_time_passes(handling)
        answer = handling.result()
        if answer is None:
            raise AssertionError("the request was taken for one that was handled before")
        return answer

    async def press(self, button: Button, by: Principal = ME, place: Place = HERE) -> Message:
        answer = await self.ask(Request(by, place, token=button.token))
        await self.settle()
        return answer

    # --- what they see ---------------------------------------------------------------------------

    @property
    def latest(self) -> Message:
        """The message the terminal got or changed last."""
        return self.chat.latest

    def button(self, label: str, message: Message | None = None) -> Button:
        buttons = (message or self.latest).buttons
        return next(button for button in buttons if button.label.startswith(label))

    # --- time ------------------------------------------------------------------------------------

    async def fire(self, job_id: int = 1) -> Run:
        """Let time pass until a job's next fire and all that follows; returns that fire's run."""
        job = await self.job(job_id)
        if job.next_fire_time is None:
            raise AssertionError(f"job {job_id} has no next fire")
        # The watcher needs a moment to see an edited file, as it has between any two real fires.
        self.clock.advance(timedelta(seconds=3))
        self.clock.move_to(max(job.next_fire_time, self.clock.now()))
        self.app.ticker.wake()
        await self.settle()
        runs = await self.app.store.history(JobId(job_id), 20)
        return next(run for run in runs if run.fire_time == job.next_fire_time)

    async def settle(self) -> None:
        """Wait until nothing is running or owed, letting seconds pass for what waits for them."""
        await self._while_time_passes(asyncio.create_task(self.app.settle()))

    async def job(self, job_id: int = 1) -> Job:
        job = await self.app.store.job(JobId(job_id))
        if job is None:
            raise AssertionError(f"there is no job {job_id}")
        return job

    async def until(self, happened: Callable[[], bool]) -> None:
        """Let seconds pass until something has happened."""
        async with asyncio.timeout(30):
            while not happened():
                self.clock.advance(timedelta(seconds=1))
                await asyncio.sleep(0.02)

    async def _while_time_passes(self, task: asyncio.Task[Any]) -> None:
        """A second of the stopped clock for each moment the task is not done."""
        async with asyncio.timeout(60):
            while not task.done():
                await asyncio.wait([task], timeout=0.05)
                if not task.done():
                    self.clock.advance(timedelta(seconds=1))
        task.result()


def text_of(message: Message) -> str:
    """Everything a message says, as plain lines."""
    return render(message, WIDE)
