"""Commands typed on the machine, over the control socket."""

import asyncio
import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.control import Answered, Control, ask, socket_path
from bot.message import Button, Message, Request
from scheduler.errors import OperatorError
from scheduler.press import Action, Press


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


async def nothing(request: Request) -> Message | None:
    return None


async def test_a_socket_on_which_somebody_answers_is_never_taken_over(path: Path) -> None:
    first, second = Control(nothing, path), Control(nothing, path)
    await first.start()
    with pytest.raises(OperatorError, match="another Driftpin runs on this data folder"):
        await second.start()
    await second.stop()
    assert await ask(path, "list", width=80, colour=False) == Answered("")
    await first.stop()
    assert await ask(path, "list", width=80, colour=False) is None


async def test_a_socket_that_a_killed_process_left_is_replaced(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    control = Control(nothing, path)
    await control.start()
    assert await ask(path, "list", width=80, colour=False) == Answered("")
    await control.stop()


async def test_an_answer_over_the_socket_has_no_buttons_that_nobody_can_press(path: Path) -> None:
    async def card(request: Request) -> Message | None:
        return Message("Held.", buttons=(Button("Pin", Press(Action.PIN), token="t"),))

    control = Control(card, path)
    await control.start()
    assert await ask(path, "list", width=80, colour=False) == Answered("Held.")
    await control.stop()


@pytest.fixture
def fallback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The path in the temporary folder, for a data folder whose own path is too long."""
    with tempfile.TemporaryDirectory(dir=tempfile.gettempdir()) as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield socket_path(tmp_path / ("x" * 100))


async def test_the_folder_in_the_temporary_folder_serves_its_owner(fallback: Path) -> None:
    assert await ask(fallback, "list", width=80, colour=False) is None
    control = Control(nothing, fallback)
    await control.start()
    assert fallback.parent.stat().st_mode & 0o777 == 0o700
    assert await ask(fallback, "list", width=80, colour=False) == Answered("")
    await control.stop()


@pytest.fixture
def theirs(fallback: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same for another user, in a folder that this one has made."""
    me = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: me + 1)
    path = socket_path(tmp_path / ("x" * 100))
    assert path.parent != fallback.parent
    path.parent.mkdir()
    return path


async def test_no_command_goes_into_a_folder_of_somebody_else(theirs: Path) -> None:
    reached = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reached.append(reader)
        writer.close()

    async with await asyncio.start_unix_server(listen, theirs):
        with pytest.raises(OperatorError, match="belongs to somebody else; remove it"):
            await ask(theirs, "remove 7", width=80, colour=False)
        with pytest.raises(OperatorError, match="belongs to somebody else; remove it"):
            await Control(nothing, theirs).start()
    assert reached == []


async def test_a_link_that_somebody_put_in_the_temporary_folder_is_not_followed(
    fallback: Path, tmp_path: Path
) -> None:
    if os.getuid() != 0:
        pytest.skip("only root can make a link of somebody else's")
    fallback.parent.symlink_to(tmp_path)
    os.lchown(fallback.parent, 12345, 12345)
    with pytest.raises(OperatorError, match="belongs to somebody else"):
        await ask(fallback, "remove 7", width=80, colour=False)


async def test_a_data_folder_of_somebody_else_is_served_by_its_owner_alone(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: me + 1)
    with pytest.raises(OperatorError, match="start Driftpin as its owner"):
        await Control(nothing, path).start()
