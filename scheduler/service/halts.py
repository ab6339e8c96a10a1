"""Commands that shut every door to spending, and open them again."""

from scheduler.halt import Halt, HaltEnded, HaltSet
from scheduler.job import Place, Principal
from scheduler.service.core import Core


class HaltService:
    def __init__(self, core: Core) -> None:
        self._core = core

    async def halt(self, reason: str, by: Principal) -> HaltSet:
        """Halt, and cut off what this process is in the middle of; other workers hear of it in a beat."""
        halt = Halt(by.called, reason, self._core.clock.now())
        entry = self._core.entry(by, "halt", "everything", reason)
        found = await self._core.store.halt(halt, entry)
        for run in found.stopped:
            await self._core.engine.cancel(run.id)
        return found

    async def unhalt(self, by: Principal, here: Place) -> HaltEnded:
        """End the halt; what it held is said, and nothing of it runs by itself."""
        return await self._core.store.unhalt(self._core.entry(by, "unhalt", "everything"), here)
