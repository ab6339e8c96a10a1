"""auth.*, apps.*, users.* and conversations.*: who and where."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from tests.fakes.slack.asked import Asked
from tests.fakes.slack.errors import Json, SlackError, invalid_arguments
from tests.fakes.slack.records import Channel


def auth_test(asked: Asked) -> Json:
    workspace = asked.workspace
    return {
        "ok": True,
        "url": f"https://{workspace.domain}.slack.com/",
        "team": workspace.domain,
        "user": workspace.users[workspace.bot_user].name,
        "team_id": workspace.team_id,
        "user_id": workspace.bot_user,
        "bot_id": workspace.bot_id,
        "is_enterprise_install": False,
    }


def connections_open(asked: Asked) -> Json:
    url = asked.address(asked.socket_path())
    return {"ok": True, "url": url.replace("http://", "ws://")}


def users_info(asked: Asked) -> Json:
    user = asked.workspace.user(str(asked.args["user"]))
    offset = datetime.now(UTC).astimezone(ZoneInfo(user.tz)).utcoffset()
    return {
        "ok": True,
        "user": {
            "id": user.id,
            "team_id": user.team_id,
            "name": user.name,
            "deleted": user.deleted,
            "color": "9f69e7",
            "real_name": user.name.title(),
            "tz": user.tz,
            "tz_label": user.tz,
            "tz_offset": int(offset.total_seconds()) if offset else 0,
            "profile": {
                "real_name": user.name.title(),
                "display_name": user.name,
                "team": user.team_id,
            },
            "is_admin": False,
            "is_owner": False,
            "is_bot": user.is_bot,
            "is_app_user": False,
            "updated": 0,
            **({"locale": "en-GB"} if asked.flag("include_locale") else {}),
        },
    }


def conversations_open(asked: Asked) -> Json:
    people = str(asked.args.get("users", ""))
    if "channel" in asked.args:
        channel = asked.workspace.channel(str(asked.args["channel"]))
        if not channel.is_im:
            raise SlackError("channel_not_found")
        return {"ok": True, "no_op": True, "already_open": True, "channel": {"id": channel.id}}
    if not people:
        raise invalid_arguments("either channel or users must be provided")
    if "," in people:
        raise AssertionError("this Slack has no group direct messages")
    user = asked.workspace.user(people)
    if user.is_bot:
        raise SlackError("cannot_dm_bot")
    known = any(channel.user == user.id for channel in asked.workspace.channels.values())
    channel = asked.workspace.im(user.id)
    shown = _shown(channel) if asked.flag("return_im") else {"id": channel.id}
    already = {"no_op": True, "already_open": True} if known else {}
    return {"ok": True, **already, "channel": shown}


def conversations_info(asked: Asked) -> Json:
    channel = asked.workspace.channel(str(asked.args["channel"]))
    shown = _shown(channel)
    if asked.flag("include_num_members"):
        shown["num_members"] = len(channel.members)
    return {"ok": True, "channel": shown}


def scope_to_look_at(asked: Asked) -> str:
    """What conversations.info needs depends on the kind of the channel."""
    channel = asked.workspace.channels.get(str(asked.args.get("channel")))
    kinds = {"im": "im:read", "group": "groups:read"}
    return kinds.get(channel.kind if channel else "", "channels:read")


def scope_to_open(asked: Asked) -> str:
    return "mpim:write" if "," in str(asked.args.get("users", "")) else "im:write"


def _shown(channel: Channel) -> Json:
    shown: Json = {"id": channel.id, "created": 1, "is_archived": channel.archived}
    shown |= {"is_im": channel.is_im, "is_private": channel.private or channel.is_im}
    if channel.is_im:
        return {**shown, "user": channel.user, "is_open": True}
    return {
        **shown,
        "name": channel.name,
        "is_channel": not channel.private,
        "is_group": channel.private,
        "is_general": False,
        "is_member": channel.bot,
        "context_team_id": channel.team_id,
    }
