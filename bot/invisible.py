"""Takes out of a text what nobody can see: control characters, escape sequences, hidden marks."""

import re

_ESCAPE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)"  # OSC and kin
    r"|\x1b[ -/]*[0-~]?"
)
_NEWLINE = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")

# Unicode's default-ignorable characters, and the fillers that look like nothing. Joiners and
# variation selectors are among them; `_KEPT` names where a script or an emoji needs one.
_IGNORABLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_JOINING = "\u0600-\u061b\u061d-\u0dff\u0f00-\u109f\u1780-\u17b3\u17b6-\u180a"
_PICTURE = "\u00a9\u00ae\u203c-\u2059\u2100-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
_SELECTABLE = f"{_PICTURE}\u3001-\u3163\u3165-\ua4cf\uf900-\ufaff\U00020000-\U0003ffff"
_KEPT = (
    f"(?<=[{_PICTURE}])\ufe0f?\u200d(?=[{_PICTURE}])"
    f"|(?<=[{_SELECTABLE}])[\ufe00-\ufe0f]"
    "|(?<=[0-9#*])\ufe0f(?=\u20e3)"
    f"|(?<=[{_JOINING}])[\u200c\u200d](?=[{_JOINING}])"
)
_HIDDEN = re.compile(f"({_KEPT})|[{_IGNORABLE}]")


def storable(text: str) -> str:
    """The text with plain newlines and without what no database or terminal should be given."""
    text = _NEWLINE.sub("\n", _ESCAPE.sub("", text))
    return _SURROGATE.sub("\ufffd", _CONTROL.sub("", text))


def visible(text: str) -> str:
    """The text without anything that could hide or reorder a part of it; emoji stay whole.

    Applying it twice changes nothing more.
    """
    return _HIDDEN.sub(lambda found: found[1] or "", storable(text))


def is_blank(text: str) -> bool:
    return not visible(text).strip()
