"""Puts one drawn message into a Slack channel, and says of each failure what it means."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.blocks import Attachment, Drawn, Posting, draw, plain
from bot.adapters.slack.limits import shortened
from bot.adapters.slack.refusing import CLOSED, UNINVITED, Meaning, meaning
from bot.adapters.slack.trust import is_slacks_own
from bot.message import Message
from bot.remembering import Remembered
from bot.turns import Turns
from scheduler.errors import SendError

log = logging.getLogger(__name__)

EVERY = 1.0
"""Seconds between two messages to one channel; Slack takes about one."""

PATIENCE = 5.0
"""Seconds a message waits here for its channel; a longer rest is the outbox's business."""

USUAL_REST = 30.0
"""Seconds, where Slack limits us and does not say for how long."""

EDITED_TEXT = 4_000
"""Characters that Slack takes as the text of an edit; of a new message it takes ten times as many."""

TRIES = 4
"""Attempts at the rest of a message whose beginning is posted."""

LOOK = 0.25
"""Seconds between two looks at whether waiting for a channel still makes sense."""

DIRECT_KNOWN = 24 * 3600.0
"""Seconds the channel of a person's direct messages is remembered."""

CUT = "The rest could not be posted here."

Call = Callable[[], Awaitable[Any]]


class WorkspaceRefused(SendError):
    """Slack refuses the token itself."""


