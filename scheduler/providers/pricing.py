"""How a route is charged; what nobody knows counts as paid."""

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from scheduler.config import Provider
from scheduler.price import Price, PriceCard, PriceSource
from scheduler.providers.catalogue import BUILT_IN
from scheduler.providers.endpoint import is_loopback, origin
from scheduler.route import ApiMode, PriceClass

_OPENROUTER = "openrouter"
_RELAYED = re.compile(r":(?:.*-)?cloud$")
_NONE: Mapping[str, Price] = MappingProxyType({})
_UNKNOWN = PriceCard(PriceSource.UNKNOWN)


def price_class(provider: Provider, endpoint: str, model: str) -> PriceClass:
    """The price class at the endpoint that is really called (`model.base_url` may move it)."""
    return price(provider, endpoint, model)[0]


def price(
    provider: Provider, endpoint: str, model: str, prices: Mapping[str, Price] = _NONE
) -> tuple[PriceClass, PriceCard]:
    """The price class and the card of a model at the endpoint that is really called.

    `prices` are the operator's own, by `provider:model` or model; `billing` beats them about the
    class, and they beat every other rule.
    """
    own, free = _own(provider.name, model, prices)
    if provider.billing is not None:
        return provider.billing, _billed(provider, endpoint, model, own)
    if own is not None:
        return (PriceClass.FREE if free else PriceClass.PAID), own
    if provider.api_mode is ApiMode.BUILT_IN:
        return PriceClass.LOCAL, PriceCard(PriceSource.DEMO)
    if is_loopback(endpoint):
        # Ollama answers for these names on this machine, and relays the call to a paid service.
        if _RELAYED.search(model):
            return PriceClass.UNKNOWN, _UNKNOWN
        return PriceClass.LOCAL, PriceCard(PriceSource.LOOPBACK)
    seller = _seller(provider, endpoint)
    if model.endswith(":free") and origin(seller) == origin(BUILT_IN[_OPENROUTER].base_url):
        return PriceClass.FREE, PriceCard(PriceSource.FREE_NAME)
    listed = _listed(seller, model)
    return (PriceClass.PAID, listed) if listed else (PriceClass.UNKNOWN, _UNKNOWN)


def _own(provider: str, model: str, prices: Mapping[str, Price]) -> tuple[PriceCard | None, bool]:
    """The operator's card, and whether it says that nothing is charged."""
    for key in (f"{provider}:{model}", model):
        if found := prices.get(key):
            figures = (found.input, found.output, found.cached)
            return PriceCard(PriceSource.OVERRIDE, *figures, matched=key), found.free
    return None, False


def _billed(provider: Provider, endpoint: str, model: str, own: PriceCard | None) -> PriceCard:
    """The card beside an operator's `billing`: what is paid may still have figures."""
    if provider.billing is not PriceClass.PAID:
        return PriceCard(PriceSource.BILLING)
    listed = own or _listed(_seller(provider, endpoint), model)
    return listed or PriceCard(PriceSource.BILLING)


def _seller(provider: Provider, endpoint: str) -> str:
    """The address whose price list counts: that of the built-in it is `like`, else its own."""
    if provider.like is not None and origin(endpoint) == origin(provider.base_url):
        return BUILT_IN[provider.like].base_url
    return endpoint


@lru_cache(maxsize=1024)
def _listed(url: str, model: str) -> PriceCard | None:
    """The figures of the price list, where it knows the model with a price above nothing.

    An empty or zero price in the list means that nobody looked, not that the model is free. The
    list matches names by their beginning, so the card says which of its ids it matched.
    """
    from genai_prices import Usage, calc_price

    usage = Usage(input_tokens=1000, output_tokens=1000)
    try:
        found = calc_price(usage, model, provider_api_url=url)
    except (LookupError, ValueError):
        return None
    if found.total_price <= 0:
        return None
    prices = found.model_price
    paid, answered, cached = (
        getattr(prices, f"{name}_mtok", None) for name in ("input", "output", "cache_read")
    )
    return PriceCard(
        PriceSource.LIST,
        _figure(paid),
        _figure(answered),
        _figure(cached),
        matched=found.model.id,
        edition=_edition(),
        tiered=hasattr(paid, "tiers") or hasattr(answered, "tiers"),
    )


def _figure(listed: Any) -> Decimal | None:
    """A figure of the list; of tiered ones, that of a short request. Nothing is not a price."""
    figure = getattr(listed, "base", listed)
    return Decimal(str(figure)) if figure else None


@lru_cache(maxsize=1)
def _edition() -> str:
    from importlib.metadata import version

    return f"genai-prices {version('genai-prices')}"
