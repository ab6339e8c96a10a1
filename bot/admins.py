"""Where the admins are told what only they can mend."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from bot.message import Tone
from bot.settings.places import place_named
from bot.settings.values import ChangeKind, ConfigChange
from scheduler.job import Place
from scheduler.outbox import Facts

BROKEN = (
    "The settings cannot be used, so jobs that may cost something are held. Messages, and jobs on a free"
    " or local route, go on with the last good settings."
)


def admin_place(admin_chat: str | None, platforms: Collection[str]) -> Place | None:
    """The place of `alerts.admin_chat`, else this machine's own terminal where it is attached."""
    named = place_named(admin_chat or "")
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
    people = (place_named(pattern) for pattern in admins if "*" not in pattern)
    return [place for place in people if place is not None and place.platform in platforms]


@dataclass(frozen=True, slots=True)
class Notice:
    """A message to the admins: a sentence, and what belongs under it, a line each."""

    title: str
    lines: tuple[str, ...] = ()
    tone: Tone = Tone.LOUD

    @property
    def facts(self) -> Facts:
        return {"text": self.title, "lines": "\n".join(self.lines), "tone": str(self.tone)}


def notices(change: ConfigChange) -> tuple[Notice, ...]:
    """What the admins are told about a change of the settings, nothing of a harmless one."""
    told: list[Notice] = []
    if change.kind is ChangeKind.BROKEN:
        told.append(Notice(BROKEN, change.problems))
    if change.kind is ChangeKind.HEALED:
        told.append(_healed(change))
    if change.loosened:
        told.append(Notice("A guard or a limit became wider:", change.loosened))
    if change.lost:
        told.append(Notice(f"{_are(change.lost)} not set any more. Jobs that need it are held."))
    if change.found:
        back = "Jobs that need it run again at their next fires."
        told.append(Notice(f"{_are(change.found)} set again. {back}", tone=Tone.GOOD))
    return tuple(told)


def _healed(change: ConfigChange) -> Notice:
    """Good news, and no warning: what the moved default holds is told to the chats of its jobs."""
    title = "The settings are whole again."
    if not change.default_moved:
        return Notice(f"{title} Jobs run as they did before.", tone=Tone.GOOD)
    old, new = (
        change.old_default or "no route",
        change.new_default or "no route that can be called",
    )
    moved = f"The default moved meanwhile: {old} -> {new}."
    held = "Jobs that consented to another route stay held until somebody decides."
    return Notice(f"{title} {moved} {held}", tone=Tone.PLAIN)


def _are(names: Sequence[str]) -> str:
    return f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'}"
