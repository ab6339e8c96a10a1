"""A table of Markdown, readable on a phone: aligned where it is narrow, one item a row where it is not."""

from unicodedata import combining, east_asian_width

from bot.adapters.slack.rich import BOLD, Item, Link, Parts, Pieces, Text, Verbatim, inked

NARROW = 56
GAP = "  "


def table(rows: list[list[Pieces]]) -> Parts:
    """`rows` with the head first; nothing where they are empty."""
    rows = [row for row in rows if any(row)]
    if not rows:
        return ()
    texts = [[_text(cell) for cell in row] for row in rows]
    columns = max(len(row) for row in rows)
    widths = [
        max(_cells(row[at]) if at < len(row) else 0 for row in texts) for at in range(columns)
    ]
    links = any(isinstance(piece, Link) for row in rows for cell in row for piece in cell)
    if not links and sum(widths) + len(GAP) * (columns - 1) <= NARROW:
        lines = (_aligned(row, widths) for row in _ruled(texts, widths))
        return (Verbatim("\n".join(lines)),)
    return _items(rows)


def _text(cell: Pieces) -> str:
    return " ".join("".join(piece.text for piece in cell if isinstance(piece, Text)).split())


def _ruled(texts: list[list[str]], widths: list[int]) -> list[list[str]]:
    return [texts[0], ["-" * width for width in widths], *texts[1:]]


def _aligned(row: list[str], widths: list[int]) -> str:
    padded = (text + " " * (width - _cells(text)) for text, width in zip(row, widths, strict=False))
    return GAP.join(padded).rstrip()


def _cells(text: str) -> int:
    """How many columns a text takes where every letter is as wide as the next."""
    return sum(2 if east_asian_width(c) in "WF" else 0 if combining(c) else 1 for c in text)


def _items(rows: list[list[Pieces]]) -> Parts:
    """Each row with the names of its columns."""
    head, *body = rows
    if not body:
        return (Item(_row([()] * len(head), head)),)
    return tuple(Item(_row(head, row)) for row in body)


def _row(head: list[Pieces], row: list[Pieces]) -> Pieces:
    found: list[Pieces] = []
    for name, cell in zip(head, row, strict=False):
        if cell:
            label = (*(inked(piece, BOLD) for piece in name), Text(": ", BOLD)) if name else ()
            found.append((*label, *cell))
    return tuple(piece for part in _separated(found) for piece in part)


def _separated(parts: list[Pieces]) -> list[Pieces]:
    return [part if number == 0 else (Text("; "), *part) for number, part in enumerate(parts)]
