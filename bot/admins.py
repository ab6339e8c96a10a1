"""Where the admins are told what only they can mend."""

from bot.settings.values import ChangeKind, ConfigChange
from scheduler.job import Place


def admin_place(admin_chat: str | None, platforms: list[str]) -> Place | None:
    """The place of `alerts.admin_chat`, else this machine's own terminal where it is attached."""
    match (admin_chat or "").split(":"):
        case ["telegram", chat]:
            return Place("telegram", chat, chat)
        case [platform, workspace, chat] if chat:
            return Place(platform, workspace, chat.removeprefix("#"))
    return Place("terminal", "local", "terminal") if "terminal" in platforms else None


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
