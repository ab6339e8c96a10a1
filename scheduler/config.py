"""What the core needs of the operator's settings, checked whole and frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from scheduler.caps import Caps
from scheduler.job import OnDrift, Place
from scheduler.price import Price
from scheduler.route import ApiMode, PriceClass
from scheduler.script import Script


class MissingSnapshot(StrEnum):
    """What becomes of a run on an axis nobody consented to."""

    RUN = "run"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider entry, built in or the operator's own.

    `base_url` is without trailing slash; `key_env` names the environment variable that holds the
    key, None for a provider without one. `billing`, when given, beats every other price rule.
    `like` names the built-in whose dialect it speaks. `own` is false for a built-in entry.
    `served_aliases` are other names under which a model may answer, `only` the downstream providers
    that may serve a call (empty: any).
    """

    name: str
    base_url: str
    api_mode: ApiMode
    key_env: str | None
    billing: PriceClass | None = None
    like: str | None = None
    own: bool = False
    served_aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RouteConfig:
    """The settings that decide a route: `model.*`, `jobs.*` and `providers`.

    `provider` may be "auto". `base_url` (`model.base_url`) counts only for `model.provider`, and
    never under a pin. `prices` are the operator's own, by `provider:model` or model.
    """

    provider: str | None
    model: str | None
    base_url: str | None = None
    jobs_provider: str | None = None
    jobs_model: str | None = None
    providers: Mapping[str, Provider] = field(default_factory=dict)
    prices: Mapping[str, Price] = field(default_factory=dict)


class Identity(StrEnum):
    """What becomes of a run whose provider and model are as consented, and who is billed is not."""

    HOLD = "hold"
    TELL = "tell"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class GuardConfig:
    """`price_tolerance` is how much dearer the same model may become unnoticed; 0.10 is a tenth."""

    on_drift: OnDrift = OnDrift.HOLD
    missing_snapshot: MissingSnapshot = MissingSnapshot.RUN
    identity: Identity = Identity.HOLD
    price_tolerance: Decimal = Decimal("0.10")


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what chats may ask for; `max_tokens` bounds the answer of one request,
    `output_bytes` what of it is kept and posted."""

    jobs_per_chat: int = 50
    min_interval: timedelta = timedelta(minutes=5)
    prompt_bytes: int = 8192
    commands_per_minute: int = 20
    run_timeout: timedelta = timedelta(minutes=5)
    max_tokens: int = 4096
    output_bytes: int = 262_144
    concurrent_runs: int = 8


@dataclass(frozen=True, slots=True)
class CoreConfig:
    routes: RouteConfig
    guard: GuardConfig = GuardConfig()
    limits: Limits = Limits()
    timezone: str = "UTC"
    scripts: Mapping[str, Script] = field(default_factory=dict)
    caps: Caps = Caps()
    admin_chat: Place | None = None
