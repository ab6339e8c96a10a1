"""OpenRouter as `@copilotkit/aimock` (npm) has it: it answers as another model, through another
downstream provider, or at a price, when told to."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import ClientSession

from tests.fakes.peers import FOLDER, free_port, running

PACKAGE = "@copilotkit/aimock"

Json = dict[str, Any]


class AiMock:
    """Give `url` as a base URL; under this path it speaks as OpenRouter does."""

    def __init__(self, origin: str, session: ClientSession) -> None:
        self.url = f"{origin}/api/v1"
        self._session = session

    async def answers(self, *fixtures: Json) -> None:
        """Answer with the first of these that matches, from now on."""
        await self._session.post("/__aimock/reset")
        await self._session.post("/__aimock/fixtures", json={"fixtures": list(fixtures)})

    async def says(self, content: str = "All quiet.", **envelope: Any) -> None:
        """Answer everything with this, in an envelope with these fields."""
        await self.answers({"match": {}, "response": {"content": content, **envelope}})

    async def requests(self) -> list[Json]:
        """The bodies of the requests since it was last told what to answer."""
        async with self._session.get("/__aimock/journal") as answer:
            entries: list[Json] = await answer.json()
        return [entry["body"] for entry in entries if entry["path"].endswith("/completions")]


@contextlib.asynccontextmanager
async def aimock(fixtures: str) -> AsyncIterator[AiMock]:
    """A server of its own; `fixtures` is the path of a file it may read first."""
    port = free_port()
    program = str(FOLDER / PACKAGE / "dist" / "cli.js")
    origin = f"http://127.0.0.1:{port}"
    options = ("--port", str(port), "--fixtures", fixtures)
    async with (
        running(program, *options, ready="listening on"),
        ClientSession(origin) as session,
    ):
        yield AiMock(origin, session)
