"""The settings in force as one frozen value, and what it means that they changed."""

from dataclasses import dataclass
from enum import StrEnum

from scheduler.config import CoreConfig, RouteConfig
from scheduler.press import RouteNames


@dataclass(frozen=True, slots=True)
class Access:
    """Who may do what, as written: `slack:T012AB:U034CD`, `slack:T012AB:*`, `telegram:42`, …"""

    admins: tuple[str, ...] = ()
    operators: tuple[str, ...] = ()
    viewers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything config.yaml decides, with defaults where it is silent.

    `ignored_keys` are another program's (hermes-agent's); `notices` are lines for the operator
    about what was read but will not be used.
    """

    core: CoreConfig = CoreConfig(RouteConfig(provider=None, model=None))
    access: Access = Access()
    admin_chat: str | None = None
    ignored_keys: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


class ChangeKind(StrEnum):
    CHANGED = "changed"
    BROKEN = "broken"
    HEALED = "healed"


@dataclass(frozen=True, slots=True)
class ConfigChange:
    """One change of the settings on disk, told once.

    `loosened` names each guard, cap or list that became wider, with both values; `lost` the variables
    whose key is gone, `found` those whose key is back. `old_default` and
    `new_default` differ when the default moved; None is a default that resolves to nothing.
    """

    kind: ChangeKind
    problems: tuple[str, ...] = ()
    loosened: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    found: tuple[str, ...] = ()
    old_default: RouteNames | None = None
    new_default: RouteNames | None = None

    @property
    def default_moved(self) -> bool:
        return self.old_default != self.new_default
