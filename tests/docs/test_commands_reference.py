"""The reference and the help know every verb and every option, as the tables have them."""

import re
from pathlib import Path

import pytest

from bot.grammar import parse
from bot.grammar.cronjob import ACTIONS
from bot.grammar.options import OPTIONS, Option
from bot.grammar.verbs import BY_NAME, SECOND_FORM, VERBS, Verb
from bot.message import Code, Message, inlines
from bot.wording.help import help_on

REFERENCE = (Path(__file__).parents[2] / "docs/reference/commands.md").read_text(encoding="utf-8")
TYPED = sorted(set(re.findall(r"^(?:/jobs|cronjob) [^<\n]+$", REFERENCE, re.MULTILINE)))


def section(verb: Verb) -> str:
    """What the reference says about one verb."""
    found = re.search(rf"^### {verb.name}\n(.*?)(?=^##)", REFERENCE, re.MULTILINE | re.DOTALL)
    assert found is not None, f"the reference has no section on {verb.name}"
    return found[1]


def text(message: Message) -> str:
    pieces = [message.title]
    pieces += [block.text for block in message.blocks if isinstance(block, Code)]
    pieces += [each.text for each in inlines(message) if hasattr(each, "text")]
    return "\n".join(pieces)


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_every_verb_has_a_section_with_all_its_forms_and_synonyms(verb: Verb) -> None:
    for form in verb.forms:
        assert f"/jobs {form}\n" in section(verb)
    for synonym in verb.synonyms:
        assert f"`{synonym}`" in section(verb)


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.key)
def test_every_option_has_its_row(option: Option) -> None:
    row = re.search(rf"^\| `{option.key}=`.*$", REFERENCE, re.MULTILINE)
    assert row is not None
    for fact in (option.takes, option.says, f"`{option.key}={option.example}`", *option.words):
        assert fact in row[0]
    for synonym in option.synonyms:
        assert f"`{synonym}=`" in row[0]


def test_the_reference_knows_no_verb_that_is_not_in_the_table() -> None:
    sections = re.findall(r"^### (.*)$", REFERENCE, re.MULTILINE)
    assert sections == [verb.name for verb in VERBS]


def test_the_second_form_is_there_with_all_its_actions() -> None:
    assert SECOND_FORM.examples[0] in REFERENCE
    for action in ACTIONS:
        assert f"`{action}`" in REFERENCE


@pytest.mark.parametrize("typed", TYPED)
def test_every_line_of_the_reference_is_understood(typed: str) -> None:
    assert repr(parse(typed))


def test_help_names_every_verb() -> None:
    overview = text(help_on(None, "/jobs"))
    for verb in VERBS:
        assert verb.name in overview
        assert verb.says in overview


@pytest.mark.parametrize("verb", BY_NAME.values(), ids=lambda verb: verb.name)
def test_help_on_a_verb_shows_its_forms_and_examples(verb: Verb) -> None:
    shown = text(help_on(verb.name, "@driftpin"))
    for typed in (*verb.forms, *verb.examples):
        assert typed in shown


def test_help_on_the_options_names_every_option() -> None:
    shown = text(help_on("options", "/jobs"))
    for option in OPTIONS:
        assert f"{option.key}=" in shown
