"""Read a provider's reply: a whole answer, a refusal, or less than an answer.

The SDKs are lenient (a missing finish reason becomes "stop", missing usage becomes zero), so the
reply is judged as it came over the wire.
"""

import json
from dataclasses import dataclass
from typing import Any, assert_never
from urllib.parse import urlsplit

from scheduler.errors import Lost, Refused
from scheduler.route import ApiMode

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a whole answer says about itself; None is a figure the provider did not give."""

    served_model: str | None
    input_tokens: int | None
    output_tokens: int | None


def read_reply(mode: ApiMode, status: int, body: bytes, location: str = "") -> Reply:
    """The facts of a whole answer. Raises Refused or Lost, in the provider's own words.

    `location` is where a redirect points, the header of that name.
    """
    if 300 <= status < 400:
        target = urlsplit(location).netloc or "another address"
        raise Refused(f"HTTP {status}: it redirects to {target}, and a redirect is never followed")
    if not 200 <= status < 300:
        raise Refused(f"HTTP {status}: {_words(_parse(body), body)}")
    reply = _parse(body)
    if reply is None:
        raise Lost("the reply is no JSON object")
    match mode:
        case ApiMode.CHAT_COMPLETIONS:
            _judge_chat(reply, body)
            return _facts(reply, "prompt_tokens", "completion_tokens")
        case ApiMode.RESPONSES:
            _judge_response(reply, body)
        case ApiMode.ANTHROPIC_MESSAGES:
            _judge_message(reply, body)
        case ApiMode.BUILT_IN:
            raise Lost("a built-in provider sends no replies")
        case _:
            assert_never(mode)
    return _facts(reply, "input_tokens", "output_tokens")


def _judge_chat(reply: Json, body: bytes) -> None:
    choices = reply.get("choices")
    if not choices:
        _refused_if_error(reply, body)
        raise Lost("the reply has no choices")
    choice = choices[0] if isinstance(choices, list) else None
    if not isinstance(choice, dict) or not isinstance(choice.get("message"), dict):
        raise Lost("the reply has no message")
    _finished(choice.get("finish_reason"), "finish_reason")
    if choice["finish_reason"] == "error":
        raise Lost(f"the answer broke off: {_words(choice, b'error')}")
    _refused_if_withheld(choice["finish_reason"], choice["message"])


def _judge_response(reply: Json, body: bytes) -> None:
    status = reply.get("status")
    if status == "failed" or not reply.get("output"):
        _refused_if_error(reply, body)
    _finished(status, "status")
    details = reply.get("incomplete_details")
    if status == "incomplete" and isinstance(details, dict):
        _refused_if_withheld(details.get("reason"), {})
    if status not in ("completed", "incomplete") or not reply.get("output"):
        raise Lost(f"the reply has no answer (status {status})")


def _judge_message(reply: Json, body: bytes) -> None:
    if not reply.get("content"):
        _refused_if_error(reply, body)
    _finished(reply.get("stop_reason"), "stop_reason")
    if reply["stop_reason"] == "refusal":
        raise Refused("the model refused to answer")
    if not reply.get("content"):
        raise Lost("the reply has no content")


def _finished(reason: object, name: str) -> None:
    if not isinstance(reason, str) or not reason:
        raise Lost(f"the reply has no {name}, so it may not be whole")


def _refused_if_error(reply: Json, body: bytes) -> None:
    if reply.get("error"):
        raise Refused(_words(reply, body))


def _refused_if_withheld(reason: object, message: Json) -> None:
    if message.get("content"):
        return
    if message.get("refusal"):
        raise Refused(f"the model refused to answer: {message['refusal']}")
    if reason == "content_filter":
        raise Refused("the provider's content filter withheld the answer")


def _facts(reply: Json, spent: str, made: str) -> Reply:
    usage = reply.get("usage")
    counts = usage if isinstance(usage, dict) else {}
    model = reply.get("model")
    served = model if isinstance(model, str) and model else None
    return Reply(served, _count(counts.get(spent)), _count(counts.get(made)))


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _parse(body: bytes) -> Json | None:
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None


def _words(reply: Json | None, body: bytes) -> str:
    """What a provider says went wrong, wherever its dialect puts it; else the body as it is."""
    told: object = reply
    for key in ("error", "message", "detail"):
        if isinstance(told, dict) and told.get(key):
            told = told[key]
    if isinstance(told, str) and told.strip():
        return told
    return body.decode(errors="replace").strip() or "no words"
