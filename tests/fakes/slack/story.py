"""What Slack saw, told in lines for a person whose test failed."""

from collections.abc import Iterable, Iterator

from tests.fakes.slack.asked import Call
from tests.fakes.slack.delivery import Delivery
from tests.fakes.slack.reading import buttons, plain
from tests.fakes.slack.records import Message
from tests.fakes.slack.workspace import Workspace

MOST = 30
"""Lines of each kind."""


def story(
    calls: Iterable[Call],
    deliveries: Iterable[Delivery],
    workspaces: Iterable[Workspace],
    complaints: Iterable[str],
) -> str:
    """Deliveries, calls, messages, views, complaints: the last ones of each."""
    parts = {
        "to the app": [_of_delivery(one) for one in deliveries],
        "from the app": [_of_call(one) for one in calls],
        "complaints": list(complaints),
    }
    for workspace in workspaces:
        parts[f"messages in {workspace.team_id}"] = list(map(_of_message, workspace.posted))
        parts[f"views in {workspace.team_id}"] = [
            f"{v.id} before {v.user}{'' if v.is_open else ' (closed)'}: {v.title}"
            for v in workspace.views.values()
        ]
    return "\n".join(_listed(parts.items()))


def _listed(parts: Iterable[tuple[str, list[str]]]) -> Iterator[str]:
    for title, lines in parts:
        yield f"- {title}: {len(lines) or 'none'}"
        yield from (f"    {line}" for line in lines[-MOST:])


def _of_delivery(delivery: Delivery) -> str:
    tries = ", ".join(f"{attempt.by}: {attempt.outcome}" for attempt in delivery.attempts)
    return f"{delivery.what} ({tries}) {delivery.error or ''}"


def _of_call(call: Call) -> str:
    shown = {key: _short(value) for key, value in call.args.items() if key != "blocks"}
    return f"{call.method} {shown} -> {call.outcome}"


def _of_message(message: Message) -> str:
    for_whom = f" only for {message.only_for}" if message.only_for else ""
    thread = f" in {message.thread_ts}" if message.is_reply else ""
    gone = " (deleted)" if message.deleted else ""
    pressed = [button.label for button in buttons(message)]
    words = _short(plain(message).replace("\n", " / "), 300)
    place = f"{message.channel} {message.ts}{thread}{for_whom}{gone}"
    return f"{place} by {message.user}: {words} {pressed or ''}"


def _short(value: object, most: int = 80) -> str:
    text = str(value)
    return text if len(text) <= most else text[: most - 1] + "…"
