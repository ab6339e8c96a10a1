"""Addresses that a model wrote: which may be followed, and what must be shown of them."""

import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

from bot.adapters.slack.rich import Ink, Link, Piece, Pieces, Text

LONGEST = 2000
LONGEST_LABEL = 300

_BARE = re.compile(r"https?://[^\s<>\"`|\\^{}]+", re.IGNORECASE)
_NAME = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}")


def linked(text: str, ink: Ink) -> Iterator[Piece]:
    """Running text; the addresses in it can be followed."""
    at = 0
    for found in _BARE.finditer(text):
        url = _trimmed(found[0])
        if not followed(url):
            continue
        yield Text(text[at : found.start()], ink)
        yield Link(url, ink=ink)
        at = found.start() + len(url)
    yield Text(text[at:], ink)


def link(url: str, label: Pieces, ink: Ink) -> Pieces:
    """A link of Markdown; the address itself is shown where the label speaks of another one."""
    address = quote(url, safe=":/?#[]@!$&'()*+,;=%~-._") if re.search(r"\s", url) else url
    words = "".join(_shown(piece) for piece in label)
    if not followed(address):
        return (*label, Text(f" ({url})", ink)) if words.strip() and words != url else label
    if not words.strip() or words == url:
        return (Link(address, ink=ink),)
    if len(words) > LONGEST_LABEL or _misleads(words, address):
        return (*label, Text(" (", ink), Link(address, ink=ink), Text(")", ink))
    return (Link(address, words, _ink(label, ink)),)


def _shown(piece: Piece) -> str:
    """The words of a piece of a label; a picture in it has those that stand for it."""
    match piece:
        case Text(text):
            return text
        case Link(url, label):
            return label or url
        case _:
            return ""


def followed(url: str) -> bool:
    """Whether an address is one of the web or of mail, and whole."""
    if len(url) > LONGEST:
        return False
    try:
        parts = urlsplit(url)
        if parts.scheme == "mailto":
            return "@" in parts.path
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _misleads(label: str, url: str) -> bool:
    """Whether a label names a host, and the address leads to another one."""
    host = _host(url)
    parts = urlsplit(url)
    if parts.username is not None:
        return True
    plain = unicodedata.normalize("NFKC", label).replace("。", ".").casefold()
    return any(name.removeprefix("www.") != host for name in _NAME.findall(plain))


def _host(url: str) -> str:
    parts = urlsplit(url)
    host = parts.path.rpartition("@")[2] if parts.scheme == "mailto" else parts.hostname or ""
    return host.casefold().removeprefix("www.")


def _ink(label: Pieces, ink: Ink) -> Ink:
    """That of the label, where it has but one."""
    inks = {piece.ink for piece in label if isinstance(piece, Text)}
    return inks.pop() if len(inks) == 1 else ink


def _trimmed(url: str) -> str:
    """Without the punctuation of the sentence around it."""
    while True:
        shorter = url.rstrip("!?.,:;*_~'")
        if shorter.endswith(")") and shorter.count(")") > shorter.count("("):
            shorter = shorter[:-1]
        if shorter == url:
            return url
        url = shorter
