"""The places that words of config.yaml name."""

from scheduler.job import Place


def place_named(pattern: str) -> Place | None:
    """The place a word of config.yaml names: `slack:T1:#C3`, `slack:T1:U2`, `telegram:-100123`."""
    match pattern.split(":"):
        case ["telegram", chat]:
            return Place("telegram", chat, chat)
        case [platform, workspace, chat]:
            return Place(platform, workspace, chat.removeprefix("#"))
    return None
