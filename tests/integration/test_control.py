"""Commands typed on the machine, over the control socket."""

import asyncio
import socket
from pathlib import Path

import pytest

from bot.control import ask
from scheduler.errors import OperatorError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "control.sock"


async def test_where_nobody_listens_nobody_answers(path: Path) -> None:
    assert await ask(path, "run 7", width=80, colour=False) is None


async def test_the_socket_of_a_process_that_was_killed_counts_as_nobody(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    assert await ask(path, "run 7", width=80, colour=False) is None


async def test_a_command_that_was_taken_and_not_answered_is_not_carried_out_again(
    path: Path,
) -> None:
    async def die(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    async with await asyncio.start_unix_server(die, path):
        with pytest.raises(OperatorError, match="before you type it again"):
            await ask(path, "run 7", width=80, colour=False)
