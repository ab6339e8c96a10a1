"""`response_url`: five uses in thirty minutes, also where the bot is no member."""

import secrets
import time
from dataclasses import dataclass, field

from tests.fakes.slack.blocks import checked_blocks
from tests.fakes.slack.errors import Json, SlackError, invalid_arguments
from tests.fakes.slack.records import Channel, Message, Version
from tests.fakes.slack.workspace import Workspace

MOST_USES = 5
LIFE = 30 * 60.0
"""Seconds that a response_url lives."""

KNOWN = {
    *("text", "blocks", "attachments", "response_type", "replace_original", "delete_original"),
    *("thread_ts", "metadata", "unfurl_links", "unfurl_media", "mrkdwn", "parse", "link_names"),
}


@dataclass
class ResponseUrl:
    """One address, and what was said through it."""

    path: str
    workspace: Workspace
    channel: Channel
    user: str
    message: Message | None
    made_at: float = field(default_factory=time.monotonic)
    used: list[Json] = field(default_factory=list)


class ResponseUrls:
    """Those that were handed out."""

    def __init__(self, life: float = LIFE) -> None:
        self.life = life
        self.made: dict[str, ResponseUrl] = {}

    def make(
        self, workspace: Workspace, channel: Channel, user: str, message: Message | None
    ) -> str:
        """The path of a new one; the message is the one whose button was pressed."""
        path = f"/actions/{workspace.team_id}/{secrets.token_hex(6)}/{secrets.token_hex(12)}"
        self.made[path] = ResponseUrl(path, workspace, channel, user, message)
        return path

    def use(self, path: str, body: Json) -> Message | None:
        """Say it; a use that Slack takes counts, a refused one does not."""
        url = self.made.get(path)
        if url is None:
            raise SlackError("invalid_url")
        if time.monotonic() - url.made_at > self.life:
            raise SlackError("expired_url")
        if len(url.used) >= MOST_USES:
            raise SlackError("used_url")
        unknown = set(body) - KNOWN
        if unknown:
            raise invalid_arguments(*(f"unknown field: {name}" for name in sorted(unknown)))
        said = self._say(url, body)
        url.used.append(body)
        return said

    def _say(self, url: ResponseUrl, body: Json) -> Message | None:
        if body.get("delete_original"):
            if url.message is None:
                raise SlackError("message_not_found")
            url.message.deleted = True
            return None
        version = spoken(body)
        if body.get("replace_original") and url.message is not None:
            url.workspace.change(url.message, version)
            return url.message
        return answer(url.workspace, url.channel, url.user, body, version)


def spoken(body: Json) -> Version:
    """The message that the body of an answer describes."""
    text = str(body.get("text", ""))
    blocks = checked_blocks(body.get("blocks", []))
    attachments = list(body.get("attachments", []))
    if not (text.strip() or blocks or attachments):
        raise SlackError("no_text")
    return Version(text, blocks, body.get("metadata"), attachments)


def answer(
    workspace: Workspace, channel: Channel, user: str, body: Json, version: Version
) -> Message:
    """Post it for all to see, or for the one who asked."""
    kind = body.get("response_type", "ephemeral")
    if kind not in ("ephemeral", "in_channel"):
        raise invalid_arguments(f"response_type: {kind}")
    only_for = user if kind == "ephemeral" else None
    return workspace.post(channel, version, thread_ts=body.get("thread_ts"), only_for=only_for)
