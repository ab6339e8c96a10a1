"""A process that has everything loaded and forks a Driftpin on request: a cold start costs seconds.

Started as `python -m tests.crash.nursery FD`, with one end of a socket. An order is one JSON object:
either `folder`, `environ` and `words` (of the command line), which come with the three standard
streams and are answered with a process id, or `end_of`, answered with how that process ended.
"""

import gc
import importlib
import json
import os
import socket
import sys
from collections.abc import Sequence
from typing import Any

from bot.__main__ import main as driftpin

LONGEST_ORDER = 65_536
LOADED = (
    "alembic.autogenerate",
    "alembic.command",
    "alembic.ddl.sqlite",
    "anthropic.resources.messages",
    "anyio._backends._asyncio",
    "bot.chat",
    "bot.one_command",
    "genai_prices.data",
    "mako.template",
    "openai.resources.chat.chat",
    "openai.resources.responses",
    "pydantic_ai.models.anthropic",
    "pydantic_ai.models.openai",
    "pydantic_ai.providers.anthropic",
    "pydantic_ai.providers.openai",
    "scheduler.providers.models",
    "storage.migrations",
)
"""All that a first run imports, early or late."""


def main() -> None:
    for name in LOADED:
        importlib.import_module(name)
    gc.freeze()
    orders = socket.socket(fileno=int(sys.argv[1]))
    while order := _child_of(orders):
        _become(*order)


def _child_of(orders: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """Obey orders until there are no more; in a forked child, return what the child is to be."""
    while True:
        text, streams, _, _ = socket.recv_fds(orders, LONGEST_ORDER, 3)
        if not text:
            return None
        order = json.loads(text)
        if "end_of" in order:
            _, status = os.waitpid(order["end_of"], 0)
            answer = os.waitstatus_to_exitcode(status)
        else:
            answer = os.fork()
            if answer == 0:
                orders.close()
                return order, streams
        for stream in streams:
            os.close(stream)
        orders.sendall(f"{answer}\n".encode())


def _become(order: dict[str, Any], streams: Sequence[int]) -> None:
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(order["folder"])
    os.environ.update(order["environ"])
    sys.argv = ["driftpin", *order["words"]]
    driftpin()
    sys.exit()


if __name__ == "__main__":
    main()
