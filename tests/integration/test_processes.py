"""Scripts as real processes: what they see, what is kept of them, and that nothing of them is left."""

import asyncio
import os
import time
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.errors import Lost, NotSent
from scheduler.providers.processes import Processes
from scheduler.script import Script, ScriptEnd

LONG = timedelta(seconds=20)


def shell(text: str, **more: object) -> Script:
    return Script("tried", ("/bin/sh", "-c", text), **more)  # type: ignore[arg-type]


async def run(script: Script, timeout: timedelta = LONG) -> ScriptEnd:
    return await Processes().run(script, timeout)


async def test_what_it_prints_on_either_stream_is_kept() -> None:
    assert await run(shell("echo one; echo two >&2")) == ScriptEnd(0, "one\ntwo")


@pytest.mark.parametrize(
    ("text", "words"),
    [("exit 3", "exit code 3"), ("kill -9 $$", "ended by signal 9")],
)
async def test_how_it_ended_is_told(text: str, words: str) -> None:
    end = await run(shell(text))
    assert not end.good
    assert end.words == words


async def test_no_shell_reads_its_words() -> None:
    printed = await run(Script("tried", ("/bin/echo", "$(id)", "; rm -rf x", "*")))
    assert printed.output == "$(id) ; rm -rf x *"


async def test_it_sees_the_variables_that_are_named_and_no_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OPENROUTER_API_KEY", "canary-key")
    monkeypatch.setenv("GREETING", "hello")
    end = await run(shell("env; pwd", env=("GREETING", "NOT_SET"), cwd=str(tmp_path)))
    assert "canary" not in end.output
    assert "GREETING=hello" in end.output
    assert end.output.endswith(str(tmp_path))
    names = {line.split("=")[0] for line in end.output.splitlines() if "=" in line}
    assert names - {"PWD", "SHLVL", "_", "OLDPWD"} == {"PATH", "GREETING"}


async def test_output_beyond_the_limit_is_counted_and_dropped() -> None:
    end = await run(shell("head -c 3000000 /dev/zero | tr '\\0' x", output_bytes=1000))
    assert end == ScriptEnd(0, "x" * 1000, dropped=2_999_000)


async def test_bytes_that_are_no_text_do_no_harm() -> None:
    assert (await run(shell("printf 'a\\377b'"))).output == "a\ufffdb"


@pytest.mark.parametrize(
    "script",
    [
        Script("tried", ("/nowhere/at/all",)),
        Script("tried", ("/etc/passwd",)),
        Script("tried", ("/bin/true",), cwd="/nowhere"),
    ],
    ids=["missing", "not-executable", "no-folder"],
)
async def test_what_cannot_be_started_is_said_in_one_line(script: Script) -> None:
    with pytest.raises(NotSent, match="the script tried could not be started: ") as found:
        await run(script)
    assert "\n" not in str(found.value)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z")


STUBBORN = """
trap '' TERM
(trap '' TERM; while :; do sleep 0.1; done) &
echo $! > {file}
echo $$ >> {file}
while :; do sleep 0.1; done
"""


def read(file: Path) -> list[int]:
    return [int(pid) for pid in file.read_text().split()] if file.exists() else []


async def pids_in(file: Path) -> list[int]:
    for _ in range(100):
        if len(found := read(file)) == 2:
            return found
        await asyncio.sleep(0.05)
    raise AssertionError("it never began")


async def gone(pids: list[int]) -> bool:
    for _ in range(60):
        if not any(alive(pid) for pid in pids):
            return True
        await asyncio.sleep(0.05)
    return False


async def test_one_that_takes_too_long_is_ended_with_all_it_started(tmp_path: Path) -> None:
    file = tmp_path / "pids"
    with pytest.raises(Lost, match="was ended after 1 s"):
        await run(shell(STUBBORN.format(file=file)), timedelta(seconds=1))
    assert await gone(await pids_in(file))


async def test_one_that_is_stopped_is_ended_with_all_it_started(tmp_path: Path) -> None:
    file = tmp_path / "pids"
    running = asyncio.create_task(run(shell(STUBBORN.format(file=file))))
    pids = await pids_in(file)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert await gone(pids)


async def test_what_it_leaves_behind_ends_with_it_and_delays_nothing(tmp_path: Path) -> None:
    file = tmp_path / "pids"
    begun = time.monotonic()
    end = await run(shell(f"sleep 60 & echo $! > {file}; echo $$ >> {file}; echo done"))
    assert end.output == "done"
    assert time.monotonic() - begun < 30
    assert await gone(await pids_in(file))
