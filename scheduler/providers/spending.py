"""What the requests of a call consumed together, and how its cost is known."""

from collections.abc import Sequence
from decimal import Decimal

from scheduler.providers.replies import Reply
from scheduler.run import CostSource, Usage
from scheduler.terms import Terms


def spent(asked: int, replies: Sequence[Reply], terms: Terms) -> Usage:
    """The usage of so many requests; one reply without a figure leaves it unknown."""
    last = replies[-1] if replies else None
    cost, source = _cost(replies, terms) if len(replies) == asked else (None, CostSource.UNKNOWN)
    return Usage(
        requests=asked,
        input_tokens=_sum([reply.input_tokens for reply in replies]),
        output_tokens=_sum([reply.output_tokens for reply in replies]),
        served_model=last.served_model if last else None,
        downstream=last.downstream if last else None,
        cost=cost,
        cost_source=source,
    )


def _cost(replies: Sequence[Reply], terms: Terms) -> tuple[Decimal | None, CostSource]:
    """Billed where the provider says so every time, else by the price list, else unknown."""
    amounts = [reply.cost for reply in replies]
    billed = [amount for amount in amounts if amount is not None]
    if not replies:
        return None, CostSource.UNKNOWN
    if len(billed) == len(replies):
        return sum(billed, Decimal(0)), CostSource.BILLED
    listed = [_listed(reply, terms) for reply in replies if reply.cost is None]
    estimated = [amount for amount in listed if amount is not None]
    if len(estimated) < len(listed):
        return None, CostSource.UNKNOWN
    return sum(billed + estimated, Decimal(0)), CostSource.ESTIMATED


def _listed(reply: Reply, terms: Terms) -> Decimal | None:
    if terms.list_price is None or reply.input_tokens is None or reply.output_tokens is None:
        return None
    return terms.list_price.of(reply.input_tokens, reply.output_tokens)


def _sum(figures: Sequence[int | None]) -> int | None:
    known = [figure for figure in figures if figure is not None]
    return sum(known) if known and len(known) == len(figures) else None
