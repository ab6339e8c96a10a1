"""What is said when something was not done: one line, what is wrong and what to do instead."""

from bot.grammar.sentences import sentence
from bot.message import Code, Message, Paragraph, Tone, code, line
from scheduler.errors import ConfigError, UserError

NEUTRAL = "/jobs"
"""How the core spells commands: it does not know where its errors are read."""


def mistake(error: UserError, how: str = NEUTRAL) -> Message:
    """One sentence; lines that are to be put into a file stay lines. A command in it begins as one is
    typed where it is read."""
    said, _, lines = str(error).replace(f"'{NEUTRAL} ", f"'{how} ").partition("\n")
    shown = (Code(lines.rstrip()),) if lines else ()
    title = sentence(said.removesuffix(":") if lines else said)
    return Message(title, shown, private=True, refused=True)


def stranger(pattern: str, claim: str | None = None) -> Message:
    """Somebody no list admits; they learn the name an admin needs, and nothing else.

    `claim` is the command that makes the first admin, while a code for it is on offer.
    """
    blocks = [Paragraph(line(code(pattern)))]
    if claim is not None:
        blocks.append(
            Paragraph(
                line(
                    "Nobody is admin yet. With the code that driftpin serve printed: ", code(claim)
                )
            )
        )
    return Message(
        "You may not use this Driftpin yet. An admin can add you under access: in config.yaml, as",
        tuple(blocks),
        private=True,
        refused=True,
        to_stranger=True,
    )


DEEDS = {
    "add": "add jobs",
    "add-script": "choose a script",
    "list-everywhere": "list the jobs of every chat",
    "cost-everywhere": "see what the jobs of every chat cost",
    "cost": "see what jobs cost",
    "change-default": "change the default",
    "tz": "say where your clock stands",
    "audit": "read the audit",
    "halt": "halt everything that spends",
    "unhalt": "end a halt",
    "unclaim": "take back what a claim gave",
    "accept": "accept a new route for",
    "restore": "bring back",
    "pin-another": "pin",
    "run-once": "let one run use a new route for",
    "snapshot": "take a snapshot for",
}
"""Actions whose name is no word for what they do."""


def not_allowed(action: str, object: str, who: str) -> Message:
    """`object` is what it would have been done to, `who` names those who may."""
    deed = " ".join(filter(None, (DEEDS.get(action, action), object)))
    return Message(f"You may not {deed} here; that takes {who}.", private=True, refused=True)


def too_fast(per_minute: int) -> Message:
    return Message(
        f"More than {per_minute} commands in a minute; wait a little.", private=True, refused=True
    )


def settings_broken(error: ConfigError) -> Message:
    return Message(
        "The settings cannot be used now, so nothing was changed.",
        tuple(Paragraph(line(problem)) for problem in error.problems),
        tone=Tone.LOUD,
        private=True,
        refused=True,
    )


def unknown_button() -> Message:
    return Message(
        "This button is not known or too old; nothing was done.", private=True, refused=True
    )


def used_button(by: str) -> Message:
    return Message(
        f"{by} already pressed this; nothing was done again.", private=True, refused=True
    )


def broken(incident: str) -> Message:
    """An error of ours: the log has the details under this number."""
    return Message(
        f"Something broke on our side. Incident {incident} is in the log; look before trying again.",
        tone=Tone.LOUD,
        private=True,
        refused=True,
    )
