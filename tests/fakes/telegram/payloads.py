"""What Telegram writes on the wire: users, chats and messages in their full shapes."""

from tests.fakes.telegram.state import Chat, Json, Message, User

RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)


def user_json(user: User) -> Json:
    written: Json = {"id": user.id, "is_bot": user.is_bot, "first_name": user.first_name}
    for key in ("last_name", "username", "language_code"):
        if (value := getattr(user, key)) is not None:
            written[key] = value
    return written


def chat_json(chat: Chat) -> Json:
    written: Json = {"id": chat.id}
    if chat.user is not None:
        written["first_name"] = chat.user.first_name
        for key in ("last_name", "username"):
            if (value := getattr(chat.user, key)) is not None:
                written[key] = value
    else:
        written["title"] = chat.title
        if chat.username is not None:
            written["username"] = chat.username
    written["type"] = chat.type
    if chat.is_forum:
        written["is_forum"] = True
    if chat.type == "group":
        written["all_members_are_administrators"] = False
    return written


def member_json(user: User, status: str) -> Json:
    """One of the ChatMember shapes."""
    written: Json = {"user": user_json(user), "status": status}
    if status == "creator":
        written["is_anonymous"] = False
    elif status == "administrator":
        written |= {"can_be_edited": False, "is_anonymous": False, **dict.fromkeys(RIGHTS, True)}
    elif status == "kicked":
        written["until_date"] = 0
    return written


def message_json(message: Message, *, nested: bool = False) -> Json:
    """A message; one that is quoted as `reply_to_message` does not quote in its turn."""
    written: Json = {"message_id": message.message_id}
    if message.sender is not None:
        written["from"] = user_json(message.sender)
    if message.sender_chat is not None:
        written["sender_chat"] = chat_json(message.sender_chat)
    written["chat"] = chat_json(message.chat)
    written["date"] = message.date
    if message.edit_date is not None:
        written["edit_date"] = message.edit_date
    if message.thread_id is not None:
        written["message_thread_id"] = message.thread_id
    if message.is_topic:
        written["is_topic_message"] = True
    if message.reply_to is not None and not nested:
        written["reply_to_message"] = message_json(message.reply_to, nested=True)
    written |= message.extra
    _add_content(written, message)
    if message.reply_markup is not None:
        written["reply_markup"] = message.reply_markup
    return written


def _add_content(written: Json, message: Message) -> None:
    prefix = ""
    if message.document is not None:
        prefix = "caption_"
        document = message.document
        written["document"] = {
            "file_name": document.file_name,
            "mime_type": document.mime_type,
            "file_id": document.file_id,
            "file_unique_id": f"unique-{document.file_id}",
            "file_size": len(document.content),
        }
    if message.shown.text is not None:
        written["caption" if prefix else "text"] = message.shown.text
    if message.entities:
        written[f"{prefix}entities"] = list(message.entities)
