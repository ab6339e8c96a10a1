"""What a form carries with it: where it was asked for, and so where its job belongs. Pure."""

import json
from collections.abc import Sequence

from bot.adapters.slack.incoming import Came, Identity, place_of
from scheduler.job import Place

THREAD, CHANNEL, DIRECT = "thread", "channel", "direct"


def metadata(came: Came) -> str:
    """Slack keeps it with the form, out of reach of whoever fills it in."""
    return json.dumps({"channel": came.channel, "thread": came.request.place.thread})


def places(came: Came) -> Sequence[tuple[str, str]]:
    """Where the answers of a job asked for here may go, the likeliest first."""
    place = came.request.place
    direct = (DIRECT, "My direct messages with Driftpin")
    if place.chat == came.user:
        return [direct]
    thread = [(THREAD, "This thread")] if place.thread else []
    return [*thread, (CHANNEL, "This channel"), direct]


def asked_at(carried: str, us: Identity, to: str | None, user: str) -> tuple[Place, str]:
    """The place of the job, and Slack's id of the channel; direct messages where nothing fits."""
    try:
        found = json.loads(carried)
        channel, thread = str(found["channel"]), found["thread"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return place_of(us, "", user), ""
    thread = thread if isinstance(thread, str) else None
    if to == DIRECT or channel.startswith("D"):
        return place_of(us, "", user), channel if channel.startswith("D") else ""
    return place_of(us, channel, user, thread if to != CHANNEL else None), channel
