"""What a call would bill: the route, its axes, its names, and what a person consented to."""

import re
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum

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
    PRICE_CLASS = "price_class"


JUDGED = (Axis.PROVIDER, Axis.MODEL)
"""The axes the guard compares today; the others are recorded so that it can compare them later."""


@dataclass(frozen=True, slots=True)
class Route:
    """Everything that decides what a call bills.

    `endpoint` is a URL without query, empty for a built-in provider; `credential` is the name of
    the environment variable that holds the key, never the key.
    """

    provider: str
    model: str
    endpoint: str
    api_mode: ApiMode
    credential: str | None
    price_class: PriceClass

    @property
    def name(self) -> str:
        return f"{self.provider}:{self.model}"


@dataclass(frozen=True, slots=True)
class Pins:
    """The axes a person bound a job to; None follows the default."""

    provider: str | None = None
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The route at the moment a person consented, axis by axis; None is an axis without a snapshot.

    A pinned axis has none. `taken_at` is aware UTC.
    """

    provider: str | None = None
    model: str | None = None
    endpoint: str | None = None
    api_mode: ApiMode | None = None
    credential: str | None = None
    price_class: PriceClass | None = None
    taken_at: datetime | None = None


def snapshot_of(route: Route, pins: Pins, taken_at: datetime) -> Snapshot:
    """The snapshot of a whole route, leaving out the axes that are pinned."""
    kept = {field.name: getattr(route, field.name) for field in fields(Route)}
    if pins.provider is not None:
        kept["provider"] = None
    if pins.model is not None:
        kept["model"] = None
    return Snapshot(**kept, taken_at=taken_at)


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
    first provider with a key"); `auto` is true when no setting named the provider.
    """

    route: Route
    secret: Secret | None
    chosen_by: str
    auto: bool = False
