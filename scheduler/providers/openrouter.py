"""What a call through OpenRouter says of its limits, so that it refuses what nobody consented to."""

from decimal import Decimal
from typing import Any

from scheduler.terms import Terms

OPENROUTER = "openrouter"


def provider_limits(terms: Terms) -> dict[str, Any] | None:
    """The `provider` of the request, None in any other dialect; a fallback is never allowed."""
    if terms.dialect != OPENROUTER:
        return None
    limits: dict[str, Any] = {"allow_fallbacks": False}
    if terms.only:
        limits["only"] = [_slug(name) for name in terms.only]
    if terms.max_price is not None:
        most = terms.max_price
        limits["max_price"] = {
            "prompt": _number(most.prompt),
            "completion": _number(most.completion),
        }
    return limits


def _slug(name: str) -> str:
    """A downstream provider as it is asked for; answers call it by its name in full."""
    return name.strip().lower().replace(" ", "-")


def _number(amount: Decimal) -> int | float:
    return int(amount) if amount == int(amount) else float(amount)
