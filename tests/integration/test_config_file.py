"""config.yaml on a real disk: believed only when it has settled and is whole."""

import asyncio
import os
import stat
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.settings.config_file import ConfigFile
from bot.settings.default_writer import write_default
from bot.settings.environment import Environment
from bot.settings.values import ChangeKind, ConfigChange, Settings
from scheduler.errors import ConfigError, RouteError, UserError
from scheduler.ports import Config
from scheduler.press import RouteNames
from scheduler.price import PriceCard, per_million
from scheduler.route import Pins
from tests.fakes.clock import NOON, StoppedClock

EXAMPLE = (Path(__file__).parents[2] / "config.example.yaml").read_bytes()
CANARY = "sk-canary-0a1b2c3d4e5f6g7h8i9j"
KEYS = {"OPENROUTER_API_KEY": CANARY, "GROQ_API_KEY": CANARY}
FREE = "meta-llama/llama-3.3-70b-instruct:free"
SECOND = timedelta(seconds=1)


class SteppedClock(StoppedClock):
    """Stands still until it is moved, and knows how often somebody began to wait for it."""

    def __init__(self) -> None:
        super().__init__()
        self.waits = 0
        self._waited = asyncio.Condition()

    async def sleep_until(self, moment: datetime | None, wake: asyncio.Event) -> None:
        async with self._waited:
            self.waits += 1
            self._waited.notify_all()
        await super().sleep_until(moment, wake)

    async def waited(self, times: int) -> None:
        """Return when somebody has begun to wait for the so-manieth time."""
        async with self._waited:
            await self._waited.wait_for(lambda: self.waits >= times)

    async def move(self, by: timedelta) -> None:
        """Move, and let everybody who woke take a turn or ten."""
        self.advance(by)
        for _ in range(10):
            await asyncio.sleep(0)


class LeapingClock:
    """Whoever sleeps wakes at once, and the time has passed."""

    def __init__(self) -> None:
        self._now = NOON

    def now(self) -> datetime:
        return self._now

    async def sleep_until(self, moment: datetime | None, wake: asyncio.Event) -> None:
        assert moment is not None
        self._now = max(self._now, moment)
        await asyncio.sleep(0)


class Place:
    """A folder with a config.yaml, a .env and a data folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "config.yaml"
        self.home = folder / "home"
        self.variables = {"DRIFTPIN_HOME": str(self.home), **KEYS}

    @property
    def environment(self) -> Environment:
        return Environment(self.variables, self.folder)

    def write(self, content: str | bytes) -> None:
        """Write in place, as an editor would; long ago, going by the file's own time."""
        data = content.encode() if isinstance(content, str) else content
        self.path.write_bytes(data)
        os.utime(self.path, (0, 0))

    async def open(self, clock: SteppedClock | LeapingClock | None = None) -> ConfigFile:
        return await ConfigFile.open(self.environment, clock or LeapingClock())


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture
def umask() -> Iterator[None]:
    old = os.umask(0o022)
    yield
    os.umask(old)


def default(provider: str, model: str) -> str:
    return f"model: {{provider: {provider}, default: {model}}}\n"


async def name_of(config: ConfigFile, pins: Pins = Pins()) -> str:  # noqa: B008
    return (await config.resolve(pins)).route.name


async def price_of(config: ConfigFile) -> PriceCard:
    card = (await config.resolve(Pins())).route.price
    assert card is not None
    return card


async def problem_of(awaited: Awaitable[object]) -> str:
    with pytest.raises(ConfigError) as caught:
        await awaited
    assert CANARY not in str(caught.value)
    return str(caught.value)


# --- what is believed ----------------------------------------------------------------------------


async def test_it_is_the_config_the_core_asks_for(place: Place) -> None:
    config: Config = await place.open()
    assert (await config.core()).timezone == "UTC"


async def test_a_config_cut_at_any_byte_is_an_error_or_what_it_was(place: Place) -> None:
    place.write(EXAMPLE)
    config = await place.open()
    whole = await config.settings()
    for cut in range(len(EXAMPLE)):
        place.write(EXAMPLE[:cut])
        try:
            found = await config.settings()
        except ConfigError:
            found = whole
        assert found == whole, cut
    place.write(EXAMPLE)
    assert await config.settings() == whole


