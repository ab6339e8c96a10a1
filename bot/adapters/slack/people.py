"""What Slack knows of a person: how they are called, and where their clock stands."""

import asyncio
import logging
from dataclasses import dataclass

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.remembering import Remembered

log = logging.getLogger(__name__)

FRESH = 3600.0
"""Seconds a profile is believed."""

PATIENCE = 2.0
"""Seconds somebody who wants something waits for their own name; a form must open within three."""

MISSED = 60.0
"""Seconds until a profile is asked for again that could not be had."""


@dataclass(frozen=True, slots=True)
class Profile:
    """`zone` is an IANA name. A `bot` is nobody's principal."""

    name: str = ""
    zone: str | None = None
    bot: bool = False


class People:
    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._known: Remembered[Profile] = Remembered()

    async def profile(self, user: str) -> Profile:
        """An empty one where Slack does not tell; nobody waits for it again at once."""
        known = self._known.get(user)
        if known is not None:
            return known
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await self._client.users_info(user=user)
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("the profile of %s cannot be had: %s", user, type(error).__name__)
            self._known.put(user, Profile(), MISSED)
            return Profile()
        found = _read(answer.get("user") or {})
        self._known.put(user, found, FRESH)
        return found


def _read(user: dict[str, object]) -> Profile:
    profile = user.get("profile")
    names = (
        [profile.get("display_name"), profile.get("real_name")] if isinstance(profile, dict) else []
    )
    name = next((n for n in [*names, user.get("real_name"), user.get("name")] if n), "")
    zone = user.get("tz")
    return Profile(str(name), str(zone) if zone else None, bool(user.get("is_bot")))
