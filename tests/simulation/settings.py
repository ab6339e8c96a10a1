"""What an operator may have written, and every way in which it moves under a job."""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from random import Random

from scheduler.caps import Caps
from scheduler.config import CoreConfig, GuardConfig, Identity, Provider, RouteConfig
from scheduler.job import OnDrift
from scheduler.price import Price
from scheduler.route import ApiMode, PriceClass

MODELS = ("small", "large", "relayed:cloud")
"""The last is relayed by this machine to a service nobody knows the price of."""

VARIABLES = ("ONE_KEY", "TWO_KEY", "THREE_KEY")
MODES = (ApiMode.CHAT_COMPLETIONS, ApiMode.RESPONSES, ApiMode.ANTHROPIC_MESSAGES)
PATHS = ("/v1", "/alt/v1")
BILLINGS = (PriceClass.PAID, PriceClass.PAID, PriceClass.FREE, PriceClass.LOCAL, None)
FIGURES = ("1", "1.05", "1.5", "3")

UNCAPPED = Caps(None, None, None, None)
"""What caps do is told elsewhere."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of `providers`, at one of the servers."""

    server: int
    path: str = "/v1"
    mode: ApiMode = ApiMode.CHAT_COMPLETIONS
    key: str | None = None
    billing: PriceClass | None = PriceClass.PAID
    like: str | None = None
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """config.yaml and .env at one moment; `urls` are the servers' roots, by number."""

    urls: tuple[str, ...]
    entries: dict[str, Entry]
    provider: str
    model: str
    base_url: tuple[int, str] | None = None
    jobs_provider: str | None = None
    jobs_model: str | None = None
    prices: dict[str, Decimal] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    identity: Identity = Identity.HOLD
    on_drift: OnDrift = OnDrift.HOLD
    broken: bool = False
    whole: "Settings | None" = None
    """The last that were not broken, where these are."""

    def url(self, server: int, path: str) -> str:
        return self.urls[server] + path

    def core(self) -> CoreConfig:
        """The same as the code under test reads it."""
        providers = {
            name: Provider(
                name,
                self.url(entry.server, entry.path),
                entry.mode,
                entry.key,
                billing=entry.billing,
                like=entry.like,
                own=True,
                only=entry.only,
            )
            for name, entry in self.entries.items()
        }
        routes = RouteConfig(
            self.provider,
            self.model,
            self.url(*self.base_url) if self.base_url else None,
            self.jobs_provider,
            self.jobs_model,
            providers,
            {name: Price(figure, figure * 4) for name, figure in self.prices.items()},
        )
        guard = GuardConfig(on_drift=self.on_drift, identity=self.identity)
        return CoreConfig(routes, guard, caps=UNCAPPED)


def first_settings(random: Random, urls: tuple[str, ...]) -> Settings:
    """Whole settings in which the default can be called."""
    entries = {name: _entry(random, len(urls)) for name in ("lab-one", "lab-two", "lab-three")}
    return Settings(
        urls,
        entries,
        provider=random.choice(list(entries)),
        model=random.choice(MODELS),
        prices={
            f"{name}:{model}": Decimal(random.choice(FIGURES))
            for name in entries
            for model in MODELS
            if random.random() < 0.5
        },
        variables={name: f"{name}-1" for name in VARIABLES},
        identity=random.choice((Identity.HOLD, Identity.HOLD, Identity.HOLD, *Identity)),
        on_drift=random.choice((OnDrift.HOLD, OnDrift.HOLD, *OnDrift)),
    )


def _entry(random: Random, servers: int) -> Entry:
    return Entry(
        random.randrange(servers),
        random.choice(PATHS),
        random.choice(MODES),
        random.choice((*VARIABLES, None)),
        random.choice(BILLINGS),
        random.choice((None, "openrouter")),
        random.choice(((), ("deepinfra",))),
    )


KINDS = (
    "default",
    "default",
    "model",
    "fleet",
    "base_url",
    "endpoint",
    "path",
    "mode",
    "variable",
    "rotated",
    "no key",
    "billing",
    "price",
    "renamed",
    "removed",
    "swapped",
    "allowed",
    "identity",
    "policy",
    "broken",
)


def drifted(old: Settings, random: Random) -> Settings:
    """The settings after one thing, or two that somebody changed together, became another."""
    new = _drifted(old, random)
    return _drifted(new, random) if random.random() < 0.25 else new


def _drifted(old: Settings, random: Random) -> Settings:
    name = random.choice(list(old.entries))
    if old.provider in old.entries and random.random() < 0.6:
        name = old.provider
    entry = old.entries[name]

    def changed(**fields: object) -> Settings:
        moved = replace(entry, **fields)  # type: ignore[arg-type]
        return replace(old, entries={**old.entries, name: moved})

    match random.choice(KINDS):
        case "default":
            name = random.choice(list(old.entries))
            return replace(old, provider=name, model=random.choice(MODELS))
        case "model":
            return replace(old, model=random.choice(MODELS))
        case "fleet":
            fleet = random.choice((None, name)), random.choice((None, *MODELS))
            return replace(old, jobs_provider=fleet[0], jobs_model=fleet[1])
        case "base_url":
            moved = (random.randrange(len(old.urls)), random.choice(PATHS))
            return replace(old, base_url=random.choice((None, moved)))
        case "endpoint":
            return changed(server=random.randrange(len(old.urls)))
        case "path":
            return changed(path=random.choice(PATHS))
        case "mode":
            return changed(mode=random.choice(MODES))
        case "variable":
            return changed(key=random.choice((*VARIABLES, None)))
        case "rotated":
            variable = random.choice(VARIABLES)
            value = f"{variable}-{random.randrange(1_000_000)}"
            return replace(old, variables={**old.variables, variable: value})
        case "no key":
            variables = dict(old.variables)
            variable = random.choice(VARIABLES)
            if variables.pop(variable, None) is None:
                variables[variable] = f"{variable}-back"
            return replace(old, variables=variables)
        case "billing":
            return changed(billing=random.choice((*BILLINGS, PriceClass.PAID)))
        case "price":
            priced = f"{name}:{random.choice(MODELS)}"
            return replace(old, prices={**old.prices, priced: Decimal(random.choice(FIGURES))})
        case "renamed":
            called = f"lab-{random.randrange(1000)}"
            entries = {(called if key == name else key): it for key, it in old.entries.items()}
            provider = called if old.provider == name else old.provider
            return replace(old, entries=entries, provider=provider)
        case "removed":
            if len(old.entries) == 1:
                return old
            return replace(old, entries={key: it for key, it in old.entries.items() if key != name})
        case "swapped":
            other = random.choice(list(old.entries))
            both = {name: old.entries[other], other: entry}
            return replace(old, entries={**old.entries, **both})
        case "allowed":
            return changed(
                only=random.choice(((), ("deepinfra",), ("together",))),
                like=random.choice((None, "openrouter")),
            )
        case "identity":
            return replace(old, identity=random.choice(list(Identity)))
        case "policy":
            return replace(old, on_drift=random.choice(list(OnDrift)))
        case _:
            return replace(old, broken=not old.broken)
