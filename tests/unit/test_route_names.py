"""Names of providers and models: what the settings accept can be typed wherever it is printed."""

import json
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.grammar import parse
from bot.sanitiser import clean
from bot.settings.schema import read_settings
from scheduler.commands import PinJob, RouteText
from scheduler.errors import ConfigError, UserError
from scheduler.held import cronjob_command, pin_command
from scheduler.job import JobId
from scheduler.providers.resolve import split_route
from scheduler.route import MODEL_NAME, PROVIDER_NAME, Pins

SEVEN = JobId(7)
LONGEST = "m" * 200
REAL = (
    "accounts/x#accounts/y",
    "accounts/me/models/x#accounts/me/deployments/y",
    "@cf/meta/llama-3",
    "meta-llama/llama-3.3-70b-instruct:free",
    "~anthropic/claude-latest",
    "/models/qwen.gguf",
    "hf.co/bartowski/Llama-3.2-1B:Q4_K_M",
    "ft:gpt-4o-mini:org::id",
    "claude-sonnet-4-5[1m]",
    "a+b,c",
    LONGEST,
)
"""Models as providers write them."""

REFUSED = (
    *("a b", "a\tb", "a\nb", "a\x07b", "a\x7fb", "a\u00a0b", "a\u200bb", "é", "a|b", "-a", "--a"),
    *("—a", "a'b", 'a"b', "a`b", "a’b", "“a”", "a*b", "a\\_b", "a<b", "a>b", "a&b", "a=b", "a;b"),
    *("@here/x", "x/@Channel", "x:@everyone", LONGEST + "m"),
)
"""Models that a chat would change, cut or answer."""

providers = st.from_regex(PROVIDER_NAME, fullmatch=True) | st.sampled_from(["lab", "job", "7"])
models = (
    st.from_regex(MODEL_NAME, fullmatch=True)
    | st.sampled_from((*REAL, *REFUSED))
    | st.text(string.printable, min_size=1, max_size=12)
    | st.text(min_size=1, max_size=12)
)


def accepted(provider: str, model: str) -> bool:
    """True where these are whole settings that make this route the default."""
    settings = {
        "model": {"provider": provider, "default": model},
        "providers": {provider: {"base_url": "http://127.0.0.1:9/v1"}},
    }
    try:
        read_settings(json.dumps(settings).encode(), "config.yaml")
    except ConfigError:
        return False
    return True


def typed(line: str, *known: str) -> Pins:
    """The pins that a typed line asks for, where these providers are known."""
    command = parse(line)
    assert isinstance(command, PinJob)
    assert command.job == SEVEN
    route = command.route
    assert route is not None
    if route.whole is None:
        return Pins(route.provider, route.model)
    return Pins(*split_route(route.whole, known))


@given(providers, models)
def test_a_route_that_the_settings_accept_is_pinned_by_both_commands_of_its_alert(
    provider: str, model: str
) -> None:
    if not accepted(provider, model):
        return
    for pins in (Pins(provider, model), Pins(provider), Pins(model=model)):
        for line in (pin_command(SEVEN, pins), cronjob_command(SEVEN, pins)):
            assert typed(clean(line, ()), provider) == pins


@pytest.mark.parametrize("model", REAL)
def test_a_model_of_a_real_provider_is_accepted_and_can_be_typed(model: str) -> None:
    assert accepted("lab", model)
    pins = Pins("lab", model)
    assert typed(pin_command(SEVEN, pins), "lab") == typed(cronjob_command(SEVEN, pins)) == pins
    assert typed(f"pin 7 {model}") == Pins(model=model)


@pytest.mark.parametrize("model", REFUSED)
def test_a_model_that_no_chat_could_type_is_refused_by_the_settings(model: str) -> None:
    assert not accepted("lab", model)


@pytest.mark.parametrize("model", ["a;b", "é", "a<b", "@here/x", LONGEST + "m"])
def test_a_model_that_the_settings_refuse_is_refused_in_a_chat(model: str) -> None:
    for line in (f"pin 7 {model}", f"pin 7 lab:{model}", f"pin 7 model={model}"):
        with pytest.raises(UserError):
            parse(line)


@pytest.mark.parametrize("line", ["pin 7 provider=OpenRouter", "pin 7 provider=OPENROUTER"])
def test_a_provider_may_be_typed_in_capitals(line: str) -> None:
    assert parse(line) == PinJob(SEVEN, RouteText(provider="openrouter"))
