"""The log: a file in the data folder, without secrets."""

import logging
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path

from bot.sanitiser import clean

SIZE = 5_000_000
KEPT = 3
CHATTY = (
    "httpx",
    "httpx2",
    "httpcore",
    "httpcore2",
    "openai",
    "anthropic",
    "aiohttp",
    "slack_sdk",
    "slack_bolt",
)
"""Libraries whose INFO lines can hold URLs with tokens, or prompts."""


LIBRARIES = ("telegram",)
"""Libraries that log what somebody out there answers: whole pages, and a traceback with each."""

OUTSIDE = ("telegram", "json", "httpx", "httpcore")
"""Whose errors say something of the other end, and nothing of ours."""

LONGEST_LINE = 300


class Redacted(logging.Formatter):
    """Formats a record with every known secret taken out, tracebacks included."""

    def __init__(self, hidden: Callable[[], frozenset[str]]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._hidden = hidden

    def format(self, record: logging.LogRecord) -> str:
        return clean(super().format(record), self._hidden())


def without_traceback(record: logging.LogRecord) -> bool:
    """A filter for libraries: what somebody out there sends or refuses is no error of ours."""
    record.exc_info = None
    return True


def in_one_line(record: logging.LogRecord) -> bool:
    """A filter for a handler: a refusal or an odd answer, as a library logs it, is one short line."""
    if record.name.split(".")[0] not in LIBRARIES:
        return True
    said = " ".join(record.getMessage().split())
    if len(said) > LONGEST_LINE:
        said = f"{said[:LONGEST_LINE]}…"
    record.msg, record.args = said, ()
    kind = record.exc_info[0] if record.exc_info else None
    if kind is not None and kind.__module__.split(".")[0] in OUTSIDE:
        record.exc_info = record.exc_text = None
    return True


class LogFile(RotatingFileHandler):
    """A line that cannot be written, as on a full disk, is lost: on the terminal it would stand among
    the chat's messages, with a traceback and with what should be hidden."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        return


def log_to_file(home: Path, hidden: Callable[[], frozenset[str]]) -> None:
    """Send this process's log to `driftpin.log`, nothing of it to the terminal."""
    handler = LogFile(home / "driftpin.log", maxBytes=SIZE, backupCount=KEPT)
    (home / "driftpin.log").chmod(0o600)
    handler.setFormatter(Redacted(hidden))
    handler.addFilter(in_one_line)
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
