"""The guard judges what some settings said, and never one half of these and one half of those."""

from dataclasses import replace

import pytest

from scheduler.config import CoreConfig, GuardConfig, Identity, Provider, RouteConfig
from scheduler.errors import ConfigError
from scheduler.judge import Go
from scheduler.ports import Held
from scheduler.providers import resolve as resolver
from scheduler.route import ApiMode, Pins, PriceClass, Resolution, Route, snapshot_of
from scheduler.run import Authorised, HoldReason
from scheduler.told import Reason
from scheduler.verdict import OneLook, as_authorised, verdict
from tests.unit.jobs import NOON, PAID, a_job, resolved

MODE = ApiMode.CHAT_COMPLETIONS
LAB = Provider("lab", "https://lab.example/v1", MODE, None, billing=PriceClass.PAID, own=True)
ELSEWHERE = replace(LAB, base_url="https://elsewhere.example/v1")


def settings(provider: Provider, identity: Identity = Identity.HOLD) -> CoreConfig:
    routes = RouteConfig("lab", "small", providers={"lab": provider})
    return CoreConfig(routes, GuardConfig(identity=identity))


class Moving:
    """Settings that are others each time they are read; the last ones stay."""

    def __init__(self, *read: CoreConfig | ConfigError) -> None:
        self._read = list(read)

    async def core(self) -> CoreConfig:
        now = self._read.pop(0) if len(self._read) > 1 else self._read[0]
        if isinstance(now, ConfigError):
            raise now
        return now

    async def resolve(self, pins: Pins) -> Resolution:
        return await self.resolve_under((await self.core()).routes, pins)

    async def resolve_under(self, routes: RouteConfig, pins: Pins) -> Resolution:
        return resolver.resolve(routes, pins, {}, NOON.date())

    async def resolve_last_good(self, pins: Pins) -> Resolution:
        return await self.resolve_under(self.last_good().routes, pins)

    def last_good(self) -> CoreConfig:
        return settings(LAB)


CONSENTED = resolver.resolve(settings(LAB).routes, Pins(), {}, NOON.date()).route
JOB = a_job(snapshot=snapshot_of(CONSENTED, Pins(), NOON))


@pytest.mark.parametrize("look", [lambda config: config, OneLook], ids=["run", "look"])
async def test_a_guard_of_before_a_change_never_judges_a_route_of_after_it(look) -> None:  # type: ignore[no-untyped-def]
    lenient_and_as_consented = settings(LAB, Identity.OFF)
    strict_and_moved = settings(ELSEWHERE)
    config = Moving(lenient_and_as_consented, strict_and_moved)
    found, judged_by = await verdict(look(config), JOB)
    assert isinstance(found, Go)
    assert found.resolution.route == CONSENTED
    assert judged_by == lenient_and_as_consented
    after, _ = await verdict(config, JOB)
    assert isinstance(after, Held)
    assert after.reason is HoldReason.IDENTITY


async def test_settings_that_are_not_whole_hold_by_the_last_good_guard() -> None:
    found, judged_by = await verdict(Moving(ConfigError(["config.yaml: is cut short"])), JOB)
    assert isinstance(found, Held)
    assert found.reason is HoldReason.CONFIG
    assert judged_by == settings(LAB)


KEYED = replace(PAID, fingerprint="aaaa")


class Resolving(Moving):
    """Settings under which every job would use one route."""

    def __init__(self, route: Route) -> None:
        super().__init__(settings(LAB))
        self._route = route

    async def resolve(self, pins: Pins) -> Resolution:
        return resolved(self._route)


@pytest.mark.parametrize(("key", "told"), [("aaaa", []), ("bbbb", [Reason.KEY])])
async def test_a_key_that_changed_after_the_leave_is_told(key: str, told: list[Reason]) -> None:
    held = Held(HoldReason.DRIFT, "Held", route=KEYED)
    leave = Authorised(KEYED, "Ana", NOON)
    found = await as_authorised(Resolving(replace(KEYED, fingerprint=key)), JOB, held, leave)
    assert isinstance(found, Go)
    assert (found.authorised, found.consent) == (True, None)
    assert [each.reason for each in found.told] == told
