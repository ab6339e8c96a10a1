"""Where the admins are told what only they can mend."""

from collections.abc import Collection, Iterable

from bot.settings.values import ChangeKind, ConfigChange
from scheduler.job import Place


def admin_place(admin_chat: str | None, platforms: Collection[str]) -> Place | None:
    """The place of `alerts.admin_chat`, else this machine's own terminal where it is attached."""
    named = _place(admin_chat or "")
    if named is not None:
        return named
    return Place("terminal", "local", "terminal") if "terminal" in platforms else None


def admin_places(
    admin_chat: str | None, admins: Iterable[str], platforms: Collection[str]
) -> list[Place]:
    """Where a notice finds the admins on one of these platforms: the admin chat, else the direct
    messages of each who is named; a whole workspace or group of admins has none."""
    chat = admin_place(admin_chat, platforms)
    if chat is not None and chat.platform in platforms:
        return [chat]
    people = (_place(pattern) for pattern in admins if "*" not in pattern)
    return [place for place in people if place is not None and place.platform in platforms]


def _place(pattern: str) -> Place | None:
    """The place a word of config.yaml names: `slack:T1:#C3`, `slack:T1:U2`, `telegram:-100123`."""
    match pattern.split(":"):
        case ["telegram", chat]:
            return Place("telegram", chat, chat)
        case [platform, workspace, chat]:
            return Place(platform, workspace, chat.removeprefix("#"))
    return None


def notice(change: ConfigChange) -> str | None:
    """What the admins are told about a change of the settings, None for a harmless one."""
    match change.kind:
        case ChangeKind.BROKEN:
            problems = "\n".join(change.problems)
            return (
                "The settings cannot be used, so every agent job is held."
                f" The last good ones serve everything else.\n{problems}"
            )
        case ChangeKind.HEALED:
            return "The settings are whole again; jobs run as they did before."
        case ChangeKind.CHANGED if change.loosened:
            return "A guard or a limit became wider:\n" + "\n".join(change.loosened)
        case ChangeKind.CHANGED:
            return None
