"""config.yaml is either settings, or a line with file, key and remedy for everything wrong."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.settings.quoting import looks_like_a_key, quoted
from bot.settings.schema import read_settings
from bot.settings.values import Access, Settings
from scheduler.config import CoreConfig, Limits, MissingSnapshot
from scheduler.errors import ConfigError
from scheduler.route import ApiMode, PriceClass
from tests.unit.wrong_configs import CANARY, NOT_YAML, WRONG


def read(text: str) -> Settings:
    return read_settings(text.encode(), "config.yaml")


def problems_of(text: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        read(text)
    return caught.value.problems


@pytest.mark.parametrize(("text", "key", "says"), WRONG)
def test_a_wrong_key_is_one_line_with_file_key_and_remedy(text: str, key: str, says: str) -> None:
    (line,) = problems_of(text)
    assert line.startswith(f"config.yaml: {key}: ")
    assert says in line
    assert "; " in line
    assert "\n" not in line
    assert CANARY not in line


@pytest.mark.parametrize(("text", "says"), NOT_YAML)
def test_what_is_no_yaml_is_one_line_that_quotes_nothing(text: str, says: str) -> None:
    (line,) = problems_of(text)
    assert line.startswith("config.yaml: ")
    assert says in line
    assert "\n" not in line
    assert CANARY not in line


def test_all_problems_are_told_at_once() -> None:
    text = (
        "guard: {on_drift: hodl}\nmodel: {provider: nobody}\n"
        "timezone: Mars\nlimits: {min_interval: 5}\n"
    )
    assert [line.split(": ")[1] for line in problems_of(text)] == [
        "model.provider",
        "guard.on_drift",
        "limits.min_interval",
        "timezone",
    ]


def test_text_that_is_not_utf_8_is_said_to_be_so() -> None:
    with pytest.raises(ConfigError, match="save it as UTF-8"):
        read_settings(b"a: \xff", "config.yaml")


@pytest.mark.parametrize("text", ["", "# nothing\n", "model:\nguard:\naccess:\n", "model: ''"])
def test_what_is_left_out_has_its_default(text: str) -> None:
    assert read(text) == Settings()


def test_the_words_of_yaml_1_1_are_only_words() -> None:
    (line,) = problems_of("guard: {missing_snapshot: no}")
    assert "'no' is not known" in line


def test_every_section_is_understood() -> None:
    found = read(
        """
        model: {provider: lab, default: qwen3:8b, base_url: "http://127.0.0.1:9/v1/"}
        providers:
          lab: {base_url: "http://10.0.0.5/v1/", key_env: LAB_KEY, billing: free, like: anthropic}
          groq: {key_env: GROQ_TEAM_KEY}
        jobs: {provider: openrouter}
        guard: {missing_snapshot: hold}
        access: {admins: ["slack:T012AB:U034CD", "slack:T012AB:U034CD"], viewers: ["telegram:42"]}
        alerts: {admin_chat: "telegram:-100123"}
        limits: {min_interval: 90s, max_tokens: 100}
        timezone: europe/oslo
        """
    )
    routes = found.core.routes
    lab = routes.providers["lab"]
    assert (routes.provider, routes.model) == ("lab", "qwen3:8b")
    assert routes.base_url == "http://127.0.0.1:9/v1"
    assert (lab.base_url, lab.key_env, lab.own) == ("http://10.0.0.5/v1", "LAB_KEY", True)
    assert (lab.billing, lab.api_mode) == (PriceClass.FREE, ApiMode.ANTHROPIC_MESSAGES)
    assert routes.providers["groq"].base_url == "https://api.groq.com/openai/v1"
    assert routes.providers["groq"].key_env == "GROQ_TEAM_KEY"
    assert routes.jobs_provider == "openrouter"
    assert found.core.guard.missing_snapshot is MissingSnapshot.HOLD
    assert found.access == Access(admins=("slack:T012AB:U034CD",), viewers=("telegram:42",))
    assert found.admin_chat == "telegram:-100123"
    assert found.core.limits == Limits(min_interval=timedelta(seconds=90), max_tokens=100)
    assert found.core.timezone == "Europe/Oslo"


def test_operators_and_viewers_may_be_a_workspace_a_channel_or_a_group() -> None:
    many = ("slack:T012AB:*", "slack:T012AB:#C999", "telegram:-100123:*")
    found = read(f"access: {{operators: {list(many)}, viewers: {list(many)}}}")
    assert found.access == Access(operators=many, viewers=many)


HERMES = f"""
_config_version: 50
model:
  default: anthropic/claude-opus-4.6
  provider: auto
  base_url: https://openrouter.ai/api/v1
  api_key: {CANARY}
  context_length: 131072
