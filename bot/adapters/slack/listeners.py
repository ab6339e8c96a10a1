"""The doors of Slack: each thing a person can do there becomes a request, and its answer is shown."""

import asyncio
import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.answering import Answers
from bot.adapters.slack.incoming import (
    Came,
    Identity,
    Unreadable,
    from_command,
    from_message,
    from_press,
    from_shortcut,
    from_submission,
    is_ours,
    user_of,
    view_of,
)
from bot.adapters.slack.manifest import ADD_VIEW, SHORTCUT
from bot.adapters.slack.metadata import asked_at, is_direct
from bot.adapters.slack.modal import errors, filled
from bot.adapters.slack.people import People
from bot.adapters.slack.tracking import Tracked
from bot.lines import Lines
from bot.message import Message
from bot.platform import Handle

log = logging.getLogger(__name__)

IN_TIME = 2.5
"""Seconds after which a form is closed without waiting for what becomes of it; Slack waits three."""

ANYTHING = re.compile("")

LIBRARY = "slack_bolt.AsyncApp"
EXPECTED = (
    "As you gave `client` as well, `token` will be unused.",
    "As `installation_store` or `authorize` has been used,"
    " `token` (or SLACK_BOT_TOKEN env variable) will be ignored.",
)

FOREIGN = "This Driftpin belongs to another workspace."

Body = dict[str, Any]
Asked = tuple[Came | None, Message | None]


class Listeners:
    """Registers every door on a bolt app."""

    def __init__(
        self,
        us: Identity,
        command: str,
        handle: Handle,
        people: People,
        answers: Answers,
        tracked: Tracked,
    ) -> None:
        self._us = us
        self._command = command
        self._handle = handle
        self._people = people
        self._answers = answers
        self._tracked = tracked
        self._lines = Lines()

    def hang(self, app: AsyncApp) -> None:
        app.command(ANYTHING)(self._on_command)
        app.event("app_mention")(self._on_message)
        app.event("message")(self._on_message)
        app.action(ANYTHING)(self._on_press)
        app.message_shortcut(SHORTCUT)(self._on_shortcut)
        app.view(ADD_VIEW)(self._on_form)
        app.event(ANYTHING)(self._on_nothing)
        app.shortcut(ANYTHING)(self._on_nothing)
        app.view(ANYTHING)(self._on_nothing)
        app.view_closed(ANYTHING)(self._on_nothing)
        app.error(self._on_error)

    async def _on_command(self, ack: AsyncAck, body: Body) -> None:
        with self._work():
            if not is_ours(body, self._us):
                await ack(response_type="ephemeral", text=FOREIGN)
                return
            await ack()
            await self._carry_out(from_command(body, self._us, self._command))

    async def _on_message(self, body: Body) -> None:
        with self._work():
            came = from_message(body, self._us, self._command) if is_ours(body, self._us) else None
            if came is not None:
                await self._carry_out(came)

    async def _on_press(self, ack: AsyncAck, body: Body) -> None:
        with self._work():
            await ack()
            if not await self._is_ours(body):
                return
            came = from_press(body, self._us, self._command)
            if came is not None:
                await self._carry_out(came)

    async def _on_shortcut(self, ack: AsyncAck, body: Body) -> None:
        with self._work():
            await ack()
            if not await self._is_ours(body):
                return
            came, words = from_shortcut(body, self._us)
            known = await self._known(came)
            if known is None:
                return
            answer = await self._handle(known.request)
            if answer is not None and answer.form is not None:
                answer = replace(answer, form=replace(answer.form, prompt=words))
            await self._answers.show(known, answer)

    async def _on_form(self, ack: AsyncAck, body: Body) -> None:
        """Close the form, or say in it what is wrong; what takes too long is answered in the chat."""
        with self._work():
            if not is_ours(body, self._us):
                await ack()
                return
            asking = asyncio.ensure_future(self._submitted(body))
            await asyncio.wait([asking], timeout=IN_TIME)
            answer = _answered(asking)
            if answer is not None and answer.problems:
                await ack(response_action="errors", errors=errors(answer.problems))
                return
            # Whatever else becomes of it, what breaks included, is no reason to keep the form open.
            await ack()
            known, answer = await asking
            if known is not None:
                await self._answers.show(known, answer)

    async def _submitted(self, body: Body) -> Asked:
        values, carried = view_of(body)
        form, to = filled(values)
        user = user_of(body)
        ours = await self._answers.own_channel(user) if is_direct(carried) else None
        place, channel = asked_at(carried, self._us, to, user, ours)
        return await self._asked(
            from_submission(body, self._us, form, place, channel, self._command)
        )

    async def _on_nothing(self, ack: AsyncAck) -> None:
        await ack()

    async def _on_error(self, error: Exception) -> BoltResponse:
        """Ours are caught before: this is the library, over something without Slack's own shape."""
        log.warning("something that came from Slack cannot be read: %s", type(error).__name__)
        return BoltResponse(status=400, body="not readable")

    async def _carry_out(self, came: Came) -> None:
        # Each thing that comes has a task of its own, and what a person did last must not be first.
        async with self._lines.join(came.user).turn():
            known, answer = await self._asked(came)
        if known is not None:
            await self._answers.show(known, answer)

    async def _asked(self, came: Came) -> Asked:
        """Who it was, and the answer; of a bot neither."""
        known = await self._known(came)
        return known, await self._handle(known.request) if known is not None else None

    async def _is_ours(self, body: Body) -> bool:
        """Whoever pressed or chose it in another workspace is told so."""
        if is_ours(body, self._us):
            return True
        await self._answers.line(body.get("response_url"), FOREIGN)
        return False

    @contextmanager
    def _work(self) -> Iterator[None]:
        """Kept hold of until it is done; what is not of Slack's own shape is left alone."""
        with self._tracked.work():
            try:
                yield
            except Unreadable as unreadable:
                log.warning("something that came from Slack is left alone: %s", unreadable)
            except Exception:
                log.exception("something that came from Slack was not handled")

    async def _known(self, came: Came) -> Came | None:
        """The same from somebody whose name and zone we know; None from a bot, which is nobody."""
        profile = await self._people.profile(came.user)
        if profile.bot:
            return None
        request = came.request
        who = replace(request.principal, name=profile.name or request.principal.name)
        return replace(came, request=replace(request, principal=who, zone=profile.zone))


def _answered(asking: asyncio.Future[Asked]) -> Message | None:
    """The answer, where there is one already."""
    if not asking.done() or asking.exception() is not None:
        return None
    return asking.result()[1]


def _is_news(record: logging.LogRecord) -> bool:
    """The library warns that `authorize` beats a token; that is what it is given for."""
    return record.getMessage() not in EXPECTED


def bolt_app(client: AsyncWebClient, us: Identity) -> AsyncApp:
    """A bolt app that knows who it is without asking at every event.

    It proves no signature: what reaches it came through our socket, or was proved before it was read.
    """
    # With these two in the environment bolt would start an OAuth flow of its own.
    for name in ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"):
        os.environ.pop(name, None)

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None,
            team_id=us.team,
            bot_user_id=us.bot_user,
            bot_token=client.token,
        )

    logging.getLogger(LIBRARY).addFilter(_is_news)
    return AsyncApp(
        name="driftpin",
        client=client,
        signing_secret="",
        authorize=authorize,
        request_verification_enabled=False,
    )
