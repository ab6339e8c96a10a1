"""Puts `[secret]` where a text holds a known secret or something that has the shape of a key."""

import re
from collections.abc import Collection
from functools import lru_cache

MASK = "[secret]"
SHORTEST = 6
"""Characters; a shorter value is no secret, and to blank it would blank half of every text."""

# Each shape begins where no letter or digit stands before it; the look-aheads are bounded, so that
# a long text of almost-keys costs no more than any long text. A digit tells keys from words.
_SHAPES = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"sk-(?=[A-Za-z_-]{0,64}[0-9])[\w-]{16,}"  # OpenAI, Anthropic, OpenRouter
    r"|xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]{10,}"  # Slack
    r"|xapp-[A-Za-z0-9-]{10,}"
    r"|(?:gsk_|hf_|gh[a-z]_|github_pat_|xai-|pplx-|r8_)[A-Za-z0-9_]{20,}"
    r"|AIza[\w-]{30,}"  # Google
    r"|(?:AKIA|ASIA)[A-Z0-9]{16}"  # AWS
    r")"
    r"|(?<![0-9])[0-9]{6,12}:[\w-]{35,}"  # Telegram, also behind `bot` in a URL
    r"|(?<=-----BEGIN )(?:[A-Z]{1,12} ){0,2}PRIVATE KEY-----[^-]{1,20000}",
    re.ASCII,
)
_BEARER = re.compile(
    r"\b(Bearer\s{1,4})(?=[A-Za-z._~+/=-]{0,64}[0-9])[\w.~+/=-]{8,}", re.ASCII | re.IGNORECASE
)
_PARTS = re.compile(rf"({re.escape(MASK)})")


def redacted(text: str, secrets: Collection[str]) -> str:
    """The text without any of these secrets (of `SHORTEST` characters and more) and without key shapes."""
    known = _known(frozenset(secrets))
    if known is not None:
        text = _between_masks(known, MASK, text)
    return _between_masks(_BEARER, rf"\1{MASK}", _between_masks(_SHAPES, MASK, text))


def _between_masks(pattern: re.Pattern[str], by: str, text: str) -> str:
    """Leaves a mask alone that is there already, so that doing it twice changes nothing more."""
    parts = _PARTS.split(text)
    return "".join(part if part == MASK else pattern.sub(by, part) for part in parts)


@lru_cache(maxsize=8)
def _known(secrets: frozenset[str]) -> re.Pattern[str] | None:
    longest_first = sorted((s for s in secrets if len(s) >= SHORTEST), key=lambda s: (-len(s), s))
    return re.compile("|".join(map(re.escape, longest_first))) if longest_first else None
