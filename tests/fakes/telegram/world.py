"""All that Telegram holds for one bot, and who may write where."""

import time
from collections.abc import Callable
from typing import Any

from tests.fakes.telegram.calls import Call
from tests.fakes.telegram.news import News
from tests.fakes.telegram.payloads import chat_json, member_json, message_json, user_json
from tests.fakes.telegram.refusals import bad, forbidden, upgraded
from tests.fakes.telegram.state import Chat, Json, Message, Topic, User, Version
from tests.fakes.telegram.updates import Updates

FIRST_UPDATE = 700_000_001


class World:
    """The state of the fake, with no word about HTTP in it."""

    def __init__(self, bot: User, clock: Callable[[], float] = time.time) -> None:
        self.bot = bot
        self._clock = clock
        self.news = News(self.seen)
        self.updates = Updates(self.news.tell, FIRST_UPDATE)
        self.users: dict[int, User] = {bot.id: bot}
        self.chats: dict[int, Chat] = {}
        self.calls: list[Call] = []
        self.complaints: list[str] = []
        self.privacy = True
        self.logged_out = False
        self.closed = False

    def complain(self, words: str) -> None:
        self.complaints.append(words)
        self.news.tell()

    def now(self) -> int:
        return int(self._clock())

    def user(self, user: User) -> User:
        return self.users.setdefault(user.id, user)

    def private_chat(self, user: User) -> Chat:
        """The chat of this person with the bot, which the person has perhaps not begun yet."""
        if user.id not in self.chats:
            self.chats[user.id] = Chat(user.id, "private", user=user, started=False)
        return self.chats[user.id]

    def chat(self, chat_id: int | str | None) -> Chat:
        """The chat a call names; refused where there is none."""
        if chat_id is None:
            raise bad("chat_id is empty")
        if isinstance(chat_id, str):
            named = (c for c in self.chats.values() if f"@{c.username}" == chat_id)
            chat = next(named, None)
        else:
            chat = self.chats.get(chat_id)
        if chat is None:
            raise bad("chat not found")
        return chat

    def readable(self, chat_id: int | str | None) -> Chat:
        """The chat, if the bot may look into it."""
        chat = self.chat(chat_id)
        if chat.migrated_to is not None:
            raise upgraded(chat.migrated_to)
        if chat.user is None and chat.bot_status == "kicked":
            raise forbidden(f"bot was kicked from the {chat.type} chat")
        if chat.user is None and chat.bot_status == "left":
            raise forbidden(f"bot is not a member of the {chat.type} chat")
        return chat

    def writable(self, chat_id: int | str | None) -> Chat:
        """The chat, if the bot may write there."""
        chat = self.readable(chat_id)
        if chat.user is not None:
            if chat.user.is_bot:
                raise forbidden("bot can't send messages to bots")
            if chat.user.deactivated:
                raise forbidden("user is deactivated")
            if not chat.started:
                raise forbidden("bot can't initiate conversation with a user")
            if chat.bot_status == "kicked":
                raise forbidden("bot was blocked by the user")
        if chat.bot_status == "restricted":
            raise bad("not enough rights to send text messages to the chat")
        if chat.type == "channel" and chat.bot_status != "administrator":
            raise bad("need administrator rights in the channel chat")
        return chat

    def topic(self, chat: Chat, thread_id: int | None) -> Topic | None:
        """The open topic a call names; refused where there is none."""
        if thread_id is None:
            return None
        topic = chat.topics.get(thread_id)
        if topic is None or topic.deleted:
            raise bad("message thread not found")
        if topic.closed and chat.bot_status != "administrator":
            raise bad("TOPIC_CLOSED")
        return topic

    def post(
        self,
        chat: Chat,
        sender: User | None,
        version: Version,
        *,
        topic: Topic | None = None,
        reply_to: Message | None = None,
        **more: Any,
    ) -> Message:
        """Put a message into a chat; nobody is told yet."""
        message = Message(
            chat=chat,
            message_id=chat.next_message_id,
            date=self.now(),
            sender=sender,
            versions=[version],
            reply_to=reply_to,
            **more,
        )
        _place(message, topic)
        chat.messages[message.message_id] = message
        self.news.tell()
        return message

    def service(
        self, chat: Chat, sender: User | None, *, tell: bool = True, **what: Any
    ) -> Message:
        """A service message, told to the bot."""
        empty = Version(None, (), None)
        message = self.post(chat, sender, empty, service=True, extra=what)
        if tell:
            self.updates.make("message", message_json(message))
        return message

    def bot_becomes(self, chat: Chat, status: str, by: User) -> None:
        """Change the bot's standing and tell it so."""
        old, chat.bot_status = chat.bot_status, status
        self.updates.make(
            "my_chat_member",
            {
                "chat": chat_json(chat),
                "from": user_json(by),
                "date": self.now(),
                "old_chat_member": member_json(self.bot, old),
                "new_chat_member": member_json(self.bot, status),
            },
        )

    def seen(self) -> str:
        """The last calls and what stands in the chats, for a test that waited in vain."""
        calls = [call for call in self.calls if call.method != "getUpdates"]
        lines = [f"  call {call!r}" for call in calls[-20:]]
        for chat in self.chats.values():
            lines += [f"  {one!r}" for one in list(chat.messages.values())[-10:]]
        lines += [f"  complaint: {words}" for words in self.complaints]
        polls = len(self.calls) - len(calls)
        lines.append(f"  {polls} polls, {len(self.updates.pending)} updates pending: ")
        lines[-1] += str([list(one)[1] for one in self.updates.pending])
        return "\n".join(lines)

    def member(self, chat: Chat, user: User) -> Json:
        if user is self.bot:
            return member_json(user, chat.bot_status)
        status = chat.members.get(user.id, "left")
        if chat.user is user:
            status = "member"
        return member_json(user, status)


def _place(message: Message, topic: Topic | None) -> None:
    """Thread ids as Telegram gives them: topics have one, and so has any reply in a supergroup."""
    if topic is not None:
        message.thread_id, message.is_topic = topic.thread_id, True
        if message.reply_to is None:
            message.reply_to = topic.chat.messages[topic.thread_id]
    elif message.reply_to is not None and message.chat.type == "supergroup":
        quoted = message.reply_to
        message.thread_id = quoted.thread_id or quoted.message_id
        message.is_topic = quoted.is_topic
