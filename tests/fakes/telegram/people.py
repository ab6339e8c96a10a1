"""People who write in Telegram: they type, press, edit, forward and post."""

from dataclasses import dataclass

from tests.fakes.telegram.managing import ANONYMOUS, Account
from tests.fakes.telegram.payloads import chat_json, message_json, user_json
from tests.fakes.telegram.queries import Press, Queries
from tests.fakes.telegram.state import Button, Chat, Json, Message, Topic, User, Version
from tests.fakes.telegram.typed import entities_of, reaches_the_bot

AS_CHANNEL = User(136817688, "Channel", is_bot=True, username="Channel_Bot")
TELEGRAM = User(777000, "Telegram")


@dataclass(frozen=True, slots=True, eq=False)
class Person(Account):
    """One account with a client in its hand."""

    queries: Queries

    async def starts(self, payload: str = "") -> Message:
        """Open the private chat and press Start."""
        return await self.types(f"/start {payload}".rstrip())

    async def types(
        self,
        text: str,
        *,
        chat: Chat | None = None,
        topic: Topic | None = None,
        reply_to: Message | None = None,
        as_chat: Chat | None = None,
        via: User | None = None,
        extra: Json | None = None,
    ) -> Message:
        """Write into the private chat, a group or a topic.

        `as_chat` is the group itself for an anonymous admin, or a channel of this person's; `via`
        an inline bot; `extra` any further fields of the message, as they are on the wire.
        """
        place = chat or (topic.chat if topic else self.chat)
        self._is_there(place)
        sender = self.user
        if as_chat is not None:
            sender = ANONYMOUS if as_chat is place else AS_CHANNEL
        more = dict(extra or {})
        if via is not None:
            more["via_bot"] = user_json(via)
        message = self.world.post(
            place,
            sender,
            Version(text, entities_of(text), None),
            topic=topic,
            reply_to=reply_to,
            sender_chat=as_chat,
            extra=more,
        )
        self._tell("message", message)
        return message

    async def edits(self, message: Message, text: str) -> None:
        """Change an own message."""
        message.versions.append(Version(text, entities_of(text), None))
        message.edit_date = self.world.now()
        self._tell(
            "channel_post" if message.chat.type == "channel" else "message", message, "edited_"
        )
        self.world.news.tell()

    async def presses(
        self,
        message: Message,
        label: str | None = None,
        *,
        data: str | None = None,
        version: int = -1,
    ) -> Press:
        """Press the button that reads `label`, or carries `data`.

        `version` is the one this person's client still shows: 0 is the message as it was sent.
        """
        button = _button(message, label, data, version)
        assert button.data is not None, f"{button} does not call the bot"
        return self._calls_back(message, button.data)

    async def forges(self, message: Message, data: str) -> Press:
        """Send data that no button carries, as any client can, about any message it sees."""
        return self._calls_back(message, data)

    def _calls_back(self, message: Message, data: str) -> Press:
        query_id = self.queries.next_id()
        query: Json = {
            "id": query_id,
            "from": user_json(self.user),
            "message": _pressed(message),
            "chat_instance": str(-8_000_000_000_000_000_000 + abs(message.chat.id)),
            "data": data,
        }
        press = Press(query_id, self.user, message, data, 0, self.world.news)
        self.queries.presses.append(press)
        press.update_id = self.world.updates.make("callback_query", query)
        return press

    async def forwards(
        self,
        what: Message | str,
        *,
        origin: "Person | Chat | str | None" = None,
        chat: Chat | None = None,
        topic: Topic | None = None,
    ) -> Message:
        """Forward a message, or a text of `origin`: a person, a channel, or a hidden name."""
        text = what if isinstance(what, str) else what.text
        if origin is None and isinstance(what, Message):
            origin = Person(what.sender, self.world, self.queries) if what.sender else what.chat
        extra = {"forward_origin": _origin(origin or self, self.world.now())}
        return await self.types(text, chat=chat, topic=topic, extra=extra)

    async def posts(self, channel: Chat, text: str, *, discussed_in: Chat | None = None) -> Message:
        """Post in a channel; with a discussion group, Telegram forwards the post there by itself."""
        post = self.world.post(
            channel, None, Version(text, entities_of(text), None), sender_chat=channel
        )
        self._tell("channel_post", post)
        if discussed_in is not None:
            extra = {
                "forward_origin": _origin(channel, post.date),
                "is_automatic_forward": True,
            }
            copy = self.world.post(
                discussed_in,
                TELEGRAM,
                Version(text, entities_of(text), None),
                sender_chat=channel,
                extra=extra,
            )
            self._tell("message", copy)
        return post

    def _is_there(self, chat: Chat) -> None:
        assert chat.migrated_to is None, f"{chat} is a supergroup now: {chat.migrated_to}"
        if chat.user is not None:
            chat.started = True
            if chat.bot_status == "kicked":
                self.world.bot_becomes(chat, "member", self.user)
        chat.members.setdefault(self.user.id, "member")

    def _tell(self, kind: str, message: Message, prefix: str = "") -> None:
        if reaches_the_bot(message, self.world.bot, privacy=self.world.privacy):
            self.world.updates.make(prefix + kind, message_json(message))


def _button(message: Message, label: str | None, data: str | None, version: int) -> Button:
    shown = message.versions[version].buttons
    for button in shown:
        if button.label == label or (data is not None and button.data == data):
            return button
    raise AssertionError(f"No button {label or data!r} on {message!r}, only {shown}")


def _pressed(message: Message) -> Json:
    if message.deleted:
        return {"chat": chat_json(message.chat), "message_id": message.message_id, "date": 0}
    return message_json(message)


def _origin(origin: Person | Chat | str, date: int) -> Json:
    if isinstance(origin, str):
        return {"type": "hidden_user", "date": date, "sender_user_name": origin}
    if isinstance(origin, Person):
        return {"type": "user", "date": date, "sender_user": user_json(origin.user)}
    if origin.type == "channel":
        chat = chat_json(origin)
        return {"type": "channel", "date": date, "chat": chat, "message_id": 1}
    return {"type": "chat", "date": date, "sender_chat": chat_json(origin)}
