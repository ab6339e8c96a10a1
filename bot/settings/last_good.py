"""The last content of config.yaml that was whole, kept in the data folder across restarts."""

import logging
from dataclasses import dataclass
from pathlib import Path

from bot.settings.replace_file import replace_file
from bot.settings.schema import read_settings
from bot.settings.values import Settings
from scheduler.errors import ConfigError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Good:
    """A content that was whole, and what it says."""

    content: bytes
    settings: Settings


class LastGood:
    def __init__(self, home: Path) -> None:
        self.path = home / "config.last-good.yaml"

    def load(self) -> Good | None:
        """What was kept; None where nothing was, or where this version cannot read it."""
        try:
            content = self.path.read_bytes()
            return Good(content, read_settings(content, self.path.name))
        except (OSError, ConfigError):
            return None

    def exists(self) -> bool:
        return self.path.exists()

    def keep(self, content: bytes) -> None:
        """Keep a content; a data folder that is full costs the memory, not the settings."""
        try:
            replace_file(self.path, content, 0o600)
        except OSError as error:
            log.warning("the last good settings could not be kept: %s", error.strerror)
