"""The Web API's methods: what each may be given, the scope it takes, and what it does."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.fakes.slack import chat_methods, file_methods, people_methods, view_methods
from tests.fakes.slack.asked import Asked
from tests.fakes.slack.errors import Json, SlackError, invalid_arguments

EVERYWHERE = {"team_id"}
"""What bolt sends along with every call; it means something to tokens of whole organisations."""
CUSTOMIZE = {"username", "icon_emoji", "icon_url"}
MESSAGE = {"channel", "text", "blocks", "attachments", "markdown_text", "parse", "link_names"}
QUIET = {"unfurl_links", "unfurl_media", "mrkdwn", "metadata", "reply_broadcast"}


@dataclass(frozen=True)
class Method:
    """One method; `takes_json` is false where Slack reads forms and queries only."""

    do: Callable[[Asked], Json]
    scope: str | Callable[[Asked], str] | None = None
    known: frozenset[str] = frozenset()
    needed: tuple[str, ...] = ()
    takes_json: bool = True
    for_app_token: bool = False

    def run(self, asked: Asked) -> Json:
        """Check the scope and the arguments, then do it."""
        self._check_scope(asked)
        unknown = set(asked.args) - self.known - EVERYWHERE
        if unknown:
            raise invalid_arguments(*(f"unknown field: {name}" for name in sorted(unknown)))
        missing = [name for name in self.needed if asked.args.get(name) in (None, "")]
        if missing:
            raise invalid_arguments(*(f"missing required field: {name}" for name in missing))
        return self.do(asked)

    def _check_scope(self, asked: Asked) -> None:
        if self.for_app_token:
            return
        scope = self.scope(asked) if callable(self.scope) else self.scope
        needed = [scope] if scope else []
        if set(asked.args) & CUSTOMIZE:
            needed.append("chat:write.customize")
        for one in needed:
            if one not in asked.workspace.scopes:
                provided = ",".join(sorted(asked.workspace.scopes))
                raise SlackError("missing_scope", needed=one, provided=provided)


def _takes(*names: str) -> frozenset[str]:
    return frozenset(names)


METHODS: dict[str, Method] = {
    "auth.test": Method(people_methods.auth_test),
    "apps.connections.open": Method(people_methods.connections_open, for_app_token=True),
    "chat.postMessage": Method(
        chat_methods.post_message,
        "chat:write",
        frozenset(MESSAGE | QUIET | CUSTOMIZE | {"thread_ts"}),
        ("channel",),
    ),
    "chat.postEphemeral": Method(
        chat_methods.post_ephemeral,
        "chat:write",
        frozenset(MESSAGE | CUSTOMIZE | {"thread_ts", "user"}),
        ("channel", "user"),
    ),
    "chat.update": Method(
        chat_methods.update,
        "chat:write",
        frozenset(MESSAGE | {"ts", "metadata", "reply_broadcast", "file_ids"}),
        ("channel", "ts"),
    ),
    "chat.delete": Method(
        chat_methods.delete, "chat:write", _takes("channel", "ts"), ("channel", "ts")
    ),
    "chat.getPermalink": Method(
        chat_methods.get_permalink,
        None,
        _takes("channel", "message_ts"),
        ("channel", "message_ts"),
        takes_json=False,
    ),
    "views.open": Method(
        view_methods.views_open,
        None,
        _takes("trigger_id", "interactivity_pointer", "view"),
        ("view",),
    ),
    "views.update": Method(
        view_methods.views_update,
        None,
        _takes("view", "view_id", "external_id", "hash"),
        ("view",),
    ),
    "users.info": Method(
        people_methods.users_info,
        "users:read",
        _takes("user", "include_locale"),
        ("user",),
        takes_json=False,
    ),
    "conversations.open": Method(
        people_methods.conversations_open,
        people_methods.scope_to_open,
        _takes("channel", "users", "return_im", "prevent_creation"),
    ),
    "conversations.info": Method(
        people_methods.conversations_info,
        people_methods.scope_to_look_at,
        _takes("channel", "include_locale", "include_num_members"),
        ("channel",),
        takes_json=False,
    ),
    "files.getUploadURLExternal": Method(
        file_methods.get_upload_url,
        "files:write",
        _takes("filename", "length", "alt_txt", "snippet_type"),
        ("filename", "length"),
        takes_json=False,
    ),
    "files.completeUploadExternal": Method(
        file_methods.complete_upload,
        "files:write",
        _takes("files", "channel_id", "channels", "initial_comment", "thread_ts", "blocks"),
        ("files",),
    ),
}
