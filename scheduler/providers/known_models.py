"""Models that the bundled price list knows of a provider: what a mistyped one may have meant."""

import re
from difflib import get_close_matches
from functools import lru_cache

from scheduler.providers.catalogue import BUILT_IN
from scheduler.providers.endpoint import origin

ALIKE = 0.9
"""How like a known name a typed one must be to be taken for a slip: a new model is none."""

_DATED = re.compile(r"[-@](?:\d{8}|\d{4}-\d{2}-\d{2}|\d{4}|latest)$")


def near_models(endpoint: str, model: str) -> tuple[str, ...]:
    """Known models of this address that are spelled almost like an unknown one; empty for a known one,
    and where nothing is known."""
    if all(origin(each.base_url) != origin(endpoint) for each in BUILT_IN.values()):
        return ()
    known = _models(endpoint)
    bare = _DATED.sub("", model.partition(":")[0] if "/" in model else model)
    if not known or {model, bare} & known:
        return ()
    return tuple(get_close_matches(bare, sorted(known), 3, ALIKE))


@lru_cache(maxsize=64)
def _models(endpoint: str) -> frozenset[str]:
    from genai_prices.data_snapshot import get_snapshot

    try:
        provider = get_snapshot().find_provider(None, None, endpoint)
    except LookupError:
        return frozenset()
    return frozenset(model.id for model in provider.models)
