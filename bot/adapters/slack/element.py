"""Rich text as the JSON of Block Kit."""

from typing import assert_never

from bot.adapters.slack.drawn import Json
from bot.adapters.slack.rich import (
    Date,
    Ink,
    Item,
    Link,
    Part,
    Parts,
    Piece,
    Pieces,
    Quote,
    Section,
    Text,
    Verbatim,
    joined,
    merged,
)


def rich_text(parts: Parts) -> Json:
    found: list[Json] = []
    rows: list[Json] = []
    before: Part | None = None
    for part in joined(parts):
        if isinstance(part, Item) and isinstance(before, Item) and _goes_on(before, part):
            rows.append(_section(part.pieces))
        else:
            rows = []
            found.append(_element(part, rows))
        before = part
    return {"type": "rich_text", "elements": found}


def _goes_on(before: Item, item: Item) -> bool:
    """Whether a row belongs to the list of the row above it."""
    number = None if before.number is None else before.number + 1
    return (item.depth, item.number) == (before.depth, number)


def _element(part: Part, rows: list[Json]) -> Json:
    """A part as JSON; `rows` is the list that further rows of it are put into."""
    match part:
        case Section(pieces):
            return _section(pieces)
        case Quote(pieces):
            return {"type": "rich_text_quote", "elements": inline(pieces)}
        case Verbatim(text, language):
            box: Json = {"type": "rich_text_preformatted", "elements": [_text(text)]}
            return {**box, "language": language} if language else box
        case Item(pieces, depth, number):
            style = "bullet" if number is None else "ordered"
            offset = {"offset": number - 1} if number and number > 1 else {}
            rows.append(_section(pieces))
            return {
                "type": "rich_text_list",
                "style": style,
                "indent": depth,
                **offset,
                "elements": rows,
            }
        case _:
            assert_never(part)


def _section(pieces: Pieces) -> Json:
    return {"type": "rich_text_section", "elements": inline(pieces)}


def _text(text: str) -> Json:
    return {"type": "text", "text": text}


def inline(pieces: Pieces) -> list[Json]:
    return [_piece(piece) for piece in merged(pieces)]


def _piece(piece: Piece) -> Json:
    match piece:
        case Text(text, ink):
            return _styled(_text(text), ink)
        case Link(url, label, ink):
            shown: Json = {"type": "link", "url": url}
            return _styled({**shown, "text": label} if label else shown, ink)
        case Date() if piece.timestamp < 0:
            return _text(piece.words)
        case Date():
            return {
                "type": "date",
                "timestamp": piece.timestamp,
                "format": piece.format,
                "fallback": piece.words,
            }
        case _:
            assert_never(piece)


def _styled(found: Json, ink: Ink) -> Json:
    names = ("bold", "italic", "strike", "code")
    style = {name: True for name in names if getattr(ink, name)}
    return {**found, "style": style} if style else found
