"""The one door to a provider: a request leaves through the gate to the route's address, or not.

It lies below the SDKs, so that nothing they do by themselves (a retry, a redirect, a header or an
address from the environment) can bill anybody.
"""

import asyncio
import re
import ssl
from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache

import httpx2

from scheduler.errors import CallError, DriftpinError, NotSent, TooMuch
from scheduler.ports import Gate
from scheduler.providers.call_errors import one_line, sort_failure
from scheduler.providers.readable import readable
from scheduler.providers.replies import Reply, judge_reply, read_facts
from scheduler.providers.spending import spent
from scheduler.route import Resolution
from scheduler.run import Usage
from scheduler.served import Mismatch, contradictions

LONGEST_REPLY = 16 * 1024 * 1024


class Contradicted(DriftpinError):
    """What answered is not what was consented to: nothing is asked of it any more."""


class Exchange(httpx2.AsyncBaseTransport):
    """Carries the requests of one call, each with a passage of the gate, until one fails.

    `headers` are what the dialect needs beyond the key. `failure` is what the last request ended
    with: SDKs wrap what a transport raises. `answered` counts the whole answers so far, and
    `mismatches` are what they said that the terms of the call contradict.
    """

    def __init__(
        self,
        resolution: Resolution,
        gate: Gate,
        *,
        timeout: timedelta,
        requests: int = 1,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.failure: Exception | None = None
        self.asked = 0
        self.answered = 0
        self.mismatches: tuple[Mismatch, ...] = ()
        self._told: list[Reply] = []
        self._terms = resolution.terms
        self._route = resolution.route
        self._secret = resolution.secret
        self._home = httpx2.URL(self._route.endpoint)
        self._gate = gate
        self._seconds = timeout.total_seconds()
        self._deadline: float | None = None
        self._limit = requests
        self._dialect = headers or {}
        # No proxy and no certificate file out of the environment: only the route says who reads
        # the prompt. The system's own certificates count.
        self._wire = httpx2.AsyncHTTPTransport(verify=_certificates(), trust_env=False, retries=0)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if self.failure is not None:
            raise self.failure
        try:
            return await self._exchange(request)
        except Exception as error:
            self.failure = error
            raise

    async def aclose(self) -> None:
        await self._wire.aclose()

    @property
    def usage(self) -> Usage:
        """What the requests consumed together; one reply without a figure leaves it unknown."""
        return spent(self.asked, self._told, self._terms)

    @property
    def contradicted(self) -> bool:
        """Whether what answered is not what a person consented to."""
        return bool(self.mismatches) and self._terms.binding

    async def _exchange(self, asked: httpx2.Request) -> httpx2.Response:
        request = await self._rewritten(asked)
        if self.contradicted:
            raise Contradicted("what answered is not what was consented to")
        if self.asked >= self._limit:
            raise TooMuch(f"the model wanted a further request, and a run may make {self._limit}")
        await self._gate(self.asked + 1)
        self.asked += 1
        try:
            body = await self._whole_answer(request)
        except Contradicted:
            raise
        except CallError as error:
            error.args = (one_line(str(error), self._secret),)
            raise error from None
        except Exception as error:  # noqa: BLE001 - past the gate, what is not known may be billed
            raise sort_failure(error, self._home.host, self._secret, self._seconds) from None
        json = {"Content-Type": "application/json"}
        return httpx2.Response(200, headers=json, content=body, request=asked)

    async def _whole_answer(self, request: httpx2.Request) -> bytes:
        if self._deadline is None:
            self._deadline = asyncio.get_running_loop().time() + self._seconds
        async with asyncio.timeout_at(self._deadline):
            status, body, headers = await self._send(request)
        mode = self._route.api_mode
        self._check(read_facts(mode, status, body))
        judge_reply(mode, status, body, headers.get("location", ""), headers.get("retry-after", ""))
        content = readable(mode, body, self._route.model)
        self.answered += 1
        return content

    def _check(self, reply: Reply | None) -> None:
        """Keep what a reply says of itself; a tool that the wrong model wants is not begun."""
        if reply is None:
            return
        self._told.append(reply)
        found = contradictions(
            self._route.model,
            self._terms,
            model=reply.served_model,
            downstream=reply.downstream,
            cost=reply.cost,
        )
        self.mismatches += tuple(each for each in found if each not in self.mismatches)
        if self.contradicted and reply.asks_tools:
            raise Contradicted("what answered is not what was consented to")

    async def _send(self, request: httpx2.Request) -> tuple[int, bytes, httpx2.Headers]:
        response = await self._wire.handle_async_request(request)
        try:
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > LONGEST_REPLY:
                    raise TooMuch(f"the reply is longer than {LONGEST_REPLY} bytes")
            return response.status_code, bytes(body), response.headers
        finally:
            await response.aclose()

    async def _rewritten(self, asked: httpx2.Request) -> httpx2.Request:
        """The same body to the same address, with headers of our own: what an SDK read from the
        environment (organisation, custom headers, another key) stays here."""
        if not self._is_home(asked.url):
            raise NotSent(f"a request for {self._home.host} was turned to {asked.url.host}")
        # A third of the time for the connection, and a third for TLS: a call that uses up its
        # time has certainly left, and one that never left says so before.
        connect = min(10.0, self._seconds / 3)
        times = {"connect": connect, "pool": connect, "read": self._seconds, "write": self._seconds}
        return httpx2.Request(
            asked.method,
            asked.url,
            headers=self._headers(),
            content=await asked.aread(),
            extensions={"timeout": times},
        )

    def _is_home(self, url: httpx2.URL) -> bool:
        home = self._home
        same = (url.scheme, url.host, url.port) == (home.scheme, home.host, home.port)
        return same and url.path.startswith(home.path)

    def _headers(self) -> dict[str, str]:
        headers = {
            "Accept": "application/json",
            "Accept-Encoding": "gzip, deflate",
            "Content-Type": "application/json",
            "User-Agent": "driftpin",
            **self._dialect,
        }
        if self._secret is not None:
            key = self._secret.value
            if re.fullmatch(r"[\x21-\x7e]+", key) is None:
                named = self._route.credential or "the credential"
                raise NotSent(f"the key in {named} is empty or holds characters that no key has")
            headers["Authorization"] = f"Bearer {key}"
        return headers


@lru_cache(maxsize=1)
def _certificates() -> ssl.SSLContext:
    """Whom to believe; read once, since that takes longer than all else before a call."""
    return httpx2.create_ssl_context(trust_env=False)