async def test_a_cut_config_says_that_it_is_half_written(place: Place) -> None:
    place.write(EXAMPLE)
    config = await place.open()
    place.write(EXAMPLE[: len(EXAMPLE) // 2])
    assert "as if half-written; write it whole" in await problem_of(config.settings())


async def test_a_config_cut_while_the_bot_was_down_is_an_error(place: Place) -> None:
    place.write(EXAMPLE)
    await place.open()
    place.write(EXAMPLE[: len(EXAMPLE) // 2])
    config = await place.open()
    assert "half-written" in await problem_of(config.resolve(Pins()))


async def test_a_changed_file_counts_once_it_has_stood_for_two_seconds(place: Place) -> None:
    place.write(default("groq", "a"))
    clock = SteppedClock()
    config = await place.open(clock)
    place.write(default("groq", "b"))
    asked = asyncio.create_task(name_of(config))
    await clock.waited(1)
    await clock.move(timedelta(seconds=1.9))
    assert not asked.done()
    await clock.move(timedelta(seconds=0.1))
    assert await asked == "groq:b"


async def test_a_half_written_change_is_waited_out(place: Place) -> None:
    place.write(default("groq", "a"))
    clock = SteppedClock()
    config = await place.open(clock)
    whole = default("openrouter", FREE) + "timezone: Europe/Oslo\n"
    place.write(whole[:38])
    asked = asyncio.create_task(name_of(config))
    await clock.waited(1)
    place.write(whole)
    await clock.move(2 * SECOND)
    assert not asked.done()
    await clock.move(2 * SECOND)
    assert await asked == f"openrouter:{FREE}"


async def test_a_file_that_never_rests_is_an_error_in_the_end(place: Place) -> None:
    place.write(default("groq", "a"))

    class Restless(LeapingClock):
        async def sleep_until(self, moment: datetime | None, wake: asyncio.Event) -> None:
            await super().sleep_until(moment, wake)
            place.write(default("groq", f"m{self.now().timestamp()}"))

    config = await place.open()
    config = await ConfigFile.open(place.environment, clock := Restless())
    place.write(default("groq", "b"))
    assert "keeps changing" in await problem_of(config.settings())
    assert clock.now() - NOON < timedelta(minutes=1)


async def test_what_is_in_force_needs_no_waiting(place: Place) -> None:
    place.write(default("groq", "a"))
    clock = SteppedClock()
    config = await place.open(clock)
    assert await name_of(config) == "groq:a"
    assert clock.waits == 0


async def test_a_file_written_just_before_the_start_is_waited_for(place: Place) -> None:
    place.write(default("groq", "a"))
    clock = SteppedClock()
    os.utime(place.path, (clock.now().timestamp(),) * 2)
    opening = asyncio.create_task(place.open(clock))
    await clock.waited(1)
    assert not opening.done()
    await clock.move(2 * SECOND)
    assert await name_of(await opening) == "groq:a"


async def test_a_clock_set_back_does_not_keep_a_file_waiting(place: Place) -> None:
    place.write(default("groq", "a"))
    clock = SteppedClock()
    config = await place.open(clock)
    place.write(default("groq", "b"))
    asked = asyncio.create_task(name_of(config))
    await clock.waited(1)
    await clock.move(timedelta(hours=-2))
    again = asyncio.create_task(name_of(config))
    await clock.waited(2)
    await clock.move(2 * SECOND)
    assert await again == "groq:b"
    asked.cancel()


async def test_live_overwrites_never_resolve_to_what_nobody_wrote(place: Place) -> None:
    place.write(default("groq", "m0"))
    config = await place.open()
    for n in range(1, 60):
        written = default("groq", f"m{n}")
        broken = n % 3 == 0
        place.write(written[:-3] if broken else written)
        try:
            found = await name_of(config)
        except ConfigError:
            assert broken
        else:
            assert not broken
            assert found == f"groq:m{n}"


# --- gone, broken, and the last good settings -----------------------------------------------------


async def test_no_file_from_the_start_is_the_built_in_demo(place: Place) -> None:
    config = await place.open()
    assert await name_of(config) == "demo:echo"


async def test_a_file_that_was_deleted_is_an_error_and_never_the_demo(place: Place) -> None:
    place.write(default("groq", "a"))
    config = await place.open()
    place.path.unlink()
    assert "config.yaml: is gone from " in await problem_of(config.resolve(Pins()))
    assert config.last_good().routes.model == "a"
    place.write(default("groq", "a"))
    assert await name_of(config) == "groq:a"


async def test_a_file_deleted_while_the_bot_was_down_is_an_error(place: Place) -> None:
    place.write(default("groq", "a"))
    await place.open()
    place.path.unlink()
    config = await place.open()
    assert "is gone" in await problem_of(config.core())
    assert config.last_good().routes.model == "a"


async def test_the_demo_without_a_file_is_never_kept_as_last_good(place: Place) -> None:
    config = await place.open()
    assert await name_of(config) == "demo:echo"
    assert list(place.home.iterdir()) == []
    place.write(default("groq", "a"))
    assert await name_of(config) == "groq:a"
    place.path.unlink()
    assert "is gone" in await problem_of(config.core())


async def test_a_named_file_that_is_missing_is_an_error(place: Place) -> None:
    place.variables["DRIFTPIN_CONFIG"] = "team.yaml"
    assert "team.yaml: DRIFTPIN_CONFIG names a file" in await problem_of(place.open())


async def test_a_wrong_file_at_first_start_tells_every_problem(place: Place) -> None:
    place.write("guard: {on_drift: hodl}\nlimits: {max_tokens: no}\n")
    with pytest.raises(ConfigError) as caught:
        await place.open()
    assert [line.split(": ")[1] for line in caught.value.problems] == [
        "guard.on_drift",
        "limits.max_tokens",
    ]


async def test_a_wrong_file_holds_and_leaves_the_last_good_settings(place: Place) -> None:
    place.write(default("groq", "a"))
    config = await place.open()
    place.write("guard: {on_drift: hodl}\n")
    for asked in (config.core, config.settings, config.default_model):
        assert "guard.on_drift" in await problem_of(asked())
    assert "guard.on_drift" in await problem_of(config.resolve(Pins("groq", "a")))
    assert config.last_good_settings().core.routes.model == "a"


async def test_the_last_good_settings_survive_a_restart_with_a_wrong_file(place: Place) -> None:
    place.write(default("groq", "a"))
    await place.open()
    place.write("guard: {on_drift: hodl}\n")
    config = await place.open()
    assert "guard.on_drift" in await problem_of(config.core())
    assert config.last_good().routes.model == "a"
    place.write(default("groq", "b"))
    assert await name_of(config) == "groq:b"


async def test_the_last_good_settings_are_for_this_user_alone(place: Place, umask: None) -> None:
    place.write(default("groq", "a"))
    await place.open()
    (kept,) = place.home.iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.home.stat().st_mode) == 0o700


async def test_a_last_good_copy_that_nobody_can_read_still_means_there_was_a_file(
    place: Place,
) -> None:
    place.write(default("groq", "a"))
    await place.open()
    place.path.unlink()
    (kept,) = place.home.iterdir()
    kept.write_text("guard: {")
    assert "is gone" in await problem_of(place.open())


async def test_a_folder_in_place_of_the_file_is_an_error(place: Place) -> None:
    place.path.mkdir()
    assert "config.yaml: cannot be read" in await problem_of(place.open())


async def test_a_data_folder_that_is_full_costs_only_the_memory(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    (place.home / ".config.last-good.yaml.new").mkdir(parents=True)
    place.write(default("groq", "a"))
    assert await name_of(await place.open()) == "groq:a"
    assert "could not be kept" in caplog.text


# --- .env -----------------------------------------------------------------------------------------


async def test_env_is_read_afresh_and_the_process_wins(place: Place) -> None:
    place.write("model: {provider: xai, default: grok-4}\n")
    config = await place.open()
    with pytest.raises(RouteError, match="XAI_API_KEY"):
        await config.resolve(Pins())
    (place.folder / ".env").write_text(f"XAI_API_KEY={CANARY}\nGROQ_API_KEY=other\n")
    secret = (await config.resolve(Pins())).secret
    assert secret is not None
    assert secret.value == CANARY
    secret = (await config.resolve(Pins(provider="groq"))).secret
    assert secret is not None
    assert secret.value == KEYS["GROQ_API_KEY"]


async def test_an_env_that_cannot_be_read_holds_and_quotes_nothing(place: Place) -> None:
    place.write(default("groq", "a"))
    config = await place.open()
    (place.folder / ".env").write_text(f"A=1\n{CANARY} = '\n")
    assert ".env: line 2: is not NAME=value" in await problem_of(config.resolve(Pins()))


async def test_secrets_are_every_key_in_force_and_whatever_is_named_like_one(
    place: Place,
) -> None:
    place.write(
        "providers: {lab: {base_url: 'http://127.0.0.1:1/v1', key_env: LAB}}\n"
        "model: {provider: lab, default: m}\n"
    )
    (place.folder / ".env").write_text(
        "LAB=lab-canary\nSLACK_BOT_TOKEN=xoxb-canary\nTELEGRAM_WEBHOOK_SECRET=hook-canary\n"
        "DATABASE_URL=postgresql://me:database-canary@localhost/x\nOTHER=no-secret\nMY_KEY=ab\n"
    )
    config = await place.open()
    assert config.secrets() == {
        CANARY,
        "lab-canary",
        "xoxb-canary",
        "hook-canary",
        "database-canary",
    }


async def test_secrets_of_the_process_are_known_even_where_env_cannot_be_read(
    place: Place,
) -> None:
    config = await place.open()
    (place.folder / ".env").write_text("= '\n")
    place.variables["DATABASE_URL"] = "postgresql://[/"
    assert CANARY in config.secrets()


@pytest.mark.parametrize("content", [b"A=\xff\n", None])
async def test_an_env_that_is_no_text_is_an_error_at_start(
    place: Place, content: bytes | None
) -> None:
    if content is None:
        (place.folder / ".env").mkdir()
    else:
        (place.folder / ".env").write_bytes(content)
    assert (await problem_of(place.open())).startswith(".env: ")


async def test_a_data_folder_that_cannot_be_made_is_an_error_at_start(place: Place) -> None:
    place.home.write_text("a file")
    assert "DRIFTPIN_HOME: the folder cannot be made" in await problem_of(place.open())


def test_the_database_is_in_the_data_folder_unless_it_is_named(place: Place) -> None:
    assert place.environment.database_url == f"sqlite:///{place.home}/driftpin.db"
    place.variables["DATABASE_URL"] = "postgresql:///driftpin"
    assert place.environment.database_url == "postgresql:///driftpin"


def test_the_environment_here_is_fixed_at_start(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place.folder)
    monkeypatch.setenv("GROQ_API_KEY", CANARY)
    monkeypatch.delenv("DRIFTPIN_HOME", raising=False)
    here = Environment.here()
    monkeypatch.setenv("GROQ_API_KEY", "another")
    assert here.variables()["GROQ_API_KEY"] == CANARY
    assert here.env_file == place.folder / ".env"
    assert here.home.name == "driftpin"


def test_an_environment_never_prints_its_values(place: Place) -> None:
    assert CANARY not in repr(place.environment)


# --- watching -------------------------------------------------------------------------------------


class Watched:
    """A config that is being watched, and what the admins were told."""

    def __init__(self, config: ConfigFile, clock: SteppedClock) -> None:
        self.told: list[ConfigChange] = []
        self._clock = clock
        self._looked = clock.waits
        self.task = asyncio.create_task(config.watch(self._tell))

    async def _tell(self, change: ConfigChange) -> None:
        self.told.append(change)

    async def seconds(self, count: int) -> None:
        for _ in range(count):
            await self._clock.waited(self._looked + 1)
            self._looked = self._clock.waits
            self._clock.advance(SECOND)
        await self._clock.waited(self._looked + 1)


@pytest.fixture
async def watching(place: Place) -> AsyncIterator["Start"]:
    started: list[Watched] = []

    async def start() -> Watched:
        clock = SteppedClock()
        started.append(Watched(await place.open(clock), clock))
        return started[-1]

    yield start
    for watched in started:
        watched.task.cancel()
        with suppress(asyncio.CancelledError):
            await watched.task


Start = Callable[[], Awaitable[Watched]]


async def test_a_moved_default_is_told_once_within_five_seconds(
    place: Place, watching: Start
) -> None:
    place.write(default("groq", "a"))
    watched = await watching()
    place.write(default("openrouter", FREE))
    await watched.seconds(5)
    (change,) = watched.told
    assert change.kind is ChangeKind.CHANGED
    assert change.default_moved
    assert (str(change.old_default), str(change.new_default)) == ("groq:a", f"openrouter:{FREE}")


async def test_nothing_is_told_while_nothing_changes(place: Place, watching: Start) -> None:
    place.write(default("groq", "a"))
    watched = await watching()
    await watched.seconds(10)
    assert watched.told == []


async def test_a_broken_file_is_told_once_and_so_is_its_healing(
    place: Place, watching: Start
) -> None:
    place.write(default("groq", "a"))
    watched = await watching()
    place.write("guard: {on_drift: hodl}\n")
    await watched.seconds(8)
    place.write(default("groq", "a"))
    await watched.seconds(3)
    assert [change.kind for change in watched.told] == [ChangeKind.BROKEN, ChangeKind.HEALED]
    assert "guard.on_drift" in watched.told[0].problems[0]
    assert not watched.told[1].default_moved


async def test_another_mistake_in_place_of_the_first_is_told(place: Place, watching: Start) -> None:
    place.write(default("groq", "a"))
    watched = await watching()
    place.write("guard: {on_drift: hodl}\n")
    await watched.seconds(4)
    place.write("timezone: Mars\n")
    await watched.seconds(4)
    assert [change.kind for change in watched.told] == [ChangeKind.BROKEN, ChangeKind.BROKEN]
    assert "timezone: 'Mars'" in watched.told[1].problems[0]


async def test_a_file_that_never_rests_is_told_once(place: Place, watching: Start) -> None:
    place.write(default("groq", "a"))
    watched = await watching()
    for second in range(40):
        place.write(default("groq", f"m{second}"))
        await watched.seconds(1)
    [change] = watched.told
    assert "keeps changing" in change.problems[0]


async def test_a_key_that_is_gone_is_told_once_and_so_is_its_return(
    place: Place, watching: Start
) -> None:
    del place.variables["GROQ_API_KEY"]
    env = place.folder / ".env"
    env.write_text(f"GROQ_API_KEY={CANARY}\n")
    place.write(default("openrouter", FREE))
    watched = await watching()
    env.unlink()
    await watched.seconds(4)
    env.write_text(f"GROQ_API_KEY={CANARY}\n")
    await watched.seconds(3)
    assert [(change.lost, change.found) for change in watched.told] == [
        (("GROQ_API_KEY",), ()),
        ((), ("GROQ_API_KEY",)),
    ]


async def test_a_default_without_its_key_at_the_start_is_told(
    place: Place, watching: Start
) -> None:
    del place.variables["GROQ_API_KEY"]
    place.write(default("groq", "a"))
    watched = await watching()
    await watched.seconds(3)
    assert [change.lost for change in watched.told] == [("GROQ_API_KEY",)]


async def test_an_unreadable_env_leaves_the_last_good_route_its_own_variables(
    place: Place,
) -> None:
    place.write(default("groq", "a"))
    config = await place.open()
    (place.folder / ".env").write_text("= '\n")
    assert (await config.resolve_last_good(Pins())).route.name == "groq:a"


async def test_a_file_that_vanishes_is_told(place: Place, watching: Start) -> None:
    place.write(default("groq", "a"))
    watched = await watching()
    place.path.unlink()
    await watched.seconds(4)
    assert "is gone" in watched.told[0].problems[0]


async def test_loosened_guards_caps_and_lists_are_named(place: Place, watching: Start) -> None:
    place.write(default("groq", "a") + "guard: {missing_snapshot: hold}\nlimits: {max_tokens: 9}\n")
    watched = await watching()
    place.write(
        default("groq", "a")
        + "guard: {on_drift: allow_if_not_dearer, identity: tell, price_tolerance: 0.5}\n"
        + "limits: {min_interval: 1m}\naccess: {admins: ['telegram:42']}\n"
        + "providers: {groq: {billing: free}}\nprices: {a: {input: 0, output: 0}}\n"
    )
    await watched.seconds(4)
    assert watched.told[0].loosened == (
        "guard.on_drift: hold -> allow_if_not_dearer",
        "guard.missing_snapshot: hold -> run",
        "guard.identity: hold -> tell",
        "guard.price_tolerance: 0.10 -> 0.5",
        "limits.min_interval: 5m -> 1m",
        "limits.max_tokens: 9 -> 4096",
        "access.admins: telegram:42 added",
        "providers.groq.billing: free",
        "prices.a: nothing is charged",
    )


async def test_tightening_is_no_loosening(place: Place, watching: Start) -> None:
    place.write(default("groq", "a"))
    watched = await watching()
    place.write(default("groq", "a") + "guard: {missing_snapshot: hold}\nlimits: {max_tokens: 9}\n")
    await watched.seconds(4)
    assert [change.loosened for change in watched.told] == [()]


async def test_a_default_that_moved_through_env_is_told(place: Place, watching: Start) -> None:
    place.write(default("auto", "m"))
    del place.variables["OPENROUTER_API_KEY"]
    watched = await watching()
    (place.folder / ".env").write_text(f"OPENROUTER_API_KEY={CANARY}\n")
    await watched.seconds(3)
    assert str(watched.told[0].old_default) == "groq:m"
    assert str(watched.told[0].new_default) == "openrouter:m"


async def test_a_default_that_moved_while_the_bot_was_down_is_told(
    place: Place, watching: Start
) -> None:
    place.write(default("groq", "a"))
    await place.open()
    place.write(default("groq", "b"))
    watched = await watching()
    await watched.seconds(3)
    assert [str(change.old_default) for change in watched.told] == ["groq:a"]
    assert [str(change.new_default) for change in watched.told] == ["groq:b"]


# --- changing the default -------------------------------------------------------------------------

LAB = RouteNames("groq", "llama-3.3-70b-versatile")


async def test_a_changed_default_counts_at_once_and_leaves_every_other_byte(place: Place) -> None:
    text = EXAMPLE.decode().replace("  base_url: null            # another", "  # another", 1)
    place.write(text)
    place.path.chmod(0o640)
    config = await place.open()
    await config.change_default(LAB)
    assert await name_of(config) == str(LAB)
    old, new = text.splitlines(), place.path.read_text().splitlines()
    changed = [(a, b) for a, b in zip(old, new, strict=True) if a != b]
    assert changed == [
        (
            "  provider: openrouter      # a name below, a built-in one, or the word auto",
            "  provider: groq      # a name below, a built-in one, or the word auto",
        ),
        (f"  default: {FREE}", f"  default: {LAB.model}"),
    ]
    assert stat.S_IMODE(place.path.stat().st_mode) == 0o640


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# only a comment",
        "timezone: UTC",
        "model: gpt-4o  # bare\n",
        "model:\n",
        "model: {}\n",
        "model:\n  default:\n  # a comment\n",
        "model: {default: gpt-4o}\n",
        "model:\n    provider: 'auto'\n\n# end\n",
        'model: {provider: auto, default: "x"} # end\nguard: {on_drift: hold}\n',
    ],
)
async def test_a_default_can_be_changed_however_model_is_written(place: Place, text: str) -> None:
    place.write(text)
    config = await place.open()
    await config.change_default(LAB)
    assert await name_of(config) == str(LAB)
    assert await name_of(await place.open()) == str(LAB)
    assert all(
        line.strip() in place.path.read_text()
        for line in text.splitlines()
        if "#" in line and "model" not in line
    )


async def test_a_default_can_be_set_where_there_was_no_file(place: Place) -> None:
    config = await place.open()
    await config.change_default(LAB)
    assert await name_of(config) == str(LAB)


async def test_a_default_that_was_auto_can_be_auto_again(place: Place) -> None:
    text = "model: {provider: auto, default: a}  # whoever has a key\n"
    place.write(text)
    config = await place.open()
    await config.change_default(LAB)
    await config.change_default(RouteNames("auto", "a"))
    assert place.path.read_text() == text


async def test_a_model_that_yaml_would_misread_is_quoted(place: Place) -> None:
    place.write(default("groq", "a"))
    config = await place.open()
    for model in ("1e3", "true", "a:b", "null", "~", "@x#y", "a,b[1]", "2026-01-01"):
        await config.change_default(RouteNames("groq", model))
        assert await name_of(config) == f"groq:{model}"


async def test_a_link_to_the_file_stays_a_link(place: Place) -> None:
    place.write(default("groq", "a"))
    real = place.path.rename(place.folder / "real.yaml")
    place.path.symlink_to(real)
    config = await place.open()
    await config.change_default(LAB)
    assert place.path.is_symlink()
    assert LAB.model in real.read_text()


async def refusal(config: ConfigFile, place: Place, route: RouteNames = LAB) -> str:
    before = place.path.read_bytes()
    with pytest.raises(UserError) as caught:
        await config.change_default(route)
    assert place.path.read_bytes() == before
    return str(caught.value)


async def test_where_nothing_can_be_written_the_lines_to_deploy_are_given(place: Place) -> None:
    place.write(default("groq", "a"))
    config = await place.open()
    (place.folder / ".config.yaml.new").mkdir()
    said = await refusal(config, place)
    assert "cannot be written here" in said
    assert f"model:\n  provider: groq\n  default: {LAB.model}\n" in said


def test_a_file_that_somebody_else_changed_meanwhile_is_left_alone(place: Place) -> None:
    place.write(default("groq", "b"))
    with pytest.raises(UserError, match="was changed at this very moment; try again"):
        write_default(place.path, default("groq", "a").encode(), Settings(), LAB)
    assert place.path.read_text() == default("groq", "b")


async def test_a_file_that_cannot_be_edited_safely_is_left_alone(place: Place) -> None:
    place.write("a: &m {provider: groq, default: b}\nmodel: *m\n")
    config = await place.open()
    assert "cannot be edited safely" in await refusal(config, place)


async def test_a_wrong_file_is_not_edited(place: Place) -> None:
    place.write(default("groq", "a"))
    config = await place.open()
    place.write("guard: {on_drift: hodl}\n")
    assert "is not whole at the moment" in await refusal(config, place)


@pytest.mark.parametrize("section", ["jobs: {model: m}\n", "cron: {model: m}\n"])
async def test_a_default_that_jobs_would_not_follow_is_not_written(
    place: Place, section: str
) -> None:
    place.write(default("groq", "a") + section)
    config = await place.open()
    assert "jobs follow jobs.provider and jobs.model" in await refusal(config, place)


async def test_a_default_at_an_unknown_provider_is_not_written(place: Place) -> None:
    place.write(default("groq", "a"))
    config = await place.open()
    assert "did you mean groq?" in await refusal(config, place, RouteNames("grok", "m"))


async def test_an_address_of_the_old_provider_is_never_left_to_the_new_one(place: Place) -> None:
    place.write("model: {provider: openrouter, default: a, base_url: 'http://10.0.0.9/v1'}\n")
    config = await place.open()
    assert "model.base_url in config.yaml belongs to the old provider" in await refusal(
        config, place
    )


# --- prices ---------------------------------------------------------------------------------------


async def test_a_price_that_begins_on_a_date_comes_into_force_without_a_restart(
    place: Place,
) -> None:
    place.write(default("gemini", "gemini-3.6-flash"))
    place.variables["GEMINI_API_KEY"] = CANARY
    clock = LeapingClock()
    config = await place.open(clock)
    assert per_million(await price_of(config)) == "$0.75 in / $3.75 out"
    await clock.sleep_until(datetime(2027, 1, 1, tzinfo=UTC), asyncio.Event())
    assert per_million(await price_of(config)) == "$1.50 in / $7.50 out"


async def test_a_price_that_changes_with_the_hour_is_the_same_all_day(place: Place) -> None:
    place.write(default("deepseek", "deepseek-chat"))
    place.variables["DEEPSEEK_API_KEY"] = CANARY
    clock = LeapingClock()
    config = await place.open(clock)
    cards = set()
    for hour in range(24):
        await clock.sleep_until(datetime(2026, 11, 30, hour, tzinfo=UTC), asyncio.Event())
        cards.add(await price_of(config))
    assert [per_million(card) for card in cards] == ["$0.27 in / $1.10 out"]
