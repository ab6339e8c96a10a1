"""What a workspace is made of: people, channels, messages, views and files."""

from dataclasses import dataclass, field

from tests.fakes.slack.errors import Json


@dataclass
class User:
    """Somebody in a workspace; `tz` is an IANA name."""

    id: str
    name: str
    tz: str
    team_id: str
    is_bot: bool = False
    deleted: bool = False


@dataclass
class Channel:
    """A channel, or the direct messages of one person with the bot (`user` is set)."""

    id: str
    name: str
    team_id: str
    members: set[str] = field(default_factory=set)
    bot: bool = True
    archived: bool = False
    private: bool = False
    user: str | None = None

    @property
    def is_im(self) -> bool:
        return self.user is not None

    @property
    def kind(self) -> str:
        """The word that scopes and `channel_type` use."""
        if self.is_im:
            return "im"
        return "group" if self.private else "channel"


@dataclass(frozen=True)
class Version:
    """How a message looked at one time."""

    text: str
    blocks: list[Json]
    metadata: Json | None = None
    attachments: list[Json] = field(default_factory=list)


@dataclass
class Message:
    """A message of a channel, or an ephemeral one that only `only_for` sees."""

    channel: str
    ts: str
    user: str
    team_id: str
    versions: list[Version]
    bot_id: str | None = None
    app_id: str | None = None
    thread_ts: str | None = None
    only_for: str | None = None
    files: list[Json] = field(default_factory=list)
    deleted: bool = False
    broadcast: bool = False
    edited_ts: str | None = None
    options: Json = field(default_factory=dict)
    """Arguments that change no text: unfurl_links, unfurl_media, parse, …"""

    @property
    def now(self) -> Version:
        return self.versions[-1]

    @property
    def text(self) -> str:
        return self.now.text

    @property
    def blocks(self) -> list[Json]:
        return self.now.blocks

    @property
    def metadata(self) -> Json | None:
        return self.now.metadata

    @property
    def by_bot(self) -> bool:
        return self.bot_id is not None

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts

    def wire(self) -> Json:
        """The message as Slack shows it in answers, events and payloads."""
        shown: Json = {"type": "message", "user": self.user, "ts": self.ts, "text": self.text}
        if self.bot_id is not None:
            shown |= {"bot_id": self.bot_id, "app_id": self.app_id}
        shown |= {"team": self.team_id, "blocks": self.blocks}
        if self.thread_ts is not None:
            shown["thread_ts"] = self.thread_ts
        if self.metadata is not None:
            shown["metadata"] = self.metadata
        if self.now.attachments:
            shown["attachments"] = self.now.attachments
        if self.files:
            shown |= {"files": self.files, "upload": True}
        if self.edited_ts is not None:
            shown["edited"] = {"user": self.user, "ts": self.edited_ts}
        if self.broadcast:
            shown["subtype"] = "thread_broadcast"
        return shown


@dataclass
class View:
    """A modal that a person has before them; `shape` is what the app sent, completed."""

    id: str
    user: str
    team_id: str
    shape: Json
    hash: str
    app_id: str
    bot_id: str
    versions: list[Json] = field(default_factory=list)
    is_open: bool = True
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def blocks(self) -> list[Json]:
        blocks: list[Json] = self.shape["blocks"]
        return blocks

    @property
    def title(self) -> str:
        return str(self.shape["title"]["text"])

    @property
    def callback_id(self) -> str:
        return str(self.shape["callback_id"])

    @property
    def private_metadata(self) -> str:
        return str(self.shape["private_metadata"])

    def wire(self, values: Json | None = None) -> Json:
        return {
            "id": self.id,
            "team_id": self.team_id,
            **self.shape,
            "state": {"values": values or {}},
            "hash": self.hash,
            "previous_view_id": None,
            "root_view_id": self.id,
            "app_id": self.app_id,
            "app_installed_team_id": self.team_id,
            "bot_id": self.bot_id,
        }


@dataclass
class Upload:
    """A file between `files.getUploadURLExternal` and where it was shared."""

    id: str
    name: str
    length: int
    team_id: str
    content: bytes | None = None
    title: str = ""
    shared_in: list[tuple[str, str]] = field(default_factory=list)
    """Where it was shared: channel and ts."""

    @property
    def complete(self) -> bool:
        return bool(self.title)
