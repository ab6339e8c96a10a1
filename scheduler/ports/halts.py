"""The halt: one row that every gate reads, and a file for when nobody can write the row."""

from typing import Protocol

from scheduler.halt import Halt, HaltEnded, HaltSet
from scheduler.job import Place
from scheduler.ports.jobs import Entry


class HaltFile(Protocol):
    """A halt that was written down beside the database, where nobody could reach that."""

    def read(self) -> Halt | None:
        """What the file says; one that is there and cannot be read is a halt all the same."""
        ...

    def remove(self) -> None: ...


class Halts(Protocol):
    async def halted(self) -> Halt | None:
        """The halt in force, by the row or by the file."""
        ...

    async def halt(self, halt: Halt, audit: Entry) -> HaltSet:
        """Halt, unless somebody has: the first is kept, and one of the file counts as that.

        Every run inside a call is marked to be stopped by its worker. Once the row is there the file
        is gone.
        """
        ...

    async def unhalt(self, audit: Entry, here: Place | None = None) -> HaltEnded:
        """End the halt, row and file. It plans nothing.

        Of a job that will fire again, the fires it held become missed; any other keeps them held, and
        so does a run that has called. Each chat with such jobs, but for the one this was asked in
        (`here`), is owed a line.
        """
        ...
