"""What a person typed, out of Slack's own spelling of it. Pure."""

import re

_REFERENCE = re.compile(r"<([^<>\s][^<>]{0,4000})>")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def typed(text: str) -> str:
    """The words as the person saw them: links as typed, people and channels by name."""
    plain = _REFERENCE.sub(lambda found: _written(found[1]), text)
    for escaped, sign in _ENTITIES:
        plain = plain.replace(escaped, sign)
    return plain


def after_mention(text: str, bot: str) -> str:
    """What a person asked of the bot they mentioned: the words behind the mention, else all others."""
    before, found, behind = text.partition(f"<@{bot}>")
    if not found:
        before, found, behind = _labelled(text, bot)
    asked = behind.strip() or before.strip()
    return typed(asked)


def _labelled(text: str, bot: str) -> tuple[str, str, str]:
    found = re.search(rf"<@{re.escape(bot)}\|[^<>]*>", text)
    if found is None:
        return text, "", ""
    return text[: found.start()], found[0], text[found.end() :]


def _written(inside: str) -> str:
    target, bar, label = inside.partition("|")
    match target[:1]:
        case "@":
            return f"@{label.lstrip('@') or target[1:]}"
        case "#":
            return f"#{label or target[1:]}"
        case "!":
            return f"@{(label or target[1:].partition('^')[0]).lstrip('@')}"
    # A link Slack made of a word ("example.com") carries the word as its label.
    return label if bar and target.endswith(label) else target
