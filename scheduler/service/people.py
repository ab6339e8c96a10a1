"""Commands about people: where somebody's clock stands, and what people did."""

from zoneinfo import ZoneInfo

from scheduler.answers import Audited, Deed, Zone
from scheduler.commands import OwnZone, ReadAudit
from scheduler.errors import UserError
from scheduler.job import JobState, Principal
from scheduler.schedule.zones import zone_named
from scheduler.service.core import Core

PAGE = 10
"""Lines on one page of the audit."""


class People:
    def __init__(self, core: Core) -> None:
        self._core = core

    async def zone(self, command: OwnZone, by: Principal, told: str | None) -> Zone:
        """Show a person's zone, or set it for the jobs they will add; those they have keep theirs.

        `told` is the zone their platform says they live in, which a command cannot change.
        """
        store, configured = self._core.store, self._core.config.last_good().timezone
        if command.zone is not None:
            wanted = zone_named(command.zone).key
            if told is not None and wanted != told:
                raise UserError(
                    f"your zone is the one of your profile, {told}",
                    f"change it there, or give one job another: '/jobs edit <job> tz={wanted}'",
                )
            await store.set_zone(by, wanted)
        said = (await store.person(by)).zone
        zone = ZoneInfo(said or configured).key
        jobs = [job for job in await store.jobs() if job.owner == by]
        elsewhere = (job for job in jobs if job.zone != zone and job.state is not JobState.FINISHED)
        return Zone(
            zone,
            tuple(elsewhere),
            said=said is not None,
            changed=command.zone is not None,
            fixed=told is not None,
        )

    async def audit(self, command: ReadAudit) -> Audited:
        """One page of what people did, the latest first; about one job where one is named."""
        subject = None if command.job is None else f"job {command.job}"
        last = command.page * PAGE
        lines = await self._core.store.audited(subject, last + 1)
        found = tuple(
            Deed(each.at, each.by, each.action, each.object, each.detail)
            for each in lines[last - PAGE : last]
        )
        if not found and command.page > 1:
            raise UserError(
                f"there is no page {command.page} of that", "'/jobs audit' shows the latest"
            )
        zone = self._core.config.last_good().timezone
        return Audited(found, command.job, command.page, len(lines) > last, zone)
