"""What people type is understood, or answered with what to type instead."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.grammar import parse
from bot.grammar.typed import MOST_BYTES
from bot.grammar.verbs import BY_NAME, CANONICAL, VERBS
from scheduler.commands import AddJob, Command, Help, PinJob
from scheduler.errors import UserError
from tests.unit.typed_lines import FRAGMENTS, GOOD, PINNED, PINNED_IN_PARTS
from tests.unit.wrong_lines import WRONG


def answer(text: str, how: str = "/jobs") -> str:
    with pytest.raises(UserError) as caught:
        parse(text, how)
    assert caught.value.instead, "every answer says what to type instead"
    return str(caught.value)


def mistake(text: str) -> UserError | None:
    try:
        parse(text)
    except UserError as error:
        return error
    return None


@pytest.mark.parametrize(("text", "command"), GOOD.items(), ids=map(repr, GOOD))
def test_a_good_line_means_one_command(text: str, command: Command) -> None:
    assert parse(text) == command


@pytest.mark.parametrize(("text", "expected"), WRONG.items(), ids=map(repr, WRONG))
def test_a_wrong_line_is_answered_with_what_to_type_instead(text: str, expected: str) -> None:
    assert answer(text) == expected


@pytest.mark.parametrize("example", [e for verb in BY_NAME.values() for e in verb.examples])
@pytest.mark.parametrize("how", ["/jobs", "@driftpin", "/jobs@driftpinbot", ""])
def test_every_example_is_understood_wherever_it_is_typed(example: str, how: str) -> None:
    assert parse(f"{how} {example}") == parse(example)


def test_no_word_means_two_verbs() -> None:
    names = [name for each in BY_NAME.values() for name in (each.name, *each.synonyms)]
    assert len(names) == len(set(names)) == len(CANONICAL)


@pytest.mark.parametrize(
    ("typed", "meant"), [(synonym, verb.name) for verb in VERBS for synonym in verb.synonyms]
)
def test_a_synonym_is_helped_with_under_its_own_verb(typed: str, meant: str) -> None:
    assert parse(f"help {typed}") == Help(meant)


def test_both_forms_of_an_alerts_command_mean_the_same_pin() -> None:
    one, other = PINNED.route, PINNED_IN_PARTS.route
    assert one is not None
    assert other is not None
    assert one.whole == f"{other.provider}:{other.model}"
    assert parse(f"/jobs pin 7 {one.whole}") == PINNED
    assert parse(
        f"cronjob action=update job_id=7 provider={other.provider} model={other.model}"
    ) == PinJob(PINNED.job, other)


def test_an_answer_prints_commands_as_they_are_typed_there() -> None:
    assert answer("puase 7", "@driftpin").endswith("did you mean '@driftpin pause 7'?")
    assert answer("pause", "/jobs@bot").endswith("'/jobs@bot list' shows the numbers")


@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1))
def test_a_prompt_is_kept_exactly_as_it_was_typed(prompt: str) -> None:
    assert parse(f"add every 2h name=“x” | {prompt}") == parse(f"add every 2h name=x |{prompt}")
    command = parse(f"add every 2h | {prompt}\n\n“{prompt}” `*`")
    assert isinstance(command, AddJob)
    assert command.prompt == f"{prompt}\n\n“{prompt}” `*`"


def test_a_prompt_has_plain_newlines_and_nothing_a_database_refuses() -> None:
    command = parse("add every 2h | a\r\nb\x00c\ud800 \x1b[31md")
    assert command == AddJob("every 2h", "a\nbc\ufffd d")


@given(
    st.text()
    | st.text("add7|-=\"'“ \\`*\n")
    | st.lists(st.sampled_from(FRAGMENTS), max_size=9).map("".join)
)
def test_no_text_brings_anything_but_a_command_or_one_line(text: str) -> None:
    said = mistake(text)
    if said is not None:
        assert said.what
        assert said.instead
        assert "\n" not in str(said)
        assert len(str(said).encode()) < 2000


@pytest.mark.parametrize("text", ["x" * 100_000, "add every 2h | " + "x" * MOST_BYTES, "é" * 9000])
def test_a_text_that_is_too_long_is_refused(text: str) -> None:
    assert answer(text) == "that is longer than 16 KiB; shorten the prompt and send it again"


def test_the_longest_text_is_understood() -> None:
    head = "add every 2h | "
    prompt = "x" * (MOST_BYTES - len(head))
    assert parse(head + prompt) == AddJob("every 2h", prompt)


@pytest.mark.parametrize(
    "piece",
    [
        *("add ", 'add a="\\', "add a='\" ", "`", "add — ", "(", "x=", "/", "1 ", "@", "a", "<@"),
        *("name=", "\x1b]", "\ud800", "every ", "* ", "“", "a=“'\\", "1,", "\u200d", "0 9 * ", "|"),
    ],
)
def test_a_hostile_text_costs_little_time(piece: str) -> None:
    text = (piece * MOST_BYTES)[: MOST_BYTES // 4]
    began = time.process_time()
    for line in (text, f"add {text}", f"add {text} | x", f"cronjob {text}"):
        mistake(line)
    assert time.process_time() - began < 1
