"""Fill in what an SDK insists on and an answer can do without.

A whole answer, perhaps billed, must not be lost because a small server left out an id. Usage is
read from the reply as it came (scheduler.providers.replies) and withheld from the SDKs, which take
an incomplete one for an error and a missing one for zero.
"""

import json
from typing import Any, assert_never

from scheduler.route import ApiMode

Json = dict[str, Any]


def readable(mode: ApiMode, body: bytes, model: str) -> bytes:
    """The body of a whole answer, in the form the SDK of this dialect reads."""
    reply = json.loads(body)
    match mode:
        case ApiMode.CHAT_COMPLETIONS:
            reply = {"object": "chat.completion", **_present(reply, model)}
            reply["choices"] = [_choice(choice) for choice in reply["choices"][:1]]
        case ApiMode.RESPONSES:
            reply = {"object": "response", "created_at": 0, **_present(reply, model)}
            reply["output"] = [_item(item) for item in reply["output"]]
        case ApiMode.ANTHROPIC_MESSAGES:
            reply = {"type": "message", "role": "assistant", **_present(reply, model)}
            reply["usage"] = {"input_tokens": 0, "output_tokens": 0}
        case ApiMode.BUILT_IN:
            pass
        case _:
            assert_never(mode)
    return json.dumps(reply).encode()


def _present(reply: Json, model: str) -> Json:
    given = {name: value for name, value in reply.items() if value is not None}
    given.pop("usage", None)
    return {"id": "none", "model": model} | given


def _choice(choice: Json) -> Json:
    message = {"role": "assistant"} | choice["message"]
    return {"index": 0} | choice | {"message": message}


def _item(item: Json) -> Json:
    if item.get("type") != "message":
        return item
    content = [{"annotations": []} | part for part in item.get("content") or []]
    return {"id": "none", "role": "assistant", "status": "completed"} | item | {"content": content}
