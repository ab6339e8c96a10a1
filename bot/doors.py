"""The lock of every door: loads what a request is about and asks `access` before anything is done."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.access import NEEDS, WHO, Role, authorize, role
from bot.message import Message, Request
from bot.settings.values import Access
from bot.wording import refusals
from scheduler.errors import DriftpinError
from scheduler.job import Job, JobId, JobState
from scheduler.ports import Store
from scheduler.service.core import no_job, was_removed

OF_REMOVED = {
    "show": "show",
    "history": "history",
    "output": "output",
    "cost": "cost",
    "resume": "restore",
}
"""What can still be done to a job that was removed, and what that is judged as."""


class Refusal(DriftpinError):
    """A request that is not carried out, with what the person is told."""

    def __init__(self, message: Message) -> None:
        self.message = message
        super().__init__(message.title)


@dataclass(frozen=True, slots=True)
class Doors:
    """`access` gives the access lists in force at this moment."""

    store: Store
    access: Callable[[], Access]

    def admits(self, request: Request) -> bool:
        """May this person at least look?"""
        return self._role(request) is not Role.NOBODY

    def is_admin(self, request: Request) -> bool:
        return self._role(request) is Role.ADMIN

    def need(self, request: Request, action: str) -> None:
        """Something about no job in particular; raises Refusal."""
        if not authorize(request.principal, action, request.place, self.access()):
            raise self.refusal(action)

    async def job(self, request: Request, action: str, job_id: JobId) -> Job:
        """The job, for somebody who may do this to it.

        A job one may not even see answers exactly like an unknown one (UserError); one that one may
        see but not touch raises Refusal. One that was removed can be read, and brought back.
        """
        job = await self.store.job(job_id)
        if job is None or not self.may(request, "show", job):
            raise no_job(job_id)
        if job.state is JobState.REMOVED:
            if action not in OF_REMOVED:
                raise was_removed(job_id)
            action = OF_REMOVED[action]
        if not self.may(request, action, job):
            raise self.refusal(action, f"job {job_id}")
        return job

    def refusal(self, action: str, object: str = "") -> Refusal:
        """What somebody is told who may look, but not do this."""
        return Refusal(refusals.not_allowed(action, object, WHO[NEEDS.get(action, Role.NOBODY)]))

    def _role(self, request: Request) -> Role:
        return role(request.principal, request.place, self.access())

    def may(self, request: Request, action: str, job: Job) -> bool:
        return authorize(request.principal, action, request.place, self.access(), job)
