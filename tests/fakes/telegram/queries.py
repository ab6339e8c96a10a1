"""Presses of buttons: a callback query waits to be answered, and grows too old."""

import time
from dataclasses import dataclass, field

from tests.fakes.telegram.news import News
from tests.fakes.telegram.refusals import TOO_OLD, bad
from tests.fakes.telegram.state import Json, Message, User
from tests.fakes.telegram.texts import units

ANSWER_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Toast:
    """What the person saw after a press: nothing at all, a notice, or a box to close."""

    text: str
    show_alert: bool


@dataclass(slots=True, eq=False)
class Press:
    """One press. `answered` is None until the bot has answered."""

    id: str
    sender: User
    message: Message
    data: str
    update_id: int
    news: News
    at: float = field(default_factory=time.monotonic)
    answered: Toast | None = None
    expired: bool = False

    def expire(self) -> None:
        """From now on Telegram calls it too old."""
        self.expired = True

    async def until_answered(self, *, seconds: float = 20) -> Toast:
        """The answer, once it has come."""
        return await self.news.until(lambda: self.answered, seconds=seconds)


class Queries:
    """The presses by their ids, and the one method that answers them."""

    def __init__(self, news: News) -> None:
        self.presses: list[Press] = []
        self.lifetime = 30.0
        self._news = news

    def next_id(self) -> str:
        return str(4242_0000_0000_0001 + len(self.presses))

    def answer(self, given: Json) -> bool:
        """A press is answered once; afterwards its id is worth nothing."""
        query_id = given.get("callback_query_id")
        press = next((one for one in self.presses if one.id == query_id), None)
        if press is None or press.expired or press.answered is not None:
            raise bad(TOO_OLD)
        if time.monotonic() - press.at > self.lifetime:
            raise bad(TOO_OLD)
        text = given.get("text", "")
        if units(text) > ANSWER_LIMIT:
            raise bad("MESSAGE_TOO_LONG")
        press.answered = Toast(text, given.get("show_alert", False))
        self._news.tell()
        return True
