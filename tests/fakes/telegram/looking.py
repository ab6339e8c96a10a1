"""The methods that look into a chat or leave it."""

from tests.fakes.telegram.payloads import chat_json, user_json
from tests.fakes.telegram.refusals import bad
from tests.fakes.telegram.state import Json
from tests.fakes.telegram.world import World

PERMISSIONS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)
GIFTS = (
    "unlimited_gifts",
    "limited_gifts",
    "unique_gifts",
    "premium_subscription",
    "gifts_from_channels",
)


def get_me(world: World) -> Json:
    return user_json(world.bot) | {
        "can_join_groups": True,
        "can_read_all_group_messages": not world.privacy,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def get_chat(world: World, given: Json) -> Json:
    chat = world.readable(given.get("chat_id"))
    written = chat_json(chat) | {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(GIFTS, False),
    }
    if chat.user is None and chat.type != "channel":
        written["permissions"] = dict.fromkeys(PERMISSIONS, True)
    return written


def get_chat_member(world: World, given: Json) -> Json:
    chat = world.readable(given.get("chat_id"))
    user = world.users.get(given.get("user_id", 0))
    if user is None:
        raise bad("PARTICIPANT_ID_INVALID")
    return world.member(chat, user)


def leave_chat(world: World, given: Json) -> bool:
    chat = world.readable(given.get("chat_id"))
    if chat.user is not None:
        raise bad("chat member status can't be changed in private chats")
    world.bot_becomes(chat, "left", world.bot)
    return True
