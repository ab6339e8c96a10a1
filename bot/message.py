"""What every platform has in common: a request that comes in, a message that goes out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from scheduler.job import Place, Principal
from scheduler.press import Press


@dataclass(frozen=True, slots=True)
class AddForm:
    """A new job as asked for field by field, on platforms that can: what stands there, or was typed.

    `zone` is an IANA name, empty where nobody said.
    """

    schedule: str = ""
    prompt: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """Something a person did in a chat: typed a line, pressed a button (`token`), or sent a `form`.

    `event` is the platform's own id of it; the same event is never handled twice. `command` is how a
    command is typed where this came from ("/jobs", "@driftpin", "/jobs@name"). `zone` (IANA) is the
    person's own, where the platform knows it. `message` is the platform's id of the message whose
    button was pressed. `kept`: the platform hands it in again where the database could not be
    reached, until it can. `asking`: a button whose effect is dear was pressed first; everything is judged
    as for the press itself, nothing is done, and the answer is its question or why it cannot be pressed.
    `overheard`: everybody in the chat reads the answer, a private one as well.
    """

    principal: Principal
    place: Place
    text: str = ""
    token: str | None = None
    event: str | None = None
    command: str = "/jobs"
    form: AddForm | None = None
    zone: str | None = None
    message: str | None = None
    kept: bool = False
    asking: bool = False
    overheard: bool = False


class Style(StrEnum):
    PLAIN = "plain"
    BOLD = "bold"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Span:
    text: str
    style: Style = Style.PLAIN


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment that a platform may show in each reader's local time; `zone` (IANA) is the fallback's."""

    at: datetime
    zone: str


Inline = Span | Moment
Line = tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    line: Line


@dataclass(frozen=True, slots=True)
class Bullets:
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Fields:
    """Short facts with a name each."""

    rows: tuple[tuple[str, Line], ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Something to copy, or to keep exactly as it is."""

    text: str


@dataclass(frozen=True, slots=True)
class Written:
    """Markdown that a model or a person wrote: the only text that nobody here chose."""

    markdown: str


@dataclass(frozen=True, slots=True)
class Quiet:
    """One unobtrusive line."""

    line: Line


Block = Paragraph | Bullets | Fields | Code | Written | Quiet


class Tone(StrEnum):
    """How much a message asks for attention."""

    PLAIN = "plain"
    GOOD = "good"
    LOUD = "loud"


@dataclass(frozen=True, slots=True)
class Confirm:
    """A question a platform puts before a dear button has its effect."""

    question: str
    yes: str


@dataclass(frozen=True, slots=True)
class Button:
    """`token` is empty until the store has minted one; an adapter sends nothing but the token."""

    label: str
    press: Press
    primary: bool = False
    confirm: Confirm | None = None
    token: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `title` is a whole sentence that can stand alone as the notification.

    `private`: only for the person who asked. `refused`: nothing was carried out. `replaces`: it takes
    the place of the message whose button was pressed; `beside`: that one keeps its buttons. `form`: a
    platform that has forms shows this one instead; `problems` are the fields of a form that was sent
    (names of AddForm's fields) and what is wrong with each. `to_stranger`: nobody admitted asked, and
    where others would read it, it need not be said each time. `asks`: the question before a dear button,
    which this person may now say yes to.
    """

    title: str
    blocks: tuple[Block, ...] = ()
    buttons: tuple[Button, ...] = ()
    tone: Tone = Tone.PLAIN
    private: bool = False
    refused: bool = False
    replaces: bool = False
    beside: bool = False
    form: AddForm | None = None
    problems: tuple[tuple[str, str], ...] = ()
    to_stranger: bool = False
    asks: bool = False

    def with_tokens(self, tokens: Iterable[str]) -> "Message":
        pairs = zip(self.buttons, tokens, strict=True)
        return replace(self, buttons=tuple(replace(b, token=token) for b, token in pairs))


def line(*parts: str | Inline) -> Line:
    """A line from plain strings and spans."""
    return tuple(Span(part) if isinstance(part, str) else part for part in parts)


def bold(text: str) -> Span:
    return Span(text, Style.BOLD)


def code(text: str) -> Span:
    return Span(text, Style.CODE)


def inlines(message: Message) -> Iterator[Inline]:
    """Every inline of a message, in reading order."""
    for block in message.blocks:
        match block:
            case Paragraph(inline) | Quiet(inline):
                yield from inline
            case Bullets(lines):
                for each in lines:
                    yield from each
            case Fields(rows):
                for _, each in rows:
                    yield from each
            case Code() | Written():
                pass
