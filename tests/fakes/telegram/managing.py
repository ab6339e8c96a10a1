"""What people do without words: they block, add and kick the bot, and manage groups and topics."""

from dataclasses import dataclass

from tests.fakes.telegram.payloads import chat_json, message_json, user_json
from tests.fakes.telegram.state import Chat, Json, Topic, User
from tests.fakes.telegram.world import World

ANONYMOUS = User(1087968824, "Group", is_bot=True, username="GroupAnonymousBot")


@dataclass(frozen=True, slots=True, eq=False)
class Account:
    """Somebody on Telegram."""

    user: User
    world: World

    @property
    def id(self) -> int:
        return self.user.id

    @property
    def chat(self) -> Chat:
        """The private chat with the bot."""
        return self.world.private_chat(self.user)

    async def blocks(self) -> None:
        """Block the bot in the private chat."""
        self.world.bot_becomes(self.chat, "kicked", self.user)

    async def unblocks(self) -> None:
        self.world.bot_becomes(self.chat, "member", self.user)

    async def deactivates(self) -> None:
        """Delete the account; Telegram tells nobody."""
        self.user.deactivated = True

    async def adds_bot(self, chat: Chat) -> None:
        self.world.bot_becomes(chat, "member", self.user)
        if chat.type != "channel":
            new = [user_json(self.world.bot)]
            self.world.service(chat, self.user, new_chat_members=new, new_chat_participant=new[0])

    async def kicks_bot(self, chat: Chat) -> None:
        """In a basic group the bot also sees the service message; in a supergroup it does not."""
        if chat.type == "group":
            bot = user_json(self.world.bot)
            self.world.service(chat, self.user, left_chat_member=bot, left_chat_participant=bot)
        self.world.bot_becomes(chat, "kicked", self.user)

    async def promotes_bot(self, chat: Chat) -> None:
        self.world.bot_becomes(chat, "administrator", self.user)

    async def demotes_bot(self, chat: Chat) -> None:
        self.world.bot_becomes(chat, "member", self.user)

    async def upgrades(self, group: Chat, to: int, *, with_membership: bool = False) -> Chat:
        """Make a supergroup of a group; the old chat only says so from now on.

        `with_membership` adds the my_chat_member updates that some clients of the API report.
        """
        new = Chat(to, "supergroup", group.title, bot_status=group.bot_status)
        new.members = dict(group.members)
        self.world.chats[to] = new
        self.world.service(group, self.user, migrate_to_chat_id=to)
        self.world.service(
            new, ANONYMOUS, migrate_from_chat_id=group.id, sender_chat=chat_json(new)
        )
        if with_membership:
            status, new.bot_status = new.bot_status, "left"
            self.world.bot_becomes(group, "left", self.user)
            self.world.bot_becomes(new, status, self.user)
        group.migrated_to = to
        self.world.news.tell()
        return new

    async def opens_topic(self, forum: Chat, name: str) -> Topic:
        assert forum.is_forum, f"{forum} has no topics"
        thread_id = forum.next_message_id
        topic = forum.topics[thread_id] = Topic(forum, thread_id, name)
        self._in_topic(topic, forum_topic_created={"name": name, "icon_color": 7322096})
        return topic

    async def closes_topic(self, topic: Topic) -> None:
        topic.closed = True
        self._in_topic(topic, forum_topic_closed={})

    async def reopens_topic(self, topic: Topic) -> None:
        topic.closed = False
        self._in_topic(topic, forum_topic_reopened={})

    async def deletes_topic(self, topic: Topic) -> None:
        """The topic goes with all its messages; Telegram tells no bot."""
        topic.deleted = True
        for message in topic.chat.messages.values():
            if message.is_topic and message.thread_id == topic.thread_id:
                message.deleted = True
        self.world.news.tell()

    def _in_topic(self, topic: Topic, **what: Json) -> None:
        message = self.world.service(topic.chat, self.user, tell=False, **what)
        message.thread_id, message.is_topic = topic.thread_id, True
        if message.message_id != topic.thread_id:
            message.reply_to = topic.chat.messages[topic.thread_id]
        self.world.updates.make("message", message_json(message))
