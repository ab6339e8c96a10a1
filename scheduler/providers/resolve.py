"""The one resolver: settings, pins and environment in, the route that would be billed out."""

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date

from scheduler.config import Provider, RouteConfig
from scheduler.errors import RouteError
from scheduler.providers.catalogue import AUTO, BUILT_IN, DEMO, DEMO_MODEL, known_providers
from scheduler.providers.endpoint import origin
from scheduler.providers.fingerprint import Fingerprint
from scheduler.providers.pricing import price
from scheduler.route import ApiMode, Pins, Resolution, Route, Secret
from scheduler.terms import Terms


@dataclass(frozen=True, slots=True)
class _Choice:
    provider: Provider
    by: str
    auto: bool = False


def resolve(
    config: RouteConfig,
    pins: Pins,
    environment: Mapping[str, str],
    today: date,
    fingerprint: Fingerprint | None = None,
) -> Resolution:
    """The route under these pins: pin, else `jobs`, else `model`, else the built-in demo.

    A pinned provider is looked up by its own entry, so nothing of the default moves it. `today`
    (in UTC) is the day whose prices count. Raises RouteError where the settings name no route that can
    be called.
    """
    choice = _chosen(config, pins, environment)
    provider = choice.provider
    model = pins.model or default_model(config) or _own_model(provider)
    if model is None:
        raise RouteError(
            f"no model is set for {provider.name}: set model.default in config.yaml, "
            f"or pin a model with it ({provider.name}:MODEL)"
        )
    endpoint, credential = _endpoint(config, provider, pinned=pins.provider is not None)
    billed, card = price(provider, endpoint, model, today, config.prices)
    route = Route(
        provider=provider.name,
        model=model,
        endpoint=endpoint,
        api_mode=provider.api_mode,
        credential=credential,
        price_class=billed,
        price=card,
    )
    secret = _secret(route, environment)
    if secret is not None and fingerprint is not None:
        route = replace(route, fingerprint=fingerprint(secret))
    return Resolution(route, secret, choice.by, choice.auto, _terms(provider, model))


def default_model(config: RouteConfig) -> str | None:
    """The model an unpinned job would use, as far as a setting names one."""
    return config.jobs_model or config.model


def split_route(text: str, providers: Collection[str]) -> tuple[str | None, str | None]:
    """`provider:model`, a provider alone or a model alone.

    Split at the first colon only where a known provider stands before it: `vendor/model` and
    `vendor/model:free` are models, whatever the vendor is called.
    """
    left, _, right = text.strip().partition(":")
    provider = left.strip().lower()
    if provider in providers:
        return provider, right.strip() or None
    return None, text.strip() or None


def unknown_provider(name: str, known: Collection[str]) -> str:
    """What to say of a provider that nobody described."""
    near = difflib.get_close_matches(name.lower(), known, n=1)
    asked = f"did you mean {near[0]}? " if near else ""
    return f"'{name}' is not a known provider; {asked}known are {', '.join(sorted(known))}"


def _chosen(config: RouteConfig, pins: Pins, environment: Mapping[str, str]) -> _Choice:
    known = known_providers(config.providers)
    if pins.provider is not None:
        return _Choice(_named(pins.provider, known), "pin")
    for name, setting in (
        (config.jobs_provider, "jobs.provider in config.yaml"),
        (config.provider, "model.provider in config.yaml"),
    ):
        if name == AUTO:
            return _first_with_key(config, known, environment)
        if name is not None:
            return _Choice(_named(name, known), setting)
    if default_model(config) is None and config.base_url is None:
        return _Choice(known[DEMO], "built in: config.yaml names no provider and no model")
    raise RouteError(
        "no provider is set: set model.provider in config.yaml to the name of a provider, "
        f"or to {AUTO} for the first one with a key"
    )


def _named(name: str, known: Mapping[str, Provider]) -> Provider:
    try:
        return known[name]
    except KeyError:
        raise RouteError(unknown_provider(name, known)) from None


def _first_with_key(
    config: RouteConfig, known: Mapping[str, Provider], environment: Mapping[str, str]
) -> _Choice:
    """The first built-in provider, in catalogue order, whose key is set.

    A `model.base_url` beside `auto` narrows the choice to its own host: an address somebody wrote
    is never left for another one.
    """
    for name in BUILT_IN:
        provider = known[name]
        if config.base_url is not None and origin(config.base_url) != origin(provider.base_url):
            continue
        if provider.key_env is not None and environment.get(provider.key_env, "").strip():
            return _Choice(provider, f"auto: the first provider with a key ({name})", auto=True)
    where = "" if config.base_url is None else " whose host is that of model.base_url"
    raise RouteError(
        f"auto found no built-in provider{where} with a key in .env: put a key there, "
        "or name the provider in config.yaml (model.provider)"
    )


def _terms(provider: Provider, model: str) -> Terms:
    dialect = provider.like or (provider.name if provider.name in BUILT_IN else None)
    return Terms(dialect, provider.served_aliases.get(model, ()), provider.only)


def _own_model(provider: Provider) -> str | None:
    return DEMO_MODEL if provider.api_mode is ApiMode.BUILT_IN else None


def _endpoint(config: RouteConfig, provider: Provider, *, pinned: bool) -> tuple[str, str | None]:
    """Where the call goes, and the variable with its key: a key never leaves for another host."""
    built_in = provider.api_mode is ApiMode.BUILT_IN
    elsewhere = pinned or provider.name != config.provider
    if built_in or elsewhere or config.base_url is None:
        return provider.base_url, provider.key_env
    if origin(config.base_url) == origin(provider.base_url):
        return config.base_url, provider.key_env
    return config.base_url, None


def _secret(route: Route, environment: Mapping[str, str]) -> Secret | None:
    if route.credential is None:
        return None
    value = environment.get(route.credential, "").strip()
    if not value:
        raise RouteError(
            f"{route.credential} is not set, and {route.provider} needs it: put it into .env",
            credential=route.credential,
            route=route,
        )
    return Secret(value)
