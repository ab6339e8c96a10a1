"""Which route a call would bill, decided from settings, pins and environment alone."""

import dataclasses
from collections.abc import Mapping
from datetime import date

import pytest

from scheduler.config import Provider, RouteConfig
from scheduler.errors import RouteError
from scheduler.providers import resolve as resolver
from scheduler.providers.catalogue import BUILT_IN, known_providers
from scheduler.providers.endpoint import is_loopback, origin
from scheduler.providers.fingerprint import Fingerprint, fingerprints
from scheduler.providers.resolve import default_model, split_route
from scheduler.route import ApiMode, Credential, CredentialKind, Pins, PriceClass, Resolution

CANARY = "sk-canary-0123456789"
FREE = "meta-llama/llama-3.3-70b-instruct:free"
KEYS = {"OPENROUTER_API_KEY": CANARY}
EVERY_KEY = {p.key_env: CANARY for p in BUILT_IN.values() if p.key_env is not None}
LAB = Provider("lab", "http://10.0.0.5:8000/v1", ApiMode.CHAT_COMPLETIONS, "LAB_KEY", own=True)
DEFAULT = RouteConfig(provider="openrouter", model=FREE)
NO_PINS = Pins()


def resolve(
    config: RouteConfig,
    pins: Pins,
    environment: Mapping[str, str],
    fingerprint: Fingerprint | None = None,
) -> Resolution:
    return resolver.resolve(config, pins, environment, date(2026, 11, 23), fingerprint)


def changed(config: RouteConfig = DEFAULT, **values: object) -> RouteConfig:
    return dataclasses.replace(config, **values)  # type: ignore[arg-type]


def test_an_unpinned_job_follows_the_configured_default() -> None:
    found = resolve(DEFAULT, NO_PINS, KEYS)
    assert found.route.name == f"openrouter:{FREE}"
    assert found.route.endpoint == "https://openrouter.ai/api/v1"
    assert found.route.credential == "OPENROUTER_API_KEY"
    assert found.route.price_class is PriceClass.FREE
    assert found.chosen_by == "model.provider in config.yaml"
    assert not found.auto
    assert found.secret is not None
    assert found.secret.value == CANARY


def test_jobs_beat_the_default_axis_by_axis() -> None:
    config = changed(jobs_model="a/b:free")
    assert resolve(config, NO_PINS, KEYS).route.name == "openrouter:a/b:free"
    config = changed(jobs_provider="demo")
    found = resolve(config, NO_PINS, KEYS)
    assert found.route.name == f"demo:{FREE}"
    assert found.chosen_by == "jobs.provider in config.yaml"


def test_a_pin_beats_jobs_and_the_default() -> None:
    config = changed(jobs_provider="groq", jobs_model="x")
    found = resolve(config, Pins("openrouter", "a/b:free"), KEYS)
    assert found.route.name == "openrouter:a/b:free"
    assert found.chosen_by == "pin"


def test_nothing_configured_is_the_built_in_demo_whatever_keys_lie_around() -> None:
    found = resolve(RouteConfig(None, None), NO_PINS, EVERY_KEY)
    assert found.route.name == "demo:echo"
    assert found.route.price_class is PriceClass.LOCAL
    assert found.secret is None
    assert not found.auto


def test_a_model_without_a_provider_is_never_given_one() -> None:
    with pytest.raises(RouteError, match=r"set model\.provider in config\.yaml"):
        resolve(RouteConfig(None, "gpt-4o"), NO_PINS, EVERY_KEY)


def test_a_provider_without_a_model_says_what_to_set() -> None:
    with pytest.raises(RouteError, match=r"set model\.default in config\.yaml"):
        resolve(RouteConfig("openrouter", None), NO_PINS, KEYS)


def test_the_demo_has_a_model_of_its_own() -> None:
    assert resolve(RouteConfig("demo", None), NO_PINS, {}).route.name == "demo:echo"


def test_auto_takes_the_first_of_the_catalogue_that_has_a_key() -> None:
    config = RouteConfig("auto", "gpt-4o")
    found = resolve(config, NO_PINS, {"XAI_API_KEY": "x" * 8, "OPENAI_API_KEY": "y" * 8})
    assert found.route.provider == "openai"
    assert found.auto
    assert found.chosen_by == "auto: the first provider with a key (openai)"


