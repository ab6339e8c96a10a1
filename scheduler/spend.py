"""Caps on spending: what a request may cost at worst, and which cap would not allow it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_CEILING, Decimal
from zoneinfo import ZoneInfo

from scheduler.caps import OF_A_DAY, Cap, Caps
from scheduler.errors import GateShut
from scheduler.job import Job, JobId, Place
from scheduler.route import Route
from scheduler.run import CostSource, RunState, Usage
from scheduler.terms import PerMillion, Terms

BESIDE_PROMPT = 1000
"""Tokens of a request beside its prompt: instructions, roles, names of tools."""

WARNED_AT = Decimal("0.8")
"""The part of a cap at which its people are warned."""

EVERYTHING = ""
"""The key of what counts under the cap of a day: it has no parts."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What counts as spent under each cap, in US dollars: what was settled, and what is still reserved.

    `raised` is what an admin has added for today, `warned` of which caps people were warned today.
    """

    by_cap: Mapping[Cap, Decimal] = field(default_factory=dict)
    raised: Mapping[Cap, Decimal] = field(default_factory=dict)
    warned: frozenset[Cap] = frozenset()


@dataclass(frozen=True, slots=True)
class Reached:
    """A cap that does not allow a request, or warns of it: `spent` so far, `asked` for at worst."""

    cap: Cap
    most: Decimal
    spent: Decimal
    asked: Decimal
    day: str = ""


@dataclass(frozen=True, slots=True)
class Reservation:
    """What a request wants to reserve at the gate: the worst it may cost, under these caps.

    `timezone` says whose day it is; who is warned when the cap of everything comes near is `told`,
    the chat itself where that is nobody.
    """

    asked: Decimal = Decimal(0)
    caps: Caps = Caps()
    timezone: str = "UTC"
    told: Place | None = None


@dataclass(frozen=True, slots=True)
class Cost:
    """What the requests of a job count as on one day, in US dollars, and how that is known.

    With `open` they are under way, and it is what they have reserved.
    """

    job: JobId
    day: str
    source: CostSource
    amount: Decimal
    open: bool
    runs: int


class OverCap(GateShut):
    """A cap does not allow the request; `usual` is that cap as it stands in the settings."""

    def __init__(self, reached: Reached, usual: Decimal | None) -> None:
        self.reached = reached
        self.usual = usual or Decimal(0)
        super().__init__(f"spend.{reached.cap} is reached")


def keys(job: Job) -> dict[Cap, str]:
    """Under which key the requests of a job count towards each cap."""
    chat = job.place.whole_chat
    return {
        Cap.RUN: str(job.id),
        Cap.JOB_DAY: str(job.id),
        Cap.CHAT_DAY: chat_key(chat),
        Cap.DAY: EVERYTHING,
    }


def chat_key(place: Place) -> str:
    return f"{place.platform}:{place.workspace}:{place.chat}"


def worst_case(
    route: Route, terms: Terms, prompt: str, step: int, max_tokens: int, caps: Caps
) -> Decimal:
    """What the request of this step may cost at worst, in US dollars.

    A token is at least a byte. A later step sends again what went before it. What the consent lets it
    become dearer counts too, and so do the fee of the request and the dearest price of one that may
    be long. A price nobody knows reserves all that a run may spend.
    """
    if not route.price_class.spends:
        return Decimal(0)
    price = _dearest(route, terms)
    if price is None or not (price.prompt or price.completion):
        return caps.per_run_usd or Caps().per_run_usd or Decimal(0)
    sent = step * (len(prompt.encode()) + BESIDE_PROMPT) + (step - 1) * max_tokens
    return price.of(sent, max_tokens)


def _dearest(route: Route, terms: Terms) -> PerMillion | None:
    card, most = route.price, terms.max_price
    if card is not None and card.tiered and card.long is None:
        return None
    price = PerMillion.by(card)
    return price if price is None or most is None else price.or_dearer(most)


def reached(caps: Caps, spent: Spent, asked: Decimal) -> Reached | None:
    """The first cap that this request would go over; None where it may leave."""
    if not asked:
        return None
    for cap in Cap:
        most = _most(caps, spent, cap)
        so_far = spent.by_cap.get(Cap.RUN if cap is Cap.OWN else cap, Decimal(0))
        if most is not None and so_far + asked > most:
            return Reached(cap, most, so_far, asked)
    return None


def raised_for(found: Reached, usual: Decimal) -> Decimal:
    """How much an admin adds to a cap for today: as often the cap itself as lets this request leave."""
    short = found.spent + found.asked - found.most
    if not usual:
        return short
    return usual * max(1, int((short / usual).to_integral_value(ROUND_CEILING)))


def settled(
    reserved: Sequence[Decimal], state: RunState, usage: Usage, unbilled: int
) -> list[Decimal]:
    """What the requests of an attempt count as once it is over, in their order.

    A known cost of all of them stands at the first. Where it is unknown, or the outcome is, each
    counts as all it had reserved, but for the last `unbilled`, which certainly cost nothing.
    """
    if state is not RunState.UNKNOWN and usage.cost is not None and reserved:
        return [usage.cost, *(Decimal(0) for _ in reserved[1:])]
    kept = max(0, len(reserved) - unbilled)
    return [*reserved[:kept], *(Decimal(0) for _ in reserved[kept:])]


def warned(caps: Caps, spent: Spent, asked: Decimal) -> tuple[Reached, ...]:
    """The caps of a day that this request takes to their warning, the first time today."""
    found = []
    for cap in OF_A_DAY if asked else ():
        most = _most(caps, spent, cap)
        so_far = spent.by_cap.get(cap, Decimal(0))
        if most and cap not in spent.warned and most * WARNED_AT <= so_far + asked:
            found.append(Reached(cap, most, so_far, asked))
    return tuple(found)


def _most(caps: Caps, spent: Spent, cap: Cap) -> Decimal | None:
    most = caps.of(cap)
    return None if most is None else most + spent.raised.get(cap, Decimal(0))


def day_of(moment: datetime, timezone: str) -> str:
    """The day a moment belongs to, where the operator's clock stands: 2026-11-21."""
    return moment.astimezone(ZoneInfo(timezone)).date().isoformat()
