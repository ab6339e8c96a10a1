"""Changes of the settings, told once each."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from bot.settings.changes import loosened
from bot.settings.values import ChangeKind, ConfigChange, Settings
from scheduler.errors import ConfigError, RouteError
from scheduler.press import RouteNames
from scheduler.providers import resolve as resolver
from scheduler.providers.catalogue import known_providers
from scheduler.route import Pins

OnChange = Callable[[ConfigChange], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Known:
    """What the admins know: the settings, the default they lead to, and what is wrong.

    `keys` are the variables with a key that are set, `lost` those that a route needs and that are
    not; `problems` say why the settings on disk cannot be used, where they cannot.
    """

    settings: Settings
    default: RouteNames | None
    keys: frozenset[str] = frozenset()
    lost: frozenset[str] = frozenset()
    problems: tuple[str, ...] = ()


def look(settings: Settings, variables: Mapping[str, str], today: date) -> Known:
    """The settings, with what they lead to at this moment."""
    keys = frozenset(name for name in _named(settings) if variables.get(name, "").strip())
    try:
        route = resolver.resolve(settings.core.routes, Pins(), variables, today).route
    except RouteError as error:
        lost = frozenset({error.credential} if error.credential else ())
        return Known(settings, None, keys, lost)
    return Known(settings, RouteNames(route.provider, route.model), keys)


def broken(known: Known, error: ConfigError) -> tuple[Known, ConfigChange | None]:
    """The settings cannot be used; told once, and again when it is for another reason."""
    if known.problems == error.problems:
        return known, None
    change = ConfigChange(
        ChangeKind.BROKEN,
        problems=error.problems,
        old_default=known.default,
        new_default=known.default,
    )
    return replace(known, problems=error.problems), change


def whole(known: Known, found: Known) -> tuple[Known, ConfigChange | None]:
    """The settings are whole: healed, changed, or as they were."""
    named = _named(found.settings)
    gone = (known.keys | known.lost) & named - found.keys
    found = replace(found, lost=found.lost | gone)
    if found == known:
        return known, None
    return found, ConfigChange(
        ChangeKind.HEALED if known.problems else ChangeKind.CHANGED,
        loosened=loosened(known.settings, found.settings),
        lost=tuple(sorted(found.lost - known.lost)),
        found=tuple(sorted(known.lost & found.keys)),
        old_default=known.default,
        new_default=found.default,
    )


def _named(settings: Settings) -> frozenset[str]:
    """The variables in which a provider's key belongs."""
    providers = known_providers(settings.core.routes.providers).values()
    return frozenset(provider.key_env for provider in providers if provider.key_env is not None)
