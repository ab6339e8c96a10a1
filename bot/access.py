"""Who may do what: one decision for every door."""

from collections.abc import Sequence
from enum import IntEnum

from bot.settings.values import Access
from scheduler.job import Job, Place, Principal


class Role(IntEnum):
    """Each role has the rights of all before it."""

    NOBODY = 0
    VIEWER = 1
    OPERATOR = 2
    OWNER = 3
    ADMIN = 4


NEEDS: dict[str, Role] = {
    "claim": Role.NOBODY,
    "help": Role.VIEWER,
    "list": Role.VIEWER,
    "show": Role.VIEWER,
    "history": Role.VIEWER,
    "output": Role.VIEWER,
    "cost": Role.VIEWER,
    "alerts": Role.VIEWER,
    "default": Role.VIEWER,
    "tz": Role.VIEWER,
    "add": Role.OPERATOR,
    "add-script": Role.ADMIN,
    "pause": Role.OPERATOR,
    "resume": Role.OPERATOR,
    "run": Role.OPERATOR,
    "stop": Role.OPERATOR,
    "leave": Role.OPERATOR,
    "snapshot-all": Role.OPERATOR,
    "pin": Role.OPERATOR,
    "pin-another": Role.OWNER,
    "snapshot": Role.OWNER,
    "accept": Role.OWNER,
    "run-once": Role.OWNER,
    "drill": Role.OWNER,
    "edit": Role.OWNER,
    "unpin": Role.OWNER,
    "remove": Role.OWNER,
    "restore": Role.OWNER,
    "list-everywhere": Role.ADMIN,
    "cost-everywhere": Role.ADMIN,
    "audit": Role.ADMIN,
    "unclaim": Role.ADMIN,
    "raise": Role.ADMIN,
    "halt": Role.ADMIN,
    "unhalt": Role.ADMIN,
    "change-default": Role.ADMIN,
}
"""The least role for each action. The reference shows this table, and a test compares the two."""


WHO: dict[Role, str] = {
    Role.NOBODY: "nobody",
    Role.VIEWER: "somebody an admin has admitted",
    Role.OPERATOR: "an operator of this chat",
    Role.OWNER: "the job's owner or an admin",
    Role.ADMIN: "an admin",
}
"""Each role as it is named to somebody who lacks it."""


def role(principal: Principal, place: Place, access: Access, job: Job | None = None) -> Role:
    """A person's role towards a job, or towards a place when there is no job.

    Being operator or viewer counts only in the chat the job belongs to; being its owner counts
    everywhere, for people who are still admitted at all.
    """
    if principal.platform == "terminal" or _listed(access.admins, principal, place):
        return Role.ADMIN
    granted = Role.NOBODY
    if _listed(access.operators, principal, place):
        granted = Role.OPERATOR
    elif _listed(access.viewers, principal, place):
        granted = Role.VIEWER
    if job is None or granted is Role.NOBODY:
        return granted
    if granted is Role.OPERATOR and job.owner == principal:
        return Role.OWNER
    return granted if job.place.whole_chat == place.whole_chat else Role.NOBODY


def authorize(
    principal: Principal, action: str, place: Place, access: Access, job: Job | None = None
) -> bool:
    """May this person do this, here, to this job? An action nobody listed is nobody's."""
    needed = NEEDS.get(action)
    return needed is not None and role(principal, place, access, job) >= needed


def pattern(principal: Principal) -> str:
    """The word that admits this one person when an admin puts it under `access`."""
    if principal.platform == "telegram":
        return f"telegram:{principal.person}"
    return principal.key


def _listed(patterns: Sequence[str], principal: Principal, place: Place) -> bool:
    return any(_matches(pattern, principal, place) for pattern in patterns)


def _matches(pattern: str, principal: Principal, place: Place) -> bool:
    """`slack:T1:U2` one person, `slack:T1:*` a workspace, `slack:T1:#C3` a channel; `telegram:42` one
    person, `telegram:-100123:*` a group."""
    match pattern.split(":"):
        case ["telegram", person]:
            return principal.platform == "telegram" and principal.person == person
        case ["telegram", group, "*"]:
            return principal.platform == place.platform == "telegram" and place.chat == group
        case [platform, workspace, who]:
            if (principal.platform, principal.workspace) != (platform, workspace):
                return False
            if who.startswith("#"):
                return place.platform == platform and place.chat == who[1:]
            return who in ("*", principal.person)
        case _:
            return False
