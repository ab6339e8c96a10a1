"""Where a message goes that its place refuses, and how long a chat is left alone."""

from datetime import timedelta

import pytest

from bot.fallback import next_place, own_place
from bot.sending import wait
from scheduler.job import Place, Principal
from scheduler.outbox import patience

CHANNEL = Place("slack", "T1", "C1")
THREAD = Place("slack", "T1", "C1", "171.1")
ADMIN = Place("telegram", "-100", "-100")
ANA = Principal("slack", "T1", "U1")
DIRECT = Place("slack", "T1", "U1")
EVERYWHERE = ("slack", "telegram", "terminal")


@pytest.mark.parametrize(
    ("refused", "following"),
    [
        ([], THREAD),
        ([THREAD], CHANNEL),
        ([THREAD, CHANNEL], DIRECT),
        ([THREAD, CHANNEL, DIRECT], ADMIN),
        ([THREAD, CHANNEL, DIRECT, ADMIN], None),
        ([ADMIN], THREAD),
        ([ADMIN, THREAD, CHANNEL], DIRECT),
    ],
)
def test_each_place_of_the_chain_is_tried_once(
    refused: list[Place], following: Place | None
) -> None:
    assert next_place(refused, THREAD, ANA, ADMIN, EVERYWHERE) == following


@pytest.mark.parametrize(
    ("home", "owner", "admin", "platforms", "following"),
    [
        (CHANNEL, None, None, EVERYWHERE, None),
        (CHANNEL, None, CHANNEL, EVERYWHERE, None),
        (CHANNEL, Principal("terminal", "local", "me"), ADMIN, EVERYWHERE, ADMIN),
        (CHANNEL, ANA, ADMIN, ["slack"], DIRECT),
        (CHANNEL, Principal("telegram", "-5", "7"), ADMIN, ["slack"], None),
        (DIRECT, ANA, DIRECT, EVERYWHERE, None),
    ],
)
def test_a_step_that_is_missing_or_not_attached_is_left_out(
    home: Place,
    owner: Principal | None,
    admin: Place | None,
    platforms: list[str],
    following: Place | None,
) -> None:
    assert next_place([home], home, owner, admin, platforms) == following


@pytest.mark.parametrize(
    ("person", "place"),
    [
        (ANA, DIRECT),
        (Principal("telegram", "-100", "7"), Place("telegram", "7", "7")),
        (Principal("terminal", "local", "me"), None),
        (Principal("matrix", "home", "@ana"), Place("matrix", "home", "@ana")),
    ],
)
def test_a_persons_own_place_is_their_direct_messages(
    person: Principal, place: Place | None
) -> None:
    assert own_place(person) == place


@pytest.mark.parametrize(
    ("attempts", "asked", "seconds"),
    [
        (1, 0, 1),
        (1, -5, 1),
        (1, float("nan"), 1),
        (1, 30, 30),
        (1, float("inf"), 86_400),
        (1, None, 2),
        (3, None, 8),
        (500, None, 45),
    ],
)
def test_a_retry_waits_a_second_at_least_and_a_day_at_most(
    attempts: int, asked: float | None, seconds: int
) -> None:
    assert wait(attempts, asked) == timedelta(seconds=seconds)


@pytest.mark.parametrize(("doubts", "minutes"), [(2, 5), (3, 10), (4, 20), (60, 1440)])
def test_each_further_doubt_about_an_alert_doubles_its_rest_up_to_a_day(
    doubts: int, minutes: int
) -> None:
    assert patience(doubts) == timedelta(minutes=minutes)
