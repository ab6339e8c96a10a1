"""The connection to one Slack workspace: who we are there, and the socket that events come through."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.incoming import Identity
from bot.adapters.slack.posting import details
from bot.adapters.slack.refusing import Meaning, meaning
from bot.logs import without_traceback
from bot.platform import PlatformAway

log = logging.getLogger(__name__)

_library = logging.getLogger(f"{__name__}.library")

ANSWER = 10.0
"""Seconds Slack has for an answer."""

PING = 10.0
"""Seconds between two signs of life on the socket."""

DEAF = 60.0
"""Seconds without one after which a socket is thrown away, whatever the library thinks of it."""

GONE = 5.0
"""Seconds a socket may be closed until it is replaced; Slack renews one in a moment."""

LOOK = 1.0
"""Seconds between two looks at the socket."""

FAREWELL = 2.0
"""Seconds the other end has to close a socket with us."""

TakeIn = Callable[[AsyncBaseSocketModeClient, SocketModeRequest], Awaitable[None]]


def web_client(token: str, api_url: str) -> AsyncWebClient:
    """A client that sends each request once; made in the running loop, closed by whoever made it."""
    session = aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=ANSWER, connect=ANSWER / 2), trust_env=True
    )
    return AsyncWebClient(token=token, base_url=api_url, session=session, retry_handlers=[])


async def identify(client: AsyncWebClient) -> Identity:
    """Raises PlatformAway."""
    answer = await asked(client.auth_test)
    return Identity(
        team=str(answer["team_id"]),
        team_name=str(answer.get("team") or answer["team_id"]),
        bot_user=str(answer["user_id"]),
        bot_name=str(answer.get("user") or "driftpin"),
    )


async def asked(call: Callable[[], Awaitable[object]]) -> dict[str, object]:
    """An answer of Slack's. Raises PlatformAway."""
    try:
        answer = await call()
    except SlackApiError as error:
        code, status, _ = details(error)
        refused = meaning(code, status) is Meaning.WORKSPACE or code == "missing_scope"
        raise PlatformAway(said(code), refused=refused) from None
    except (aiohttp.ClientError, SlackClientError, TimeoutError, OSError) as error:
        what = str(error) or type(error).__name__
        raise PlatformAway(f"cannot be reached now ({what}); it is tried again.") from None
    return answer  # type: ignore[return-value]


def said(code: str) -> str:
    """What the operator is told about a refusal."""
    if code == "missing_scope":
        return "the app lacks a scope; install it again from `driftpin slack-manifest`."
    if code in ("invalid_auth", "not_authed", "not_allowed_token_type"):
        return f"Slack refuses the token ({code}); set SLACK_BOT_TOKEN and SLACK_APP_TOKEN anew."
    return f"Slack refuses us ({code}); install the app again and set its new tokens."


class Socket:
    """One life of the Socket Mode connection; Slack has it renewed every few hours.

    The library would open a broken one again and again, for ever, with an address that is good once,
    or with a token that is refused: whoever opened it waits for `lost` and opens another.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        app_token: str,
        take_in: TakeIn,
        *,
        ping: float = PING,
        deaf: float = DEAF,
        gone: float = GONE,
    ) -> None:
        self._web = client
        self._app_token = app_token
        self._take_in = take_in
        self._ping = ping
        self._deaf = deaf
        self._gone = gone
        self._client: SocketModeClient | None = None

    async def open(self) -> None:
        """Raises PlatformAway."""
        # Asked here first: the library would try a refused token for ever.
        answer = await asked(lambda: self._web.apps_connections_open(app_token=self._app_token))
        client = SocketModeClient(
            app_token=self._app_token,
            web_client=self._web,
            ping_interval=self._ping,
            auto_reconnect_enabled=False,
            logger=_library,
        )
        client.socket_mode_request_listeners.append(self._take_in)
        _library.addFilter(without_traceback)
        client.wss_uri = str(answer["url"])
        self._client = client
        try:
            async with asyncio.timeout(ANSWER):
                await client.connect()  # type: ignore[no-untyped-call]
        except TimeoutError:
            await self.close()
            raise PlatformAway("its socket cannot be opened; it is tried again.") from None
        except BaseException:
            # Whoever was waiting for it does not any more, and would never close it.
            await self.close()
            raise

    async def lost(self) -> str:
        """Return, in words, once it was closed for a while, or gave no sign of life for too long."""
        loop = asyncio.get_running_loop()
        heard = stood = loop.time()
        last: float | None = None
        while (client := self._client) is not None:
            await asyncio.sleep(min(self._ping, self._deaf, self._gone, LOOK) / 2)
            pong, now = client.last_ping_pong_time, loop.time()
            if self._client is None:
                continue
            if await client.is_connected():
                stood = now
                if pong is not None and pong != last:
                    last, heard = pong, now
            if now - stood > self._gone:
                return "its socket is closed; a new one is opened."
            if now - heard > self._deaf:
                return "its socket went deaf; a new one is opened."
        # Whoever closed it knows.
        never: asyncio.Future[str] = loop.create_future()
        return await never

    async def close(self) -> None:
        """Nothing comes in any more; what came and was not acknowledged, Slack sends again."""
        client, self._client = self._client, None
        if client is None:
            return
        try:
            async with asyncio.timeout(FAREWELL):
                await client.close()  # type: ignore[no-untyped-call]
        except (TimeoutError, aiohttp.ClientError, OSError):
            log.info("a socket did not answer its farewell")
        finally:
            await client.aiohttp_client_session.close()
