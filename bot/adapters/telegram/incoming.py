"""What Telegram hands in, as requests: who, where, what. Pure; nothing here is decided."""

import re
from dataclasses import dataclass

from telegram import CallbackQuery, InlineKeyboardMarkup, Message, Update
from telegram.constants import ChatType

from bot.adapters.telegram.keyboard import Step, read
from bot.adapters.telegram.people import is_unnamed_admin, principal, writer
from bot.adapters.telegram.rows import PLATFORM
from bot.grammar.verbs import CANONICAL
from bot.message import Request
from scheduler.job import Place

_COMMAND = re.compile(r"/(?P<name>\w{1,64})(?:@(?P<to>\w{3,32}))?(?:\s+(?P<rest>.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Us:
    """The bot, as Telegram said when we connected."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Typed:
    """A line somebody typed. `asked` is what our message said that it replies to, and `replied_to`
    that message's id."""

    request: Request
    chat: int
    message: int
    private: bool
    text: str
    asked: str = ""
    replied_to: int | None = None
    language: str = ""

    @property
    def is_command(self) -> bool:
        return self.text.startswith("/")


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button somebody pressed. `shown` is the keyboard of the message of ours that the press names,
    where Telegram still says so; `asked` the person whose answer the button is, where it is one's."""

    request: Request
    query: str
    chat: int
    message: int
    private: bool
    data: str
    step: Step
    shown: InlineKeyboardMarkup | None = None
    asked: str = ""

    @property
    def is_anothers(self) -> bool:
        """Is it the answer to a question that somebody else was asked?"""
        return self.asked not in ("", self.request.principal.person)

    @property
    def hangs_there(self) -> bool:
        """Is there a button with this data under that message? A client may send any data it likes,
        about any message."""
        rows = self.shown.inline_keyboard if self.shown else ()
        return any(button.callback_data == self.data for row in rows for button in row)


@dataclass(frozen=True, slots=True)
class Unnamed:
    """Something meant for us from an admin who hides behind the group."""

    chat: int
    thread: int | None
    message: int


@dataclass(frozen=True, slots=True)
class Upgraded:
    """A group that became a supergroup."""

    old: Place
    new: Place


@dataclass(frozen=True, slots=True)
class Standing:
    """What we may do in a chat has changed; for the log."""

    chat: int
    status: str


Came = Typed | Pressed | Unnamed | Upgraded | Standing


def came(update: Update, us: Us) -> Came | None:
    """None for what nobody said to us. Edits of what was said are no new commands: not asked for."""
    if update.callback_query is not None:
        return _pressed(update.callback_query, update.update_id, us)
    if update.my_chat_member is not None:
        member = update.my_chat_member
        return Standing(member.chat.id, member.new_chat_member.status)
    if update.message is None:
        return None
    return _upgraded(update.message) or _typed(update.message, update.update_id, us)


def command(us: Us, chat: int) -> str:
    """How a command is typed in a chat; a group may have several bots."""
    return "/jobs" if chat > 0 else f"/jobs@{us.name}"


def event(number: int) -> str:
    """The name of an update among the events."""
    return f"update:{number}"


def place(chat: int, thread: int | None = None) -> Place:
    return Place(PLATFORM, str(chat), str(chat), None if thread is None else str(thread))


def _typed(message: Message, number: int, us: Us) -> Typed | Unnamed | None:
    ours = _our_message(message, us)
    text = _meant(message, ours is not None, us)
    if text is None:
        return None
    chat, thread = message.chat.id, _topic(message)
    private = message.chat.type == ChatType.PRIVATE
    if is_unnamed_admin(message):
        return Unnamed(chat, thread, message.message_id)
    who = writer(message)
    if who is None:
        return None
    request = Request(
        who,
        place(chat, thread),
        text,
        event=event(number),
        command=command(us, chat),
        kept=True,
        overheard=not private,
    )
    return Typed(
        request,
        chat,
        message.message_id,
        private,
        message.text or "",
        asked=(ours.text or "") if ours else "",
        replied_to=ours.message_id if ours else None,
        language=(message.from_user.language_code or "") if message.from_user else "",
    )


def _pressed(query: CallbackQuery, number: int, us: Us) -> Pressed | None:
    """Whoever pressed is known by their own number, also where they are an unnamed admin."""
    who, message = principal(query.from_user), query.message
    if who is None or message is None or not query.data:
        return None
    whole = message if isinstance(message, Message) else None
    chat = message.chat.id
    step, token, asked = read(query.data)
    request = Request(
        who,
        place(chat, _topic(whole) if whole else None),
        token=token,
        event=event(number),
        command=command(us, chat),
        kept=True,
    )
    return Pressed(
        request,
        query.id,
        chat,
        message.message_id,
        message.chat.type == ChatType.PRIVATE,
        query.data,
        step,
        whole.reply_markup if whole and _is_from(whole, us) else None,
        asked,
    )


def _upgraded(message: Message) -> Upgraded | None:
    here = message.chat.id
    if message.migrate_to_chat_id is not None:
        return Upgraded(place(here), place(message.migrate_to_chat_id))
    if message.migrate_from_chat_id is not None:
        return Upgraded(place(message.migrate_from_chat_id), place(here))
    return None


def _topic(message: Message) -> int | None:
    """Only a true forum topic; any reply in a supergroup has a thread id too."""
    return message.message_thread_id if message.is_topic_message else None


def _our_message(message: Message, us: Us) -> Message | None:
    """The message of ours that this one replies to; in a topic everything replies to its first."""
    replied = message.reply_to_message
    if replied is None or not _is_from(replied, us):
        return None
    return None if replied.forum_topic_created else replied


def _is_from(message: Message, us: Us) -> bool:
    return message.from_user is not None and message.from_user.id == us.id


def _meant(message: Message, reply: bool, us: Us) -> str | None:
    """What was said to us, as it stands after `/jobs`; None where it was not for us."""
    text = message.text or ""
    if not text:
        return None
    private = message.chat.type == ChatType.PRIVATE
    found = _COMMAND.fullmatch(text.strip())
    if found is not None:
        return _command(found, private) if _is_ours(found["to"], us) else None
    mention, _, rest = text.strip().partition(" ")
    if mention.lower() == f"@{us.name}".lower():
        return rest.strip() or "help"
    return text if private or reply else None


def _command(found: re.Match[str], private: bool) -> str | None:
    """Verbs are commands of their own; an unknown command in a group may be another bot's."""
    name, rest = found["name"].lower(), found["rest"] or ""
    if name == "jobs":
        return rest
    if name == "start":
        return "help"
    if name in CANONICAL or private or found["to"]:
        return f"{name} {rest}".rstrip()
    return None


def _is_ours(to: str | None, us: Us) -> bool:
    return to is None or to.lower() == us.name.lower()
