"""config.yaml on disk: read at every resolution, believed only once it has settled and is whole."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bot.settings.default_writer import write_default
from bot.settings.environment import Environment
from bot.settings.last_good import Good, LastGood
from bot.settings.reading import Reading, is_cut, read_file
from bot.settings.schema import read_settings
from bot.settings.secrets import secret_values
from bot.settings.settling import Settling
from bot.settings.values import Settings
from bot.settings.watcher import Known, OnChange, broken, look, whole
from scheduler.config import CoreConfig, RouteConfig
from scheduler.errors import ConfigError, UserError
from scheduler.ports import Clock
from scheduler.press import RouteNames
from scheduler.providers import resolve as resolver
from scheduler.providers.fingerprint import Fingerprint
from scheduler.route import Pins, Resolution

CHECK = timedelta(seconds=1)


class ConfigFile:
    """Implements `scheduler.ports.Config` on one file and the variables beside it.

    `at_start` says why the file could not be used when it was opened, where it could not.
    """

    def __init__(self, environment: Environment, clock: Clock) -> None:
        self._environment = environment
        self._clock = clock
        self._path, self._named = environment.config_path()
        self._keeper = LastGood(environment.home)
        self._good = self._keeper.load()
        self._was_there = self._keeper.exists()
        self._settling = Settling()
        self._refused: tuple[Reading, tuple[str, ...]] | None = None
        self._known: Known | None = None
        self._fingerprint: Fingerprint | None = None
        self.at_start: tuple[str, ...] = ()

    @classmethod
    async def open(cls, environment: Environment, clock: Clock) -> "ConfigFile":
        """Raises ConfigError with every problem where settings are not whole and never were."""
        environment.make_home()
        config = cls(environment, clock)
        before = config._good
        try:
            settings = await config.settings()
        except ConfigError as error:
            if before is None:
                raise
            config.at_start = error.problems
            settings = before.settings
        then = settings if before is None else before.settings
        known = look(then, environment.variables(), config._today())
        # A key that is missing at the start is told as one that was lost.
        config._known = replace(known, lost=frozenset())
        return config

    async def settings(self) -> Settings:
        """The settings in force; waits while a fresh change is still settling.

        Raises ConfigError while the file is gone, cut short, unreadable or wrong.
        """
        while True:
            now = self._clock.now()
            reading = read_file(self._path)
            counts_at = self._counts_at(reading, now)
            if counts_at <= now:
                return self._judged(reading)
            self._must_rest(now)
            await self._clock.sleep_until(counts_at, asyncio.Event())

    @property
    def file(self) -> str:
        """Which file this is, among processes that read others: where it stands, on which disk."""
        path = self._path.resolve()
        try:
            return f"{path} {path.parent.stat().st_ino}"
        except OSError:
            return str(path)

    async def core(self) -> CoreConfig:
        return (await self.settings()).core

    async def resolve(self, pins: Pins) -> Resolution:
        """The route a call would bill at this moment. Raises ConfigError, RouteError."""
        return await self.resolve_under((await self.core()).routes, pins)

    async def resolve_under(self, routes: RouteConfig, pins: Pins) -> Resolution:
        """The route a call would bill if these were the routes of the settings. Raises RouteError."""
        variables = self._environment.variables()
        return resolver.resolve(routes, pins, variables, self._today(), self._fingerprint)

    def tell_keys_apart(self, fingerprint: Fingerprint) -> None:
        """From now on routes carry the fingerprint of their key."""
        self._fingerprint = fingerprint

    async def resolve_last_good(self, pins: Pins) -> Resolution:
        """The route under the last good settings; an unreadable .env leaves the process's variables."""
        try:
            variables = self._environment.variables()
        except ConfigError:
            variables = dict(self._environment.process)
        routes = self.last_good().routes
        return resolver.resolve(routes, pins, variables, self._today(), self._fingerprint)

    async def default_model(self) -> str | None:
        return resolver.default_model((await self.core()).routes)

    def last_good_settings(self) -> Settings:
        """The last settings that were whole; the built-in ones where there never was a file."""
        return Settings() if self._good is None else self._good.settings

    def last_good(self) -> CoreConfig:
        return self.last_good_settings().core

    def secrets(self) -> frozenset[str]:
        """The values that no text of ours may show."""
        return secret_values(self.last_good_settings(), self._environment)

    async def change_default(self, route: RouteNames) -> None:
        """Write another default into the file. Raises UserError, having changed nothing."""
        try:
            settings = await self.settings()
        except ConfigError as error:
            raise UserError(
                f"{self._path.name} is not whole at the moment ({error.problems[0]})",
                "mend it first",
            ) from None
        before = None if self._good is None else self._good.content
        # In a thread: to edit and prove a large file takes seconds.
        after = await asyncio.to_thread(write_default, self._path, before, settings, route)
        self._accept(after)

    async def watch(self, on_change: OnChange) -> None:
        """Look every second, for ever, and tell each change once."""
        while True:
            await self._clock.sleep_until(self._clock.now() + CHECK, asyncio.Event())
            now = self._clock.now()
            reading = read_file(self._path)
            known = self._known or Known(self.last_good_settings(), None)
            try:
                if self._counts_at(reading, now) > now:
                    self._must_rest(now)
                    continue
                variables = self._environment.variables()
                found = look(self._judged(reading), variables, self._today())
            except ConfigError as error:
                after, change = broken(known, error)
            else:
                after, change = whole(known, found)
            if change is not None:
                await on_change(change)
            self._known = after

    def _today(self) -> date:
        """The day by which a price list says from when on its prices count."""
        return self._clock.now().astimezone(UTC).date()

    def _counts_at(self, reading: Reading, now: datetime) -> datetime:
        """When what is on the disk may be believed: what is in force already, at once."""
        counts_at = self._settling.counts_at(reading, now)
        if self._good is None or reading.content != self._good.content:
            return counts_at
        self._settling.rests()
        return now

    def _must_rest(self, now: datetime) -> None:
        if self._settling.never(now):
            raise ConfigError([f"{self._path.name}: keeps changing; leave it alone for 2 s"])

    def _judged(self, reading: Reading) -> Settings:
        """The settings a settled file holds, which are then the last good ones."""
        name = self._path.name
        if reading.problem is not None:
            raise ConfigError(
                [f"{name}: cannot be read ({reading.problem}); {_remedy(self._path)}"]
            )
        if reading.content is None:
            return self._without_file()
        self._was_there = True
        if self._good is not None and is_cut(reading.content, self._good.content):
            raise ConfigError(
                [
                    f"{name}: is the beginning of the last good file, as if half-written; write it "
                    "whole, or add a last line `# complete` if it is meant to end there"
                ]
            )
        if self._good is None or reading.content != self._good.content:
            self._accept_once(reading, reading.content)
        return self.last_good_settings()

    def _without_file(self) -> Settings:
        """The built-in settings, which stand only where there never was a file."""
        if self._named:
            raise ConfigError(
                [f"{self._path.name}: DRIFTPIN_CONFIG names a file that is not there; put it there"]
            )
        if self._was_there:
            raise ConfigError(
                [
                    f"{self._path.name}: is gone from {self._path.parent}; put it back (a copy of its "
                    f"last good content is {self._keeper.path.name} in the data folder), or say where "
                    "it is with DRIFTPIN_CONFIG"
                ]
            )
        return Settings()

    def _accept_once(self, reading: Reading, content: bytes) -> None:
        """Accept a content; one that was refused before is refused without being parsed again."""
        if self._refused is not None and self._refused[0] == reading:
            raise ConfigError(self._refused[1])
        try:
            self._accept(content)
        except ConfigError as error:
            self._refused = (reading, error.problems)
            raise

    def _accept(self, content: bytes) -> None:
        self._good = Good(content, read_settings(content, self._path.name))
        self._keeper.keep(content)


def _remedy(path: Path) -> str:
    return "put a file there" if path.is_dir() else "mend its permissions"
