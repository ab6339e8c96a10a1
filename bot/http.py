"""The one HTTP port: what the platforms send us, and whether we are alive."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from bot.logs import without_traceback
from scheduler.errors import OperatorError

log = logging.getLogger(__name__)

_library = logging.getLogger(f"{__name__}.library")

LARGEST_BODY = 1_000_000
"""Bytes; no platform sends a larger request, and a larger one is refused before it is read."""

DRAINED = 2.5
"""Seconds that requests in progress get when the port closes."""

Answer = Callable[[web.Request], Awaitable[web.Response]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Route:
    """Where a platform's requests come in."""

    path: str
    answer: Answer


class Http:
    """`health` is asked at every /healthz: how it stands with each part."""

    def __init__(
        self,
        host: str,
        port: int,
        routes: Sequence[Route],
        health: Callable[[], Mapping[str, str]],
    ) -> None:
        self._host = host
        self._port = port
        self._health = health
        app = web.Application(client_max_size=LARGEST_BODY, middlewares=[_guarded])
        app.router.add_get("/healthz", self._healthz)
        for route in routes:
            app.router.add_post(route.path, route.answer)
        _library.addFilter(without_traceback)
        self._runner = web.AppRunner(
            app, access_log=None, logger=_library, shutdown_timeout=DRAINED
        )

    async def start(self) -> str:
        """Listen, and return the address. Raises OperatorError where the port is taken."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError as error:
            await self._runner.cleanup()
            raise OperatorError(
                f"DRIFTPIN_PORT: {self._host}:{self._port} cannot be listened on ({error.strerror});"
                " set another port in .env, or end the program that has it"
            ) from None
        host, port, *_ = self._runner.addresses[0]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    async def stop(self) -> None:
        """Take nothing in any more, and let requests in progress finish."""
        await self._runner.cleanup()

    async def _healthz(self, request: web.Request) -> web.Response:
        return web.json_response({"status": "ok", **self._health()})


@web.middleware
async def _guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """No body above the limit is read, and no error of ours shows its insides."""
    if (request.content_length or 0) > LARGEST_BODY:
        return web.Response(status=413, text="too large")
    try:
        return await handler(request)
    except web.HTTPException:
        raise
    except Exception:
        log.exception("a request to %s broke", request.path)
        return web.Response(status=500, text="an error of ours; see the log")
