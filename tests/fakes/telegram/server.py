"""A Telegram Bot API on loopback that records every call, is strict, and misbehaves when told to.

`base_url` and `base_file_url` of python-telegram-bot are `url + "/bot"` and `url + "/file/bot"`.
"""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from aiohttp import web

from tests.fakes.telegram.door import Door
from tests.fakes.telegram.faults import Fault, Faults, Misbehaviour
from tests.fakes.telegram.observing import Observed
from tests.fakes.telegram.people import Person
from tests.fakes.telegram.state import Chat, Json, Topic, User
from tests.fakes.telegram.world import World

TOKEN = "4242:canary-canary-canary-canary-canary-cc"
SECRET = "canary-webhook-secret"
LARGEST_BODY = 64 * 1024 * 1024


class FakeTelegram(Observed):
    """`async with FakeTelegram() as telegram`: give `telegram.url` as TELEGRAM_API_URL."""

    def __init__(
        self,
        *,
        port: int = 0,
        token: str = TOKEN,
        secret: str = SECRET,
        bot_id: int = 4242,
        username: str = "driftpin_bot",
        first_name: str = "Driftpin",
        query_lifetime: float = 30.0,
        privacy: bool = True,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.url = ""
        self.token = token
        self.secret = secret
        bot = User(bot_id, first_name, is_bot=True, username=username)
        super().__init__(World(bot, clock))
        self.methods.queries.lifetime = query_lifetime
        self.world.privacy = privacy
        self.faults = Faults()
        self._door = Door(self.methods, self.faults, token)
        self._port = port
        self._runner: web.AppRunner | None = None

    def person(
        self,
        user_id: int,
        first_name: str,
        *,
        is_bot: bool = False,
        username: str | None = None,
        last_name: str | None = None,
        language_code: str | None = "en",
    ) -> Person:
        """A person, the same one for the same id."""
        user = User(user_id, first_name, is_bot, username, last_name, language_code)
        user = self.world.users.setdefault(user_id, user)
        self.world.private_chat(user)
        return Person(user, self.world, self.methods.queries)

    def group(self, chat_id: int, title: str, *, forum: bool = False, bot: str = "member") -> Chat:
        """A supergroup where the id begins with -100, else a basic group; `bot` is its standing."""
        kind = "supergroup" if str(chat_id).startswith("-100") else "group"
        assert kind == "supergroup" or not forum, "only a supergroup has topics"
        return self._chat(Chat(chat_id, kind, title, is_forum=forum, bot_status=bot))

    def channel(self, chat_id: int, title: str, *, bot: str = "administrator") -> Chat:
        return self._chat(Chat(chat_id, "channel", title, bot_status=bot))

    def topic(self, forum: Chat, name: str) -> Topic:
        """A topic that was there before the bot came; `person.opens_topic` tells the bot."""
        assert forum.is_forum, f"{forum} has no topics"
        thread_id = forum.next_message_id
        created: Json = {"name": name, "icon_color": 7322096}
        root = self.world.service(forum, None, tell=False, forum_topic_created=created)
        root.thread_id, root.is_topic = thread_id, True
        topic = forum.topics[thread_id] = Topic(forum, thread_id, name)
        return topic

    def member(self, chat: Chat, person: Person, status: str = "member") -> None:
        """Give a person a standing: creator, administrator, member, restricted, left, kicked."""
        chat.members[person.id] = status

    def misbehave(
        self,
        fault: Fault,
        *,
        method: str | None = None,
        chat: Chat | Person | int | None = None,
        times: int | None = 1,
    ) -> Misbehaviour:
        """From now on, at the next `times` calls that fit; None is until `.clear()`."""
        place = chat if isinstance(chat, int) or chat is None else chat.id
        misbehaviour = Misbehaviour(fault, method, place, times)
        self.faults.add(misbehaviour)
        return misbehaviour

    def revoke_token(self) -> None:
        """From now on every call is answered 401."""
        self._door.revoked = True

    def repeat(self, update_id: int) -> None:
        """Deliver an update once more, whatever was confirmed."""
        self.world.updates.again(update_id)

    def force_webhook(self, url: str, secret: str | None = None) -> None:
        """Post updates there, though nobody asked for it."""
        self.methods.webhook.force(url, secret or self.secret)

    async def goes_away(self) -> None:
        """Refuse connections; what is known is kept."""
        await self.methods.webhook.stop()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def comes_back(self) -> None:
        """Listen again, on the same port."""
        app = web.Application(client_max_size=LARGEST_BODY)
        app.router.add_route("*", "/bot{token:[^/]+}/{method}", self._door.arrived)
        self._runner = web.AppRunner(
            app, handler_cancellation=True, shutdown_timeout=0.1, access_log=None
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self._port}"
        self.methods.webhook.start()

    async def __aenter__(self) -> Self:
        await self.comes_back()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.faults.clear()
        await self.goes_away()

    def _chat(self, chat: Chat) -> Chat:
        self.world.chats[chat.id] = chat
        return chat
