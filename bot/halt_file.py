"""The file that halts: every gate reads it, so it works while the process hangs or none runs."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from bot.settings.replace_file import replace_file
from scheduler.errors import OperatorError
from scheduler.halt import Halt

NAME = "HALT"


class HaltFile:
    """Implements `scheduler.ports.HaltFile` in the data folder."""

    def __init__(self, home: Path) -> None:
        self.path = home / NAME

    def read(self) -> Halt | None:
        """Whatever is there halts, even an empty file that somebody made by hand."""
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            return Halt(
                "somebody on the machine", f"{self.path}: {error.strerror}", self._written()
            )
        return self._read(content)

    def write(self, halt: Halt) -> None:
        """Keep a halt that stands there already. Raises OperatorError where nothing can be written."""
        if self.path.exists():
            return
        said = {"by": halt.by, "reason": halt.reason, "at": halt.at.isoformat()}
        try:
            replace_file(self.path, json.dumps(said).encode(), 0o600)
        except OSError as error:
            raise OperatorError(f"{self.path} cannot be written: {error.strerror}") from None

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)

    def _read(self, content: bytes) -> Halt:
        with suppress(ValueError, KeyError, TypeError):
            said = json.loads(content)
            at = datetime.fromisoformat(said["at"])
            return Halt(str(said["by"]), str(said["reason"]), at.astimezone(UTC))
        words = " ".join(content.decode(errors="replace").split())[:200]
        return Halt("somebody on the machine", words, self._written())

    def _written(self) -> datetime:
        try:
            return datetime.fromtimestamp(self.path.stat().st_mtime, UTC)
        except OSError:
            return datetime.fromtimestamp(0, UTC)
