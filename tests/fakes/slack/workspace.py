"""One workspace: who is in it, its channels, and what was said there."""

import itertools
import time
from dataclasses import dataclass, field

from tests.fakes.slack.errors import Json, SlackError
from tests.fakes.slack.records import Channel, Message, Upload, User, Version, View

LEAST_SCOPES = (
    "app_mentions:read",
    "chat:write",
    "commands",
    "files:write",
    "im:history",
    "im:write",
    "users:read",
)


class Stamps:
    """Timestamps that are unique, increasing, and close to the wall clock."""

    def __init__(self) -> None:
        self._last = 0
        self._numbers = itertools.count(1)

    def next(self) -> str:
        self._last = max(self._last + 1, time.time_ns() // 1000)
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"

    def number(self) -> int:
        return next(self._numbers)


@dataclass
class Workspace:
    """A team in which the app is installed."""

    team_id: str
    token: str
    bot_user: str
    bot_id: str
    app_id: str
    domain: str
    stamps: Stamps
    scopes: frozenset[str] = frozenset(LEAST_SCOPES)
    revoked: str | None = None
    users: dict[str, User] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    posted: list[Message] = field(default_factory=list)
    views: dict[str, View] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)

    def channel(self, channel_id: str) -> Channel:
        """The channel of that id, as far as the bot may know of it."""
        channel = self.channels.get(channel_id)
        if channel is None or (channel.private and not channel.bot):
            raise SlackError("channel_not_found")
        return channel

    def user(self, user_id: str) -> User:
        user = self.users.get(user_id)
        if user is None:
            raise SlackError("user_not_found")
        return user

    def im(self, user_id: str) -> Channel:
        """The direct messages between that person and the bot."""
        user = self.user(user_id)
        for channel in self.channels.values():
            if channel.user == user.id:
                return channel
        channel = Channel(
            id=f"D{user.id.lstrip('UW')}",
            name="directmessage",
            team_id=self.team_id,
            members={user.id, self.bot_user},
            user=user.id,
        )
        self.channels[channel.id] = channel
        return channel

    def messages(self, channel_id: str) -> list[Message]:
        """What everybody in the channel sees, threads too, in order."""
        return [
            message
            for message in self.posted
            if message.channel == channel_id and message.only_for is None and not message.deleted
        ]

    def find(self, channel_id: str, ts: str) -> Message | None:
        found = [message for message in self.messages(channel_id) if message.ts == ts]
        return found[0] if found else None

    def parent_of(self, channel: Channel, thread_ts: str) -> str:
        """The thread to reply in: a reply's own ts names none, a deleted parent needs replies."""
        everything = [m for m in self.posted if m.channel == channel.id and m.only_for is None]
        parents = [m for m in everything if m.ts == thread_ts and not m.is_reply]
        replies = [m for m in everything if m.thread_ts == thread_ts != m.ts and not m.deleted]
        if not parents or (parents[0].deleted and not replies):
            raise SlackError("thread_not_found")
        return thread_ts

    def post(
        self,
        channel: Channel,
        version: Version,
        *,
        user: str | None = None,
        thread_ts: str | None = None,
        only_for: str | None = None,
        files: list[Json] | None = None,
        broadcast: bool = False,
        options: Json | None = None,
    ) -> Message:
        """Put a message there, as the bot unless a user is named."""
        message = Message(
            channel=channel.id,
            ts=self.stamps.next(),
            user=user or self.bot_user,
            team_id=self.team_id,
            versions=[version],
            bot_id=None if user else self.bot_id,
            app_id=None if user else self.app_id,
            thread_ts=thread_ts,
            only_for=only_for,
            files=files or [],
            broadcast=broadcast,
            options=options or {},
        )
        parent = self.find(channel.id, thread_ts) if thread_ts and not only_for else None
        if parent is not None:
            parent.thread_ts = parent.ts  # a parent knows its thread from the first reply on
        self.posted.append(message)
        return message

    def change(self, message: Message, version: Version) -> None:
        """Give a message a new version."""
        message.versions.append(version)
        message.edited_ts = self.stamps.next()
