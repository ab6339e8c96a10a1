"""The arguments and the token of a call, wherever Slack allows them to stand."""

import json
from dataclasses import dataclass

from aiohttp import web

from tests.fakes.slack.errors import Json


@dataclass(frozen=True)
class Given:
    """What a request brought."""

    args: Json
    token: str | None
    was_json: bool


async def given(request: web.Request) -> Given:
    """Read the query, and a form or JSON body; a token in the query is no token."""
    args: Json = dict(request.query)
    args.pop("token", None)
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    was_json = request.content_type == "application/json"
    if was_json:
        args |= _object(await request.text())
        args.pop("token", None)
    else:
        args |= dict((await request.post()).items())
        bearer = bearer or str(args.get("token", ""))
        args.pop("token", None)
    return Given(args, bearer or None, was_json)


def _object(text: str) -> Json:
    try:
        read = json.loads(text or "{}")
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}
