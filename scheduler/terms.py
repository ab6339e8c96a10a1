"""The terms of a call: what it says of them to the provider, and what its answer is held to."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class PerMillion:
    """Dollars for a million tokens, of the prompt and of the answer."""

    prompt: Decimal
    completion: Decimal

    def of(self, prompt: int, completion: int) -> Decimal:
        """What so many tokens cost."""
        return (self.prompt * prompt + self.completion * completion) / 1_000_000


NOTHING = PerMillion(Decimal(0), Decimal(0))


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a route is called.

    From the provider's entry: `dialect` is the built-in it speaks like, `aliases` are other names
    under which the model may answer, `only` the downstream providers that may serve it (empty: any).
    From the consent (scheduler.consented): `free` when it may cost nothing, `max_price` is the most
    it may cost, `list_price` what it costs by a price list, and `binding` when an answer that
    contradicts these terms holds the job; where nobody consented it is told instead.
    """

    dialect: str | None = None
    aliases: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    free: bool = False
    max_price: PerMillion | None = None
    list_price: PerMillion | None = None
    binding: bool = False
