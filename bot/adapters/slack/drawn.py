"""What a message of ours becomes for Slack."""

from dataclasses import dataclass

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Posting:
    """One Slack message within every limit; `text` reads whole where no blocks are shown."""

    text: str
    blocks: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a message."""

    name: str
    content: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A message as Slack gets it: `first` makes sense alone, `rest` goes on with a long answer."""

    first: Posting
    rest: tuple[Posting, ...] = ()
    attachment: Attachment | None = None
