"""The Bot API's methods by name."""

from typing import Any

from tests.fakes.telegram.looking import get_chat, get_chat_member, get_me, leave_chat
from tests.fakes.telegram.menus import Menus
from tests.fakes.telegram.polling import Polls
from tests.fakes.telegram.queries import Queries
from tests.fakes.telegram.refusals import Refused
from tests.fakes.telegram.sending import (
    delete_message,
    edit_message_reply_markup,
    edit_message_text,
    send_chat_action,
    send_document,
    send_message,
)
from tests.fakes.telegram.state import Json
from tests.fakes.telegram.webhook import Webhook
from tests.fakes.telegram.world import World


class Methods:
    """Does what a call asks for; `Refused` where Telegram would say no."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.queries = Queries(world.news)
        self.menus = Menus()
        self.polls = Polls(world)
        self.webhook = Webhook(world, self.polls)

    async def do(self, method: str, given: Json) -> tuple[Any, str | None]:
        """The result, and the few words that some results come with."""
        if self.world.logged_out:
            raise Refused(400, "Logged out")
        if method == "getUpdates":
            return await self.polls.get_updates(given), None
        if method == "setWebhook":
            return self.webhook.set(given)
        if method == "deleteWebhook":
            return self.webhook.delete(given)
        return self._do(method, given), None

    def _do(self, method: str, given: Json) -> Any:
        world = self.world
        match method:
            case "getMe":
                return get_me(world)
            case "getWebhookInfo":
                return self.webhook.info()
            case "sendMessage":
                return send_message(world, given)
            case "sendDocument":
                return send_document(world, given)
            case "editMessageText":
                return edit_message_text(world, given)
            case "editMessageReplyMarkup":
                return edit_message_reply_markup(world, given)
            case "deleteMessage":
                return delete_message(world, given)
            case "sendChatAction":
                return send_chat_action(world, given)
            case "answerCallbackQuery":
                return self.queries.answer(given)
            case "setMyCommands":
                return self.menus.set(world, given)
            case "getMyCommands":
                return self.menus.get(world, given)
            case "deleteMyCommands":
                return self.menus.delete(world, given)
            case "getChat":
                return get_chat(world, given)
            case "getChatMember":
                return get_chat_member(world, given)
            case "leaveChat":
                return leave_chat(world, given)
            case "close":
                world.closed = True
                return True
            case "logOut":
                world.logged_out = True
                return True
            case _:
                raise NotImplementedError(method)
