"""What is ahead, in words: what the coming week will cost at this rate, and what is held back."""

from collections.abc import Sequence
from decimal import Decimal
from typing import assert_never

from bot.message import Block, Bullets, Line, Paragraph, bold, code, line
from bot.wording import facts
from bot.wording.runs import HOLD_WORDS
from scheduler.costs import NAMED
from scheduler.dollars import dollars
from scheduler.rate import Ahead, Basis, Coming, HeldBack, Rate


def of_all(coming: Coming) -> str:
    """What the coming week costs at this rate, and what that rests on."""
    known = [each for each in coming.jobs if each.rate is not None]
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
    words = {
        Basis.COSTS: "by what their latest runs cost",
        Basis.TOKENS: "by list price and the tokens of their latest runs",
        Basis.ASSUMED: "by list price and assumed tokens",
    }
    counted = {basis: sum(rate.basis is basis for rate in rates) for basis in Basis}
    return ", ".join(
        f"{facts.count(number, 'job')} {words[basis] if number > 1 else words[basis].replace('their', 'its')}"
        for basis, number in counted.items()
        if number
    )


def of_one(coming: Coming) -> Line:
    if coming.held:
        return line("$0.00 while it is held")
    if not coming.jobs:
        return line("$0.00: no run that costs anything is due")
    (ahead,) = coming.jobs
    if ahead.rate is None:
        return line(
            f"{facts.count(ahead.fires, 'run')}, and nobody knows what one costs;"
            " prices in config.yaml says it"
        )
    total = _about(ahead.rate.amount * ahead.fires)
    return line(f"{total}: {facts.count(ahead.fires, 'run')} at {_at(ahead)}")


def _at(ahead: Ahead) -> str:
    rate = ahead.rate
    if rate is None:
        return "a price that nobody knows"
    amount = _about(rate.amount)
    runs = facts.count(rate.runs, "run")
    match rate.basis:
        case Basis.COSTS:
            return f"{amount} each, as its last {runs} on average"
        case Basis.TOKENS:
            return f"{amount} each, by list price and the tokens of its last {runs}"
        case Basis.ASSUMED:
            return f"{amount} each, by list price and assumed tokens: it has not run yet"
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
