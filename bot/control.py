"""The control socket: commands typed on the machine reach the running process through it."""

import asyncio
import hashlib
import os
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import Any, NamedTuple

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientSession,
    ClientTimeout,
    UnixConnector,
    web,
)

from bot.adapters.terminal.adapter import HERE, login_name
from bot.adapters.terminal.render import Look, render
from bot.hermes import MOST_BYTES, Asked
from bot.message import Message, Request
from bot.platform import Handle
from scheduler.errors import OperatorError
from scheduler.job import Principal

DRAINED = 2.5
"""Seconds that a command in progress gets when the process stops."""

ON_THE_MACHINE = "driftpin jobs"
"""How a command begins that is typed into a shell."""

LONGEST_PATH = 100
"""A unix socket's path may have little more than a hundred bytes."""


def socket_path(home: Path) -> Path:
    """`control.sock` in the data folder, or in a private temporary folder where that path is too long."""
    path = home / "control.sock"
    if len(os.fsencode(path)) <= LONGEST_PATH:
        return path
    name = hashlib.sha256(os.fsencode(home.resolve())).hexdigest()[:16]
    return _private_folder() / f"{name}.sock"


def _private_folder() -> Path:
    return Path(tempfile.gettempdir()) / f"driftpin-{os.getuid()}"


def _refuse_a_trap(folder: Path) -> None:
    """Raises OperatorError where somebody else made our folder in the temporary folder, or a link there."""
    if folder != _private_folder():
        return
    with suppress(FileNotFoundError):
        if folder.lstat().st_uid != os.getuid():
            raise OperatorError(f"{folder} belongs to somebody else; remove it")


BringIn = Callable[[Asked, Principal], Awaitable[Message]]


class Control:
    """The listening end, owned by the process that owns the database."""

    def __init__(self, handle: Handle, path: Path, bring_in: BringIn | None = None) -> None:
        self._handle = handle
        self._bring_in = bring_in
        self._path = path
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen; a socket left by a process that died is replaced, that of a living one never."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _refuse_a_trap(self._path.parent)
        if self._path.parent.stat().st_uid != os.getuid():
            raise OperatorError(
                f"{self._path.parent} belongs to somebody else; start Driftpin as its owner"
            )
        if await _somebody_answers(self._path):
            raise OperatorError("another Driftpin runs on this data folder")
        self._path.unlink(missing_ok=True)
        app = web.Application(client_max_size=2 * MOST_BYTES)
        app.router.add_post("/command", self._command)
        app.router.add_post("/import", self._import)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=DRAINED)
        await self._runner.setup()
        before = os.umask(0o177)
        try:
            await web.UnixSite(self._runner, str(self._path)).start()
        finally:
            os.umask(before)

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._path.unlink(missing_ok=True)

    async def _command(self, http: web.Request) -> web.Response:
        typed = await http.json()
        answer = await self._handle(typed_here(str(typed["text"])))
        return _response(answer, typed)

    async def _import(self, http: web.Request) -> web.Response:
        if self._bring_in is None:
            raise web.HTTPNotFound
        typed = await http.json()
        return _response(await self._bring_in(Asked.of(typed), machine_user()), typed)


def _response(answer: Message | None, typed: dict[str, Any]) -> web.Response:
    look = Look(width=int(typed["width"]), colour=bool(typed["colour"]), pressable=False)
    refused = answer is not None and answer.refused
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return web.Response(text=render(answer, look) if answer else "", status=status)


async def _somebody_answers(path: Path) -> bool:
    try:
        _, writer = await asyncio.open_unix_connection(path)
    except (FileNotFoundError, ConnectionRefusedError):
        return False
    writer.close()
    return True


def machine_user() -> Principal:
    """Whoever can reach the socket is the person this machine's files belong to."""
    return Principal("terminal", "local", "me", name=login_name())


def typed_here(text: str) -> Request:
    """A command as it came from this machine's command line, where commands begin otherwise."""
    return Request(machine_user(), HERE, text, command=ON_THE_MACHINE)


class Answered(NamedTuple):
    """What the running process said; `refused` when it carried nothing out."""

    text: str
    refused: bool = False


async def ask(
    path: Path, text: str, *, width: int, colour: bool, seconds: float = 60
) -> Answered | None:
    """The running process's answer to a command; None when no process listens."""
    typed = {"text": text, "width": width, "colour": colour}
    return await _ask(path, "command", typed, seconds=seconds)


async def ask_import(path: Path, asked: Asked, *, width: int, colour: bool) -> Answered | None:
    """The running process's report of an import; None when no process listens."""
    typed = {**asked.as_json(), "width": width, "colour": colour}
    return await _ask(path, "import", typed, seconds=600)


async def _ask(path: Path, what: str, typed: dict[str, Any], *, seconds: float) -> Answered | None:
    """What the running process answered; None when none listens.

    Raises OperatorError when it was reached and did not answer: it may have carried the command out,
    so nobody else may. Raises it too where somebody else's process could be listening.
    """
    _refuse_a_trap(path.parent)
    timeout = ClientTimeout(total=seconds)
    try:
        async with (
            ClientSession(connector=UnixConnector(str(path)), timeout=timeout) as session,
            session.post(f"http://driftpin/{what}", json=typed) as response,
        ):
            refused = response.status == HTTPStatus.UNPROCESSABLE_ENTITY
            if not refused:
                response.raise_for_status()
            return Answered(await response.text(), refused)
    except ClientConnectorError:
        return None
    except (ClientError, TimeoutError):
        raise OperatorError(
            "the running Driftpin took the command and gave no answer: look with 'driftpin jobs list'"
            " whether it was carried out before you type it again"
        ) from None
