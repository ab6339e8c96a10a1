"""Shows an answer to whoever asked: in the chat, or privately; and what becomes of a pressed button."""

import logging
from dataclasses import replace

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.adapters.slack.blocks import Drawn, Posting, draw
from bot.adapters.slack.incoming import Came
from bot.adapters.slack.metadata import metadata, places
from bot.adapters.slack.modal import add_modal
from bot.adapters.slack.posting import Poster
from bot.adapters.slack.pressed import without_buttons
from bot.adapters.slack.trust import is_slacks_own
from bot.message import AddForm, Message, Quiet, line
from bot.platform import Owe
from scheduler.errors import SendError, StoreError

log = logging.getLogger(__name__)

UNSURE = "Slack did not confirm that this was posted here; it may stand here already."

LONG = "The answer is too long for this place; all of it is in your direct messages with me."


class Answers:
    """`owe` keeps what cannot be posted now."""

    def __init__(self, client: AsyncWebClient, poster: Poster, owe: Owe) -> None:
        self._client = client
        self._poster = poster
        self._owe = owe

    async def show(self, came: Came, answer: Message | None) -> None:
        """Never raises: whoever asked sees the answer if Slack lets them, and else the log tells."""
        if answer is None:
            return
        try:
            if answer.form is not None and came.trigger is not None:
                await self._ask(came, answer, answer.form)
            elif answer.private:
                await self.privately(came, answer)
            elif answer.replaces and came.message is not None:
                await self._replace(came, answer)
            else:
                await self._publicly(came, answer)
        except SendError as error:
            log.warning("an answer could not be shown: %s", error)

    async def line(self, respond_to: object, text: str) -> None:
        """A private line to somebody of whom nothing is known but the address to answer at."""
        if isinstance(respond_to, str):
            await self._respond(respond_to, draw(Message(text)).first)

    async def privately(self, came: Came, answer: Message) -> None:
        """To the person alone: where they asked, else in their direct messages."""
        drawn = draw(answer)
        if not _is_whole(drawn):
            await self._directly(came, answer)
            if came.request.place.chat == came.user:
                return
            answer = Message(LONG)
            drawn = draw(answer)
        if came.respond_to is not None and await self._respond(came.respond_to, drawn.first):
            return
        place = came.request.place
        if place.chat == came.user:
            await self._directly(came, answer)
            return
        try:
            await self._poster.privately(came.channel, came.user, place.thread, drawn.first)
        except SendError:
            await self._directly(came, answer)

    async def own_channel(self, user: str) -> str | None:
        """The channel of the direct messages between us and a person, if Slack tells."""
        try:
            return await self._poster.open_direct(user)
        except SendError as error:
            log.warning("direct messages could not be opened: %s", error)
            return None

    async def _directly(self, came: Came, answer: Message) -> None:
        """All of it in the person's direct messages, in the thread if they asked in one there."""
        place = came.request.place
        thread = place.thread if place.chat == came.user else None
        await self._poster.post(await self._direct(came), thread, answer)

    async def _publicly(self, came: Came, answer: Message) -> None:
        """Posted by the bot itself, which proves that it can reach the place."""
        if came.ephemeral and came.respond_to is not None:
            # Where only one person saw the question, nobody else awaits the answer.
            await self._in_its_place(came, answer)
            return
        if came.message is not None:
            await self._take_buttons(came)
        place = came.request.place
        try:
            channel = await self._direct(came) if place.chat == came.user else came.channel
            await self._poster.post_patiently(channel, place.thread, answer)
        except SendError as error:
            if error.permanent or error.ambiguous or not await self._is_owed(came, answer):
                await self._instead(came, answer, error)

    async def _is_owed(self, came: Came, answer: Message) -> bool:
        """What Slack does not take now is posted later, by another process if need be."""
        try:
            await self._owe(came.request, answer)
        except StoreError as error:
            log.warning("an answer could not be kept: %s", error)
            return False
        return True

    async def _instead(self, came: Came, answer: Message, error: SendError) -> None:
        """To the person alone, with why it is not where everybody sees it."""
        why = error.remedy or (
            UNSURE if error.ambiguous else f"This could not be posted here ({error})."
        )
        told = replace(answer, blocks=(*answer.blocks, Quiet(line(why))))
        await self.privately(came, told)

    async def _replace(self, came: Came, answer: Message) -> None:
        if came.ephemeral and came.respond_to is not None:
            await self._in_its_place(came, answer)
        else:
            await self._poster.update(came.channel, came.message_ts, draw(answer).first)

    async def _in_its_place(self, came: Came, answer: Message) -> None:
        """In the place of the message that only this person saw, if all of it can stand there."""
        drawn = draw(answer)
        if _is_whole(drawn) and await self._respond(
            came.respond_to or "", drawn.first, replace_original=True
        ):
            return
        await self.privately(came, answer)

    async def _take_buttons(self, came: Came) -> None:
        """What was decided with a button has none any more."""
        bare = without_buttons(
            came.message or {}, came.pressed or "a button", came.request.principal.name
        )
        if bare is None:
            return
        try:
            await self._poster.update(came.channel, came.message_ts, bare, hurried=True)
        except SendError as error:
            log.warning("the buttons of a message could not be taken away: %s", error)

    async def _ask(self, came: Came, answer: Message, form: AddForm) -> None:
        view = add_modal(form, places(came), metadata(came))
        try:
            await self._client.views_open(trigger_id=came.trigger or "", view=view)
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("a form could not be opened: %s", error)
            await self.privately(came, answer)

    async def _direct(self, came: Came) -> str:
        # A message came through ours, and a form from there says so; a command or a shortcut may have
        # been used between two people.
        if came.channel.startswith("D") and (came.respond_to is None or came.message is not None):
            return came.channel
        return await self._poster.open_direct(came.user)

    async def _respond(self, url: str, posting: Posting, *, replace_original: bool = False) -> bool:
        """Answer through the address Slack gave for it; False where it is used up."""
        if not is_slacks_own(url, self._client.base_url):
            log.warning("an address to answer at is none of Slack's")
            return False
        webhook = AsyncWebhookClient(url, session=self._client.session, retry_handlers=[])
        try:
            answer = await webhook.send(
                text=posting.text,
                blocks=list(posting.blocks),
                response_type="ephemeral",
                replace_original=replace_original,
            )
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("Slack did not take a private answer: %s", type(error).__name__)
            return False
        return bool(answer.status_code == 200)


def _is_whole(drawn: Drawn) -> bool:
    """Does the first message say all of it?"""
    return not drawn.rest and drawn.attachment is None
