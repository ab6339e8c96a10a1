"""How a failed call is told, and whether it may have been billed."""

import json

import httpx2
import pytest

from scheduler.errors import CallError, Lost, NotSent, Refused
from scheduler.providers.call_errors import LONGEST, one_line, sort_failure
from scheduler.providers.replies import Reply, judge_reply, read_facts
from scheduler.route import ApiMode, Secret

CHAT = ApiMode.CHAT_COMPLETIONS
RESPONSES = ApiMode.RESPONSES
MESSAGES = ApiMode.ANTHROPIC_MESSAGES
KEY = Secret("sk-canary-0123456789")


@pytest.mark.parametrize(
    ("error", "sorted_as"),
    [
        (httpx2.ConnectError("connection refused"), NotSent),
        (httpx2.ConnectError("certificate verify failed"), NotSent),
        (httpx2.ConnectTimeout(""), NotSent),
        (httpx2.PoolTimeout(""), NotSent),
        (httpx2.UnsupportedProtocol("ftp"), NotSent),
        (httpx2.ReadTimeout(""), Lost),
        (httpx2.WriteTimeout(""), Lost),
        (httpx2.WriteError("broken pipe"), Lost),
        (httpx2.ReadError("reset"), Lost),
        (httpx2.RemoteProtocolError("server disconnected"), Lost),
        (httpx2.DecodingError("bad gzip"), Lost),
        (TimeoutError(), Lost),
        (OSError("no route"), Lost),
        (RuntimeError("whatever is not known"), Lost),
    ],
)
def test_only_what_certainly_never_left_is_not_sent(
    error: Exception, sorted_as: type[CallError]
) -> None:
    assert type(sort_failure(error, "api.example", None)) is sorted_as


def test_an_error_without_words_is_told_by_its_name() -> None:
    assert "ConnectTimeout" in str(sort_failure(httpx2.ConnectTimeout(""), "api.example", None))


@pytest.mark.parametrize(
    "words",
    [
        f"bad key {KEY.value}!",
        f"Authorization: Bearer {KEY.value}",
        "incorrect key sk-proj-another_one_123",
        "header b'Bearer 0123456789abcdef'",
    ],
)
def test_keys_are_never_told(words: str) -> None:
    told = one_line(words, KEY)
    assert KEY.value not in told
    assert "another_one" not in told
    assert "0123456789abcdef" not in told


def test_words_become_one_short_line() -> None:
    told = one_line("first\r\n\x1b[31msecond " + "x" * 1000, None)
    assert told.startswith("first [31msecond x")
    assert len(told) == LONGEST


def test_a_key_on_the_border_of_the_cut_is_not_told_in_part() -> None:
    assert "sk-canary" not in one_line("x" * (LONGEST - 12) + " " + KEY.value, KEY)


def chat(**changes: object) -> dict[str, object]:
    choice = {"finish_reason": "stop", "message": {"role": "assistant", "content": "hi"}}
    usage = {"prompt_tokens": 3, "completion_tokens": 2}
    return {"model": "m-1", "choices": [choice], "usage": usage} | changes


def response(**changes: object) -> dict[str, object]:
    usage = {"input_tokens": 3, "output_tokens": 2}
    whole = {"model": "m-1", "status": "completed", "output": [{"type": "message"}]}
    return whole | {"usage": usage} | changes


def message(**changes: object) -> dict[str, object]:
    usage = {"input_tokens": 3, "output_tokens": 2}
    content = [{"type": "text", "text": "hi"}]
    return {"model": "m-1", "stop_reason": "end_turn", "content": content, "usage": usage} | changes


def choice(**changes: object) -> list[dict[str, object]]:
    return [{"finish_reason": "stop", "message": {"role": "assistant", "content": "hi"}} | changes]


