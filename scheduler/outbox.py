"""Owed messages as values: the facts of a message, where it goes, and how sending it went."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from scheduler.job import Place

DeliveryId = NewType("DeliveryId", int)
Fact = str | int | bool | None
Facts = Mapping[str, Fact]

TWICE = 2
"""A message may be in the chat after one doubtful sending; it is repeated once, at once."""

SHORT_REST = timedelta(minutes=5)
LONG_REST = timedelta(days=1)


class OwedKind(StrEnum):
    """What an owed message is about; the notifier words it from these facts when it sends it."""

    REPORT = "report"
    """How a run went: `run`; `served` is what answered, where nobody consented to anything else."""
    ALERT = "alert"
    """A drift alert as it stands at the moment of sending, edited in place: `alert`."""
    ELSEWHERE = "elsewhere"
    """A message of an alert that is not the alert's any more: `message`. One that was left behind when
    the alert moved to the whole chat, or was asked for `anew`; with `alert`, a copy of one that is
    decided."""
    MISSED = "missed"
    """Fires nobody was awake for: `job`, `count`, `first`, `last` (ISO moments)."""
    IMPORTED = "imported"
    """Jobs that came from elsewhere into this chat: `jobs`, `unguarded`, `by`, and the default they
    would follow, `provider`, `model` and `bills` (Route.billing), where it is known."""
    EXPERIMENT = "experiment"
    """An experiment with the default is over: `experiment`, and `holds`, how many jobs are held now."""
    PAUSED = "paused"
    """A job paused itself: `job`, the last `run`, and how many `failures` in a row there were."""
    UNHALTED = "unhalted"
    """A halt is over: `by`, and the numbers of the chat's jobs that `missed` fires, or have one `waiting`."""
    SPENDING = "spending"
    """A cap of a day comes near: `cap`, `job`, `day`, and in dollars `most`, `spent`, `asked`."""
    NOTICE = "notice"
    """A word to the admins: `text`, `lines` under it (one each), and its `tone` (loud, if not said)."""
    ANSWER = "answer"
    """An answer that could not be posted when somebody (`workspace`, `person`) asked: the creation card
    of `job`, else its own words (`title`, `tone`, `blocks`)."""


class DeliveryState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Owed:
    """A message somebody is owed: written with the fact that causes it, in the same transaction.

    `tried` are the places that refused it for good before it came to this one.
    """

    kind: OwedKind
    place: Place
    facts: Facts
    tried: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """An owed message on its way.

    `message` is the platform's id, the evidence that it arrived; `doubts` counts the sendings that
    may have arrived without one.
    """

    id: DeliveryId
    owed: Owed
    state: DeliveryState
    attempts: int
    due: datetime
    message: str | None = None
    error: str | None = None
    doubts: int = 0


def patience(doubts: int) -> timedelta:
    """How long an open alert rests after so many sendings that the chat may have, or may not."""
    return min(SHORT_REST * (1 << max(0, min(doubts - TWICE, 16))), LONG_REST)
