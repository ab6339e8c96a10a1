"""A platform that refuses us is told of once, until it truly works again."""

from bot.attaching import State
from bot.bad_news import WORKS, BadNews

UP = State(True, "connected")
AWAY = State(False, "cannot be reached now")
REFUSED = State(False, "Slack refuses us", refused=True)


def told(*states: tuple[float, State]) -> list[float]:
    """When the admins hear of it."""
    news = BadNews()
    return [at for at, state in states if news.is_news(state, at)]


def test_a_refusal_is_news_and_being_away_or_there_is_not() -> None:
    assert told((0, AWAY), (1, UP), (2, REFUSED)) == [2]


def test_a_platform_that_takes_our_name_and_refuses_our_messages_is_told_of_once() -> None:
    flips = [(300.0 * n + at, state) for n in range(5) for at, state in ((0, UP), (45, REFUSED))]
    assert told(*flips) == [45]


def test_a_refusal_after_it_worked_for_a_while_is_news_again() -> None:
    assert told((0, UP), (1, REFUSED), (300, UP), (300 + WORKS, REFUSED)) == [1, 300 + WORKS]
    assert told((0, REFUSED), (300, UP), (300 + WORKS, AWAY), (1000, REFUSED)) == [0, 1000]
