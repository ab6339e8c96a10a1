"""The variables about chats: all good, or every problem at once."""

import pytest

from bot.settings.chats import (
    CHAT_VARIABLES,
    Chats,
    SlackKeys,
    TelegramKeys,
    command_of,
    read_chats,
    slack_keys,
)
from scheduler.errors import ConfigError

BOT, APP, SECRET = "xoxb-canary-bot", "xapp-canary-app", "canary-signing-secret"
TOKEN = "123456:canary-canary-canary-canary-canary"


def problems(**variables: str) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        read_chats(variables)
    return list(raised.value.problems)


def test_nothing_set_is_no_chat_on_the_usual_port() -> None:
    assert read_chats({}) == Chats(None, None, "127.0.0.1", 8080)
    assert read_chats(dict.fromkeys(CHAT_VARIABLES, "  ")) == Chats(None, None, "127.0.0.1", 8080)


def test_with_an_app_token_slack_is_in_socket_mode() -> None:
    chats = read_chats({"SLACK_BOT_TOKEN": f" {BOT}\n", "SLACK_APP_TOKEN": APP})
    assert chats.slack == SlackKeys(BOT, APP)


def test_with_a_secret_alone_slack_is_in_http_mode() -> None:
    chats = read_chats({"SLACK_BOT_TOKEN": BOT, "SLACK_SIGNING_SECRET": SECRET})
    assert chats.slack == SlackKeys(BOT, None, SECRET)


def test_no_key_shows_in_what_is_printed_of_the_settings() -> None:
    keys = SlackKeys(BOT, APP, SECRET)
    assert not any(key in repr(keys) for key in (BOT, APP, SECRET))
    assert TOKEN not in repr(TelegramKeys(TOKEN, webhook_secret=SECRET))


