"""Somebody who types, presses and submits, as Slack's own clients do."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tests.fakes.slack import payloads
from tests.fakes.slack.delivery import Delivery
from tests.fakes.slack.errors import Json, SlackError
from tests.fakes.slack.forms import MANY_OPTIONS, ONE_OPTION, entered, filled
from tests.fakes.slack.markup import mentions, typed
from tests.fakes.slack.reading import buttons, elements
from tests.fakes.slack.records import Channel, Message, User, Version, View
from tests.fakes.slack.response_urls import answer, spoken
from tests.fakes.slack.view_methods import follow, open_views
from tests.fakes.slack.workspace import Workspace

if TYPE_CHECKING:
    from tests.fakes.slack.server import FakeSlack

Where = str | Channel


class Person:
    """One person of one workspace."""

    def __init__(self, slack: "FakeSlack", workspace: Workspace, user: User) -> None:
        self.user = user
        self.workspace = workspace
        self.dialogs: list[Json] = []
        """The confirm dialogs that came before a press, accepted or not."""
        self._slack = slack
        self._state: dict[str, Json] = {}

    @property
    def id(self) -> str:
        return self.user.id

    @property
    def name(self) -> str:
        return self.user.name

    @property
    def im(self) -> str:
        """The channel of the direct messages with the bot."""
        return self.workspace.im(self.id).id

    @property
    def ephemerals(self) -> list[Message]:
        return self._slack.ephemerals(self.id)

    @property
    def views(self) -> list[View]:
        """The modals before this person, the oldest first."""
        return open_views(self.workspace, self.id)

    async def types_command(self, command: str, text: str, channel: Where) -> Delivery:
        """Type a slash command; `.answer` and `.text` of what returns are the immediate answer."""
        place = self._place(channel)
        if "commands" not in self.workspace.scopes:
            raise AssertionError(f"{command} is not a valid command: no scope for commands")
        payload = payloads.command(
            self.workspace,
            self.user,
            place,
            command,
            typed(text, self.workspace, names=True),
            self._trigger(),
            self._response_url(place, None),
        )
        delivery = await self._slack.deliver("slash_commands", payload)
        if delivery.answer:
            self._show_answer(place, delivery.answer)
        return delivery

    async def says(self, text: str, channel: Where, thread: str | Message | None = None) -> Message:
        """Write a message; the app hears of it when mentioned, or in its direct messages."""
        place = self._place(channel)
        said = typed(text, self.workspace, names=False)
        message = self.workspace.post(
            place,
            Version(said, payloads.typed_message(said)),
            user=self.id,
            thread_ts=self._thread(place, thread),
        )
        if place.is_im:
            self._slack.happened(self.workspace, payloads.message_event(place, message))
        elif place.bot and mentions(said, self.workspace.bot_user):
            self._slack.happened(self.workspace, payloads.app_mention(place, message))
        self._slack.news.tell()
        return message

    async def presses(
        self,
        shown: Message | View,
        label: str,
        *,
        confirm: bool = True,
        version: int | None = None,
    ) -> Delivery | None:
        """Press the button whose label begins so; None when its dialog was declined.

        `version` presses in an older version of a message, as a client does that lags behind.
        """
        self._must_see(shown, version)
        seen = shown if version is None or isinstance(shown, View) else shown.versions[version]
        matching = [one for one in buttons(seen) if one.label.startswith(label)]
        exact = [one for one in matching if one.label == label]
        if len(exact or matching) != 1:
            there = [one.label for one in buttons(seen)]
            raise AssertionError(f"{len(matching)} buttons begin with {label!r}; there are {there}")
        [button] = exact or matching
        if button.confirm is not None:
            self.dialogs.append(button.confirm)
        if not confirm:
            if button.confirm is None:
                raise AssertionError(f"{button.label!r} asks nothing that one could decline")
            return None
        kept = ("type", "action_id", "text", "value", "style", "url")
        action = {key: button.element[key] for key in kept if key in button.element}
        return await self._acts(shown, {**action, "block_id": button.block_id})

    async def chooses(self, shown: Message | View, wanted: str) -> Delivery:
        """Choose the option of a menu by how its text begins, or its value."""
        self._must_see(shown, None)
        for block_id, element in elements(shown):
            if element["type"] not in (*ONE_OPTION, *MANY_OPTIONS):
                continue
            try:
                value = entered(element, wanted)
            except AssertionError:
                continue
            name = str(element["action_id"])
            state = self._state.setdefault(_name(shown), {})
            state.setdefault(block_id, {})[name] = value
            return await self._acts(shown, {**value, "action_id": name, "block_id": block_id})
        raise AssertionError(f"no menu offers {wanted!r}")

    async def uses_shortcut(self, callback_id: str, message: Message) -> Delivery:
        """Use a message shortcut, from the menu of any message."""
        self._must_see(message, None)
        place = self._place(message.channel)
        payload = payloads.message_action(
            self.workspace,
            self.user,
            message,
            place,
            callback_id,
            trigger_id=self._trigger(),
            response_url=self._response_url(place, None),
        )
        return await self._slack.deliver("interactive", payload)

    async def submits(
        self, view: View, values: Mapping[str, Any] | None = None
    ) -> dict[str, str] | None:
        """Fill in and submit; the errors the app found, by block id, or None when it closed."""
        self._must_see(view, None)
        state = filled(view, values or {})
        payload = payloads.view_submission(self.workspace, self.user, view, state, self._trigger())
        delivery = await self._slack.deliver("interactive", payload)
        if delivery.error:
            raise AssertionError(f"We had some trouble connecting: {delivery.error}")
        self._slack.complaints.extend(follow(view, delivery.answer or {}))
        self._slack.news.tell()
        return view.errors or None

    async def closes(self, view: View) -> None:
        """Close a view; the app hears of it if it asked to."""
        view.is_open = False
        if view.shape["notify_on_close"]:
            payload = payloads.view_closed(self.workspace, self.user, view)
            await self._slack.deliver("interactive", payload)

    async def _acts(self, shown: Message | View, action: Json) -> Delivery:
        place = None if isinstance(shown, View) else self._place(shown.channel)
        url = None
        if isinstance(shown, Message) and place is not None:
            url = self._response_url(place, shown)
        payload = payloads.block_actions(
            self.workspace,
            self.user,
            shown,
            place,
            action,
            trigger_id=self._trigger(),
            response_url=url,
            state=self._state.get(_name(shown), {}),
        )
        return await self._slack.deliver("interactive", payload)

    def _must_see(self, shown: Message | View, version: int | None) -> None:
        if isinstance(shown, View):
            assert shown.user == self.id, f"that view is before {shown.user}"
            assert shown.is_open, "that view is closed"
            return
        assert shown.only_for in (None, self.id), f"only {shown.only_for} sees that message"
        assert version is not None or not shown.deleted, "that message is deleted"

    def _show_answer(self, place: Channel, body: Json) -> None:
        """An immediate answer to a command becomes a message, as `response_url` makes one."""
        try:
            answer(self.workspace, place, self.id, body, spoken(body))
        except SlackError as error:
            self._slack.complaints.append(f"a wrong answer to a command: {error.answer()}")
        self._slack.news.tell()

    def _place(self, channel: Where) -> Channel:
        name = channel if isinstance(channel, str) else channel.id
        place = self.workspace.channels[name]
        if place.is_im and place.user != self.id:
            raise AssertionError(f"{name} is between the bot and {place.user}")
        place.members.add(self.id)
        return place

    def _thread(self, place: Channel, thread: str | Message | None) -> str | None:
        if isinstance(thread, Message):
            thread = thread.thread_ts or thread.ts
        return None if thread is None else self.workspace.parent_of(place, thread)

    def _trigger(self) -> str:
        return self._slack.triggers.make(self.id, self.workspace.team_id)

    def _response_url(self, place: Channel, message: Message | None) -> str:
        urls = self._slack.response_urls
        return self._slack.address(urls.make(self.workspace, place, self.id, message))


def _name(shown: Message | View) -> str:
    return shown.id if isinstance(shown, View) else shown.ts
