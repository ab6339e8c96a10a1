"""Changes of the settings, told once each."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.settings.changes import loosened
from bot.settings.values import ChangeKind, ConfigChange, Settings
from scheduler.errors import ConfigError
from scheduler.press import RouteNames

OnChange = Callable[[ConfigChange], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Known:
    """What the admins know: the settings, the default they led to, and whether they broke since."""

    settings: Settings
    default: RouteNames | None
    broken: bool = False


def broken(known: Known, error: ConfigError) -> tuple[Known, ConfigChange | None]:
    """The settings cannot be used; told once until they heal."""
    if known.broken:
        return known, None
    change = ConfigChange(
        ChangeKind.BROKEN,
        problems=error.problems,
        old_default=known.default,
        new_default=known.default,
    )
    return Known(known.settings, known.default, broken=True), change


def whole(known: Known, found: Known) -> tuple[Known, ConfigChange | None]:
    """The settings are whole: healed, changed, or as they were."""
    if found == known:
        return known, None
    return found, ConfigChange(
        ChangeKind.HEALED if known.broken else ChangeKind.CHANGED,
        loosened=loosened(known.settings, found.settings),
        old_default=known.default,
        new_default=found.default,
    )
