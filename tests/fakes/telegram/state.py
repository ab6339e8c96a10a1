"""What Telegram knows: people, chats, topics and messages with their history."""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(slots=True, eq=False)
class User:
    id: int
    first_name: str
    is_bot: bool = False
    username: str | None = None
    last_name: str | None = None
    language_code: str | None = None
    deactivated: bool = False


@dataclass(slots=True, eq=False)
class Topic:
    chat: "Chat"
    thread_id: int
    name: str
    closed: bool = False
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Button:
    """A button as it is shown; `row` counts from 0."""

    label: str
    row: int
    data: str | None = None
    style: str | None = None
    url: str | None = None
    copy_text: str | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """What a message said at one time."""

    text: str | None
    entities: tuple[Json, ...]
    reply_markup: Json | None

    @property
    def buttons(self) -> list[Button]:
        rows = self.reply_markup["inline_keyboard"] if self.reply_markup else []
        return [
            Button(
                label=button["text"],
                row=number,
                data=button.get("callback_data"),
                style=button.get("style"),
                url=button.get("url"),
                copy_text=button.get("copy_text", {}).get("text"),
            )
            for number, row in enumerate(rows)
            for button in row
        ]


@dataclass(frozen=True, slots=True)
class Document:
    """A file as it was sent."""

    file_id: str
    file_name: str
    mime_type: str
    content: bytes


@dataclass(slots=True, eq=False)
class Message:
    """A message of anybody. `versions` is its history, the last one what is shown now."""

    chat: "Chat"
    message_id: int
    date: int
    sender: User | None
    versions: list[Version]
    by_bot: bool = False
    sender_chat: "Chat | None" = None
    thread_id: int | None = None
    is_topic: bool = False
    reply_to: "Message | None" = None
    document: Document | None = None
    extra: Json = field(default_factory=dict)
    service: bool = False
    edit_date: int | None = None
    deleted: bool = False

    @property
    def shown(self) -> Version:
        return self.versions[-1]

    @property
    def text(self) -> str:
        """The text, or the caption of a document."""
        return self.shown.text or ""

    @property
    def entities(self) -> tuple[Json, ...]:
        return self.shown.entities

    @property
    def reply_markup(self) -> Json | None:
        return self.shown.reply_markup

    @property
    def buttons(self) -> list[Button]:
        return self.shown.buttons

    @property
    def labels(self) -> list[str]:
        return [button.label for button in self.buttons]

    def button(self, label: str) -> Button:
        """The button that reads so now."""
        for button in self.buttons:
            if button.label == label:
                return button
        raise AssertionError(f"No button {label!r} on {self!r}, only {self.labels}")

    def __repr__(self) -> str:
        who = "bot" if self.by_bot else (self.sender.first_name if self.sender else "chat")
        where = f"{self.chat.id}" + (f"/{self.thread_id}" if self.thread_id else "")
        gone = " deleted" if self.deleted else ""
        body = {k: v for k, v in self.extra.items() if self.service} or self.text
        return f"<{where} #{self.message_id}{gone} {who}: {body!r} {self.labels}>"


@dataclass(slots=True, eq=False)
class Chat:
    """A chat as the bot has it. `bot_status` is the bot's own standing in it."""

    id: int
    type: str
    title: str | None = None
    user: User | None = None
    username: str | None = None
    is_forum: bool = False
    started: bool = True
    bot_status: str = "member"
    migrated_to: int | None = None
    members: dict[int, str] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)

    @property
    def next_message_id(self) -> int:
        """Numbers begin anew in every chat; in a forum the first one is General's."""
        return max(self.messages, default=1 if self.is_forum else 0) + 1

    def __repr__(self) -> str:
        return f"<{self.type} {self.id} {self.title or ''}>"
