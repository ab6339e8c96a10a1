"""A person's text, without what chats, phones and keyboards did to it."""

import unicodedata

_QUOTES = "'\"`´‘’‚‛“”„‟«»‹›"  # noqa: RUF001
_LOOKALIKES = {"−": "-", "∗": "*", "⁎": "*", "✱": "*", "⁄": "/", "∶": ":", "，": ",", "、": ","}  # noqa: RUF001


def plain_text(text: str) -> str:
    """Lower case, single spaces, plain dashes and stars, no quotes around it."""
    folded = unicodedata.normalize("NFKC", text)
    plain = " ".join("".join(_plain_character(character) for character in folded).split())
    return plain.strip(_QUOTES + " ,;").lower()


def shown(text: str, longest: int = 40) -> str:
    """A person's text as it may be quoted back on one line."""
    one_line = " ".join("".join(_plain_character(character) for character in text).split())
    return one_line if len(one_line) <= longest else one_line[: longest - 1].rstrip() + "…"


def _plain_character(character: str) -> str:
    if character in _LOOKALIKES:
        return _LOOKALIKES[character]
    category = unicodedata.category(character)
    if category == "Pd":
        return "-"
    if category in ("Zs", "Zl", "Zp", "Cc"):
        return " "
    return "" if category[0] == "C" else character
