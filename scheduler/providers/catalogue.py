"""The providers that are built in, and those an operator adds or changes."""

from collections.abc import Mapping
from types import MappingProxyType

from scheduler.config import Provider
from scheduler.route import ApiMode

AUTO = "auto"
"""The word an operator writes to let the first provider with a key be chosen."""

DEMO = "demo"
DEMO_MODEL = "echo"

_CHAT = ApiMode.CHAT_COMPLETIONS

BUILT_IN: Mapping[str, Provider] = MappingProxyType(
    {
        provider.name: provider
        for provider in (
            Provider("openrouter", "https://openrouter.ai/api/v1", _CHAT, "OPENROUTER_API_KEY"),
            Provider("openai", "https://api.openai.com/v1", ApiMode.RESPONSES, "OPENAI_API_KEY"),
            Provider(
                "anthropic",
                "https://api.anthropic.com",
                ApiMode.ANTHROPIC_MESSAGES,
                "ANTHROPIC_API_KEY",
            ),
            Provider(
                "gemini",
                "https://generativelanguage.googleapis.com/v1beta/openai",
                _CHAT,
                "GEMINI_API_KEY",
            ),
            Provider("groq", "https://api.groq.com/openai/v1", _CHAT, "GROQ_API_KEY"),
            Provider("deepseek", "https://api.deepseek.com/v1", _CHAT, "DEEPSEEK_API_KEY"),
            Provider("xai", "https://api.x.ai/v1", _CHAT, "XAI_API_KEY"),
            Provider("ollama", "http://127.0.0.1:11434/v1", _CHAT, None),
            Provider("lmstudio", "http://127.0.0.1:1234/v1", _CHAT, None),
            Provider(DEMO, "", ApiMode.BUILT_IN, None),
        )
    }
)
"""In the order in which `auto` looks for a key."""


def known_providers(own: Mapping[str, Provider]) -> Mapping[str, Provider]:
    """Every provider by name; an operator's entry stands in for the built-in of its name."""
    return {**BUILT_IN, **own}
