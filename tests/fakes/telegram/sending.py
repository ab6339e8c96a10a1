"""The methods that write messages: send, edit, delete, a document, a chat action."""

from tests.fakes.telegram.keyboards import keyboard
from tests.fakes.telegram.parameters import Upload, only
from tests.fakes.telegram.payloads import message_json
from tests.fakes.telegram.refusals import NOT_MODIFIED, Careless, bad
from tests.fakes.telegram.state import Chat, Document, Json, Message, Topic, Version
from tests.fakes.telegram.texts import CAPTION_LIMIT, checked
from tests.fakes.telegram.world import World

ACTIONS = frozenset(
    (
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    )
)
PREVIEW = ("is_disabled", "url", "prefer_small_media", "prefer_large_media", "show_above_text")
REPLY = ("message_id", "chat_id", "allow_sending_without_reply", "quote", "quote_position")


def send_message(world: World, given: Json) -> Json:
    chat = world.writable(given.get("chat_id"))
    text, entities = _text(world, given, "message is too long")
    _preview(given)
    markup = keyboard(given.get("reply_markup"), world.complain, new=True)
    message = _send(world, chat, given, Version(text, entities, markup))
    return message_json(message)


def send_document(world: World, given: Json) -> Json:
    chat = world.writable(given.get("chat_id"))
    _no_parse_mode(given)
    document = _document(chat, given)
    caption, entities = checked(
        given.get("caption", ""),
        given.get("caption_entities"),
        world.complain,
        empty="",
        limit=CAPTION_LIMIT,
        too_long="message caption is too long",
    )
    markup = keyboard(given.get("reply_markup"), world.complain)
    version = Version(caption or None, entities, markup)
    return message_json(_send(world, chat, given, version, document))


def edit_message_text(world: World, given: Json) -> Json:
    message = _editable(world, given)
    text, entities = _text(world, given, "MESSAGE_TOO_LONG")
    _preview(given)
    if message.document is not None:
        raise bad("there is no text in the message to edit")
    markup = keyboard(given.get("reply_markup"), world.complain)
    return _edit(world, message, Version(text, entities, markup))


def edit_message_reply_markup(world: World, given: Json) -> Json:
    message = _editable(world, given)
    markup = keyboard(given.get("reply_markup"), world.complain)
    return _edit(world, message, Version(message.shown.text, message.entities, markup))


def delete_message(world: World, given: Json) -> bool:
    chat = world.writable(given.get("chat_id"))
    message = _found(chat, given, "message to delete not found")
    others = chat.user is None and chat.bot_status != "administrator"
    if not message.by_bot and others:
        raise bad("message can't be deleted")
    message.deleted = True
    world.news.tell()
    return True


def send_chat_action(world: World, given: Json) -> bool:
    chat = world.writable(given.get("chat_id"))
    world.topic(chat, given.get("message_thread_id"))
    if given.get("action") not in ACTIONS:
        raise bad("wrong parameter action in request")
    return True


def _send(
    world: World, chat: Chat, given: Json, version: Version, document: Document | None = None
) -> Message:
    topic: Topic | None = world.topic(chat, given.get("message_thread_id"))
    return world.post(
        chat,
        None if chat.type == "channel" else world.bot,
        version,
        topic=topic,
        reply_to=_quoted(world, chat, given),
        sender_chat=chat if chat.type == "channel" else None,
        document=document,
        by_bot=True,
    )


def _edit(world: World, message: Message, version: Version) -> Json:
    if version == message.shown:
        raise bad(NOT_MODIFIED)
    message.versions.append(version)
    message.edit_date = world.now()
    world.news.tell()
    return message_json(message)


def _editable(world: World, given: Json) -> Message:
    chat = world.writable(given.get("chat_id"))
    message = _found(chat, given, "message to edit not found")
    if not message.by_bot:
        raise bad("message can't be edited")
    return message


def _found(chat: Chat, given: Json, missing: str) -> Message:
    message_id = given.get("message_id", 0)
    if message_id <= 0:
        raise bad("message identifier is not specified")
    message = chat.messages.get(message_id)
    if message is None or message.deleted:
        raise bad(missing)
    return message


def _quoted(world: World, chat: Chat, given: Json) -> Message | None:
    reply: Json | None = given.get("reply_parameters")
    if reply is None:
        return None
    only("reply_parameters", reply, *REPLY)
    if reply.get("chat_id", chat.id) != chat.id:
        raise Careless("this fake knows replies inside one chat only")
    message = chat.messages.get(reply.get("message_id", 0))
    if message is not None and not message.deleted:
        return message
    if reply.get("allow_sending_without_reply"):
        return None
    raise bad("message to be replied not found")


def _text(world: World, given: Json, too_long: str) -> tuple[str, tuple[Json, ...]]:
    _no_parse_mode(given)
    return checked(given.get("text", ""), given.get("entities"), world.complain, too_long=too_long)


def _no_parse_mode(given: Json) -> None:
    if given.get("parse_mode"):
        raise Careless("this fake takes entities, not parse_mode")


def _preview(given: Json) -> None:
    only("link_preview_options", given.get("link_preview_options", {}), *PREVIEW)


def _document(chat: Chat, given: Json) -> Document:
    sent = given.get("document")
    if isinstance(sent, str) and sent.startswith("attach://"):
        sent = given.get(sent.removeprefix("attach://"))
    if isinstance(sent, Upload):
        if not sent.content:
            raise bad("file must be non-empty")
        file_id = f"file-{chat.id}-{chat.next_message_id}"
        return Document(file_id, sent.file_name, sent.content_type, sent.content)
    if not sent:
        raise bad("there is no document in the request")
    for message in chat.messages.values():
        if message.document is not None and message.document.file_id == sent:
            return message.document
    raise bad("wrong file identifier/HTTP URL specified")
