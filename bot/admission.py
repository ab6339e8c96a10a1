"""People whom no list admits, and how the first of them becomes admin."""

from typing import assert_never

from bot.access import pattern
from bot.claims import AdminExists, Claimed, Claims, NoCode, WrongCode
from bot.doors import Doors, Refusal
from bot.grammar import parse
from bot.message import Message, Request
from bot.wording import admission, refusals
from scheduler.commands import Claim
from scheduler.errors import UserError


class Admission:
    """Who is a stranger, what they are told, and the one command they may type."""

    def __init__(self, claims: Claims, doors: Doors) -> None:
        self._claims = claims
        self._doors = doors

    async def admit(self, request: Request) -> None:
        """Let in whoever may at least look, or claims while a code is on offer; raises Refusal."""
        if self._doors.admits(request):
            return
        offered = await self._claims.offered()
        if not (offered and _claims(request)):
            raise Refusal(
                _stranger(request, f"{request.command} claim <code>" if offered else None)
            )

    async def claim(self, command: Claim, request: Request) -> Message:
        """What the claimer is told; strangers learn nothing of codes that cannot be claimed."""
        if self._doors.is_admin(request):
            return admission.is_admin()
        match await self._claims.claim(command.code, request.principal):
            case Claimed(known_as):
                return admission.claimed(known_as, request.command)
            case WrongCode(attempts_left):
                return admission.wrong_code(attempts_left)
            case NoCode() | AdminExists() if not self._doors.admits(request):
                return _stranger(request)
            case NoCode():
                return admission.no_code()
            case AdminExists():
                return admission.admin_exists()
            case never:
                assert_never(never)

    async def unclaim(self, admin: str, request: Request) -> Message:
        """Take back what a claim gave; raises Refusal and UserError."""
        self._doors.need(request, "unclaim")
        if await self._claims.unclaim(admin, request.principal):
            return admission.unclaimed(admin, last=not self._claims.access().admins)
        claimed = self._claims.admins()
        raise UserError(
            f"no claim made {admin} admin",
            f"these are admin by a claim: {', '.join(claimed)}"
            if claimed
            else "admins of config.yaml are taken out there",
        )


def _claims(request: Request) -> bool:
    if request.token is not None or request.form is not None:
        return False
    try:
        return isinstance(parse(request.text, request.command), Claim)
    except UserError:
        return False


def _stranger(request: Request, claim: str | None = None) -> Message:
    return refusals.stranger(pattern(request.principal), claim)
