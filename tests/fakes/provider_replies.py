"""What a provider says in each of the three dialects, as JSON."""

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Says:
    """An ordinary answer. None leaves the field out; `model` None echoes the model asked for.

    `cost` is OpenRouter's `usage.cost` in dollars, `downstream` whom it says it passed the call on
    to. `tool` is the name of a tool to call instead.
    """

    text: str = "All quiet."
    model: str | None = None
    tokens: tuple[int, int] | None = (11, 7)
    cost: float | None = None
    finish: str | None = "stop"
    tool: str | None = None
    downstream: str | None = None


def reply(path: str, asked_model: str, says: Says) -> Json:
    """The body of a 200 reply to a request at `path`."""
    model = says.model or asked_model
    through = {} if says.downstream is None else {"provider": says.downstream}
    if path.endswith("/chat/completions"):
        return _chat(model, says) | through
    if path.endswith("/responses"):
        return _response(model, says) | through
    return _message(model, says) | through


def error(path: str, words: str) -> Json:
    """The body of a refusal."""
    if path.endswith("/messages"):
        return {"type": "error", "error": {"type": "api_error", "message": words}}
    return {"error": {"message": words, "type": "api_error", "code": None}}


def _chat(model: str, says: Says) -> Json:
    message: Json = {"role": "assistant", "content": says.text}
    if says.tool:
        call = {"id": "call_1", "type": "function"}
        message = {
            "role": "assistant",
            "content": None,
            "tool_calls": [{**call, "function": {"name": says.tool, "arguments": "{}"}}],
        }
    choice: Json = {"index": 0, "message": message}
    if says.finish is not None:
        choice["finish_reason"] = "tool_calls" if says.tool else says.finish
    body: Json = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": model}
    return {**body, "choices": [choice], **_usage(says, "prompt_tokens", "completion_tokens")}


def _response(model: str, says: Says) -> Json:
    text = {"type": "output_text", "text": says.text, "annotations": []}
    item: Json = {"type": "message", "id": "msg_1", "role": "assistant", "content": [text]}
    body: Json = {"id": "resp_1", "object": "response", "created_at": 1, "model": model}
    if says.tool:
        item = {"type": "function_call", "id": "fc_1", "call_id": "call_1"}
        item |= {"name": says.tool, "arguments": "{}"}
    if says.finish is not None:
        body["status"] = "incomplete" if says.finish == "length" else "completed"
    if says.finish == "length":
        body["incomplete_details"] = {"reason": "max_output_tokens"}
    output = [{**item, "status": "completed"}]
    return {**body, "output": output, **_usage(says, "input_tokens", "output_tokens")}


def _message(model: str, says: Says) -> Json:
    block: Json = {"type": "text", "text": says.text}
    if says.tool:
        block = {"type": "tool_use", "id": "toolu_1", "name": says.tool, "input": {}}
    body: Json = {"id": "msg_1", "type": "message", "role": "assistant", "model": model}
    if says.finish is not None:
        reasons = {"stop": "end_turn", "length": "max_tokens"}
        body["stop_reason"] = "tool_use" if says.tool else reasons.get(says.finish, says.finish)
    return {**body, "content": [block], **_usage(says, "input_tokens", "output_tokens")}


def _usage(says: Says, spent: str, made: str) -> Json:
    if says.tokens is None:
        return {}
    usage: Json = {spent: says.tokens[0], made: says.tokens[1], "total_tokens": sum(says.tokens)}
    return {"usage": usage if says.cost is None else {**usage, "cost": says.cost}}
