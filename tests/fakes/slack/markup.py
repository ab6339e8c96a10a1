"""What becomes of the characters a person types before an app sees them."""

import re

from tests.fakes.slack.errors import Json
from tests.fakes.slack.workspace import Workspace

_PIECE = re.compile(
    r"(?P<ref><(?P<sigil>[@#])(?P<id>[A-Z0-9]+)(?:\|[^<>]*)?>)"
    r"|(?P<special>@(?:channel|here|everyone)\b)"
    r"|(?P<url>https?://[^\s<>|]*[^\s<>|.,;:!?)\]'\"`])"
    r"|(?P<mail>\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b)"
    r"|(?P<domain>(?<![\w./@-])[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|org|net|io|dev|ai)\b[^\s<>|]*)"
    r"|(?P<at>(?<![\w@])@(?P<name>[\w.-]+))"
    r"|(?P<hash>(?<![\w#&])#(?P<room>[\w-]+))"
)


def typed(text: str, workspace: Workspace, *, names: bool) -> str:
    """The text as Slack hands it over: escaped, references as ids, links in brackets.

    `names` is for slash commands, where a reference also carries the name.
    """
    made, end = [], 0
    for found in _PIECE.finditer(text):
        made.append(_escaped(text[end : found.start()]))
        made.append(_reference(found, workspace, names))
        end = found.end()
    return "".join(made) + _escaped(text[end:])


def mentions(text: str, user_id: str) -> bool:
    return re.search(rf"<@{user_id}(\|[^<>]*)?>", text) is not None


def rich(text: str) -> list[Json]:
    """The rich_text block that Slack makes of what a person typed."""
    parts: list[Json] = []
    for piece in re.split(r"(<[^<>]*>)", text):
        if piece.startswith("<@"):
            parts.append({"type": "user", "user_id": piece[2:-1].split("|")[0]})
        elif piece.startswith("<#"):
            parts.append({"type": "channel", "channel_id": piece[2:-1].split("|")[0]})
        elif piece.startswith("<!"):
            parts.append({"type": "broadcast", "range": piece[2:-1]})
        elif piece.startswith("<"):
            parts.append({"type": "link", "url": piece[1:-1].split("|")[0]})
        elif piece:
            parts.append({"type": "text", "text": _unescaped(piece)})
    section = {"type": "rich_text_section", "elements": parts}
    return [{"type": "rich_text", "block_id": "typed", "elements": [section]}]


def _reference(found: re.Match[str], workspace: Workspace, names: bool) -> str:
    if found["ref"]:
        return _named(found["sigil"], found["id"], workspace, names)
    if found["special"]:
        return f"<!{found['special'][1:]}>"
    if found["url"]:
        return f"<{_escaped(found['url'])}>"
    if found["mail"]:
        return f"<mailto:{found['mail']}|{found['mail']}>"
    if found["domain"]:
        return f"<http://{_escaped(found['domain'])}|{_escaped(found['domain'])}>"
    for user in workspace.users.values():
        if found["at"] and user.name == found["name"]:
            return _named("@", user.id, workspace, names)
    for channel in workspace.channels.values():
        if found["hash"] and channel.name == found["room"]:
            return _named("#", channel.id, workspace, names)
    return _escaped(found[0])


def _named(sigil: str, name: str, workspace: Workspace, names: bool) -> str:
    known = workspace.users.get(name) if sigil == "@" else workspace.channels.get(name)
    if names and known is not None:
        return f"<{sigil}{name}|{known.name}>"
    return f"<{sigil}{name}>" if sigil == "@" else f"<{sigil}{name}|>"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
