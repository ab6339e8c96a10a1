"""The form for a new job: as Slack shows it, and as it comes back."""

from collections.abc import Mapping, Sequence

from bot.adapters.slack.buttons import plain_text
from bot.adapters.slack.drawn import Json
from bot.adapters.slack.limits import shortened
from bot.adapters.slack.manifest import ADD_VIEW
from bot.message import AddForm

SCHEDULE, PROMPT, ZONE, TO = "schedule", "prompt", "zone", "to"

PROMPT_ROOM = 3_000
SHORT_ROOM = 255
METADATA = 3_000
PLACES = 10
PLACE_LABEL = 75

CUT = "The text you gave was longer than a form of Slack takes; its end is missing here."


def add_modal(form: AddForm, places: Sequence[tuple[str, str]], metadata: str) -> Json:
    """A view to be opened.

    `places` are where answers may go, value (at most 150 characters) and label, the usual one first.
    """
    if len(metadata) > METADATA:
        raise ValueError(f"private_metadata of {len(metadata)} characters")
    inputs = [
        _input(SCHEDULE, "When", _line(form.schedule, "every weekday at 09:00")),
        _input(PROMPT, "What the agent is asked", _prompt(form.prompt), hint=_hint(form.prompt)),
        _input(ZONE, "Time zone", _line(form.zone, "Europe/Oslo"), optional=True),
    ]
    if len(places) > 1:
        inputs.append(_input(TO, "Where answers go", _choice(places[:PLACES])))
    return {
        "type": "modal",
        "callback_id": ADD_VIEW,
        "title": plain_text("Schedule a job"),
        "submit": plain_text("Schedule"),
        "close": plain_text("Cancel"),
        "private_metadata": metadata,
        "blocks": inputs,
    }


def filled(view_state: Mapping[str, object]) -> tuple[AddForm, str | None]:
    """What was filled in, and the place chosen, from `view.state.values` of a submission."""
    form = AddForm(
        schedule=_value(view_state, SCHEDULE),
        prompt=_value(view_state, PROMPT),
        zone=_value(view_state, ZONE),
    )
    return form, _value(view_state, TO) or None


def errors(problems: Sequence[tuple[str, str]]) -> dict[str, str]:
    """What Slack shows at which field of a form that it keeps open."""
    known = (SCHEDULE, PROMPT, ZONE)
    return {field if field in known else SCHEDULE: what for field, what in problems}


def _input(name: str, label: str, element: Json, *, hint: str = "", optional: bool = False) -> Json:
    found: Json = {
        "type": "input",
        "block_id": name,
        "label": plain_text(label),
        "element": {"action_id": name, **element},
        "optional": optional,
    }
    return {**found, "hint": plain_text(hint)} if hint else found


def _line(value: str, example: str) -> Json:
    found: Json = {
        "type": "plain_text_input",
        "placeholder": plain_text(example),
        "max_length": SHORT_ROOM,
    }
    return {**found, "initial_value": value[:SHORT_ROOM]} if value else found


def _prompt(value: str) -> Json:
    found: Json = {
        "type": "plain_text_input",
        "multiline": True,
        "placeholder": plain_text("Summarise open incidents"),
        "max_length": PROMPT_ROOM,
    }
    return {**found, "initial_value": value[:PROMPT_ROOM]} if value else found


def _hint(prompt: str) -> str:
    return CUT if len(prompt) > PROMPT_ROOM else ""


def _choice(places: Sequence[tuple[str, str]]) -> Json:
    options = [
        {"value": value, "text": plain_text(shortened(label, PLACE_LABEL) or value)}
        for value, label in places
    ]
    return {"type": "radio_buttons", "options": options, "initial_option": options[0]}


def _value(values: Mapping[str, object], name: str) -> str:
    """What was typed or chosen in one field, empty where nothing was."""
    fields = values.get(name)
    field = fields.get(name) if isinstance(fields, Mapping) else None
    if not isinstance(field, Mapping):
        return ""
    chosen = field.get("selected_option")
    found = chosen.get("value") if isinstance(chosen, Mapping) else field.get("value")
    return found.strip() if isinstance(found, str) else ""
