"""Cuts what follows a verb into words, `key=value` pairs and the prompt behind the bar."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.grammar.typed import DASHES, QUOTES, plain
from bot.invisible import visible
from scheduler.errors import UserError

_KEY = re.compile(rf"[-{DASHES}]{{0,2}}([A-Za-z][A-Za-z0-9_-]{{0,31}})=")
_BARE = re.compile(r"[^\s|]*")
_SPACE = re.compile(r"\s+")
# A straight quote is closed by a straight one; a curly quote by any of its family, since clients
# curl only one of a pair now and then.
_CLOSING = {
    quote: re.compile(rf"(?:[^{closing}\\]|\\.)*([{closing}])", re.DOTALL)
    for family in QUOTES
    for quote, closing in [(family[0], family[0]), *((curly, family) for curly in family[1:])]
}
_ESCAPED_QUOTE = re.compile(rf"\\([{''.join(QUOTES)}\\])")


@dataclass(frozen=True, slots=True)
class Pair:
    """One `key=value`; the key in small letters with underscores."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a line, with where it stands; `pair` where it is a `key=value`."""

    start: int
    end: int
    text: str
    pair: Pair | None = None


@dataclass(frozen=True, slots=True)
class Cut:
    """The words and pairs of a command, and the prompt; None where there was no separator."""

    words: tuple[str, ...]
    pairs: tuple[Pair, ...]
    prompt: str | None = None


def at_bar(text: str) -> Cut:
    """Cuts at the first bar or `--`; at the first lone dash only where neither is there."""
    separator = _separator(text)
    if separator is None:
        return in_words(text)
    command = in_words(text[: separator.start])
    return Cut(command.words, command.pairs, text[separator.end :].strip())


def in_words(text: str) -> Cut:
    """Cuts a text that has no prompt."""
    tokens = list(_tokens(visible(text)))
    words = tuple(word for each in tokens if not each.pair and (word := plain(each.text)))
    for word in words:
        if word.startswith("="):
            raise UserError("an option is written without spaces", "type it like 'name=Standup'")
    return Cut(words, tuple(each.pair for each in tokens if each.pair))


def _separator(text: str) -> Token | None:
    dash = None
    for token in _tokens(text):
        if token.text in ("|", "--"):
            return token
        if dash is None and len(token.text) == 1 and token.text in DASHES:
            dash = token
    return dash


def _tokens(text: str) -> Iterator[Token]:
    at = 0
    while at < len(text):
        if space := _SPACE.match(text, at):
            at = space.end()
            continue
        token = _token(text, at)
        yield token
        at = token.end


def _token(text: str, at: int) -> Token:
    if text[at] == "|":
        return Token(at, at + 1, "|")
    key = _KEY.match(text, at)
    if key is None:
        return _bare(text, at, at)
    name = key[1].lower().replace("-", "_")
    quoted = _quoted(text, key.end())
    if quoted is not None:
        value, end = quoted
        return Token(at, end, text[at:end], Pair(name, value))
    bare = _bare(text, at, key.end())
    return Token(at, bare.end, bare.text, Pair(name, plain(text[key.end() : bare.end])))


def _bare(text: str, start: int, at: int) -> Token:
    end = at + len(_BARE.match(text, at)[0])  # type: ignore[index]  # it matches nothing, too
    return Token(start, end, text[start:end])


def _quoted(text: str, at: int) -> tuple[str, int] | None:
    """The value of a quote that opens here and is closed, and where it ends."""
    closing = _CLOSING.get(text[at : at + 1])
    found = closing.match(text, at + 1) if closing else None
    if found is None:
        return None
    return _ESCAPED_QUOTE.sub(r"\1", text[at + 1 : found.start(1)]), found.end()
