"""files.*: the three steps of an upload."""

import json
import mimetypes
from collections.abc import Iterator

from tests.fakes.slack.asked import Asked
from tests.fakes.slack.blocks import checked_blocks
from tests.fakes.slack.errors import Json, SlackError, invalid_arguments
from tests.fakes.slack.payloads import message_event
from tests.fakes.slack.records import Channel, Upload, Version
from tests.fakes.slack.workspace import Workspace


def get_upload_url(asked: Asked) -> Json:
    length = str(asked.args["length"])
    if not length.isdecimal() or int(length) == 0:
        raise invalid_arguments("length must be a positive number")
    workspace = asked.workspace
    upload = Upload(
        id=f"F{workspace.stamps.number():08d}",
        name=str(asked.args["filename"]),
        length=int(length),
        team_id=workspace.team_id,
    )
    workspace.uploads[upload.id] = upload
    url = asked.address(f"/upload/v1/{workspace.team_id}/{upload.id}")
    return {"ok": True, "upload_url": url, "file_id": upload.id}


def receive(upload: Upload, content: bytes) -> None:
    """The second step: the bytes."""
    if len(content) != upload.length:
        raise SlackError("length_mismatch")
    upload.content = content


def complete_upload(asked: Asked) -> Json:
    files = list(_finished(asked))
    if not files:
        raise invalid_arguments("missing required field: files")
    shown = [_shown(asked.workspace, upload) for upload in files]
    for channel in _places(asked):
        thread_ts = asked.args.get("thread_ts")
        if thread_ts is not None:
            thread_ts = asked.workspace.parent_of(channel, str(thread_ts))
        comment = str(asked.args.get("initial_comment", ""))
        blocks = [] if comment else checked_blocks(asked.args.get("blocks", []))
        message = asked.workspace.post(
            channel, Version(comment, blocks), thread_ts=thread_ts, files=shown
        )
        for upload in files:
            upload.shared_in.append((channel.id, message.ts))
        if channel.is_im:
            asked.happened(asked.workspace, message_event(channel, message))
    return {"ok": True, "files": shown}


def _finished(asked: Asked) -> Iterator[Upload]:
    given = asked.args["files"]
    try:
        listed = json.loads(given) if isinstance(given, str) else given
    except ValueError:
        raise invalid_arguments("files is no JSON") from None
    for one in listed:
        unknown = set(one) - {"id", "title", "highlight_type", "alt_txt"}
        if unknown:
            raise invalid_arguments(f"files: unknown {', '.join(sorted(unknown))}")
        upload = asked.workspace.uploads.get(one.get("id"))
        if upload is None or upload.content is None or upload.complete:
            raise SlackError("file_not_found")
        upload.title = one.get("title") or upload.name
        yield upload


def _places(asked: Asked) -> Iterator[Channel]:
    named = [asked.args.get("channel_id"), *str(asked.args.get("channels", "")).split(",")]
    for name in filter(None, named):
        channel = asked.workspace.channel(str(name))
        if channel.archived:
            raise SlackError("is_archived")
        if not channel.bot:
            raise SlackError("not_in_channel")
        yield channel


def _shown(workspace: Workspace, upload: Upload) -> Json:
    kind = mimetypes.guess_type(upload.name)[0] or "text/plain"
    link = f"https://{workspace.domain}.slack.com/files/{workspace.bot_user}/{upload.id}"
    return {
        "id": upload.id,
        "name": upload.name,
        "title": upload.title,
        "mimetype": kind,
        "filetype": upload.name.rpartition(".")[2],
        "user": workspace.bot_user,
        "size": upload.length,
        "mode": "hosted",
        "is_external": False,
        "permalink": f"{link}/{upload.name}",
        "url_private": f"{link}/private",
    }
