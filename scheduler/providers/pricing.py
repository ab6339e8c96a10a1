"""How a route is charged; what nobody knows counts as paid."""

import re
from functools import lru_cache

from scheduler.config import Provider
from scheduler.providers.catalogue import BUILT_IN
from scheduler.providers.endpoint import is_loopback, origin
from scheduler.route import ApiMode, PriceClass

_OPENROUTER = "openrouter"
_RELAYED = re.compile(r":(?:.*-)?cloud$")


def price_class(provider: Provider, endpoint: str, model: str) -> PriceClass:
    """The price class at the endpoint that is really called (`model.base_url` may move it)."""
    if provider.billing is not None:
        return provider.billing
    if provider.api_mode is ApiMode.BUILT_IN:
        return PriceClass.LOCAL
    if is_loopback(endpoint):
        # Ollama answers for these names on this machine, and relays the call to a paid service.
        return PriceClass.UNKNOWN if _RELAYED.search(model) else PriceClass.LOCAL
    seller = _seller(provider, endpoint)
    if model.endswith(":free") and origin(seller) == origin(BUILT_IN[_OPENROUTER].base_url):
        return PriceClass.FREE
    return PriceClass.PAID if _has_list_price(seller, model) else PriceClass.UNKNOWN


def _seller(provider: Provider, endpoint: str) -> str:
    """The address whose price list counts: that of the built-in it is `like`, else its own."""
    if provider.like is not None and origin(endpoint) == origin(provider.base_url):
        return BUILT_IN[provider.like].base_url
    return endpoint


@lru_cache(maxsize=1024)
def _has_list_price(url: str, model: str) -> bool:
    """True when the price list knows the model with a price above nothing.

    An empty or zero price in the list means that nobody looked, not that the model is free.
    """
    from genai_prices import Usage, calc_price

    usage = Usage(input_tokens=1000, output_tokens=1000)
    try:
        return calc_price(usage, model, provider_api_url=url).total_price > 0
    except (LookupError, ValueError):
        return False
