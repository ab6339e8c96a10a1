"""The example files and the reference know every setting, and no other."""

import re
from pathlib import Path

import pytest

from bot.settings.chats import CHAT_VARIABLES
from bot.settings.keys import every_key
from bot.settings.schema import read_settings
from bot.settings.values import Settings
from bot.settings.yaml_text import load_mapping
from scheduler.config import CoreConfig, Limits
from scheduler.providers.catalogue import BUILT_IN

ROOT = Path(__file__).parents[2]
EXAMPLE = (ROOT / "config.example.yaml").read_bytes()
REFERENCE = (ROOT / "docs" / "reference" / "settings.md").read_text()
ENV_EXAMPLE = (ROOT / ".env.example").read_text()
VARIABLES = {"DRIFTPIN_CONFIG", "DRIFTPIN_HOME", "DATABASE_URL", *CHAT_VARIABLES} | {
    provider.key_env for provider in BUILT_IN.values() if provider.key_env is not None
}


def keys_of_the_example() -> set[str]:
    found: set[str] = set()
    for section, values in load_mapping(EXAMPLE).items():
        if section in ("providers", "prices", "scripts") and isinstance(values, dict):
            found |= {f"{section}.NAME.{key}" for entry in values.values() for key in entry}
        elif isinstance(values, dict):
            found |= {f"{section}.{key}" for key in values}
        else:
            found.add(str(section))
    return found


def test_the_example_is_a_valid_config() -> None:
    assert read_settings(EXAMPLE, "config.example.yaml").ignored_keys == ()


def test_the_example_holds_every_key_and_no_other() -> None:
    assert keys_of_the_example() == set(every_key())


def test_the_limits_of_the_example_are_the_defaults() -> None:
    assert read_settings(EXAMPLE, "config.example.yaml").core.limits == Limits()


def test_the_reference_explains_every_key_and_no_other() -> None:
    explained = set(re.findall(r"^\| `([a-z]+(?:\.[A-Za-z_.]+)?)` \|", REFERENCE, re.MULTILINE))
    assert explained - set(BUILT_IN) == set(every_key())


def test_the_reference_explains_every_variable_and_no_other() -> None:
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", REFERENCE, re.MULTILINE)) == VARIABLES


def test_the_env_example_holds_every_variable_and_no_other() -> None:
    assert set(re.findall(r"^#?([A-Z_]+)=", ENV_EXAMPLE, re.MULTILINE)) == VARIABLES


@pytest.mark.parametrize("name", BUILT_IN)
def test_the_reference_lists_every_built_in_provider_in_the_order_of_auto(name: str) -> None:
    provider = BUILT_IN[name]
    address = f"`{provider.base_url}`" if provider.base_url else ""
    key = f"`{provider.key_env}`" if provider.key_env else ""
    row = f"| `{name}` | {address} | {key} |".replace("  ", " ")
    assert row in REFERENCE
    rows = [REFERENCE.index(f"\n| `{other}` |") for other in BUILT_IN]
    assert rows == sorted(rows)


def test_the_defaults_in_the_reference_are_the_real_ones() -> None:
    usual = CoreConfig(Settings().core.routes)
    limits = usual.limits
    for key, value in (
        ("guard.on_drift", usual.guard.on_drift),
        ("guard.missing_snapshot", usual.guard.missing_snapshot),
        ("guard.identity", usual.guard.identity),
        ("guard.price_tolerance", usual.guard.price_tolerance),
        ("limits.jobs_per_chat", limits.jobs_per_chat),
        ("limits.prompt_bytes", limits.prompt_bytes),
        ("limits.commands_per_minute", limits.commands_per_minute),
        ("limits.max_tokens", limits.max_tokens),
        ("limits.output_bytes", limits.output_bytes),
        ("limits.concurrent_runs", limits.concurrent_runs),
        ("timezone", usual.timezone),
    ):
        assert f"| `{key}` | `{value}` |" in REFERENCE
