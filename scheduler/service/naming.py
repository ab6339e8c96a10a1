"""Typed names of providers and models, checked against what is configured."""

from difflib import get_close_matches

from scheduler.commands import RouteText
from scheduler.errors import ConfigError, UserError
from scheduler.job import JobKind
from scheduler.ports import Config
from scheduler.providers.catalogue import BUILT_IN
from scheduler.providers.resolve import split_route
from scheduler.route import Pins


async def provider_names(config: Config) -> list[str]:
    """Every provider one may name: the built-in ones and the operator's own."""
    try:
        core = await config.core()
    except ConfigError:
        core = config.last_good()
    return sorted({*BUILT_IN, *core.routes.providers})


async def known_pins(
    config: Config,
    kind: JobKind,
    provider: str | None,
    model: str | None,
    consented: str | None = None,
) -> Pins:
    """The pins of `provider=` and `model=`; raises UserError for a provider nobody configured.

    The provider a job consented to is known to it even where the settings have lost it.
    """
    if provider is None and model is None:
        return Pins()
    if not kind.guarded:
        raise UserError(f"a job of kind={kind} calls no provider", "leave provider= and model= out")
    if provider is not None:
        names = await provider_names(config)
        if provider not in names and provider != consented:
            raise unknown_provider(provider, names)
    return Pins(provider, model)


async def typed_pins(config: Config, route: RouteText, consented: str | None = None) -> Pins:
    """The provider and model a person typed, in one word or in two."""
    if route.whole is None:
        return await known_pins(config, JobKind.AGENT, route.provider, route.model, consented)
    names = await provider_names(config)
    if consented is not None:
        names = sorted({*names, consented})
    provider, model = split_route(route.whole, names)
    if provider is None and model == route.whole:
        _must_be_a_model(model, names)
    return Pins(provider, model)


def _must_be_a_model(text: str, names: list[str]) -> None:
    """One word that names no provider is a model, unless it looks like a provider mistyped."""
    head, colon, _ = text.partition(":")
    if "/" in head:
        return
    near = get_close_matches(head, names, 1, 0.75)
    if near:
        raise unknown_provider(head, names)
    if colon:
        raise UserError(
            f"there is no provider '{head}'",
            f"known: {', '.join(names)}; a model of that name is typed model={text}",
        )


def unknown_provider(name: str, names: list[str]) -> UserError:
    near = get_close_matches(name, names, 1, 0.6)
    instead = f"did you mean {near[0]}?" if near else f"known: {', '.join(names)}"
    return UserError(f"there is no provider '{name}'", instead)
