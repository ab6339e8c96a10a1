"""A person in a Telegram chat, group or forum topic, before a Driftpin that is served."""

from pathlib import Path
from typing import Literal

from tests.acceptance.served import Served
from tests.acceptance.the_story import LIMITS
from tests.fakes.peers import free_port
from tests.fakes.telegram import Chat, FakeTelegram, Message, Person, Topic

Mode = Literal["polling", "webhook"]
Where = Literal["private", "group", "topic"]

GROUP = -1001234
ANA = 42
ACCESS = f'access:\n  operators: ["telegram:{ANA}"]\n{LIMITS}'

YES = "Yes: "
"""How the button begins that agrees to what another one asked."""

PATIENCE = 60.0
"""Seconds until something that must be seen is missed; a group gets a message every three."""


def telegram_variables(telegram: FakeTelegram, mode: Mode = "polling") -> dict[str, str]:
    """What `driftpin serve` is told of this Telegram."""
    variables = {"TELEGRAM_BOT_TOKEN": telegram.token, "TELEGRAM_API_URL": telegram.url}
    if mode == "webhook":
        port = free_port()
        variables |= {
            "DRIFTPIN_PORT": str(port),
            "TELEGRAM_WEBHOOK_URL": f"http://127.0.0.1:{port}/telegram/webhook",
            "TELEGRAM_WEBHOOK_SECRET": telegram.secret,
        }
    return variables


def served_in_telegram(
    telegram: FakeTelegram, folder: Path, mode: Mode = "polling", extra: str = ACCESS
) -> Served:
    """A `driftpin serve` for this Telegram; not started yet."""
    return Served(folder, telegram_variables(telegram, mode), extra=extra)


class TelegramScene:
    """Types commands in the private chat, or in a group, or in a topic of it."""

    def __init__(
        self,
        telegram: FakeTelegram,
        who: Person,
        chat: Chat | None = None,
        topic: Topic | None = None,
    ) -> None:
        self._telegram = telegram
        self._who = who
        self._chat = chat or who.chat
        self._topic = topic

    @classmethod
    def at(cls, telegram: FakeTelegram, where: Where) -> "TelegramScene":
        """Ana there."""
        ana = telegram.person(ANA, "Ana")
        if where == "private":
            return cls(telegram, ana)
        group = telegram.group(GROUP, "Ops", forum=where == "topic")
        return cls(
            telegram, ana, group, telegram.topic(group, "Deploys") if where == "topic" else None
        )

    async def type(self, command: str) -> None:
        await self._who.types(f"/jobs {command}", chat=self._chat, topic=self._topic)

    async def sees(self, *words: str) -> None:
        def said() -> bool:
            texts = [message.text for message in self.seen()] + self.notices()
            return any(all(word in text for word in words) for text in texts)

        await self._telegram.until(said, seconds=PATIENCE)

    async def press(self, label: str) -> None:
        message = await self._telegram.until(lambda: self._with(label), seconds=PATIENCE)
        pressed = next(each.label for each in message.buttons if each.label.startswith(label))
        asks = (message.button(pressed).data or "").startswith("?")
        await self._who.presses(message, pressed)
        if asks:
            await self._telegram.until(lambda: YES + pressed in message.labels)
            await self._who.presses(message, YES + pressed)

    def offers(self, label: str) -> bool:
        return self._with(label) is not None

    def seen(self) -> list[Message]:
        """What the bot says where the story is set, as it stands now, the newest last."""
        return self._telegram.answers(self._chat, self._topic)

    def notices(self) -> list[str]:
        """What this person was shown over the chat."""
        mine = (press for press in self._telegram.presses if press.sender is self._who.user)
        return [press.answered.text for press in mine if press.answered]

    def _with(self, label: str) -> Message | None:
        for message in reversed(self.seen()):
            if any(each.startswith(label) for each in message.labels):
                return message
        return None
