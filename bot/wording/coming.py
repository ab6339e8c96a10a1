"""What is ahead, in words: what the coming week will cost at this rate, and what is held back."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import assert_never

from bot.message import Block, Bullets, Line, Paragraph, bold, code, line
from bot.wording import facts
from bot.wording.runs import HOLD_WORDS
from scheduler.costs import NAMED
from scheduler.dollars import dollars
from scheduler.rate import Ahead, Basis, Coming, HeldBack, Rate

_ORDER = {basis: place for place, basis in enumerate(Basis)}


def of_all(coming: Coming) -> str:
    """What the coming week costs at this rate, and what that rests on."""
    known = [each for each in coming.jobs if each.rate is not None and each.fires]
    said = []
    if known:
        said.append(f"{_about(coming.amount)} for {facts.count(coming.fires, 'run')}")
        said.append(_bases([each.rate for each in known if each.rate]))
    elif not coming.unknown:
        said.append("$0.00: no run that costs anything is due")
    if coming.held:
        said.append(f"{facts.count(coming.held, 'job')} held meanwhile, not counted")
    if coming.beyond:
        said.append(f"{facts.count(coming.beyond, 'more job')} not reckoned")
    return "; ".join(said) or "nobody knows"


def _bases(rates: Sequence[Rate]) -> str:
    """What so many rates rest on."""
    counted = Counter(_basis(rate) for rate in sorted(rates, key=lambda rate: _ORDER[rate.basis]))
    return ", ".join(
        f"{facts.count(number, 'job')} {words if number > 1 else words.replace('their', 'its')}"
        for words, number in counted.items()
    )


def _basis(rate: Rate) -> str:
    match rate.basis:
        case Basis.COSTS:
            return "by what their latest runs cost"
        case Basis.TOKENS:
            return f"{_price(rate)} and the tokens of their latest runs"
        case Basis.ASSUMED:
            return f"{_price(rate)} and assumed tokens"
        case _:
            assert_never(rate.basis)


def _price(rate: Rate) -> str:
    return "by the price in config.yaml" if rate.own else "by list price"


def of_one(coming: Coming) -> Line:
    if coming.held:
        return line("$0.00 while it is held")
    if not coming.jobs:
        return line("$0.00: no run that costs anything is due")
    (ahead,) = coming.jobs
    if not ahead.fires:
        return line("$0.00: no run is due")
    if ahead.rate is None:
        return line(
            f"{facts.count(ahead.fires, 'run')}, and nobody knows what one costs;"
            " prices in config.yaml can say it"
        )
    total = _about(ahead.rate.amount * ahead.fires)
    return line(f"{total}: {facts.count(ahead.fires, 'run')} at {_at(ahead)}")


def _at(ahead: Ahead) -> str:
    rate = ahead.rate
    if rate is None:
        return "a price that nobody knows"
    amount = _about(rate.amount)
    runs = "last run" if rate.runs == 1 else f"last {rate.runs} runs"
    match rate.basis:
        case Basis.COSTS:
            average = " on average" if rate.runs > 1 else ""
            return f"{amount} each, as its {runs}{average}"
        case Basis.TOKENS:
            return f"{amount} each, {_price(rate)} and the tokens of its {runs}"
        case Basis.ASSUMED:
            return f"{amount} each, {_price(rate)} and assumed tokens: no good run tells them yet"
        case _:
            assert_never(rate.basis)


def _about(amount: Decimal) -> str:
    return "$0.00" if not amount else f"about {dollars(amount)}"


def held_back(held: Sequence[HeldBack], how: str) -> list[Block]:
    """The fires that wait, and about what they would cost."""
    if not held:
        return []
    fires = sum(each.fires for each in held)
    known = sum((each.amount for each in held if each.amount is not None), Decimal(0))
    unknown = sum(each.fires for each in held if each.amount is None)
    words = f": {facts.count(fires, 'fire')}"
    if unknown < fires:
        words += f", {_about(known)} at this rate"
    if unknown:
        words += (
            f", and nobody knows of {unknown} of them"
            if unknown < fires
            else ", at a price nobody knows"
        )
    rows = [_waiting(each) for each in held[:NAMED]]
    if len(held) > NAMED:
        rows.append(line(f"and {len(held) - NAMED} more: ", code(f"{how} list")))
    return [Paragraph(line(bold("Held back"), words)), Bullets(tuple(rows))]


def _waiting(each: HeldBack) -> Line:
    cost = "nobody knows the price" if each.amount is None else _about(each.amount)
    fires = facts.count(each.fires, "fire")
    return line(bold(f"#{each.job}"), f" {each.name}: {fires}, {cost}; {HOLD_WORDS[each.reason]}")
