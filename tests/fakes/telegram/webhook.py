"""The webhook: updates are posted one at a time, and again until they are taken."""

import asyncio
import re
import time
from dataclasses import dataclass

import aiohttp

from tests.fakes.telegram.polling import Polls, kinds
from tests.fakes.telegram.refusals import bad
from tests.fakes.telegram.state import Json
from tests.fakes.telegram.world import World

BACK_OFF = 0.05


@dataclass(frozen=True, slots=True)
class Delivered:
    """One attempt to post an update. `status` is None where there was no reply."""

    update_id: int
    status: int | None
    at: float


class Webhook:
    """Posts what is pending to `url`, as long as there is one and the fake is not away."""

    def __init__(self, world: World, polls: Polls) -> None:
        self.url = ""
        self.secret: str | None = None
        self.reply_seconds = 5.0
        self.delivered: list[Delivered] = []
        self._max_connections = 40
        self._error: tuple[int, str] | None = None
        self._task: asyncio.Task[None] | None = None
        self._world = world
        self._polls = polls

    def set(self, given: Json) -> tuple[bool, str]:
        url = given.get("url", "")
        if not url:
            return self.delete(given)
        secret = given.get("secret_token")
        if not re.match(r"https://|http://(127\.0\.0\.1|localhost|\[::1\])[:/]", url):
            raise bad("bad webhook: An HTTPS URL must be provided for webhook")
        if secret is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
            raise bad("secret token contains unallowed characters")
        self._world.updates.allow(kinds(given.get("allowed_updates")))
        self._drop(given)
        same = (url, secret) == (self.url, self.secret)
        self._max_connections = given.get("max_connections", 40)
        self.force(url, secret)
        return True, "Webhook is already set" if same else "Webhook was set"

    def delete(self, given: Json) -> tuple[bool, str]:
        self._drop(given)
        had, self.url, self.secret, self._error = bool(self.url), "", None, None
        self._polls.hooked = False
        self._world.news.tell()
        return True, "Webhook was deleted" if had else "Webhook is already deleted"

    def info(self) -> Json:
        updates = self._world.updates
        written: Json = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": len(updates.pending),
            "allowed_updates": sorted(updates.allowed),
        }
        if self.url:
            written |= {"max_connections": self._max_connections, "ip_address": "127.0.0.1"}
        if self._error is not None:
            written["last_error_date"], written["last_error_message"] = self._error
        return written

    def force(self, url: str, secret: str | None) -> None:
        """Post there from now on, whoever asked."""
        self.url, self.secret = url, secret
        self._polls.hooked = True
        self._world.news.tell()

    def start(self) -> None:
        self._task = asyncio.create_task(self._deliver())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    def _drop(self, given: Json) -> None:
        if given.get("drop_pending_updates"):
            self._world.updates.drop()

    async def _deliver(self) -> None:
        timeout = aiohttp.ClientTimeout(total=None)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            while True:
                ready = self._world.updates.ready
                if not self.url or not ready:
                    await self._world.news.next()
                    continue
                if not await self._post(session, ready[0]):
                    await asyncio.sleep(BACK_OFF)

    async def _post(self, session: aiohttp.ClientSession, update: Json) -> bool:
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.secret} if self.secret else {}
        status: int | None = None
        body = b""
        try:
            async with (
                asyncio.timeout(self.reply_seconds),
                session.post(
                    self.url, json=update, headers=headers, allow_redirects=False
                ) as reply,
            ):
                body = await reply.read()
                status = reply.status
        except TimeoutError:
            self._failed("Read timeout expired")
        except aiohttp.ClientError:
            self._failed("Connection refused")
        taken = status is not None and 200 <= status < 300
        if taken:
            self._world.updates.taken(update)
            if b'"method"' in body:
                self._world.complain("the fake does not know calls in a webhook's reply")
        elif status is not None:
            self._failed(f"Wrong response from the webhook: {status}")
        self.delivered.append(Delivered(update["update_id"], status, time.monotonic()))
        self._world.news.tell()
        return taken

    def _failed(self, words: str) -> None:
        self._error = (self._world.now(), words)
