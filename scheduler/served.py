"""Was a call answered by what it asked for, through whom it may, and at the price it may cost?"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from scheduler.dollars import dollars
from scheduler.terms import Terms


class Fact(StrEnum):
    """What an answer says of itself and a consent can contradict, in the order it is told."""

    MODEL = "model"
    DOWNSTREAM = "downstream provider"
    COST = "cost"


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One fact of an answer that is not what was consented to; `served` is what it was."""

    fact: Fact
    consented: str
    served: str

    def __str__(self) -> str:
        return f"{self.fact} '{self.consented}' -> '{self.served}'"


FREE = "free"
ANYTHING = "*"
"""As an alias: whatever answers is what was asked for."""

# These pick a model themselves: that is what a person who names one asks for.
_ROUTERS = frozenset({"openrouter/auto", "openrouter/free"})

_VARIANT = re.compile(r":(free|beta|extended|exacto|floor|latest|nitro|online|thinking)$")
_DATE = re.compile(
    r"[-@](?:"
    r"20\d\d-[01]\d-[0-3]\d|20\d\d[01]\d[0-3]\d"  # 2024-08-06, 20240806
    r"|[01]\d-[0-3]\d|[01]\d[0-3]\d|2\d[01]\d"  # 08-06, 0806, 2408
    r"|00\d)$"  # 001
)
_LATEST = "-latest"
_CALLED_OTHERWISE = {"googlevertex": "google"}
"""Downstream providers that answer under another name than they are asked for."""


def contradictions(
    asked: str, terms: Terms, *, model: str | None, downstream: str | None, cost: Decimal | None
) -> tuple[Mismatch, ...]:
    """What an answer says that the terms of its call contradict; a fact that is not given says nothing."""
    found = []
    if model is not None and not same_model(asked, model, terms.aliases):
        found.append(Mismatch(Fact.MODEL, asked, model))
    if downstream is not None and terms.only and not _is_one_of(downstream, terms.only):
        found.append(Mismatch(Fact.DOWNSTREAM, ", ".join(terms.only), downstream))
    if cost is not None and cost > 0 and terms.free:
        found.append(Mismatch(Fact.COST, FREE, dollars(cost)))
    return tuple(found)


def same_model(asked: str, served: str, aliases: Iterable[str] = ()) -> bool:
    """Whether an answer under the name `served` is one of the model that was asked for.

    A date, a variant (`:free`) or a vendor counts only where both names have one; `-latest` stands
    for whatever continues the name.
    """
    asked, served = _written(asked), _written(served)
    if asked in _ROUTERS:
        return True
    return any(alias == ANYTHING or _same(_written(alias), served) for alias in (asked, *aliases))


def _same(asked: str, served: str) -> bool:
    variants = {found[1] for found in map(_VARIANT.search, (asked, served)) if found}
    if len(variants) > 1:
        return False
    asked, served = _VARIANT.sub("", asked), _VARIANT.sub("", served)
    if not (_DATE.search(asked) and _DATE.search(served)):
        asked, served = _DATE.sub("", asked), _DATE.sub("", served)
    if "/" not in asked or "/" not in served:
        asked, served = asked.rpartition("/")[2], served.rpartition("/")[2]
    if asked.endswith(_LATEST):
        stem = asked.removesuffix(_LATEST)
        return served in (asked, stem) or served.startswith(f"{stem}-")
    return asked == served.removesuffix(_LATEST)


def _written(name: str) -> str:
    return name.strip().casefold().removeprefix("models/").removeprefix("~")


def _is_one_of(downstream: str, only: Iterable[str]) -> bool:
    return any(_letters(downstream) == _letters(one) for one in only)


def _letters(downstream: str) -> str:
    """`DeepInfra`, `deepinfra` and `deepinfra/fp8` are one; so are `Amazon Bedrock` and its slug."""
    name = re.sub(r"[^a-z0-9]", "", downstream.casefold().partition("/")[0])
    return _CALLED_OTHERWISE.get(name, name)
