"""The queue of updates: numbered once, kept until confirmed, filtered when they are made."""

from collections.abc import Callable, Sequence

from tests.fakes.telegram.state import Json

KNOWN = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
    "message_reaction",
    "message_reaction_count",
    "inline_query",
    "chosen_inline_result",
    "callback_query",
    "shipping_query",
    "pre_checkout_query",
    "purchased_paid_media",
    "poll",
    "poll_answer",
    "my_chat_member",
    "chat_member",
    "chat_join_request",
    "chat_boost",
    "removed_chat_boost",
)
BY_DEFAULT = frozenset(KNOWN) - {"chat_member", "message_reaction", "message_reaction_count"}


class Updates:
    """The updates of one bot. `confirmed` is the smallest number that has not been confirmed."""

    def __init__(self, tell: Callable[[], None], first: int) -> None:
        self.pending: list[Json] = []
        self.made: list[Json] = []
        self.withheld: list[Json] = []
        self.confirmed = first
        self.allowed = BY_DEFAULT
        self._repeated: list[Json] = []
        self._next = first
        self._tell = tell

    def make(self, kind: str, payload: Json) -> int:
        """The number of the new update; what the bot did not ask for is never numbered: 0."""
        if kind not in self.allowed:
            self.withheld.append({kind: payload})
            self._tell()
            return 0
        number = self._next
        update: Json = {"update_id": number, kind: payload}
        self._next += 1
        self.made.append(update)
        self.pending.append(update)
        self._tell()
        return number

    def again(self, update_id: int) -> None:
        """Deliver an old update once more, as Telegram does when a confirmation was lost."""
        update = next(one for one in self.made if one["update_id"] == update_id)
        self._repeated.append(update)
        self._tell()

    @property
    def ready(self) -> list[Json]:
        """What can be delivered now, in order."""
        return self._repeated + self.pending

    def polled(self, limit: int) -> list[Json]:
        """The next updates for getUpdates; a repeated one comes once, whatever was confirmed."""
        answer = self.ready[:limit]
        self._repeated = self._repeated[limit:]
        return answer

    def taken(self, update: Json) -> None:
        """A webhook has taken it."""
        if update in self._repeated:
            self._repeated.remove(update)
        else:
            self.confirm(update["update_id"] + 1)
        self._tell()

    def allow(self, kinds: Sequence[str] | None) -> None:
        """None keeps what was asked for before; an empty list is the default again."""
        if kinds is not None:
            self.allowed = frozenset(kinds) or BY_DEFAULT

    def confirm(self, offset: int) -> None:
        """Forget all below `offset`; a negative one counts from the end."""
        if offset < 0:
            self.pending = self.pending[offset:]
        elif offset > 0:
            self.pending = [one for one in self.pending if one["update_id"] >= offset]
        if self.pending:
            offset = int(self.pending[0]["update_id"])
        self.confirmed = max(self.confirmed, min(offset, self._next))
        self._tell()

    def drop(self) -> None:
        self.pending.clear()
        self.confirmed = self._next
        self._tell()