providers:
  my-proxy:
    base_url: https://llm.internal.example.com/v1
    key_env: MY_PROXY_API_KEY
    api_mode: codex_responses
    request_timeout_seconds: 300
  anthropic:
    request_timeout_seconds: 30
  openai-codex:
    models: {{gpt-5: {{stale_timeout_seconds: 1800}}}}
custom_providers: [{{name: x, base_url: "http://x/v1", api_key: {CANARY}}}]
cron: {{catch_up_missed: true, model: openai/gpt-5-mini, model_provider: ""}}
terminal: {{backend: local, timeout: 180}}
provider_routing: {{sort: price}}
hooks: {{}}
timezone: ""
"""


def test_a_config_of_hermes_agent_is_understood() -> None:
    found = read(HERMES)
    routes = found.core.routes
    assert (routes.provider, routes.model) == ("auto", "anthropic/claude-opus-4.6")
    assert (routes.jobs_provider, routes.jobs_model) == (None, "openai/gpt-5-mini")
    assert set(routes.providers) == {"my-proxy"}
    assert routes.providers["my-proxy"].api_mode is ApiMode.RESPONSES
    assert found.core.timezone == "UTC"
    assert {"terminal", "custom_providers", "model.context_length"} <= set(found.ignored_keys)


def test_a_literal_key_of_hermes_agent_is_told_and_never_kept() -> None:
    found = read(HERMES)
    assert found.notices == (
        "config.yaml: model.api_key: is not used; "
        "put the key into .env and name the variable with key_env",
    )
    assert CANARY not in repr(found)


def test_a_bare_model_is_its_name() -> None:
    routes = read("model: anthropic/claude-opus-4.6").core.routes
    assert (routes.provider, routes.model) == (None, "anthropic/claude-opus-4.6")


def test_jobs_beats_cron() -> None:
    routes = read("jobs: {model: a}\ncron: {model: b, model_provider: groq}").core.routes
    assert (routes.jobs_provider, routes.jobs_model) == ("groq", "a")


def test_ignored_keys_are_listed_without_what_looks_like_a_secret() -> None:
    found = read(f"terminal: 1\n{CANARY}: 2")
    assert found.ignored_keys == ("terminal", "(a key that is not shown)")


@pytest.mark.parametrize(
    "text",
    [
        CANARY,
        "xoxb-1234567890-abcdef",
        "ghp_abcdef123456",
        "AIzaSyA1234567890abcdef",
        "9a8b7c6d5e4f9a8b7c6d5e4f",
    ],
)
def test_what_looks_like_a_key_is_never_quoted(text: str) -> None:
    assert looks_like_a_key(text)
    assert quoted(text) == "this text"


@pytest.mark.parametrize(
    "text",
    [
        "hodl",
        "meta-llama/llama-3.3-70b-instruct:free",
        "claude-sonnet-4-5-20250929",
        "OPENROUTER_API_KEY",
    ],
)
def test_an_ordinary_word_is_quoted(text: str) -> None:
    assert quoted(text) == f"'{text}'"


@given(st.text(max_size=200) | st.from_regex(r"([a-z_]{1,9}: ?[\[{'\"]?[^\n]{0,20}\n {0,2}){1,6}"))
def test_no_text_does_anything_but_be_settings_or_lines(text: str) -> None:
    try:
        found = read_settings(text.encode("utf-8", "surrogatepass"), "config.yaml")
    except ConfigError as error:
        lines = error.problems
    else:
        assert isinstance(found.core, CoreConfig)
        lines = found.notices or ("config.yaml: ",)
    assert lines
    assert all(line.startswith("config.yaml: ") for line in lines)
