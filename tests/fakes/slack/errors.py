"""What Slack answers when it says no."""

from typing import Any

Json = dict[str, Any]


class SlackError(Exception):
    """`ok: false` with one of Slack's own error codes, and what Slack says along with it."""

    def __init__(self, code: str, **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.extra = extra

    def answer(self) -> Json:
        return {"ok": False, "error": self.code, **self.extra}


def invalid_arguments(*messages: str) -> SlackError:
    listed = [f"[ERROR] {message}" for message in messages]
    return SlackError("invalid_arguments", response_metadata={"messages": listed})


def invalid_blocks(*messages: str) -> SlackError:
    listed = [f"[ERROR] {message}" for message in messages]
    return SlackError(
        "invalid_blocks", errors=list(messages), response_metadata={"messages": listed}
    )
