"""Who is in this Slack: workspaces, channels, people, and what the app may do there."""

from collections.abc import Collection

from tests.fakes.slack.records import Channel, User
from tests.fakes.slack.witness import Witness
from tests.fakes.slack.workspace import LEAST_SCOPES, Stamps, Workspace


class Population(Witness):
    """The half of `FakeSlack` that a test fills; the first workspace is where things happen."""

    def __init__(self, app_id: str) -> None:
        super().__init__()
        self.app_id = app_id
        self._stamps = Stamps()

    @property
    def workspace(self) -> Workspace:
        """The workspace that is meant when none is named."""
        return next(iter(self.workspaces.values()))

    def add_workspace(
        self,
        team_id: str,
        *,
        token: str,
        bot_user: str = "UBOT",
        bot_id: str = "B0BOT",
        scopes: Collection[str] = LEAST_SCOPES,
    ) -> Workspace:
        """Install the app in one more workspace."""
        workspace = Workspace(
            team_id=team_id,
            token=token,
            bot_user=bot_user,
            bot_id=bot_id,
            app_id=self.app_id,
            domain=f"canary-{team_id.lower()}",
            stamps=self._stamps,
            scopes=frozenset(scopes),
        )
        workspace.users[bot_user] = User(bot_user, "driftpin", "UTC", team_id, is_bot=True)
        self.workspaces[team_id] = workspace
        return workspace

    def channel(
        self,
        channel_id: str,
        name: str | None = None,
        *,
        bot: bool = True,
        archived: bool = False,
        private: bool = False,
        team: str | None = None,
    ) -> Channel:
        """Make a channel; `bot` says whether the bot is a member."""
        workspace = self._team(team)
        name = name or channel_id.lower()
        channel = Channel(channel_id, name, workspace.team_id, set(), bot, archived, private)
        workspace.channels[channel_id] = channel
        return channel

    def _user(self, user_id: str, name: str | None, tz: str, team: str | None) -> User:
        workspace = self._team(team)
        user = User(user_id, name or user_id[1:].lower(), tz, workspace.team_id)
        workspace.users[user_id] = user
        return user

    def revoke(self, code: str = "token_revoked", *, team: str | None = None) -> None:
        """Refuse the bot token from now on: token_revoked, account_inactive or invalid_auth."""
        self._team(team).revoked = code

    def restore(self, *, team: str | None = None) -> None:
        """Take the bot token again."""
        self._team(team).revoked = None

    def grant(self, *scopes: str, team: str | None = None) -> None:
        """Let the bot token have exactly these scopes."""
        self._team(team).scopes = frozenset(scopes)

    def _team(self, team: str | None) -> Workspace:
        return self.workspace if team is None else self.workspaces[team]
