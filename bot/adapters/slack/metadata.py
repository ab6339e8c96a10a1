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


def is_direct(carried: str) -> bool:
    """Was it asked for in direct messages? Whether in ours or between two people it does not say."""
    return _read(carried)[0].startswith("D")


def asked_at(
    carried: str, us: Identity, to: str | None, user: str, ours: str | None
) -> tuple[Place, str]:
    """The place of the job, and Slack's id of the channel; direct messages where nothing fits.

    `ours` is the channel of the direct messages between this person and us, where it is known:
    we are no part of any other, and nothing of ours can be said there.
    """
    channel, thread = _read(carried)
    if channel.startswith("D") and channel != ours:
        channel = ""
    if to == DIRECT or not channel:
        return place_of(us, "", user), ""
    return place_of(us, channel, user, thread if to != CHANNEL else None), channel


def _read(carried: str) -> tuple[str, str | None]:
    """Channel and thread; no channel where it is nothing of ours."""
    try:
        found = json.loads(carried)
        channel, thread = str(found["channel"]), found["thread"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return "", None
    return channel, thread if isinstance(thread, str) else None
