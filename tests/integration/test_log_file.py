"""On a full disk lines of the log are lost, none goes to the terminal, and later ones are written again."""

import logging
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.logs import log_to_file

log = logging.getLogger("bot.a_test")


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    root = logging.getLogger()
    level, before = root.level, list(root.handlers)
    log_to_file(tmp_path, lambda: frozenset({"canary-secret"}))
    yield tmp_path / "driftpin.log"
    for handler in set(root.handlers) - set(before):
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


@contextmanager
def full_disk() -> Iterator[None]:
    """No file may be written to."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_what_cannot_be_written_is_not_printed_instead(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log.error("before")
    with full_disk():
        log.error("the key is %s", "canary-secret")
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", "")


def test_once_there_is_room_again_lines_are_written_again(file: Path) -> None:
    with full_disk():
        log.error("lost or late")
    log.error("written again")
    assert "written again" in file.read_text()
