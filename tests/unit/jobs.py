"""A job, a route and a resolution as values, to be changed as a test needs them."""

from datetime import UTC, datetime
from typing import Any

from scheduler.job import Job, JobId, JobKind, Place, Principal
from scheduler.route import ApiMode, Pins, PriceClass, Resolution, Route, snapshot_of
from scheduler.schedule import Cron

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
NINE = datetime(2026, 11, 24, 9, tzinfo=UTC)
ANA = Principal("slack", "T012AB", "U0ANA", name="Ana")
ROOM = Place("slack", "T012AB", "C0ROOM")

FREE = Route(
    "free-lab", "small", "http://127.0.0.1:1/v1", ApiMode.CHAT_COMPLETIONS, None, PriceClass.FREE
)
PAID = Route(
    "paid-lab", "large", "http://127.0.0.1:2/v1", ApiMode.CHAT_COMPLETIONS, "KEY", PriceClass.PAID
)


def resolved(route: Route) -> Resolution:
    return Resolution(route, None, "model.provider in config.yaml")


def a_job(number: int = 7, **changes: Any) -> Job:
    """A job of Ana's, every day at 09:00, that consented to the free route."""
    usual: dict[str, Any] = {
        "name": "Brief",
        "kind": JobKind.AGENT,
        "prompt": "Summarise open incidents",
        "schedule": Cron("0 9 * * *"),
        "zone": "UTC",
        "anchor": NOON,
        "next_fire_time": NINE,
        "place": ROOM,
        "owner": ANA,
        "created_at": NOON,
        "snapshot": snapshot_of(FREE, Pins(), NOON),
    }
    return Job(id=JobId(number), **{**usual, **changes})
