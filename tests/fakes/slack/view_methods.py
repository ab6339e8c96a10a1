"""views.*: put a modal before a person, and change it."""

import secrets
from collections.abc import Iterator

from tests.fakes.slack.asked import Asked
from tests.fakes.slack.blocks import checked_view
from tests.fakes.slack.errors import Json, SlackError, invalid_arguments
from tests.fakes.slack.records import View
from tests.fakes.slack.workspace import Workspace


def views_open(asked: Asked) -> Json:
    if "trigger_id" not in asked.args:
        raise invalid_arguments("missing required field: trigger_id")
    shape = checked_view(asked.args["view"])
    workspace = asked.workspace
    taken = [v for v in workspace.views.values() if v.shape["external_id"] and v.is_open]
    if shape["external_id"] in [view.shape["external_id"] for view in taken]:
        raise SlackError("duplicate_external_id")
    trigger = asked.triggers.exchange(str(asked.args["trigger_id"]), workspace.team_id)
    view = View(
        id=f"V{workspace.stamps.number():08d}",
        user=trigger.user,
        team_id=workspace.team_id,
        shape=shape,
        hash=_hash(),
        app_id=workspace.app_id,
        bot_id=workspace.bot_id,
        versions=[shape],
    )
    workspace.views[view.id] = view
    return {"ok": True, "view": view.wire()}


def views_update(asked: Asked) -> Json:
    view = _found(asked)
    if "hash" in asked.args and asked.args["hash"] != view.hash:
        raise SlackError("hash_conflict")
    show(view, asked.args["view"])
    return {"ok": True, "view": view.wire()}


def show(view: View, given: object) -> None:
    """Put a new version of the view before its person."""
    view.shape = checked_view(given)
    view.versions.append(view.shape)
    view.hash = _hash()
    view.errors = {}


def follow(view: View, response: Json) -> Iterator[str]:
    """Do to a submitted view what the app answered; yields what is wrong with the answer."""
    action = response.get("response_action")
    view.errors = {}
    match action:
        case None | "clear":
            view.is_open = False
        case "errors":
            view.errors = dict(response["errors"])
            inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
            for name in sorted(set(view.errors) - inputs):
                yield f"an error for no input of the view: {name}"
        case "update":
            try:
                show(view, response["view"])
            except SlackError as error:
                yield f"an update to a wrong view: {error.answer()}"
        case _:
            yield f"response_action {action!r} is not known here"


def open_views(workspace: Workspace, user: str) -> list[View]:
    return [v for v in workspace.views.values() if v.user == user and v.is_open]


def _found(asked: Asked) -> View:
    by_id = asked.workspace.views.get(str(asked.args.get("view_id")))
    if by_id is not None and by_id.is_open:
        return by_id
    name = asked.args.get("external_id")
    for view in asked.workspace.views.values():
        if name and view.is_open and view.shape["external_id"] == name:
            return view
    raise SlackError("not_found")


def _hash() -> str:
    return f"156772938.{secrets.token_hex(4)}"
