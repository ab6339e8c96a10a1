"""What each error of Slack means for a message: the table of consequences. Pure."""

from enum import StrEnum


class Meaning(StrEnum):
    DEAD = "dead"
    """Nothing can be posted there: on to the next place of the chain."""
    WORKSPACE = "workspace"
    """The token is refused: nothing can be posted anywhere until the operator acts."""
    FORMAT = "format"
    """The blocks are refused: the same text plain."""
    GONE = "gone"
    """The message cannot be edited any more: a fresh one."""
    LIMITED = "limited"
    """Too fast: later, when Slack says."""
    DOUBTFUL = "doubtful"
    """Slack broke: it may have taken the message."""


WORKSPACE = frozenset(
    {
        "account_inactive",
        "invalid_auth",
        "not_authed",
        "not_allowed_token_type",
        "org_login_required",
        "team_access_not_granted",
        "token_expired",
        "token_revoked",
        "two_factor_setup_required",
    }
)
FORMAT = frozenset(
    {
        "block_mismatch",
        "invalid_blocks",
        "invalid_blocks_format",
        "markdown_text_conflict",
        "msg_blocks_too_long",
        "msg_too_long",
    }
)
GONE = frozenset({"cant_update_message", "edit_window_closed", "is_inactive", "message_not_found"})
DOUBTFUL = frozenset(
    {"fatal_error", "internal_error", "request_timeout", "service_unavailable", "team_added_to_org"}
)
UNINVITED = frozenset({"channel_not_found", "not_in_channel"})
"""What an invitation mends."""

CLOSED = {
    "is_archived": (
        "This belongs in a channel that is archived; once somebody unarchives it,"
        " messages go there again."
    ),
    "restricted_action": (
        "This belongs in a channel where only some people may post; once Driftpin may,"
        " messages go there again."
    ),
    "restricted_action_read_only_channel": (
        "This belongs in a channel that is read-only; once Driftpin may post there,"
        " messages go there again."
    ),
    "restricted_action_thread_only_channel": (
        "This belongs in a channel that takes no new messages but replies in threads."
    ),
    "thread_not_found": "The thread this belongs in is gone.",
}
"""What is said where a message goes instead; no invitation mends these."""


def meaning(error: str, status: int) -> Meaning:
    """An error nobody listed is for good: the message goes on to the next place."""
    if error in ("ratelimited", "rate_limited") or status == 429:
        return Meaning.LIMITED
    if error in WORKSPACE:
        return Meaning.WORKSPACE
    if error in FORMAT:
        return Meaning.FORMAT
    if error in GONE:
        return Meaning.GONE
    if error in DOUBTFUL or status >= 500:
        return Meaning.DOUBTFUL
    return Meaning.DEAD
