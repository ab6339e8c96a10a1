"""The terms of a call: what it says of them to the provider, and what its answer is held to."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from scheduler.price import LongPrice, PriceCard


@dataclass(frozen=True, slots=True)
class PerMillion:
    """Dollars for a million tokens, of the prompt and of the answer, and for each request.

    `long` are the figures of a request that is long by its tokens.
    """

    prompt: Decimal
    completion: Decimal
    request: Decimal = Decimal(0)
    long: LongPrice | None = None

    @classmethod
    def by(cls, card: PriceCard | None, tolerance: Decimal = Decimal(0)) -> Self | None:
        """The figures of a card, raised by a tolerance (0.10 is a tenth); None where it has none."""
        if card is None or card.input is None or card.output is None:
            return None
        times, long = 1 + tolerance, card.long
        if long is not None:
            long = LongPrice(long.start, long.input * times, long.output * times)
        fee = card.request or Decimal(0)
        return cls(card.input * times, card.output * times, fee * times, long)

    def of(self, prompt: int, completion: int) -> Decimal:
        """What one request of so many tokens costs."""
        paid, answered = self.prompt, self.completion
        if self.long is not None and prompt >= self.long.start:
            paid, answered = self.long.input, self.long.output
        return self.request + (paid * prompt + answered * completion) / 1_000_000

    def or_dearer(self, other: "PerMillion") -> "PerMillion":
        """The dearer of both, figure by figure."""
        paid, answered = max(self.prompt, other.prompt), max(self.completion, other.completion)
        long = [each for each in (self.long, other.long) if each is not None]
        return PerMillion(
            paid,
            answered,
            max(self.request, other.request),
            LongPrice(
                min(each.start for each in long),
                max(paid, *(each.input for each in long)),
                max(answered, *(each.output for each in long)),
            )
            if long
            else None,
        )


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
