"""chat.*: post, change, delete, link."""

import json
from typing import Any

from tests.fakes.slack.asked import Asked
from tests.fakes.slack.blocks import checked_blocks
from tests.fakes.slack.errors import Json, SlackError, invalid_arguments
from tests.fakes.slack.payloads import message_changed, message_deleted, message_event
from tests.fakes.slack.records import Channel, Message, Version

CUT_AT = 40_000
MOST_IN_UPDATE = 4_000
MOST_MARKDOWN = 12_000
QUIET = ("unfurl_links", "unfurl_media", "parse", "link_names", "mrkdwn")


def post_message(asked: Asked) -> Json:
    channel = _speaking_in(asked)
    version = _version(asked)
    thread_ts = asked.args.get("thread_ts")
    if thread_ts is not None:
        thread_ts = asked.workspace.parent_of(channel, str(thread_ts))
    message = asked.workspace.post(
        channel,
        version,
        thread_ts=thread_ts,
        broadcast=asked.flag("reply_broadcast"),
        options=_options(asked),
    )
    if channel.is_im:
        asked.happened(asked.workspace, message_event(channel, message))
    return {"ok": True, "channel": channel.id, "ts": message.ts, "message": message.wire()}


def post_ephemeral(asked: Asked) -> Json:
    channel = _speaking_in(asked)
    user = asked.workspace.user(str(asked.args["user"]))
    if user.id not in channel.members:
        raise SlackError("user_not_in_channel")
    message = asked.workspace.post(
        channel, _version(asked), thread_ts=asked.args.get("thread_ts"), only_for=user.id
    )
    return {"ok": True, "message_ts": message.ts}


def update(asked: Asked) -> Json:
    channel = asked.workspace.channel(str(asked.args["channel"]))
    message = _own(asked, channel, "cant_update_message")
    if len(str(asked.args.get("text", ""))) > MOST_IN_UPDATE:
        raise SlackError("msg_too_long")
    before = message.wire()
    asked.workspace.change(message, _version(asked, message.now))
    if channel.is_im:
        asked.happened(asked.workspace, message_changed(channel, message, before))
    return {
        "ok": True,
        "channel": channel.id,
        "ts": message.ts,
        "text": message.text,
        "message": message.wire(),
    }


def delete(asked: Asked) -> Json:
    channel = asked.workspace.channel(str(asked.args["channel"]))
    message = _own(asked, channel, "cant_delete_message")
    message.deleted = True
    if channel.is_im:
        stamp = asked.workspace.stamps.next()
        asked.happened(asked.workspace, message_deleted(channel, message, stamp))
    return {"ok": True, "channel": channel.id, "ts": message.ts}


def get_permalink(asked: Asked) -> Json:
    channel = asked.workspace.channel(str(asked.args["channel"]))
    message = asked.workspace.find(channel.id, str(asked.args["message_ts"]))
    if message is None:
        raise SlackError("message_not_found")
    link = f"https://{asked.workspace.domain}.slack.com/archives/{channel.id}"
    link += f"/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"ok": True, "channel": channel.id, "permalink": link}


def _speaking_in(asked: Asked) -> Channel:
    """The channel to post in; a person's id means their direct messages."""
    name = str(asked.args["channel"])
    if name in asked.workspace.users:
        return asked.workspace.im(name)
    named = [c.id for c in asked.workspace.channels.values() if f"#{c.name}" == name]
    channel = asked.workspace.channel(named[0] if named else name)
    if channel.archived:
        raise SlackError("is_archived")
    if not channel.bot and "chat:write.public" not in asked.workspace.scopes:
        raise SlackError("not_in_channel")
    return channel


def _own(asked: Asked, channel: Channel, refusal: str) -> Message:
    message = asked.workspace.find(channel.id, str(asked.args["ts"]))
    if message is None:
        raise SlackError("message_not_found")
    if not message.by_bot:
        raise SlackError(refusal)
    return message


def _version(asked: Asked, before: Version | None = None) -> Version:
    """The message that the arguments describe; what an update leaves out stays."""
    args = asked.args
    text = str(args.get("text", ""))
    if "markdown_text" in args:
        return _of_markdown(args)
    if not (text.strip() or args.get("blocks") or args.get("attachments")):
        raise SlackError("no_text")
    blocks = before.blocks if before else []
    if "blocks" in args:
        blocks = checked_blocks(args["blocks"])
    attachments = before.attachments if before else []
    if "attachments" in args:
        attachments = _decoded(args["attachments"], list, "invalid_attachments")
    metadata = before.metadata if before else None
    if "metadata" in args:
        metadata = _metadata(args["metadata"])
    if before and "text" not in args:
        text = before.text
    return Version(text[:CUT_AT], blocks, metadata, attachments)


def _of_markdown(args: Json) -> Version:
    if {"text", "blocks"} & set(args):
        raise SlackError("markdown_text_conflict")
    if len(args["markdown_text"]) > MOST_MARKDOWN:
        raise SlackError("msg_too_long")
    metadata = _metadata(args["metadata"]) if "metadata" in args else None
    block = {"type": "markdown", "text": args["markdown_text"]}
    return Version(args["markdown_text"], checked_blocks([block]), metadata)


def _metadata(given: object) -> Json | None:
    metadata: Json = _decoded(given, dict, "invalid_metadata_format")
    if not metadata:
        return None
    if set(metadata) != {"event_type", "event_payload"}:
        raise SlackError("invalid_metadata_schema")
    if not isinstance(metadata["event_payload"], dict):
        raise SlackError("invalid_metadata_format")
    return metadata


def _decoded(given: object, kind: type, error: str) -> Any:
    try:
        value = json.loads(given) if isinstance(given, str) else given
    except ValueError:
        raise SlackError(error) from None
    if not isinstance(value, kind):
        raise SlackError(error)
    return value


def _options(asked: Asked) -> Json:
    for name in QUIET[:2]:
        if asked.args.get(name) not in (None, True, False, "true", "false", "0", "1", 0, 1):
            raise invalid_arguments(f"{name} must be a boolean")
    return {name: asked.args[name] for name in QUIET if name in asked.args}
