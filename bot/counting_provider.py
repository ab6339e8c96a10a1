"""A provider on loopback that counts the calls it gets: the witness of the demo.

It speaks OpenAI's chat completions, holds no model and answers the same every time. Its count is
taken outside whatever is being shown, so "no request left" is seen and not merely said.
"""

from collections import Counter
from types import TracebackType
from typing import Any, Self

from aiohttp import web

LONGEST_BODY = 1024 * 1024


class CountingProvider:
    """`async with CountingProvider() as provider`: `provider.url` is its base URL.

    `calls` counts requests by the model they asked for, from the moment they arrive.
    """

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.url = ""
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=LONGEST_BODY)
        app.router.add_post("/v1/chat/completions", self._complete)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        self._runner = runner
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _complete(self, request: web.Request) -> web.Response:
        try:
            body = await request.json()
            model, prompt = str(body["model"]), _prompt(body["messages"])
        except (ValueError, KeyError, TypeError):
            self.calls["(unreadable)"] += 1
            words = "a request names a model and messages"
            return web.json_response({"error": {"message": words}}, status=400)
        self.calls[model] += 1
        return web.json_response(_completion(model, prompt, self.calls[model]))


def _prompt(messages: list[dict[str, Any]]) -> str:
    return " ".join(str(message["content"]) for message in messages)


def _completion(model: str, prompt: str, call: int) -> dict[str, Any]:
    """An answer that quotes the prompt; a token is a word here."""
    text = f"{model} was asked: {' '.join(prompt.split())[:200]}"
    spent, made = len(prompt.split()), len(text.split())
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": text},
        "finish_reason": "stop",
    }
    return {
        "id": f"call-{call}",
        "object": "chat.completion",
        "created": 0,
        "model": model,
        "choices": [choice],
        "usage": {
            "prompt_tokens": spent,
            "completion_tokens": made,
            "total_tokens": spent + made,
        },
    }