@pytest.mark.parametrize(
    ("variables", "names"),
    [
        ({"SLACK_APP_TOKEN": APP}, ["SLACK_BOT_TOKEN"]),
        ({"SLACK_SIGNING_SECRET": SECRET}, ["SLACK_BOT_TOKEN"]),
        ({"SLACK_BOT_TOKEN": BOT}, ["SLACK_APP_TOKEN"]),
        ({"SLACK_BOT_TOKEN": "xoxp-1", "SLACK_APP_TOKEN": APP}, ["SLACK_BOT_TOKEN"]),
        ({"SLACK_BOT_TOKEN": APP, "SLACK_APP_TOKEN": BOT}, ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"]),
        ({"SLACK_BOT_TOKEN": BOT, "SLACK_SIGNING_SECRET": "short"}, ["SLACK_SIGNING_SECRET"]),
        ({"SLACK_COMMAND": "/Jobs"}, ["SLACK_COMMAND"]),
        ({"TELEGRAM_WEBHOOK_SECRET": "x" * 16}, ["TELEGRAM_BOT_TOKEN"]),
        ({"TELEGRAM_BOT_TOKEN": "token"}, ["TELEGRAM_BOT_TOKEN"]),
        (
            {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_WEBHOOK_URL": "https://x.org/telegram/webhook"},
            ["TELEGRAM_WEBHOOK_SECRET"],
        ),
        (
            {
                "TELEGRAM_BOT_TOKEN": TOKEN,
                "TELEGRAM_WEBHOOK_URL": "https://x.org/other",
                "TELEGRAM_WEBHOOK_SECRET": "x" * 16,
            },
            ["TELEGRAM_WEBHOOK_URL"],
        ),
        (
            {
                "SLACK_BOT_TOKEN": "x",
                "SLACK_API_URL": "x",
                "DRIFTPIN_PORT": "x",
                "SLACK_COMMAND": "x",
            },
            [
                *("SLACK_COMMAND", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"),
                *("SLACK_API_URL", "DRIFTPIN_PORT"),
            ],
        ),
    ],
    ids=str,
)
def test_every_problem_is_named_by_its_variable(
    variables: dict[str, str], names: list[str]
) -> None:
    assert [line.partition(":")[0] for line in problems(**variables)] == names


@pytest.mark.parametrize(
    ("variables", "name"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-…", "SLACK_APP_TOKEN": APP}, "SLACK_BOT_TOKEN"),
        ({"SLACK_BOT_TOKEN": "xoxb-...", "SLACK_APP_TOKEN": APP}, "SLACK_BOT_TOKEN"),
        ({"SLACK_BOT_TOKEN": BOT, "SLACK_APP_TOKEN": "xapp-…"}, "SLACK_APP_TOKEN"),
        ({"TELEGRAM_BOT_TOKEN": "123456:ABC-…"}, "TELEGRAM_BOT_TOKEN"),
    ],
    ids=str,
)
def test_a_placeholder_of_the_documentation_is_no_token(
    variables: dict[str, str], name: str
) -> None:
    (said,) = problems(**variables)
    assert said.startswith(f"{name}: is the placeholder of the documentation; copy your own from")


@pytest.mark.parametrize("token", ["xoxb-", "xoxb-a b", "xoxb-a\u200bb"])
def test_a_token_that_is_not_whole_is_refused(token: str) -> None:
    (said,) = problems(SLACK_BOT_TOKEN=token, SLACK_APP_TOKEN=APP)
    assert "is no whole token" in said


def test_every_problem_says_where_the_variable_is_set() -> None:
    said = problems(SLACK_BOT_TOKEN="x", DRIFTPIN_PORT="x")
    assert all(line.endswith("(in .env, or a variable of the process)") for line in said)


def test_no_problem_shows_a_key() -> None:
    told = "\n".join(problems(SLACK_BOT_TOKEN="secret-one", SLACK_APP_TOKEN="secret-two"))
    assert "secret" not in told


@pytest.mark.parametrize(
    "url",
    [
        "http://slack.example.com/api/",
        "http://127.0.0.1.example.com/",
        "http://10.0.0.1/api/",
        "ftp://slack.com/",
        "slack.com",
        "https://",
        "https://user:pass@slack.com/api/",
        "https://slack.com/api/?x=1",
        "https://slack.com/api/#x",
        "https://slack.com:99999/",
        "https://[::1/",
    ],
)
def test_an_address_that_may_not_be_given_a_token_is_refused(url: str) -> None:
    variables = {"SLACK_BOT_TOKEN": BOT, "SLACK_APP_TOKEN": APP}
    [problem] = problems(SLACK_API_URL=url, **variables)
    assert problem.startswith("SLACK_API_URL: ")


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1:5000/api", "http://localhost:5000/api/", "http://[::1]:5000/api/"),
        *("https://slack-gov.com/api/", "https://proxy.example.com/slack"),
    ],
)
def test_https_and_this_machine_are_good_addresses(url: str) -> None:
    variables = {"SLACK_BOT_TOKEN": BOT, "SLACK_APP_TOKEN": APP, "SLACK_API_URL": url}
    keys = slack_keys(variables)
    assert keys.api_url == url.rstrip("/") + "/"


@pytest.mark.parametrize("port", ["0", "1", "8080", "65535"])
def test_a_port_is_a_number(port: str) -> None:
    assert read_chats({"DRIFTPIN_PORT": port}).port == int(port)


@pytest.mark.parametrize("port", ["65536", "-1", "8080 ", "http", "٨٠", "1e3", "0x50", "9" * 5_000])
def test_anything_else_is_no_port(port: str) -> None:
    if port.strip() != port:
        assert read_chats({"DRIFTPIN_PORT": port}).port == 8080
        return
    [problem] = problems(DRIFTPIN_PORT=port)
    assert problem.startswith("DRIFTPIN_PORT: ")
    assert len(problem) < 300


@pytest.mark.parametrize("command", ["/jobs", "/driftpin", "/cron-2", "/a_b"])
def test_a_command_is_what_slack_takes(command: str) -> None:
    assert command_of({"SLACK_COMMAND": command}) == command


@pytest.mark.parametrize(
    "command", ["jobs", "/", "/Jobs", "/my jobs", "/jobs;x", "/é", "/" + "x" * 32]
)
def test_anything_else_is_no_command(command: str) -> None:
    with pytest.raises(ConfigError):
        command_of({"SLACK_COMMAND": command})


def test_keys_that_were_taken_away_are_named() -> None:
    with pytest.raises(ConfigError) as raised:
        slack_keys({})
    assert raised.value.problems[0].startswith("SLACK_BOT_TOKEN: is missing")
