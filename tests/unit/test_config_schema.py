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

CANARY = "sk-canary-0a1b2c3d4e5f6g7h8i9j"

WRONG = [
    ("guard: {on_drift: hodl}", "guard.on_drift", "'hodl' is not known; use hold"),
    ("guard: {on_drift: false}", "guard.on_drift", "false (a YAML truth value) is not known; use"),
    ("guard: {missing_snapshot: off}", "guard.missing_snapshot", "use run or hold"),
    ("guard: {on_drfit: hold}", "guard.on_drfit", "did you mean on_drift?"),
    ("guard: {identity: hold}", "guard.identity", "is not known in this version; remove it"),
    ("guard: hold", "guard", "'hold' is not a section; write `key: value` lines"),
    ("spend: {per_run_usd: 1}", "spend", "is not known in this version; remove it"),
    ("acess: {admins: []}", "acess", "did you mean access?"),
    ("access: {admins: 'slack:T012AB:U034CD'}", "access.admins", "is not a list; write a list"),
    ("access: {viewers: ['*']}", "access.viewers", "'*' is not known; write slack:TEAM:USER"),
    ("access: {operators: [42]}", "access.operators", "the number 42 is not known; write slack"),
    ("alerts: {admin_chat: general}", "alerts.admin_chat", "write slack:TEAM:#CHANNEL"),
    ("alerts: {remind_after: 6h}", "alerts.remind_after", "is not known in this version"),
    ("limits: {max_tokens: '4096'}", "limits.max_tokens", "is not a whole number from 1"),
    ("limits: {max_tokens: true}", "limits.max_tokens", "a YAML truth value"),
    ("limits: {jobs_per_chat: 0}", "limits.jobs_per_chat", "write for example 50"),
    ("limits: {min_interval: 5}", "limits.min_interval", "write for example 5m"),
    ("limits: {run_timeout: 0s}", "limits.run_timeout", "is not a duration from 1s to 1d"),
    ("limits: {run_timeout: 9d}", "limits.run_timeout", "is not a duration from 1s to 1d"),
    ("timezone: Europe/Olso", "timezone", "write a name such as Europe/Oslo"),
    ("timezone: 2", "timezone", "the number 2 is not a text"),
    ("model: {provider: openruoter}", "model.provider", "did you mean openrouter?"),
    ("model: {provider: true}", "model.provider", "a YAML truth value"),
    ("model: {providr: openrouter}", "model.providr", "did you mean provider?"),
    ("model: {default: 12}", "model.default", "the number 12 is not a text"),
    ("model: {default: a b}", "model.default", "without spaces"),
    (f"model: {{default: {CANARY}}}", "model.default", "put the key into .env"),
    ("model: [a]", "model", "a list is not a section"),
    ("model: {base_url: 'ftp://host'}", "model.base_url", "write for example https://host/v1"),
    (f"model: {{base_url: 'https://me:{CANARY}@host'}}", "model.base_url", "no password"),
    (f"model: {{base_url: 'https://host/?k={CANARY}'}}", "model.base_url", "no query"),
    (f"model: {{api_key: {CANARY}}}", "model.api_key", "name the variable with key_env"),
    ("jobs: {provider: nobody}", "jobs.provider", "known are anthropic"),
    ("jobs: {modle: x}", "jobs.modle", "did you mean model?"),
    ("providers: {lab: {billing: free}}", "providers.lab.base_url", "is missing; write"),
    ("providers: {Lab: {base_url: 'http://h'}}", "providers.Lab", "use a-z"),
    ("providers: {auto: {base_url: 'http://h'}}", "providers.auto", "but not auto"),
    ("providers: {demo: {base_url: 'http://h'}}", "providers.demo", "choose another name"),
    ("providers: {lab: x}", "providers.lab", "'x' is not a section"),
    ("providers: {groq: {base_url: 'http://h'}}", "providers.groq.key_env", "write key_env: NAME"),
    ("providers: {lab: {base_url: 'http://h', bilin: free}}", "providers.lab.bilin", "billing?"),
    ("providers: {lab: {base_url: 'http://h', billing: unknown}}", "providers.lab.billing", "use"),
    ("providers: {lab: {base_url: 'http://h', api_mode: built_in}}", "providers.lab.api_mode", ""),
    (
        "providers: {lab: {base_url: 'http://h', like: demo}}",
        "providers.lab.like",
        "use openrouter",
    ),
    ("providers: {lab: {base_url: 'http://h:0'}}", "providers.lab.base_url", "write for example"),
    (
        f"providers: {{lab: {{base_url: 'http://h', key_env: {CANARY}}}}}",
        "providers.lab.key_env",
        "write the NAME of a variable",
    ),
    (
        "providers: {lab: {base_url: 'http://h', key_env: SLACK_BOT_TOKEN}}",
        "providers.lab.key_env",
        "belongs to Driftpin",
    ),
    (
        f"providers: {{lab: {{base_url: 'http://h', api_key: {CANARY}}}}}",
        "providers.lab.api_key",
        "put the key into .env",
    ),
    ("cron: {model_provider: nobody}", "cron.model_provider", "is not a known provider"),
]

NOT_YAML = [
    ("guard: {on_drift: hold", "line 1: is not YAML from here on"),
    (f"a: 1\na: {CANARY}", "line 2: this key stands there twice; keep one of them"),
    (f"guard: {{on_drift: hold, on_drift: {CANARY}}}", "stands there twice"),
    ("- a", "holds no settings; write them as `key: value` lines"),
    (f"a: !!python/name:os.{CANARY}", "line 1: this is not plain YAML"),
    ("%YAML 1.1\n---\ntimezone: UTC", "remove the %YAML line"),
    ("a: \x00", "is not YAML"),
    (f"a: '{CANARY}", "is not YAML from here on"),
    ("a: 1\n---\nb: 2", "line 2: "),
]


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
