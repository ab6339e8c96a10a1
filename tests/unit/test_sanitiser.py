"""Nothing hidden, secret or ringing leaves; everything else leaves as it is."""

# ruff: noqa: RUF001  look-alikes are what this file is about

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.message import (
    Bullets,
    Button,
    Code,
    Confirm,
    Fields,
    Message,
    Moment,
    Paragraph,
    Quiet,
    Written,
    bold,
    code,
    line,
)
from bot.redaction import SHORTEST
from bot.sanitiser import clean, sanitise
from bot.settings import Environment, Settings
from bot.settings.secrets import secret_values
from scheduler.job import JobId
from scheduler.press import Action, Press, RouteNames

SECRET = "correct-horse-battery"
SECRETS = frozenset({SECRET, "short"})
PRESS = Press(Action.PIN, job=JobId(7), route=RouteNames("openrouter", "a/b:free"))

HOSTILE = (
    *("<", "!", "@", "#", ">", "channel", "here", "everyone", "U034CD", "|", "^", "&lt;", "&#33;"),
    *("\\", "subteam^S1", "date^1^{time}", "\x1b[31m", "\x1b]8;;", "\x1b\\", "\x9b", "\u202e"),
    *(
        "\u200b",
        "\u200d",
        "\ufe0f",
        "👩",
        "💻",
        "\ud800",
        "\r\n",
        "\u2028",
        " ",
        SECRET,
        "sk-",
        "1",
    ),
    *(
        "xoxb-",
        "Bearer ",
        "abcdefghij",
        "123456789:",
        "[secret]",
        "a",
        "-----BEGIN PRIVATE KEY-----",
    ),
    *("‹", "›", "＠", "_", "*", "`"),
)
texts = st.text() | st.lists(st.sampled_from(HOSTILE), max_size=12).map("".join)


def whole(text: str) -> Message:
    """A message that has the text wherever a text can be."""
    words = line(text, bold(text), code(text), Moment(datetime(2026, 12, 1, tzinfo=UTC), "UTC"))
    return Message(
        title=text,
        blocks=(
            Paragraph(words),
            Bullets((words, words)),
            Fields(((text, words),)),
            Code(text),
            Written(text),
            Quiet(words),
        ),
        buttons=(Button(text, PRESS, confirm=Confirm(text, text), token="t"), Button(text, PRESS)),
    )


@pytest.mark.parametrize(
    "text",
    [
        "Run 7 succeeded: 3 < 5, a<b, x => y, 100 %",
        "/jobs pin 7 openrouter:meta-llama/llama-3.3-70b-instruct:free",
        "cronjob action=update job_id=7 provider=openrouter model=@cf/meta/llama-3",
        "@driftpin pin 7 lab:gpt-4o-2024-08-06",
        "'openrouter' -> 'anthropic' #44585",
        "two\nlines\tand a tab",
        "ops@here.example.com, @ana, @channels, @hereafter",
        "👩‍💻 ❤️ 1️⃣ 🇳🇴 👍🏽",
        "می‌خواهم, क्‍ष, 中文, Ærlig",
        "<!-- a comment --> <!DOCTYPE html> <b>bold</b> Vec<T>",
        "the task-list, a risk-free-and-long-lasting-thing, sk-learn-is-a-library",
        "bearer responsibilities",
        "meet at 12:30, 1234567:30",
        "AIza is short",
    ],
)
def test_ordinary_text_leaves_as_it_is(text: str) -> None:
    assert clean(text, SECRETS) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x07", "link"),
        ("\x1b]0;title without an end\nnext", "0;title without an end\nnext"),
        ("\x9b31mred", "red"),
        ("bell\x07 nul\x00 del\x7f \x85", "bell nul del \n"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("safe\u202egpj.exe\u202c", "safegpj.exe"),
        ("\u2066a\u2069\u200eb\u061c", "ab"),
        ("pay\u200bpal \ufeffzero\u2060width\u00ad", "paypal zerowidth"),
        ("a\u200db", "ab"),
        ("a\ufe0f", "a"),
        ("hidden\U000e0041\U000e0042", "hidden"),
        ("lone \ud800 half", "lone \ufffd half"),
    ],
)
def test_what_nobody_can_see_is_gone(text: str, shown: str) -> None:
    assert clean(text, ()) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"key={SECRET}!", "key=[secret]!"),
        ("cor\u200brect-horse-\x1b[1mbattery", "[secret]"),
        ("short secrets are words", "short secrets are words"),
        ("sk-or-v1-0123456789abcdef0123", "[secret]"),
        ("sk-ant-api03-AbC_123-xyz456789", "[secret]"),
        ("xoxb-1234567890-abcdefghij", "[secret]"),
        ("xapp-1-A0123456789-0123456789", "[secret]"),
        ("gsk_abcdefghijklmnopqrstuvwx", "[secret]"),
        ("AIzaSyA-0123456789abcdefghijklmnopqrstu", "[secret]"),
        (f"https://api.telegram.org/bot123456789:{'A' * 35}/getMe", "[secret]"),
        ("Authorization: Bearer abc123def456", "Authorization: Bearer [secret]"),
        ("ghp_abcdefghijklmnopqrst0123", "[secret]"),
    ],
)
def test_a_secret_never_leaves(text: str, shown: str) -> None:
    cleaned = clean(text, SECRETS)
    assert shown in cleaned
    assert cleaned == shown or cleaned == f"https://api.telegram.org/bot{shown}/getMe"


