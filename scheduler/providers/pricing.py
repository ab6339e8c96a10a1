"""How a route is charged; what nobody knows counts as paid."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from scheduler.config import Provider
from scheduler.price import LongPrice, Price, PriceCard, PriceSource
from scheduler.providers.catalogue import BUILT_IN
from scheduler.providers.endpoint import is_loopback, origin
from scheduler.route import ApiMode, PriceClass

_OPENROUTER = "openrouter"
_RELAYED = re.compile(r":(?:.*-)?cloud$")
_NONE: Mapping[str, Price] = MappingProxyType({})
_UNKNOWN = PriceCard(PriceSource.UNKNOWN)

_CACHED = ("cache_read_mtok",)
_ANSWERED = re.compile(r"output_(?:\w+_)?mtok")
_FEE = ("requests_kcount",)
# A model that quotes what it found searches as often as it likes, and charges each search.
_UNBOUNDED = ("output_citation_mtok",)


def price_class(provider: Provider, endpoint: str, model: str, today: date) -> PriceClass:
    """The price class at the endpoint that is really called (`model.base_url` may move it)."""
    return price(provider, endpoint, model, today)[0]


def price(
    provider: Provider,
    endpoint: str,
    model: str,
    today: date,
    prices: Mapping[str, Price] = _NONE,
) -> tuple[PriceClass, PriceCard]:
    """The price class and the card of a model at the endpoint that is really called.

    `prices` are the operator's own, by `provider:model` or model; `billing` beats them about the
    class, and they beat every other rule. `today`, in UTC, decides which prices of the list count.
    """
    own, free = _own(provider.name, model, prices)
    if provider.billing is not None:
        return provider.billing, _billed(provider, endpoint, model, today, own)
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
    listed = _listed(seller, model, today)
    return (PriceClass.PAID, listed) if listed else (PriceClass.UNKNOWN, _UNKNOWN)


def _own(provider: str, model: str, prices: Mapping[str, Price]) -> tuple[PriceCard | None, bool]:
    """The operator's card, and whether it says that nothing is charged."""
    for key in (f"{provider}:{model}", model):
        if found := prices.get(key):
            figures = (found.input, found.output, found.cached)
            return PriceCard(PriceSource.OVERRIDE, *figures, matched=key), found.free
    return None, False


def _billed(
    provider: Provider, endpoint: str, model: str, today: date, own: PriceCard | None
) -> PriceCard:
    """The card beside an operator's `billing`: what is paid may still have figures."""
    if provider.billing is not PriceClass.PAID:
        return PriceCard(PriceSource.BILLING)
    listed = own or _listed(_seller(provider, endpoint), model, today)
    return listed or PriceCard(PriceSource.BILLING)


def _seller(provider: Provider, endpoint: str) -> str:
    """The address whose price list counts: that of the built-in it is `like`, else its own."""
    if provider.like is not None and origin(endpoint) == origin(provider.base_url):
        return BUILT_IN[provider.like].base_url
    return endpoint


@lru_cache(maxsize=1024)
def _listed(url: str, model: str, today: date) -> PriceCard | None:
    """The figures of the price list, where it knows the model with a price above nothing.

    An empty or zero price in the list means that nobody looked, not that the model is free. The
    list matches names by their beginning, so the card says which of its ids it matched. Of prices
    that change with the hour the dearest counts, so that a card is the same all day.
    """
    from genai_prices import Usage, calc_price

    usage, midnight = Usage(input_tokens=1000, output_tokens=1000), datetime.combine(today, time())
    try:
        found = calc_price(
            usage, model, provider_api_url=url, genai_request_timestamp=midnight.replace(tzinfo=UTC)
        )
    except (LookupError, ValueError):
        return None
    if found.total_price <= 0:
        return None
    return listed_card(of_day(found.model.prices, today), found.model.id, _edition())


def of_day(listed: Any, today: date) -> list[dict[str, Any]]:
    """The prices of the list that count at some hour of a day (UTC), each by the name of its parts.

    The list is read from its end, as it reads itself: what starts on a date replaces all before it,
    what counts at some hours leaves the others to what stands before it, and the first price counts
    where no other does.
    """
    if not isinstance(listed, list):
        return [vars(listed)]
    found = []
    for each in reversed(listed):
        start = getattr(each.constraint, "start_date", None)
        if start is None or start <= today:
            found.append(vars(each.prices))
        if each.constraint is None or (start is not None and start <= today):
            return found
    return [*found, vars(listed[0].prices)]


def listed_card(prices: Sequence[Mapping[str, Any]], matched: str, edition: str) -> PriceCard:
    """One card for all prices of a model that may count: the dearest of each figure.

    Of an answer every kind of token counts as the dearest one, for nothing says beforehand which will
    come. A price with a part that nothing bounds yields no figures.
    """
    card = PriceCard(PriceSource.LIST, matched=matched, edition=edition)
    if _figures(prices, _UNBOUNDED):
        return card
    kinds = {part for price in prices for part in price if _ANSWERED.fullmatch(part)}
    paid = _with_kinds(prices, "input_mtok", _CACHED)
    answered = _with_kinds(prices, "output_mtok", kinds)
    fee = _dearest(_figures(prices, _FEE))
    card = replace(
        card,
        input=_dearest(paid),
        output=_dearest(answered),
        cached=_dearest(_figures(prices, _CACHED)),
        request=None if fee is None else fee / 1000,
    )
    starts = [tier.start for figure in (*paid, *answered) for tier in _tiers(figure)]
    return replace(card, tiered=True, long=_long(min(starts), paid, answered)) if starts else card


def _figures(prices: Sequence[Mapping[str, Any]], parts: Collection[str]) -> list[Any]:
    """The figures of these parts in all prices. Nothing is not a price."""
    return [price[part] for price in prices for part in parts if price.get(part)]


def _with_kinds(
    prices: Sequence[Mapping[str, Any]], part: str, kinds: Collection[str]
) -> list[Any]:
    """The figures of a part and of its kinds; none where the part itself has none."""
    return _figures(prices, {part, *kinds}) if _figures(prices, (part,)) else []


def _long(start: int, paid: Sequence[Any], answered: Sequence[Any]) -> LongPrice | None:
    """The dearest figures of all tiers, where both are known."""
    most, spoken = (
        _dearest([*figures, *(tier.price for figure in figures for tier in _tiers(figure))])
        for figures in (paid, answered)
    )
    return LongPrice(start, most, spoken) if most and spoken else None


def _dearest(figures: Sequence[Any]) -> Decimal | None:
    """The dearest of some figures; of tiered ones, that of a short request."""
    known = [Decimal(str(getattr(figure, "base", figure))) for figure in figures]
    return max(known, default=None) or None


def _tiers(figure: Any) -> Sequence[Any]:
    return getattr(figure, "tiers", ())


@lru_cache(maxsize=1)
def _edition() -> str:
    from importlib.metadata import version

    return f"genai-prices {version('genai-prices')}"
