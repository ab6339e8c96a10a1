"""How a route is charged; what nobody knows is never free."""

import dataclasses
import subprocess
import sys

import pytest

from scheduler.config import Provider
from scheduler.providers.catalogue import BUILT_IN
from scheduler.providers.pricing import price_class
from scheduler.route import ApiMode, PriceClass

PROXY = Provider("proxy", "https://proxy.example.com/v1", ApiMode.CHAT_COMPLETIONS, None, own=True)


def of(name: str, model: str) -> PriceClass:
    provider = BUILT_IN[name]
    return price_class(provider, provider.base_url, model)


@pytest.mark.parametrize(
    ("provider", "model", "expected"),
    [
        ("demo", "echo", PriceClass.LOCAL),
        ("ollama", "qwen3:8b", PriceClass.LOCAL),
        ("lmstudio", "gpt-4o", PriceClass.LOCAL),
        ("ollama", "gpt-oss:120b-cloud", PriceClass.UNKNOWN),
        ("ollama", "glm-4.6:cloud", PriceClass.UNKNOWN),
        ("openrouter", "meta-llama/llama-3.3-70b-instruct:free", PriceClass.FREE),
        ("openrouter", "nobody/knows:free", PriceClass.FREE),
        ("openrouter", "openai/gpt-4o", PriceClass.PAID),
        ("openrouter", "nobody/knows", PriceClass.UNKNOWN),
        ("openrouter", "openrouter/auto", PriceClass.UNKNOWN),
        ("openai", "gpt-4o", PriceClass.PAID),
        ("openai", "gpt-4o:free", PriceClass.UNKNOWN),
        ("openai", "nobody-knows", PriceClass.UNKNOWN),
        ("anthropic", "claude-sonnet-4-5", PriceClass.PAID),
        ("gemini", "gemini-2.5-flash", PriceClass.PAID),
        ("groq", "llama-3.3-70b-versatile", PriceClass.PAID),
        ("deepseek", "deepseek-chat", PriceClass.PAID),
        ("xai", "grok-4", PriceClass.PAID),
    ],
)
def test_the_price_class_of_a_built_in_provider(
    provider: str, model: str, expected: PriceClass
) -> None:
    assert of(provider, model) is expected


@pytest.mark.parametrize("billing", [PriceClass.LOCAL, PriceClass.FREE, PriceClass.PAID])
def test_billing_beats_every_other_rule(billing: PriceClass) -> None:
    entry = dataclasses.replace(BUILT_IN["openrouter"], billing=billing)
    assert price_class(entry, entry.base_url, "a/b:free") is billing
    entry = dataclasses.replace(BUILT_IN["ollama"], billing=billing)
    assert price_class(entry, entry.base_url, "qwen3") is billing


def test_an_entry_like_openrouter_shares_its_free_models() -> None:
    entry = dataclasses.replace(PROXY, like="openrouter")
    assert price_class(entry, entry.base_url, "a/b:free") is PriceClass.FREE
    assert price_class(entry, entry.base_url, "openai/gpt-4o") is PriceClass.PAID


def test_free_in_a_name_means_nothing_at_another_address() -> None:
    assert price_class(PROXY, PROXY.base_url, "a/b:free") is PriceClass.UNKNOWN
    moved = "https://proxy.example.com/v1"
    assert price_class(BUILT_IN["openrouter"], moved, "a/b:free") is PriceClass.UNKNOWN


def test_an_entry_at_a_known_address_has_that_address_prices() -> None:
    entry = dataclasses.replace(PROXY, base_url="https://api.openai.com/v1")
    assert price_class(entry, entry.base_url, "gpt-4o") is PriceClass.PAID


def test_what_is_unknown_counts_as_spending() -> None:
    assert PriceClass.UNKNOWN.spends
    assert PriceClass.PAID.spends
    assert not PriceClass.FREE.spends


def test_a_free_route_is_told_without_loading_the_price_list() -> None:
    code = (
        "import sys; from tests.unit.test_pricing import of;"
        "of('openrouter', 'a/b:free'), of('demo', 'echo');"
        "sys.exit('genai_prices' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