@pytest.mark.parametrize(
    ("mode", "body", "reply"),
    [
        (CHAT, chat(), Reply("m-1", 3, 2)),
        (CHAT, chat(choices=choice(finish_reason="length")), Reply("m-1", 3, 2)),
        (CHAT, chat(error=None, usage={"prompt_tokens": 3}), Reply("m-1", 3, None)),
        (CHAT, chat(usage=None, model=None), Reply(None, None, None)),
        (CHAT, chat(usage={"prompt_tokens": True}), Reply("m-1", None, None)),
        (CHAT, chat(usage={"prompt_tokens": 0, "completion_tokens": 0}), Reply("m-1", 0, 0)),
        (RESPONSES, response(), Reply("m-1", 3, 2)),
        (
            RESPONSES,
            response(status="incomplete", incomplete_details={"reason": "max_output_tokens"}),
            Reply("m-1", 3, 2),
        ),
        (MESSAGES, message(), Reply("m-1", 3, 2)),
        (MESSAGES, message(stop_reason="max_tokens", usage={}), Reply("m-1", None, None)),
    ],
)
def test_a_whole_answer_says_what_it_used(mode: ApiMode, body: object, reply: Reply) -> None:
    judge_reply(mode, 200, json.dumps(body).encode())
    assert read_facts(mode, 200, json.dumps(body).encode()) == reply


ERROR = {"error": {"message": "no credits", "code": 402}}


@pytest.mark.parametrize(
    ("mode", "status", "body", "raised", "words"),
    [
        (CHAT, 429, ERROR, Refused, "HTTP 429: no credits"),
        (CHAT, 404, {"error": "model not found"}, Refused, "HTTP 404: model not found"),
        (CHAT, 422, {"detail": "no such field"}, Refused, "HTTP 422: no such field"),
        (CHAT, 500, "<h1>oops</h1>", Refused, "HTTP 500: <h1>oops</h1>"),
        (CHAT, 503, "", Refused, "HTTP 503: no words"),
        (MESSAGES, 529, {"type": "error"} | ERROR, Refused, "HTTP 529: no credits"),
        (CHAT, 200, ERROR, Refused, "no credits"),
        (CHAT, 200, ERROR | {"choices": []}, Refused, "no credits"),
        (RESPONSES, 200, response(status="failed") | ERROR, Refused, "no credits"),
        (MESSAGES, 200, {"type": "error"} | ERROR, Refused, "no credits"),
        (MESSAGES, 200, message(stop_reason="refusal"), Refused, "the model refused to answer"),
        (
            CHAT,
            200,
            chat(choices=choice(message={"content": None, "refusal": "I will not"})),
            Refused,
            "the model refused to answer: I will not",
        ),
        (
            CHAT,
            200,
            chat(choices=choice(finish_reason="content_filter", message={"content": ""})),
            Refused,
            "the provider's content filter withheld the answer",
        ),
        (
            CHAT,
            200,
            chat(choices=choice(finish_reason="error", error={"message": "upstream died"})),
            Lost,
            "the answer broke off: upstream died",
        ),
        (CHAT, 200, "not json", Lost, "the reply is no JSON object"),
        (CHAT, 200, "[1]", Lost, "the reply is no JSON object"),
        (CHAT, 200, "[" * 100_000, Lost, "the reply is no JSON object"),
        (CHAT, 200, {}, Lost, "the reply has no choices"),
        (CHAT, 200, chat(choices=["hi"]), Lost, "the reply has no message"),
        (CHAT, 200, chat(choices={"a": 1}), Lost, "the reply has no message"),
        (CHAT, 200, chat(choices=choice(finish_reason=None)), Lost, "no finish_reason"),
        (RESPONSES, 200, response(status=None), Lost, "no status"),
        (RESPONSES, 200, response(status="in_progress"), Lost, "no answer (status in_progress)"),
        (RESPONSES, 200, response(output=[]), Lost, "no answer"),
        (MESSAGES, 200, message(stop_reason=None), Lost, "no stop_reason"),
        (MESSAGES, 200, message(content=[]), Lost, "no content"),
    ],
)
def test_anything_less_is_refused_or_lost(
    mode: ApiMode, status: int, body: object, raised: type[CallError], words: str
) -> None:
    raw = body if isinstance(body, str) else json.dumps(body)
    with pytest.raises(CallError) as caught:
        judge_reply(mode, status, raw.encode())
    assert type(caught.value) is raised
    assert words in str(caught.value)


def test_a_redirect_is_refused_and_names_where_it_leads() -> None:
    with pytest.raises(Refused, match=r"HTTP 307: it redirects to evil\.example, and"):
        judge_reply(CHAT, 307, b"", "https://evil.example/v1?key=1")


def test_a_built_in_provider_sends_no_replies() -> None:
    with pytest.raises(Lost):
        judge_reply(ApiMode.BUILT_IN, 200, b"{}")
