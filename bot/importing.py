"""Jobs of hermes-agent are brought over: read, stored once, told line by line, and told to their chats."""

import asyncio
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from bot.desk import Desk
from bot.hermes import Asked, Into, Ready, read_jobs
from bot.hermes.places import owner_named, place_named
from bot.message import Message
from bot.settings import Settings
from bot.wording import refusals
from bot.wording.imports import Imported, imported
from scheduler.drift import Drift
from scheduler.errors import DriftpinError, UserError
from scheduler.job import Job, Place, Principal, unguarded_axes
from scheduler.outbox import Facts, Owed, OwedKind
from scheduler.ports import Config, Held
from scheduler.providers.catalogue import BUILT_IN
from scheduler.route import Pins
from scheduler.schedule.zones import zone_named
from scheduler.snapshots import resolved
from scheduler.verdict import OneLook, verdict

SOURCE = "hermes"


class Importer:
    def __init__(self, desk: Desk, config: Config) -> None:
        self._desk = desk
        self._config = config

    async def bring_in(self, asked: Asked, by: Principal) -> Message:
        """Bring over what can be, each job once; what is wrong with the file is told as a refusal."""
        try:
            message = imported(await self._bring_in(asked, by))
        except UserError as error:
            message = refusals.mistake(error)
        except DriftpinError as error:
            message = refusals.mistake(UserError(str(error)))
        return self._desk.clean(message)

    async def _bring_in(self, asked: Asked, by: Principal) -> Imported:
        into = self._into(asked, by)
        # In a thread: a long file takes seconds, and chats are answered meanwhile.
        found = await asyncio.to_thread(read_jobs, asked.content, asked.name, into)
        known = await self._desk.service.jobs.imported(SOURCE)
        fresh = [each for each in found if isinstance(each, Ready) and each.key not in known]
        drifted = await self._drifted(fresh)
        brought: dict[str, Job] = {}
        if fresh and not asked.dry_run:
            jobs = [(each.key, each.job) for each in fresh]
            brought = await self._desk.service.jobs.bring(SOURCE, jobs, by)
            await self._tell(list(brought.values()), by)
        return Imported(asked.name, found, brought, known, drifted, asked.dry_run)

    def _into(self, asked: Asked, by: Principal) -> Into:
        settings = self._desk.settings()
        zone = zone_named(asked.zone) if asked.zone else ZoneInfo(settings.core.timezone)
        return Into(
            now=self._desk.clock.now(),
            zone=zone,
            owner=owner_named(asked.owner) if asked.owner else by,
            to=place_named(asked.to) if asked.to else None,
            workspace=workspace_of(settings),
            providers={*BUILT_IN, *settings.core.routes.providers},
        )

    async def _drifted(self, fresh: Sequence[Ready]) -> dict[str, tuple[Drift, ...]]:
        """What would hold a job at its next fire, by the verdict of fire time."""
        look = OneLook(self._config)
        found: dict[str, tuple[Drift, ...]] = {}
        for each in fresh:
            judged, _ = await verdict(look, each.job)
            if isinstance(judged, Held) and judged.drifts:
                found[each.key] = judged.drifts
        return found

    async def _tell(self, jobs: Sequence[Job], by: Principal) -> None:
        """Every chat that got jobs hears of it; the terminal has the report."""
        default, _ = await resolved(self._config, Pins())
        names = (default.route.provider, default.route.model) if default else (None, None)
        for chat in dict.fromkeys(job.place.whole_chat for job in jobs):
            if chat.platform == "terminal":
                continue
            here = [job for job in jobs if job.place.whole_chat == chat]
            facts: Facts = {
                "jobs": len(here),
                "unguarded": sum(bool(unguarded_axes(job)) for job in here),
                "by": by.called,
                "provider": names[0],
                "model": names[1],
                "bills": default.route.billing if default else None,
            }
            await self._desk.store.owe(Owed(OwedKind.IMPORTED, _one_place(here, chat), facts))
        self._desk.told()


def _one_place(jobs: Sequence[Job], chat: Place) -> Place:
    """The thread all these jobs came from, else the chat itself."""
    places = {job.place for job in jobs}
    return places.pop() if len(places) == 1 else chat


def workspace_of(settings: Settings) -> str | None:
    """The one Slack workspace that the settings speak of, None where they name none or several."""
    access = settings.access
    said = [*access.admins, *access.operators, *access.viewers, settings.admin_chat or ""]
    teams = {word.split(":")[1] for word in said if word.startswith("slack:") and ":" in word[6:]}
    return teams.pop() if len(teams) == 1 else None
