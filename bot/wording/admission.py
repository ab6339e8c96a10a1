"""What is said about becoming admin by a claim, and about taking that back."""

from bot.message import Message, Paragraph, Tone, code, line
from bot.wording import facts


def claimed(pattern: str, how: str) -> Message:
    return Message(
        "You are admin of this Driftpin now.",
        (
            Paragraph(line("Kept in the database as ", code(pattern), ".")),
            Paragraph(
                line(
                    "Everybody else is admitted under access: in config.yaml. To take this back: ",
                    code(f"{how} unclaim {pattern}"),
                )
            ),
        ),
        tone=Tone.GOOD,
        private=True,
    )


def wrong_code(attempts_left: int) -> Message:
    if not attempts_left:
        return Message(
            "That is not the code, and it was the last attempt: the code is dead. Starting driftpin"
            " serve again prints a new one.",
            private=True,
            refused=True,
        )
    left = facts.count(attempts_left, "attempt")
    return Message(
        f"That is not the code; {left} left, for everybody together.", private=True, refused=True
    )


def no_code() -> Message:
    """For somebody who is admitted anyway."""
    return Message(
        "No code can be claimed now. driftpin serve prints one at its start while nobody is admin.",
        private=True,
        refused=True,
    )


def admin_exists() -> Message:
    """For somebody who is admitted anyway."""
    return Message(
        "Somebody is admin already, so nothing can be claimed.", private=True, refused=True
    )


def is_admin() -> Message:
    return Message(
        "You are admin already; a code is for somebody who is not, in their chat.",
        private=True,
        refused=True,
    )


def unclaimed(pattern: str, *, last: bool) -> Message:
    """`last`: no chat has an admin any more."""
    title = f"{pattern} is no longer admin by a claim."
    if not last:
        return Message(title)
    how = (
        "Nobody in a chat is admin now. The next start of driftpin serve prints a code to claim with;"
        " or name somebody under access: in config.yaml, as admins."
    )
    return Message(title, (Paragraph(line(how)),), tone=Tone.LOUD)
