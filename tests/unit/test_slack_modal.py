"""The form for a new job, in Slack."""

from typing import Any, cast

import pytest
from slack_sdk.models.views import View

from bot.adapters.slack.manifest import ADD_VIEW
from bot.adapters.slack.modal import add_modal, errors, filled
from bot.message import AddForm

PLACES = [("here", "Here, in #ops"), ("direct", "To me alone")]


def view(
    form: AddForm | None = None, places: list[tuple[str, str]] | None = None
) -> dict[str, Any]:
    """A view that Slack would take."""
    found = cast(
        "dict[str, Any]",
        add_modal(form or AddForm(), PLACES if places is None else places, "{}"),
    )
    View(**found).validate_json()
    return found


def block(found: dict[str, Any], name: str) -> dict[str, Any]:
    [one] = [each for each in found["blocks"] if each.get("block_id") == name]
    return cast("dict[str, Any]", one)


def test_the_form_asks_for_the_fields_of_a_job() -> None:
    found = view()
    assert (found["callback_id"], found["private_metadata"]) == (ADD_VIEW, "{}")
    assert [each["block_id"] for each in found["blocks"]] == ["schedule", "prompt", "zone", "to"]
    assert [each["optional"] for each in found["blocks"]] == [False, False, True, False]
    assert block(found, "schedule")["element"]["placeholder"]["text"] == "every weekday at 09:00"


def test_the_form_shows_what_is_known_already() -> None:
    found = view(AddForm("every day at 9", "Summarise", "Europe/Oslo"))
    assert [block(found, name)["element"]["initial_value"] for name in ("schedule", "prompt", "zone")] == [
        "every day at 9",
        "Summarise",
        "Europe/Oslo",
    ]  # fmt: skip


def test_a_prompt_too_long_for_a_form_is_cut_and_the_form_says_so() -> None:
    prompt = block(view(AddForm(prompt="x" * 8_000)), "prompt")
    assert len(prompt["element"]["initial_value"]) == 3_000
    assert "its end is missing" in prompt["hint"]["text"]
    assert "hint" not in block(view(AddForm(prompt="x")), "prompt")


@pytest.mark.parametrize("places", [[], PLACES[:1]])
def test_where_answers_go_is_asked_only_if_there_is_a_choice(places: list[tuple[str, str]]) -> None:
    assert [each["block_id"] for each in view(places=places)["blocks"]] == [
        "schedule",
        "prompt",
        "zone",
    ]


def test_the_usual_place_is_chosen_already() -> None:
    element = block(view(places=[*PLACES, ("x", "y" * 200)]), "to")["element"]
    assert element["initial_option"]["value"] == "here"
    assert [len(option["text"]["text"]) for option in element["options"]] == [13, 11, 75]


def test_a_problem_is_shown_at_its_field_or_at_the_first() -> None:
    found = errors([("zone", "no such zone"), ("elsewhere", "odd")])
    assert found == {"zone": "no such zone", "schedule": "odd"}


def test_metadata_that_slack_would_refuse_is_refused_here() -> None:
    with pytest.raises(ValueError, match="3001 characters"):
        add_modal(AddForm(), (), "x" * 3_001)


def test_what_was_filled_in_is_read() -> None:
    values = {
        "schedule": {"schedule": {"type": "plain_text_input", "value": " every day at 9 "}},
        "prompt": {"prompt": {"type": "plain_text_input", "value": "Summarise\nall"}},
        "zone": {"zone": {"type": "plain_text_input", "value": None}},
        "to": {"to": {"type": "radio_buttons", "selected_option": {"value": "direct"}}},
    }
    assert filled(values) == (AddForm("every day at 9", "Summarise\nall", ""), "direct")


@pytest.mark.parametrize(
    "values",
    [{}, {"schedule": {}}, {"schedule": None, "to": {"to": {"selected_option": None}}}, {"prompt": {"prompt": 3}}],
)  # fmt: skip
def test_what_is_missing_is_empty(values: dict[str, Any]) -> None:
    assert filled(values) == (AddForm(), None)
