"""Trigger ids: each opens one view, within three seconds."""

import itertools
import secrets
import time
from dataclasses import dataclass

from tests.fakes.slack.errors import SlackError

LIFE = 3.0
"""Seconds that a trigger lives."""


@dataclass
class Trigger:
    user: str
    team_id: str
    made_at: float
    spent: bool = False


class Triggers:
    """Those that were handed out."""

    def __init__(self, life: float = LIFE) -> None:
        self.life = life
        self._made: dict[str, Trigger] = {}
        self._numbers = itertools.count(1000)

    def make(self, user: str, team_id: str) -> str:
        name = f"{next(self._numbers)}.{time.time_ns() // 1_000_000}.{secrets.token_hex(16)}"
        self._made[name] = Trigger(user, team_id, time.monotonic())
        return name

    def exchange(self, name: str, team_id: str) -> Trigger:
        """The trigger, spent from now on, or the reason why it opens nothing."""
        trigger = self._made.get(name)
        if trigger is None or trigger.team_id != team_id:
            raise SlackError("invalid_trigger_id")
        if trigger.spent:
            raise SlackError("exchanged_trigger_id")
        if time.monotonic() - trigger.made_at > self.life:
            raise SlackError("expired_trigger_id")
        trigger.spent = True
        return trigger
