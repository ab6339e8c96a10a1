"""One call of the Bot API: when its chat may have it, and what its failure means."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from telegram.error import ChatMigrated, RetryAfter, TelegramError

from bot.adapters.telegram.refusing import Meaning, meaning, remedy, rest
from bot.turns import Resting, Turns
from scheduler.errors import SendError

PRIVATE_EVERY, GROUP_EVERY = 1.0, 3.0
"""Seconds between two messages to one chat: one a second to a person, twenty a minute to a group."""

PATIENCE = 5.0
"""Seconds a message waits here for its chat; a longer rest is the outbox's business."""

UNWANTED_REST = 45.0
"""Seconds after which a message is tried again while the token is refused."""

Result = TypeVar("Result")


class Refusal(SendError):
    """Telegram did not take a call; `moved_to` is the id of the supergroup the chat became."""

    def __init__(
        self,
        what: str,
        meaning: Meaning,
        *,
        permanent: bool = False,
        ambiguous: bool = False,
        retry_after: float | None = None,
        remedy: str | None = None,
        moved_to: int | None = None,
    ) -> None:
        self.meaning = meaning
        self.moved_to = moved_to
        super().__init__(
            what,
            permanent=permanent,
            ambiguous=ambiguous,
            retry_after=retry_after,
            remedy=remedy,
        )


class Calls:
    """`bot` is our name, as remedies say it; `token_refused` is told when Telegram will not have us."""

    def __init__(self, bot: str, pace: "Pace", token_refused: Callable[[], None]) -> None:
        self._bot = bot
        self._pace = pace
        self._token_refused = token_refused

    async def paced(
        self, chat: int, call: Callable[[], Awaitable[Result]], *, repeatable: bool = False
    ) -> Result:
        """In the chat's turn. Raises Refusal."""
        turns = self._pace.of(chat)
        try:
            if (left := turns.resting(str(chat))) > PATIENCE:
                raise Resting(left)
            async with turns.turn(str(chat), PATIENCE):
                try:
                    return await self.called(chat, call, repeatable=repeatable)
                except Refusal as refusal:
                    if refusal.meaning is Meaning.LIMITED:
                        turns.rest(str(chat), refusal.retry_after or GROUP_EVERY)
                    raise
        except Resting as rest:
            what = "Telegram asked to leave this chat alone"
            raise Refusal(what, Meaning.LIMITED, retry_after=rest.seconds) from None

    async def called(
        self, chat: int, call: Callable[[], Awaitable[Result]], *, repeatable: bool = False
    ) -> Result:
        """At once. Raises Refusal; a `repeatable` call is never in doubt, only to be done again."""
        try:
            return await call()
        except TelegramError as error:
            raise self._refusal(error, chat, repeatable) from None

    def _refusal(self, error: TelegramError, chat: int, repeatable: bool) -> Refusal:
        found, what = meaning(error), f"Telegram: {error.message}"
        match found:
            case Meaning.LIMITED if isinstance(error, RetryAfter):
                return Refusal(what, found, retry_after=rest(error))
            case Meaning.MOVED if isinstance(error, ChatMigrated):
                return Refusal(what, found, moved_to=error.new_chat_id)
            case Meaning.UNWANTED:
                self._token_refused()
                return Refusal("Telegram refuses the token", found, retry_after=UNWANTED_REST)
            case Meaning.UNSENT:
                return Refusal("Telegram cannot be reached", found)
            case Meaning.DOUBTFUL:
                return Refusal(what, found, ambiguous=not repeatable)
            case _:
                said = remedy(error.message, chat, self._bot) if found is Meaning.DEAD else None
                return Refusal(what, found, permanent=True, remedy=said)


class Pace:
    """How fast people and groups take messages, in seconds between two."""

    def __init__(self, private: float = PRIVATE_EVERY, group: float = GROUP_EVERY) -> None:
        self._private = Turns(private)
        self._group = Turns(group)

    def of(self, chat: int) -> Turns:
        return self._private if chat > 0 else self._group