def test_auto_takes_no_provider_whose_key_is_blank() -> None:
    with pytest.raises(RouteError, match="auto found no built-in provider with a key"):
        resolve(RouteConfig("auto", "m"), NO_PINS, {"OPENAI_API_KEY": "  "})


def test_auto_needs_a_model() -> None:
    with pytest.raises(RouteError, match=r"model\.default"):
        resolve(RouteConfig("auto", None), NO_PINS, EVERY_KEY)


def test_auto_never_leaves_the_host_of_a_base_url() -> None:
    config = RouteConfig("auto", "m", base_url="https://api.openai.com/v1")
    assert resolve(config, NO_PINS, EVERY_KEY).route.provider == "openai"
    with pytest.raises(RouteError, match="host"):
        resolve(changed(config, base_url="http://10.0.0.9/v1"), NO_PINS, EVERY_KEY)


def test_auto_is_no_provider_to_pin() -> None:
    with pytest.raises(RouteError, match="'auto' is not a known provider"):
        resolve(DEFAULT, Pins(provider="auto"), EVERY_KEY)


def test_an_unknown_provider_is_an_error_that_names_the_candidates() -> None:
    with pytest.raises(RouteError, match="did you mean openrouter") as caught:
        resolve(DEFAULT, Pins(provider="openruoter"), KEYS)
    assert "groq" in str(caught.value)


@pytest.mark.parametrize("broken", ["auto", "gone"])
def test_a_pinned_provider_never_needs_the_default_to_resolve(broken: str) -> None:
    found = resolve(changed(provider=broken), Pins(provider="openrouter"), KEYS)
    assert found.route.name == f"openrouter:{FREE}"


def test_a_pinned_model_follows_the_default_provider() -> None:
    assert resolve(DEFAULT, Pins(model="a/b:free"), KEYS).route.name == "openrouter:a/b:free"


def test_a_missing_key_names_the_variable_and_the_file() -> None:
    with pytest.raises(RouteError, match=r"OPENROUTER_API_KEY is not set.*\.env") as caught:
        resolve(DEFAULT, NO_PINS, {"OPENAI_API_KEY": CANARY})
    assert caught.value.credential == "OPENROUTER_API_KEY"
    assert CANARY not in str(caught.value)


def test_a_base_url_counts_for_the_provider_it_stands_beside() -> None:
    config = changed(base_url="https://openrouter.ai/api/v2")
    found = resolve(config, NO_PINS, KEYS)
    assert found.route.endpoint == "https://openrouter.ai/api/v2"
    assert found.route.credential == "OPENROUTER_API_KEY"


@pytest.mark.parametrize(
    "config",
    [
        changed(provider="ollama", base_url="http://10.0.0.9/v1", jobs_provider="openrouter"),
        changed(provider="ollama", base_url="http://10.0.0.9/v1"),
    ],
)
def test_a_base_url_never_counts_for_another_provider(config: RouteConfig) -> None:
    pins = Pins() if config.jobs_provider else Pins(provider="openrouter")
    assert resolve(config, pins, KEYS).route.endpoint == "https://openrouter.ai/api/v1"


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:8000/v1",
        "http://openrouter.ai/api/v1",
        "https://openrouter.ai:8443/api/v1",
        "https://openrouter.ai.example.com/api/v1",
    ],
)
def test_a_key_never_leaves_for_another_host(address: str) -> None:
    found = resolve(changed(base_url=address), NO_PINS, KEYS)
    assert found.route.endpoint == address
    assert found.route.credential is None
    assert found.secret is None


def test_the_key_of_an_entry_is_bound_to_the_address_of_that_entry() -> None:
    config = RouteConfig("lab", "qwen3", providers={"lab": LAB})
    assert resolve(config, NO_PINS, {"LAB_KEY": CANARY}).secret is not None
    moved = changed(config, base_url="http://10.0.0.6/v1")
    assert resolve(moved, NO_PINS, {"LAB_KEY": CANARY}).secret is None


def test_an_entry_stands_in_for_the_built_in_of_its_name() -> None:
    own = dataclasses.replace(LAB, name="groq")
    found = resolve(RouteConfig("groq", "m", providers={"groq": own}), NO_PINS, {"LAB_KEY": CANARY})
    assert found.route.endpoint == LAB.base_url
    assert found.route.credential == "LAB_KEY"


