"""What is on the disk at this moment, as a value."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bot.settings.yaml_text import LARGEST


@dataclass(frozen=True, slots=True)
class Reading:
    """A content (None: no such file), or why it could not be read; two are equal by their hash."""

    digest: str
    content: bytes | None = field(compare=False, repr=False)
    problem: str | None = None
    written: datetime | None = field(compare=False, default=None)

    @property
    def missing(self) -> bool:
        return self.content is None and self.problem is None


def read_file(path: Path) -> Reading:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:
        return Reading("none", None)
    except OSError as error:
        return Reading("unreadable", None, problem=error.strerror or "unreadable")
    return Reading(hashlib.sha256(content).hexdigest(), content, written=written)


def is_cut(content: bytes, good: bytes) -> bool:
    """True for a strict prefix of the good content that lacks more than white space at the end."""
    return (
        len(content) < len(good) and good.startswith(content) and bool(good[len(content) :].strip())
    )
