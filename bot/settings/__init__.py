"""Settings: .env and config.yaml, read and checked whole, errors name file and key."""

from bot.settings.config_file import ConfigFile
from bot.settings.environment import Environment
from bot.settings.values import Access, ChangeKind, ConfigChange, Settings

__all__ = ["Access", "ChangeKind", "ConfigChange", "ConfigFile", "Environment", "Settings"]
