"""What a call would bill: the route, its axes, its names, and what a person consented to."""

import re
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from scheduler.price import PriceCard
from scheduler.terms import Terms

PROVIDER_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
"""How a provider may be called."""

# What a chat would change is not in it: quotes, backticks, a bar, asterisks, angle brackets, and
# mentions of everybody, which nothing of ours may print as they are.
MODEL_NAME = re.compile(
    r"(?!(?:.*[^A-Za-z0-9])?@(?i:everyone|channel|here)(?![A-Za-z0-9]))"
    r"[A-Za-z0-9@~_./][A-Za-z0-9@~_./:+#,\[\]-]{0,199}"
)
"""How a model may be called: what the settings accept is what can be typed in a chat, and no more."""


class PriceClass(StrEnum):
    """How a route is charged; what nobody knows counts as paid."""

    LOCAL = "local"
    FREE = "free"
    PAID = "paid"
    UNKNOWN = "unknown"

    @property
    def spends(self) -> bool:
        return self in (PriceClass.PAID, PriceClass.UNKNOWN)


class ApiMode(StrEnum):
    """The dialect an endpoint speaks."""

    CHAT_COMPLETIONS = "chat_completions"
    RESPONSES = "responses"
    ANTHROPIC_MESSAGES = "anthropic_messages"
    BUILT_IN = "built_in"


class Axis(StrEnum):
    """One thing that decides who gets billed; the order is the order they are told in."""

    PROVIDER = "provider"
    MODEL = "model"
    ENDPOINT = "endpoint"
    API_MODE = "api_mode"
    CREDENTIAL = "credential"
    KEY = "key"
    PRICE_CLASS = "price_class"
    PRICE = "price"


NAMES = (Axis.PROVIDER, Axis.MODEL)
"""The axes a person can pin; all others are judged for pinned jobs too."""


AXIS_WORDS = {
    Axis.PROVIDER: "provider",
    Axis.MODEL: "model",
    Axis.ENDPOINT: "address",
    Axis.API_MODE: "API mode",
    Axis.CREDENTIAL: "key variable",
    Axis.KEY: "key",
    Axis.PRICE_CLASS: "price class",
    Axis.PRICE: "price for a million tokens",
}
"""How an axis is called where people read of it."""


class CredentialKind(StrEnum):
    """Where the key of a call comes from."""

    VARIABLE = "variable"
    NONE = "none"
    BUILT_IN = "built_in"


@dataclass(frozen=True, slots=True)
class Credential:
    """What a call identifies itself with: the name of the variable with the key, never the key."""

    kind: CredentialKind
    name: str | None = None

    def __str__(self) -> str:
        return self.name or ("built in" if self.kind is CredentialKind.BUILT_IN else "no key")


@dataclass(frozen=True, slots=True)
class Route:
    """Everything that decides what a call bills.

    `endpoint` is a URL without query, empty for a built-in provider; `credential` is the name of
    the environment variable that holds the key, never the key. `fingerprint` tells one key from
    another and nothing else; None where there is no key, or nothing to make it with.
    """

    provider: str
    model: str
    endpoint: str
    api_mode: ApiMode
    credential: str | None
    price_class: PriceClass
    fingerprint: str | None = None
    price: PriceCard | None = None

    @property
    def name(self) -> str:
        return f"{self.provider}:{self.model}"

    def bills_like(self, other: "Route") -> bool:
        """Whether both bill the same account at the same price, whatever key it has just now."""
        return replace(self, fingerprint=None) == replace(other, fingerprint=None)

    @property
    def billing(self) -> str:
        """A digest of everything that decides what it bills: two routes that share it bill alike."""
        told = repr(replace(self, fingerprint=None))
        return sha256(told.encode()).hexdigest()[:32]

    @property
    def identified_by(self) -> Credential:
        if self.credential is not None:
            return Credential(CredentialKind.VARIABLE, self.credential)
        built_in = self.api_mode is ApiMode.BUILT_IN
        return Credential(CredentialKind.BUILT_IN if built_in else CredentialKind.NONE)


@dataclass(frozen=True, slots=True)
class Pins:
    """The axes a person bound a job to; None follows the default."""

    provider: str | None = None
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The route at the moment a person consented, axis by axis; None is an axis without a snapshot.

    A pinned axis has none; the others say what the pins are bound to. `taken_at` is aware UTC.
    `unseen` is true where a person made or freed the job while no route could be looked up: an axis
    they saw nothing of is held until somebody consents, where that of an imported job is not judged.
    """

    provider: str | None = None
    model: str | None = None
    endpoint: str | None = None
    api_mode: ApiMode | None = None
    credential: Credential | None = None
    price_class: PriceClass | None = None
    fingerprint: str | None = None
    price: PriceCard | None = None
    taken_at: datetime | None = None
    unseen: bool = False


def snapshot_of(route: Route, pins: Pins, taken_at: datetime | None) -> Snapshot:
    """The snapshot of a whole route, leaving out the axes that are pinned."""
    return Snapshot(
        provider=None if pins.provider is not None else route.provider,
        model=None if pins.model is not None else route.model,
        endpoint=route.endpoint,
        api_mode=route.api_mode,
        credential=route.identified_by,
        price_class=route.price_class,
        fingerprint=route.fingerprint,
        price=route.price,
        taken_at=taken_at,
    )


def filled(kept: Snapshot, route: Route) -> Snapshot:
    """A snapshot with the axes it lacks as the route has them, but for the names: to these only a
    person consents."""
    fresh = snapshot_of(route, Pins(), kept.taken_at)
    lacking = {
        field.name: getattr(fresh, field.name)
        for field in fields(Snapshot)
        if field.name not in NAMES and getattr(kept, field.name) is None
    }
    return replace(kept, **lacking)


def overwrites(old: Snapshot, new: Snapshot) -> bool:
    """Whether anything a person consented to becomes another thing, and not only fuller."""
    return any(
        getattr(old, field.name) not in (None, getattr(new, field.name))
        for field in fields(Snapshot)
        if field.name != "taken_at"
    )


@dataclass(frozen=True, slots=True)
class Secret:
    """A key, on its way from the environment to one call; it never prints itself."""

    value: str

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__


@dataclass(frozen=True, slots=True)
class Resolution:
    """A route with what is needed to call it, and in words how it was chosen.

    `chosen_by` names the setting that decided ("model.provider in config.yaml", "pin", "auto: the
    first provider with a key"); `auto` is true when no setting named the provider. `terms` are those
    of the provider's entry until a job's consent bounds them (scheduler.consented).
    """

    route: Route
    secret: Secret | None
    chosen_by: str
    auto: bool = False
    terms: Terms = Terms()
