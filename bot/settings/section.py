"""A section of config.yaml read key by key; a problem is one line with file, key and remedy."""

import difflib
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from bot.settings.keys import NOT_YET
from bot.settings.quoting import looks_like_a_key, quoted

Word = TypeVar("Word", bound=StrEnum)

_DECIMAL = re.compile(r"[0-9]{1,9}(\.[0-9]{1,12})?|[0-9](\.[0-9]{1,6})?e-[0-9]{1,2}", re.ASCII)
_DURATION = re.compile(r"([1-9][0-9]{0,5})([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_NEAR = 0.75


@dataclass(slots=True)
class Problems:
    """What is wrong with a file, in the order it was found."""

    file: str
    lines: list[str] = field(default_factory=list)

    def add(self, key: str, what: str, instead: str) -> None:
        self.lines.append(f"{self.file}: {key}: {what}; {instead}")


class Section:
    """One mapping of the file. Null counts as unset everywhere."""

    def __init__(self, values: Mapping[object, object], path: str, problems: Problems) -> None:
        self._values = values
        self._path = path
        self.problems = problems

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def path(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key

    def names(self) -> list[str]:
        """The keys as text; one that is no word or looks like a secret is not repeated."""
        return [_shown(key) for key in self._values]

    def raw(self, key: str) -> object:
        return self._values.get(key)

    def wrong(self, key: str, what: str, instead: str) -> None:
        self.problems.add(self.path(key), what, instead)

    def section(self, key: str) -> "Section":
        """The mapping under a key; an empty one where there is none."""
        value = self.raw(key)
        if value is not None and not isinstance(value, dict):
            self.wrong(
                key, f"{quoted(value)} is not a section", "write `key: value` lines below it"
            )
        found = value if isinstance(value, dict) else {}
        return Section(found, self.path(key), self.problems)

    def text(self, key: str, check: Callable[[str], str | None], instead: str) -> str | None:
        """A text that `check` finds nothing wrong with; an empty one is unset."""
        value = self.raw(key)
        if value is None or value == "":
            return None
        wrong = check(value) if isinstance(value, str) else f"{quoted(value)} is not a text"
        if wrong is None:
            return str(value)
        self.wrong(key, wrong, instead)
        return None

    def word(self, key: str, words: Collection[Word], default: Word | None) -> Word | None:
        """One of some literal words."""
        value = self.raw(key)
        if value is None:
            return default
        for word in words:
            if value == word.value and isinstance(value, str):
                return word
        self.wrong(key, f"{quoted(value)} is not known", f"use {_either(words)}")
        return default

    def number(self, key: str, default: int, least: int, most: int) -> int:
        value = self.raw(key)
        if value is None:
            return default
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        self.wrong(
            key,
            f"{quoted(value)} is not a whole number from {least} to {most}",
            f"write for example {default}",
        )
        return default

    def decimal(self, key: str, default: Decimal | None, most: int, example: str) -> Decimal | None:
        """A number that may have a fraction, from 0 to `most`; exactly as it was written."""
        value = self.raw(key)
        if value is None:
            return default
        number = isinstance(value, int | float | str) and not isinstance(value, bool)
        text = str(value) if number else ""
        if _DECIMAL.fullmatch(text) and Decimal(text) <= most:
            return Decimal(text)
        self.wrong(key, f"{quoted(value)} is not a number from 0 to {most}", f"write {example}")
        return default

    def duration(
        self, key: str, default: timedelta, least: timedelta, most: timedelta
    ) -> timedelta:
        value = self.raw(key)
        if value is None:
            return default
        match = _DURATION.fullmatch(value) if isinstance(value, str) else None
        found = timedelta(seconds=int(match[1]) * _SECONDS[match[2]]) if match else None
        if found is not None and least <= found <= most:
            return found
        self.wrong(
            key,
            f"{quoted(value)} is not a duration from {brief(least)} to {brief(most)}",
            f"write for example {brief(default)}",
        )
        return default

    def texts(
        self, key: str, check: Callable[[str], bool], instead: str, *, what: str = "is not known"
    ) -> tuple[str, ...]:
        """A list of texts, each of which `check` accepts; `what` is wrong with any other."""
        value = self.raw(key)
        if value is None:
            return ()
        if not isinstance(value, list):
            self.wrong(key, f"{quoted(value)} is not a list", 'write a list: ["…", "…"]')
            return ()
        good = [item for item in value if isinstance(item, str) and check(item)]
        for item in value:
            if item not in good:
                self.wrong(key, f"{quoted(item)} {what}", instead)
        return tuple(dict.fromkeys(good))

    def foreign(self, known: Collection[str]) -> list[str]:
        """The keys that are not ours, dotted, without those that a person mistyped."""
        others = []
        for key in self._values:
            if key in known:
                continue
            if self.path(str(key)) in NOT_YET or nearest(str(key), known):
                self.refuse(key, known)
            else:
                others.append(self.path(_shown(key)))
        return others

    def only(self, known: Collection[str], tolerated: Collection[str] = ()) -> list[str]:
        """Refuse every key but these; returns the tolerated ones, dotted."""
        others = []
        for key in self._values:
            if key in tolerated:
                others.append(self.path(str(key)))
            elif key not in known:
                self.refuse(key, known)
        return others

    def refuse(self, key: object, known: Collection[str]) -> None:
        shown = _shown(key)
        if self.path(str(key)) in NOT_YET:
            self.wrong(shown, "is not known in this version", "remove it")
            return
        near = nearest(str(key), known)
        instead = f"did you mean {near}?" if near else f"known here are {', '.join(known)}"
        self.wrong(shown, "is not a known key", instead)


def nearest(key: str, known: Collection[str]) -> str | None:
    found = difflib.get_close_matches(key.lower(), known, n=1, cutoff=_NEAR)
    return found[0] if found else None


def brief(span: timedelta) -> str:
    """A duration as it is written in the file: 90s, 5m, 6h."""
    seconds = int(span.total_seconds())
    unit = next(u for u in ("d", "h", "m", "s") if seconds % _SECONDS[u] == 0)
    return f"{seconds // _SECONDS[unit]}{unit}"


def _shown(key: object) -> str:
    text = str(key)
    if not text.isprintable() or len(text) > 60 or looks_like_a_key(text):
        return "(a key that is not shown)"
    return text


def _either(words: Collection[StrEnum]) -> str:
    return " or ".join(word.value for word in words)
