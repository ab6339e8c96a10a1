"""HTTP mode: signed requests to the app, three seconds each, and retries for events."""

import asyncio
import json
import secrets
import time
from collections.abc import Sequence
from urllib.parse import urlencode

import aiohttp

from tests.fakes.slack.delivery import Attempt, Delivery
from tests.fakes.slack.errors import Json
from tests.fakes.slack.news import News
from tests.fakes.slack.signing import signed

FORM = "application/x-www-form-urlencoded"


class Requests:
    """What goes to the app's address, and how it was taken."""

    def __init__(
        self, news: News, secret: str, *, patience: float, retries: Sequence[float]
    ) -> None:
        self.url: str | None = None
        self.patience = patience
        self.retries = retries
        self._secret = secret
        self._news = news
        self._sent: dict[int, tuple[dict[str, str], bytes]] = {}

    async def carry(self, delivery: Delivery) -> None:
        """Send until taken: commands and interactions once, events up to four times."""
        waits = self.retries if delivery.kind == "events_api" else ()
        reason = ""
        for number, wait in enumerate((0.0, *waits)):
            await asyncio.sleep(wait)
            reason = await self._try(delivery, number, reason)
            if delivery.done.is_set() or reason == "no_retry":
                break
        words = {"http_timeout": "operation_timeout"}
        delivery.gave_up(words.get(reason, "dispatch_failed"))

    async def again(self, delivery: Delivery) -> None:
        """Send the very same signed bytes once more, answered or not."""
        headers, body = self._sent[id(delivery)]
        attempt = Attempt(time.monotonic(), len(delivery.attempts), str(self.url))
        delivery.attempts.append(attempt)
        status, _, _ = await self._post(headers, body)
        attempt.outcome = f"again: {status}"
        self._news.tell()

    async def verify_url(self) -> bool:
        """Whether the app passes the test that Slack makes of a new address."""
        challenge = secrets.token_hex(16)
        asked = {"token": "canary", "challenge": challenge, "type": "url_verification"}
        body = json.dumps(asked).encode()
        headers = {"Content-Type": "application/json", **signed(body, self._secret)}
        status, kind, text = await self._post(headers, body)
        answer = json.loads(text)["challenge"] if "json" in kind else text
        return status == 200 and answer == challenge

    async def _try(self, delivery: Delivery, number: int, reason: str) -> str:
        kind, body = _encoded(delivery)
        headers = {"Content-Type": kind, **signed(body, self._secret)}
        if number:
            headers |= {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": reason}
        self._sent[id(delivery)] = (headers, body)
        attempt = Attempt(time.monotonic(), number, str(self.url))
        delivery.attempts.append(attempt)
        self._news.tell()
        try:
            status, answer_kind, text = await self._post(headers, body)
        except TimeoutError:
            attempt.outcome = "http_timeout"
        except (aiohttp.ClientError, OSError):
            attempt.outcome = "connection_failed"
        else:
            attempt.outcome = str(status)
            if 200 <= status < 300:
                delivery.answer_came(_answer(answer_kind, text))
                return ""
            return "no_retry" if answer_kind == "no retry" else "http_error"
        return attempt.outcome

    async def _post(self, headers: dict[str, str], body: bytes) -> tuple[int, str, str]:
        if self.url is None:
            raise AssertionError("tell this Slack where the app is: slack.app_url = …")
        known = {"User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)", "Accept": "*/*"}
        timeout = aiohttp.ClientTimeout(total=self.patience)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(self.url, data=body, headers={**known, **headers}) as response,
        ):
            text = await response.text()
            kind = response.content_type
            if response.headers.get("X-Slack-No-Retry") == "1":
                kind = "no retry"
            return response.status, kind, text


def _encoded(delivery: Delivery) -> tuple[str, bytes]:
    if delivery.kind == "events_api":
        return "application/json", json.dumps(delivery.payload).encode()
    if delivery.kind == "slash_commands":
        return FORM, urlencode(delivery.payload).encode()
    return FORM, urlencode({"payload": json.dumps(delivery.payload)}).encode()


def _answer(kind: str, text: str) -> Json | None:
    if not text:
        return None
    return dict(json.loads(text)) if kind == "application/json" else {"text": text}
