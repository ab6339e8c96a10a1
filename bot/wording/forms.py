"""What is said where a job is asked for field by field."""

from bot.grammar import sentence
from bot.grammar.forms import Problems
from bot.grammar.verbs import EXAMPLE
from bot.message import AddForm, Fields, Message, line
from bot.wording import facts

LABELS = {"schedule": "Schedule", "prompt": "Prompt", "zone": "Time zone"}
"""The fields of an AddForm as people read them."""


def asked(zone: str, how: str) -> Message:
    """`add` alone: a form where the platform has forms, the usage with an example elsewhere."""
    usage = sentence(f"add needs a schedule and a prompt; type '{how} add {EXAMPLE}'")
    return Message(usage, private=True, refused=True, form=AddForm(zone=zone))


def problems(found: Problems) -> Message:
    """Every field that is wrong, at once."""
    wrong = facts.count(len(found), "field")
    title = f"Nothing is scheduled yet: {wrong} of the form cannot be used."
    rows = tuple((LABELS[field], line(what)) for field, what in found)
    return Message(title, (Fields(rows),), private=True, refused=True, problems=found)
