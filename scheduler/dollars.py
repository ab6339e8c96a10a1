"""An amount of dollars as a person reads it."""

from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Decimal

_CENT = Decimal("0.01")


def enough(amount: Decimal) -> str:
    """An amount to type, with two figures: never less than what is needed."""
    step = Decimal(1).scaleb(max(-6, amount.adjusted() - 1)) if amount < 1 else _CENT
    return f"{amount.quantize(step, ROUND_CEILING).normalize():f}"


def dollars(amount: Decimal) -> str:
    """Cents from a dollar on, two figures below it: $12.40, $0.021, $0.0004."""
    if amount == 0 or abs(amount) >= 1:
        return f"${amount.quantize(_CENT, ROUND_HALF_EVEN)}"
    exact = amount.quantize(Decimal(1).scaleb(amount.adjusted() - 1), ROUND_HALF_EVEN)
    short = f"{exact:f}".rstrip("0")
    cents = short.partition(".")[2]
    return f"${short}" if len(cents) >= 2 else f"${exact.quantize(_CENT)}"
