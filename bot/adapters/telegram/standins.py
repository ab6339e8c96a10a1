"""Signs that a Markdown parser takes for markup and people for text, hidden from the parser.

`List<T>`, "$3 in and $15 out", "~5 minutes", `a || b` and the crontab line of five stars. Each sign
is a private character while the parser looks, of the same length, and itself again afterwards.
"""

import re

# What stands behind a backslash stays: the parser takes it as it is.
_SIGNS = re.compile(
    r"\\[\s\S]|<|\$|(?<!~)~(?!~)|^\* \* \* \* \*$"
    r"|(?P<spoiler>(?<!\|)\|\|(?=[^\s|])[^\n|]*(?<=[^\s|])\|\|(?!\|))|\|{2,}",
    re.MULTILINE,
)
_PRIVATE = range(0xE000, 0xF900)


class StandIns:
    """A private character for each sign, none of which the text uses itself."""

    def __init__(self, text: str) -> None:
        used = set(text)
        free = (chr(code) for code in _PRIVATE if chr(code) not in used)
        self._signs = dict(zip("<$~|*", free, strict=False))
        self._back = str.maketrans({stand_in: sign for sign, stand_in in self._signs.items()})

    def hide(self, text: str) -> str:
        return _SIGNS.sub(self._hidden, text)

    def show(self, text: str) -> str:
        return text.translate(self._back)

    def _hidden(self, found: re.Match[str]) -> str:
        if found["spoiler"] or found[0].startswith("\\"):
            return found[0]
        return "".join(self._signs.get(char, char) for char in found[0])
