"""Socket Mode: up to ten connections, an envelope to one of them, and acknowledgements."""

import asyncio
import json
import secrets
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import WSMsgType, web

from tests.fakes.slack.connection import Connection, envelope
from tests.fakes.slack.delivery import Attempt, Delivery, Kind
from tests.fakes.slack.errors import Json
from tests.fakes.slack.news import News

MOST_CONNECTIONS = 10


@dataclass(frozen=True)
class Ack:
    """What the app said about an envelope."""

    at: float
    envelope_id: str
    payload: Json | None
    connection: int


class Sockets:
    """The connections of the app, and what is on its way over them."""

    def __init__(
        self,
        news: News,
        app_id: str,
        *,
        patience: float,
        retries: Sequence[float],
        redelivered: Collection[Kind],
        complaints: list[str],
    ) -> None:
        self.connections: list[Connection] = []
        self.acks: list[Ack] = []
        self.opened = 0
        self.patience = patience
        self.retries = retries
        self.redelivered = redelivered
        self._news = news
        self._app_id = app_id
        self._complaints = complaints
        self._tickets: set[str] = set()
        self._awaited: dict[str, tuple[Delivery, Attempt]] = {}

    def ticket(self) -> str:
        """The path and query of a socket that can be opened once."""
        name = secrets.token_hex(8)
        self._tickets.add(name)
        return f"/link/?ticket={name}&app_id={self._app_id}"

    async def opened_by(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=403)
        self._tickets.remove(ticket)
        socket = web.WebSocketResponse(autoping=False, autoclose=False)
        await socket.prepare(request)
        if len(self.connections) >= MOST_CONNECTIONS:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        self.opened += 1
        connection = Connection(self.opened, socket, request)
        self.connections.append(connection)
        try:
            await connection.send(self._hello())
            self._news.tell()
            await self._listen(connection)
        except ConnectionError:
            pass  # cut while we spoke
        finally:
            self.connections.remove(connection)
            self._news.tell()
        return socket

    async def carry(self, delivery: Delivery) -> None:
        """Send until acknowledged: once, or as often as its kind is redelivered."""
        waits = self.retries if delivery.kind in self.redelivered else ()
        error = ""
        for number, wait in enumerate((0.0, *waits)):
            await asyncio.sleep(wait)
            error = await self._try(delivery, number)
            if delivery.done.is_set():
                return
        delivery.gave_up(error)

    async def again(self, delivery: Delivery) -> None:
        """Send the same envelope once more, answered or not."""
        message = self._last_envelope(delivery)
        connection = self._next()
        if connection is None:
            raise AssertionError("nobody is connected")
        delivery.attempts.append(
            Attempt(time.monotonic(), len(delivery.attempts), str(connection.number), "again")
        )
        await connection.send(message)

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask every connection to be replaced, as Slack does every few hours."""
        message = {
            "type": "disconnect",
            "reason": reason,
            "debug_info": {"host": "canary"},
        }
        for connection in list(self.connections):
            await connection.send(message)

    def cut(self) -> None:
        """Break every connection."""
        for connection in list(self.connections):
            connection.cut()

    def go_deaf(self) -> None:
        """Let every connection that stands now go deaf; new ones hear."""
        for connection in self.connections:
            connection.deaf = True

    async def _try(self, delivery: Delivery, number: int) -> str:
        connection = self._next()
        if connection is None:
            delivery.attempts.append(Attempt(time.monotonic(), number, "nobody", "not connected"))
            self._news.tell()
            return "dispatch_failed"
        message = envelope(delivery, number)
        attempt = Attempt(
            time.monotonic(), number, f"{message['envelope_id']} over {connection.number}"
        )
        delivery.attempts.append(attempt)
        self._awaited[message["envelope_id"]] = (delivery, attempt)
        self._news.tell()
        try:
            await connection.send(message)
        except ConnectionError:
            attempt.outcome = "connection lost"
            return "dispatch_failed"
        try:
            async with asyncio.timeout(self.patience):
                await delivery.done.wait()
        except TimeoutError:
            attempt.outcome = "timeout"
            return "operation_timeout"
        return ""

    def _next(self) -> Connection | None:
        """The connection whose turn it is."""
        if not self.connections:
            return None
        self.connections.append(self.connections.pop(0))
        return self.connections[-1]

    async def _listen(self, connection: Connection) -> None:
        while True:
            message = await connection.socket.receive()
            match message.type:
                case WSMsgType.PING:
                    connection.pings += 1
                    if not connection.deaf:
                        await connection.socket.pong(message.data)
                case WSMsgType.TEXT:
                    if not connection.deaf:
                        self._acknowledged(connection, json.loads(message.data))
                case WSMsgType.PONG:
                    pass
                case WSMsgType.CLOSE if connection.deaf:
                    await asyncio.Event().wait()  # until the connection is gone
                case _:
                    await connection.socket.close()
                    return

    def _acknowledged(self, connection: Connection, said: Any) -> None:
        envelope_id = str(said.get("envelope_id"))
        payload = said.get("payload")
        self.acks.append(Ack(time.monotonic(), envelope_id, payload, connection.number))
        if envelope_id not in self._awaited:
            self._complaints.append(f"an ack for an envelope that was never sent: {said}")
        else:
            delivery, attempt = self._awaited[envelope_id]
            attempt.outcome = "late" if attempt.outcome == "timeout" else "acknowledged"
            delivery.answer_came(payload)
        self._news.tell()

    def _last_envelope(self, delivery: Delivery) -> Json:
        for envelope_id, (known, attempt) in reversed(self._awaited.items()):
            if known is delivery:
                return {**envelope(delivery, attempt.number), "envelope_id": envelope_id}
        raise AssertionError("this was never sent")

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "debug_info": {
                "host": "applink-canary",
                "build_number": 1,
                "approximate_connection_time": 18060,
            },
            "connection_info": {"app_id": self._app_id},
        }
