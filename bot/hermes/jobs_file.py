"""The file as a whole: JSON to its end or not at all, and the line on which each job begins."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scheduler.errors import UserError

MOST_BYTES = 32 * 1024 * 1024

_DECODER = json.JSONDecoder(strict=False)
_SPACE = re.compile(r"[ \t\n\r]*")
_MEND = "mend it or take it from a backup; nothing was imported"


@dataclass(frozen=True, slots=True)
class Entry:
    """One job as it stands in the file; `key` is its name where the jobs are a map."""

    line: int
    value: Any
    key: str | None = None


def read_entries(content: bytes, name: str) -> list[Entry]:
    """Every job of the file, in its order.

    `jobs` is a list; hermes-agent takes a bare list, and a map from ids to jobs, as well. Raises
    UserError for a file that is not whole: half of the jobs would look like all of them.
    """
    if len(content) > MOST_BYTES:
        raise UserError(
            f"{name} has more than {MOST_BYTES // 1024 // 1024} MB, and no list of jobs has that",
            "name hermes-agent's cron/jobs.json",
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"{name} is not UTF-8 at byte {error.start}", _MEND) from None
    whole = _parsed(text, name)
    if isinstance(whole, list) or (
        isinstance(whole, dict) and isinstance(whole.get("jobs"), (list, dict))
    ):
        return list(_numbered(text, _jobs_of(text)))
    if isinstance(whole, dict) and "jobs" in whole:
        raise UserError(f"'jobs' in {name} is neither a list nor a map", _MEND)
    raise UserError(
        f"{name} is no cron file of hermes-agent: it has no 'jobs'",
        "name its cron/jobs.json, for example ~/.hermes/cron/jobs.json",
    )


def _parsed(text: str, name: str) -> Any:
    # Not strict: hermes-agent itself reads strings with bare control characters in them.
    try:
        return json.loads(text, strict=False)
    except json.JSONDecodeError as error:
        at = f"line {error.lineno}, column {error.colno}"
        end = not text[error.pos :].strip() or error.msg.startswith("Unterminated")
        what = "ends in the middle" if end else "is not whole"
        raise UserError(f"{name} {what} ({at}: {error.msg})", _MEND) from None
    except (ValueError, RecursionError):
        raise UserError(f"{name} holds a number or a nesting nobody wrote by hand", _MEND) from None


def _numbered(text: str, jobs: list[tuple[int, str | None, Any]]) -> Iterator[Entry]:
    line, before = 1, 0
    for start, key, value in jobs:
        line += text.count("\n", before, start)
        before = start
        yield Entry(line, value, key)


def _jobs_of(text: str) -> list[tuple[int, str | None, Any]]:
    """The jobs with where each begins, from a text that is known to be whole."""
    start = _skip(text, 0)
    if text[start] == "[":
        return list(_items(text, start))
    found = start
    for at, key, _ in _members(text, start):
        if key == "jobs":
            found = at
    return list(_items(text, found) if text[found] == "[" else _members(text, found))


def _items(text: str, opening: int) -> Iterator[tuple[int, str | None, Any]]:
    at = _skip(text, opening + 1)
    while text[at] != "]":
        value, end = _DECODER.raw_decode(text, at)
        yield at, None, value
        at = _after_comma(text, end)


def _members(text: str, opening: int) -> Iterator[tuple[int, str, Any]]:
    at = _skip(text, opening + 1)
    while text[at] != "}":
        key, end = _DECODER.raw_decode(text, at)
        at = _skip(text, _skip(text, end) + 1)
        value, end = _DECODER.raw_decode(text, at)
        yield at, key, value
        at = _after_comma(text, end)


def _after_comma(text: str, end: int) -> int:
    at = _skip(text, end)
    return _skip(text, at + 1) if text[at] == "," else at


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at