class Poster:
    """`bot_name` is what an invitation must name, `api_url` the Slack we talk to.

    Once `hurry` is set no answer waits here any more; `refuse` is told when Slack refuses the token.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        turns: Turns,
        bot_name: str,
        api_url: str,
        *,
        hurry: asyncio.Event,
        refuse: Callable[[str], None],
    ) -> None:
        self._client = client
        self._api_url = api_url
        self._turns = turns
        self._bot_name = bot_name
        self._hurry = hurry
        self._refuse = refuse
        self._directs: Remembered[str] = Remembered()

    async def post(
        self, channel: str, thread: str | None, message: Message, *, hurried: bool = False
    ) -> str:
        """Post, and return the message's ts; `hurried` is what waits no more in a hurry. Raises SendError."""
        drawn = draw(message)
        ts = await self._formatted(
            drawn.first,
            plain(message),
            lambda posting: self._post(channel, thread, posting, hurried=hurried),
        )
        await self._all_of_it(channel, thread or ts, ts, drawn)
        return ts

    async def post_patiently(self, channel: str, thread: str | None, message: Message) -> None:
        """Post once Slack lets us, within moments: somebody waits for it. Raises SendError."""
        put = partial(self.post, channel, thread, message, hurried=True)
        await self._patiently(put, hurried=True)

    async def edit(self, channel: str, thread: str | None, ts: str, message: Message) -> str:
        """Replace a message of ours, or post afresh where it cannot be edited. Raises SendError."""
        drawn = draw(message)
        try:
            return await self._formatted(
                drawn.first, plain(message), lambda posting: self.update(channel, ts, posting)
            )
        except _Gone:
            return await self.post(channel, thread, message)

    async def update(
        self, channel: str, ts: str, posting: Posting, *, hurried: bool = False
    ) -> str:
        """Replace a message by a posting; to do it twice changes nothing more. Raises SendError."""
        text = shortened(posting.text, EDITED_TEXT)
        await self._paced(
            channel,
            lambda: self._client.chat_update(
                channel=channel, ts=ts, text=text, blocks=list(posting.blocks)
            ),
            repeatable=True,
            hurried=hurried,
        )
        return ts

    async def privately(
        self, channel: str, user: str, thread: str | None, posting: Posting
    ) -> None:
        """A message only one person of a channel sees. Raises SendError."""
        await self._called(
            lambda: self._client.chat_postEphemeral(
                channel=channel,
                user=user,
                thread_ts=thread,
                text=posting.text,
                blocks=list(posting.blocks),
            )
        )

    async def open_direct(self, user: str) -> str:
        """The channel of the direct messages between us and a person. Raises SendError."""
        known = self._directs.get(user)
        if known is not None:
            return known
        found = await self._called(
            lambda: self._client.conversations_open(users=user), repeatable=True
        )
        channel = str(found["channel"]["id"])
        self._directs.put(user, channel, DIRECT_KNOWN)
        return channel

    # --- one message ---------------------------------------------------------------------------------

    async def _formatted(
        self, posting: Posting, unformatted: Posting, put: Callable[[Posting], Awaitable[str]]
    ) -> str:
        try:
            return await put(posting)
        except _Format as refused:
            log.warning("Slack refused a format, and gets the text plain: %s", refused)
            return await put(unformatted)

    async def _post(
        self, channel: str, thread: str | None, posting: Posting, *, hurried: bool = False
    ) -> str:
        answer = await self._paced(
            channel,
            lambda: self._client.chat_postMessage(
                channel=channel,
                thread_ts=thread,
                text=posting.text,
                blocks=list(posting.blocks),
                unfurl_links=False,
                unfurl_media=False,
            ),
            hurried=hurried,
        )
        return str(answer["ts"])

    async def _all_of_it(self, channel: str, thread: str, ts: str, drawn: Drawn) -> None:
        """The rest of a long message, below its beginning: that has arrived, and is not repeated."""
        try:
            for posting in drawn.rest:
                await self._patiently(partial(self._post, channel, thread, posting))
            if drawn.attachment is not None:
                await self._patiently(partial(self._upload, channel, thread, drawn.attachment))
        except SendError as error:
            log.warning("the rest of message %s could not be posted: %s", ts, error)
            cut = Posting(CUT, ({"type": "section", "text": {"type": "plain_text", "text": CUT}},))
            try:
                await self._post(channel, thread, cut)
            except SendError:
                log.warning("nor could a word about it")

    async def _patiently(self, put: Call, *, hurried: bool = False) -> None:
        """Try again while Slack asks for no more than a moment's rest. Raises SendError."""
        for left in reversed(range(TRIES)):
            try:
                await put()
            except SendError as error:
                rest = error.retry_after or 1.0
                if error.permanent or error.ambiguous or rest > USUAL_REST or not left:
                    raise
                if not await self._rested(rest, hurried):
                    raise
            else:
                return

    async def _rested(self, seconds: float, hurried: bool) -> bool:
        """Was there time to rest?"""
        if not hurried:
            await asyncio.sleep(seconds)
            return True
        try:
            async with asyncio.timeout(seconds):
                await self._hurry.wait()
        except TimeoutError:
            return True
        return False

    async def _upload(self, channel: str, thread: str, attachment: Attachment) -> None:
        content = attachment.content.encode()
        ticket = await self._called(
            lambda: self._client.files_getUploadURLExternal(
                filename=attachment.name, length=len(content)
            ),
            repeatable=True,
        )

        async def upload() -> None:
            session = self._client.session
            if session is None or not is_slacks_own(str(ticket["upload_url"]), self._api_url):
                raise SendError("Slack gave no address of its own for a file", permanent=True)
            async with session.post(ticket["upload_url"], data=content) as answer:
                if answer.status != 200:
                    raise SendError(f"Slack did not take the file ({answer.status})")

        await self._called(upload, repeatable=True)
        await self._paced(
            channel,
            lambda: self._client.files_completeUploadExternal(
                files=[{"id": ticket["file_id"], "title": attachment.name}],
                channel_id=channel,
                thread_ts=thread,
            ),
        )

    # --- one call ------------------------------------------------------------------------------------

    async def _paced(
        self, channel: str, call: Call, *, repeatable: bool = False, hurried: bool = False
    ) -> Any:
        async with self._turn(channel, hurried):
            try:
                return await self._called(call, repeatable=repeatable)
            except SendError as error:
                if error.retry_after is not None:
                    self._turns.rest(channel, error.retry_after)
                raise

    @asynccontextmanager
    async def _turn(self, channel: str, hurried: bool) -> AsyncIterator[None]:
        """The channel's turn, waited for while that makes sense: what leaves before was not sent."""
        self._is_worth_waiting(channel)
        async with AsyncExitStack() as kept:
            taking = asyncio.ensure_future(kept.enter_async_context(self._turns.turn(channel)))
            try:
                while not (await asyncio.wait({taking}, timeout=LOOK))[0]:
                    # Whoever had the turn may have been told to leave the channel alone.
                    self._is_worth_waiting(channel)
                    if hurried and self._hurry.is_set():
                        raise SendError("Driftpin stops before it is its turn")
            finally:
                taking.cancel()
                await asyncio.wait({taking})
            taking.result()
            yield

    def _is_worth_waiting(self, channel: str) -> None:
        left = self._turns.resting(channel)
        if left > PATIENCE:
            raise SendError("Slack asked to leave this channel alone", retry_after=left)

    async def _called(self, call: Call, *, repeatable: bool = False) -> Any:
        """Raises SendError; a call that may be `repeatable` is never in doubt, only to be done again."""
        try:
            return await call()
        except SlackApiError as error:
            raise self._refused(error, repeatable) from None
        except aiohttp.ClientConnectorError as error:
            raise SendError(f"Slack cannot be reached ({error.strerror or error})") from None
        except (aiohttp.ClientError, SlackClientError, TimeoutError, OSError) as error:
            what = f"Slack gave no answer ({type(error).__name__})"
            raise SendError(what, ambiguous=not repeatable) from None

    def _refused(self, error: SlackApiError, repeatable: bool) -> SendError:
        code, status, rest = details(error)
        what = f"Slack: {code}"
        match meaning(code, status):
            case Meaning.LIMITED:
                return SendError(what, retry_after=rest or USUAL_REST)
            case Meaning.WORKSPACE:
                self._refuse(code)
                return WorkspaceRefused(what, retry_after=60)
            case Meaning.FORMAT:
                return _Format(what, permanent=True)
            case Meaning.GONE:
                return _Gone(what, permanent=True)
            case Meaning.DOUBTFUL:
                return SendError(what, ambiguous=not repeatable)
            case Meaning.DEAD:
                return SendError(what, permanent=True, remedy=self._remedy(code))

    def _remedy(self, code: str) -> str | None:
        if code in UNINVITED:
            return (
                "This belongs in a channel where I cannot post:"
                f" type /invite @{self._bot_name} there, and messages go there again."
            )
        return CLOSED.get(code)


class _Format(SendError):
    """The blocks are refused."""


class _Gone(SendError):
    """The message to edit is out of reach."""


def details(error: SlackApiError) -> tuple[str, int, float | None]:
    """Slack's own word for an error, the status of the answer, and how long to wait (seconds)."""
    response = error.response
    status: int = getattr(response, "status_code", 0) or getattr(response, "status", 0)
    data = getattr(response, "data", None)
    code = data.get("error") if isinstance(data, dict) else None
    headers = getattr(response, "headers", None) or {}
    rest = headers.get("Retry-After")
    seconds = float(rest) if isinstance(rest, str) and rest.isdecimal() else None
    return str(code or f"status {status}"), status, seconds