def test_a_vendor_before_a_slash_never_switches_the_provider() -> None:
    config = changed(model="openai/gpt-4o")
    assert resolve(config, NO_PINS, {**KEYS, "OPENAI_API_KEY": "x"}).route.provider == "openrouter"


def test_a_resolution_never_prints_its_key() -> None:
    found = resolve(DEFAULT, NO_PINS, KEYS)
    assert CANARY not in f"{found!r} {found} {found.secret}"


def test_the_default_model_is_read_without_any_provider() -> None:
    assert default_model(RouteConfig("gone", "m")) == "m"
    assert default_model(RouteConfig("gone", "m", jobs_model="j")) == "j"
    assert default_model(RouteConfig(None, None)) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("openrouter:meta-llama/llama-3.3-70b-instruct:free", ("openrouter", FREE)),
        (" OpenRouter : a/b:free ", ("openrouter", "a/b:free")),
        ("openrouter", ("openrouter", None)),
        ("openrouter:", ("openrouter", None)),
        ("openai/gpt-4o", (None, "openai/gpt-4o")),
        ("meta-llama/llama:free", (None, "meta-llama/llama:free")),
        ("qwen3:8b", (None, "qwen3:8b")),
        ("ollama:qwen3:8b", ("ollama", "qwen3:8b")),
        ("", (None, None)),
    ],
)
def test_a_typed_route_is_split_only_behind_a_known_provider(
    text: str, expected: tuple[str | None, str | None]
) -> None:
    assert split_route(text, known_providers({})) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://127.0.0.1:11434/v1", True),
        ("http://127.9.9.9", True),
        ("http://[::1]:8000/v1", True),
        ("http://localhost/v1", True),
        ("http://LOCALHOST./v1", True),
        ("http://0.0.0.0/v1", False),
        ("http://127.0.0.1.example.com/v1", False),
        ("http://localhost.example.com/v1", False),
        ("http://10.0.0.1/v1", False),
        ("", False),
    ],
)
def test_loopback_is_this_machine_and_no_lookalike(address: str, expected: bool) -> None:
    assert is_loopback(address) is expected


def test_an_origin_is_scheme_host_and_port() -> None:
    assert origin("HTTPS://Example.COM/v1") == origin("https://example.com:443/other")
    assert origin("http://example.com") != origin("https://example.com")


def test_a_base_url_beside_the_default_never_moves_a_pinned_job() -> None:
    config = changed(base_url="https://openrouter.ai/api/v2")
    found = resolve(config, Pins(provider="openrouter"), KEYS)
    assert found.route.endpoint == "https://openrouter.ai/api/v1"


def test_a_fingerprint_tells_keys_apart_and_shows_none_of_them() -> None:
    mark = fingerprints(b"k" * 32)
    first = resolve(DEFAULT, NO_PINS, KEYS, mark).route
    again = resolve(DEFAULT, NO_PINS, KEYS, mark).route
    other = resolve(DEFAULT, NO_PINS, {"OPENROUTER_API_KEY": "another"}, mark).route
    elsewhere = resolve(DEFAULT, NO_PINS, KEYS, fingerprints(b"x" * 32)).route
    assert first.fingerprint == again.fingerprint
    assert len({first.fingerprint, other.fingerprint, elsewhere.fingerprint}) == 3
    assert CANARY not in str(first)


def test_a_route_without_a_key_has_no_fingerprint_and_says_how_it_is_identified() -> None:
    demo = resolve(RouteConfig(None, None), NO_PINS, {}, fingerprints(b"k")).route
    ollama = resolve(RouteConfig("ollama", "qwen3"), NO_PINS, {}, fingerprints(b"k")).route
    kept = resolve(DEFAULT, NO_PINS, KEYS).route
    assert (demo.fingerprint, ollama.fingerprint, kept.fingerprint) == (None, None, None)
    assert demo.identified_by == Credential(CredentialKind.BUILT_IN)
    assert ollama.identified_by == Credential(CredentialKind.NONE)
    assert kept.identified_by == Credential(CredentialKind.VARIABLE, "OPENROUTER_API_KEY")
