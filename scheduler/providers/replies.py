"""Read a provider's reply: a whole answer, a refusal, or less than an answer.

The SDKs are lenient (a missing finish reason becomes "stop", missing usage becomes zero), so the
reply is judged as it came over the wire.
"""

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, assert_never
from urllib.parse import urlsplit

from scheduler.errors import Lost, Refused
from scheduler.route import ApiMode

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a reply says about itself; None is a figure the provider did not give.

    `cost` is what it bills, in dollars; `asks_tools` when it wants something done before it goes on.
    """

    served_model: str | None
    input_tokens: int | None
    output_tokens: int | None
    downstream: str | None = None
    cost: Decimal | None = None
    asks_tools: bool = False


_COUNTS = {
    ApiMode.CHAT_COMPLETIONS: ("prompt_tokens", "completion_tokens"),
    ApiMode.RESPONSES: ("input_tokens", "output_tokens"),
    ApiMode.ANTHROPIC_MESSAGES: ("input_tokens", "output_tokens"),
}


_PASSING = (408, 425, 429)
"""Beside 5xx, what a provider says that may say yes later."""

_BETWEEN = (502, 504, 520, 522, 524)
"""What somebody between us and the provider says when they had no answer from it: it may have worked."""


def read_facts(mode: ApiMode, status: int, body: bytes) -> Reply | None:
    """What a reply says it has cost and who gave it, whole or not; None of one that says no."""
    reply = _parse(body) if 200 <= status < 300 else None
    if reply is None or mode not in _COUNTS:
        return None
    usage = reply.get("usage")
    counts = usage if isinstance(usage, dict) else {}
    spent, made = _COUNTS[mode]
    return Reply(
        served_model=_name(reply.get("model")),
        input_tokens=_count(counts.get(spent)),
        output_tokens=_count(counts.get(made)),
        downstream=_name(reply.get("provider")),
        cost=_cost(counts),
        asks_tools=_asks_tools(reply),
    )


def judge_reply(
    mode: ApiMode, status: int, body: bytes, location: str = "", retry_after: str = ""
) -> None:
    """Raise Refused or Lost, in the provider's own words, unless this is a whole answer.

    `location` is where a redirect points, `retry_after` when to come again: the headers of these names.
    """
    if 300 <= status < 400:
        target = urlsplit(location).netloc or "another address"
        raise Refused(
            f"HTTP {status}: it redirects to {target}, and a redirect is never followed",
            unbilled=True,
        )
    if not 200 <= status < 300:
        words = f"HTTP {status}: {_words(_parse(body), body)}"
        passing = status in _PASSING or status >= 500
        raise Refused(
            words,
            passing=passing,
            retry_after=_seconds(retry_after),
            unbilled=status not in _BETWEEN,
        )
    reply = _parse(body)
    if reply is None:
        raise Lost("the reply is no JSON object")
    match mode:
        case ApiMode.CHAT_COMPLETIONS:
            _judge_chat(reply, body)
        case ApiMode.RESPONSES:
            _judge_response(reply, body)
        case ApiMode.ANTHROPIC_MESSAGES:
            _judge_message(reply, body)
        case ApiMode.BUILT_IN:
            raise Lost("a built-in provider sends no replies")
        case _:
            assert_never(mode)


def _seconds(retry_after: str) -> float | None:
    """The seconds a provider asks for; a date is not understood, and so is no number."""
    return float(retry_after) if re.fullmatch(r"[0-9]{1,9}", retry_after) else None


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


def _asks_tools(reply: Json) -> bool:
    """Whether any part of the reply is a call of a tool, in whichever dialect."""
    parts = [*_list(reply.get("output")), *_list(reply.get("content"))]
    for choice in _list(reply.get("choices")):
        message = choice.get("message")
        if isinstance(message, dict) and message.get("tool_calls"):
            return True
    return any(part.get("type") in ("function_call", "tool_use") for part in parts)


def _list(value: object) -> list[Json]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _cost(usage: Json) -> Decimal | None:
    """What was billed: with a key of one's own, the price of the call comes on top of the fee."""
    cost = _amount(usage.get("cost"))
    details = usage.get("cost_details")
    if cost is None or not usage.get("is_byok") or not isinstance(details, dict):
        return cost
    return cost + (_amount(details.get("upstream_inference_cost")) or 0)


def _amount(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    amount = Decimal(str(value))
    return amount if amount.is_finite() and amount >= 0 else None


def _name(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


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
