"""What a mistyped model may have meant, from the bundled price list alone."""

import pytest

from scheduler.providers.known_models import near_models

OPENAI = "https://api.openai.com/v1"
ANTHROPIC = "https://api.anthropic.com"
OPENROUTER = "https://openrouter.ai/api/v1"


@pytest.mark.parametrize(
    ("endpoint", "model"),
    [
        (OPENAI, "gpt-4o"),
        (OPENAI, "gpt-4o-2024-08-06"),
        (ANTHROPIC, "claude-sonnet-4-5-20250929"),
        (OPENROUTER, "meta-llama/llama-3.3-70b-instruct:free"),
        (OPENAI, "a-model-nobody-has-heard-of"),
        ("http://127.0.0.1:11434/v1", "gpt-4oo"),
    ],
)
def test_what_is_known_or_like_nothing_known_is_no_slip(endpoint: str, model: str) -> None:
    assert near_models(endpoint, model) == ()


@pytest.mark.parametrize(
    ("endpoint", "model", "meant"),
    [
        (ANTHROPIC, "claude-sonet-4-5", "claude-sonnet-4-5"),
        (OPENROUTER, "meta-llama/llama-3.3-70b-instuct", "meta-llama/llama-3.3-70b-instruct"),
    ],
)
def test_what_is_almost_known_names_what_is(endpoint: str, model: str, meant: str) -> None:
    assert meant in near_models(endpoint, model)
