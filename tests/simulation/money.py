"""What an operator of a simulated life says of money: a price list, caps that move, and whose day it is."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

ZONES = (
    *["UTC", "Europe/Oslo", "America/New_York"],
    *["Asia/Kolkata", "Pacific/Kiritimati", "Pacific/Pago_Pago"],
)
MAX_TOKENS = 4000
BESIDE = 900
"""Tokens of instructions and tools that a request of this provider carries beside its prompt."""

LISTED = {"small:small-1": ("0.8", "4"), "dear:large-9": ("3", "15")}
"""Dollars for a million tokens, of the prompt and of the answer; nobody knows what "blank" costs."""

TIGHT = {
    "per_run_usd": ("0.10", "0.20", "0.20", None),
    "per_job_day_usd": ("0.09", "0.15", "0.30", None),
    "per_chat_day_usd": ("0.14", "0.25", "0.50", None),
    "per_day_usd": ("0.20", "0.35", "0.70", None),
}
WIDE = {
    "per_run_usd": ("0.50",),
    "per_job_day_usd": ("5", None),
    "per_chat_day_usd": ("10",),
    "per_day_usd": ("20",),
}
USUAL_RUN = Decimal("0.50")
"""What a run may cost where nothing is said, by docs/how-to/cap-spending.md."""

CAPS_OF_A_DAY = ("per_job_day_usd", "per_chat_day_usd", "per_day_usd")
Amounts = dict[str, Decimal | None]


@dataclass(frozen=True)
class Card:
    """A line of the price list."""

    input: Decimal
    output: Decimal

    def costs(self, sent: int, answered: int) -> Decimal:
        return (self.input * sent + self.output * answered) / 1_000_000


PRICES = {name: Card(Decimal(one), Decimal(two)) for name, (one, two) in LISTED.items()}
FREE = ("lab:small-1",)


@dataclass(frozen=True)
class InForce:
    """The caps from a moment on."""

    since: datetime
    caps: Amounts


class Money:
    """`history` are all caps that were ever in force; None is a cap that is off."""

    def __init__(self, random: Random, now: datetime) -> None:
        self.zone = random.choice(ZONES)
        self.tight = random.sample(list(TIGHT), random.choice((0, 0, 1, 1, 1, 2, 4)))
        self.history = [InForce(now, self._drawn(random))]

    @property
    def caps(self) -> Amounts:
        return self.history[-1].caps

    def _drawn(self, random: Random) -> Amounts:
        amounts = {cap: (TIGHT if cap in self.tight else WIDE)[cap] for cap in TIGHT}
        drawn = {cap: random.choice(choices) for cap, choices in amounts.items()}
        return {cap: None if most is None else Decimal(most) for cap, most in drawn.items()}

    def move(self, random: Random, now: datetime) -> None:
        """Somebody writes another figure for one cap."""
        cap = random.choice(self.tight or list(TIGHT))
        caps = {**self.caps, cap: self._drawn(random)[cap]}
        self.history.append(replace(self.history[-1], since=now, caps=caps))

    def between(self, first: datetime, last: datetime) -> list[Amounts]:
        """Every set of caps that was in force at some moment of a span, the latest first."""
        found = []
        for each in reversed(self.history):
            if each.since <= last:
                found.append(each.caps)
            if each.since <= first:
                break
        return found

    def day(self, moment: datetime) -> str:
        return moment.astimezone(ZoneInfo(self.zone)).strftime("%Y-%m-%d")


def most_tokens(prompt: str, step: int) -> int:
    """The most that is sent with the request of this step: all that went before is sent again."""
    return step * (len(prompt.encode()) + BESIDE) + (step - 1) * MAX_TOKENS


def most_billed(route: str, prompt: str, step: int) -> Decimal | None:
    """The most that a request may cost by the list; None where the list does not know."""
    card = PRICES.get(route)
    return None if card is None else card.costs(most_tokens(prompt, step), MAX_TOKENS)