def test_the_longer_of_two_secrets_is_taken_whole() -> None:
    assert clean("abcdefghijkl", ["abcdefgh", "abcdefghijkl"]) == "[secret]"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<!channel> now", "‹!channel› now"),
        ("<!here|here>", "‹!here|here›"),
        ("<!everyone>", "‹!everyone›"),
        ("<!subteam^S012AB>", "‹!subteam^S012AB›"),
        ("<!date^1^{time}|soon>", "‹!date^1^{time}|soon›"),
        ("<@U034CD>", "‹@U034CD›"),
        ("<#C012AB|general>", "‹#C012AB|general›"),
        ("`<!channel>`", "`‹!channel›`"),
        ("<\u200b!chan\u200dnel>", "‹!channel›"),
        ("&lt;!channel&gt;", "‹!channel&gt;"),
        ("&#60;&#33;channel>", "‹&#33;channel>"),
        ("<\\!channel>", "‹\\!channel>"),
        ("<!x<!channel>", "‹!x‹!channel›"),
        ("@channel @here @everyone", "＠channel ＠here ＠everyone"),
        ("_@Here_ (@EVERYONE)", "_＠Here_ (＠EVERYONE)"),
        ("&#64;here", "＠here"),
    ],
)  # fmt: skip
def test_a_mention_is_readable_and_rings_nobody(text: str, shown: str) -> None:
    assert clean(text, ()) == shown


@given(texts)
def test_no_text_holds_a_live_mention_or_a_secret_afterwards(text: str) -> None:
    cleaned = clean(text, SECRETS)
    for live in ("<!channel", "<!here", "<!everyone", "<!subteam", "<!date", "<@", "<#", "&lt;!"):
        assert live not in cleaned
    assert SECRET not in cleaned
    assert "\x1b" not in cleaned
    assert cleaned.encode().decode() == cleaned


@given(texts, st.frozensets(st.text(max_size=12), max_size=3))
def test_cleaning_twice_changes_nothing_more(text: str, secrets: frozenset[str]) -> None:
    once = clean(text, SECRETS | secrets)
    assert clean(once, SECRETS | secrets) == once


@given(texts)
def test_sanitising_a_message_twice_changes_nothing_more(text: str) -> None:
    once = sanitise(whole(text), SECRETS)
    assert sanitise(once, SECRETS) == once


def test_every_text_of_a_message_is_sanitised() -> None:
    shown = repr(sanitise(whole(f"<!channel> {SECRET} \x1b[1m"), SECRETS))
    for hidden in ("<!", SECRET, "x1b"):
        assert hidden not in shown
    assert shown.count("[secret]") == repr(whole("[secret]")).count("[secret]")


def test_titles_labels_questions_and_names_of_fields_stay_on_one_line() -> None:
    message = sanitise(whole("a\n\nb"), SECRETS)
    button = message.buttons[0]
    assert button.confirm == Confirm("a b", "a b")
    assert (message.title, button.label) == ("a b", "a b")
    assert Code("a\n\nb") in message.blocks


def test_what_a_button_does_is_left_alone() -> None:
    button = sanitise(whole("x"), SECRETS).buttons[0]
    assert (button.press, button.token) == (PRESS, "t")


def test_an_ordinary_message_is_equal_afterwards() -> None:
    assert sanitise(whole("Held: nothing was spent."), SECRETS) == whole("Held: nothing was spent.")


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "sk-",
            "<!",
            "&#0000",
            "\x1b]",
            "<",
            "Bearer ",
            "@",
            "\u200d👩",
            "123456:",
            "-----BEGIN ",
        ),
        *("‹!", "❤\ufe0f\ufe0f", "-----BEGIN PRIVATE KEY-----", "\\", "[secret]", SECRET[:-1]),
    ],
)
def test_a_hostile_text_costs_little_time(piece: str) -> None:
    began = time.process_time()
    clean(piece * (100_000 // len(piece)), SECRETS)
    assert time.process_time() - began < 1


@pytest.mark.parametrize("length", [SHORTEST, SHORTEST + 1])
def test_a_secret_that_the_settings_know_is_masked_however_short_it_is(length: int) -> None:
    secret = "a1b2c3d4"[:length]
    environment = Environment({"OPENROUTER_API_KEY": secret}, Path("nowhere"))
    known = secret_values(Settings(), environment)
    assert known == {secret}
    assert clean(f"the key is {secret}.", known) == "the key is [secret]."
