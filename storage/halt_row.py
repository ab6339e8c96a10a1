"""The halt in force: the row, else the file beside the database."""

from sqlalchemy import select

from scheduler.halt import Halt
from scheduler.ports import HaltFile
from storage.tables import HALTS
from storage.transaction import Tx

ONE = 1
"""The number of the only row."""

_HALT = select(HALTS)


def halt_row(tx: Tx) -> Halt | None:
    row = tx.one(_HALT)
    return None if row is None else Halt(row.who, row.reason, row.at)


def halt_in_force(tx: Tx, file: HaltFile) -> Halt | None:
    return halt_row(tx) or file.read()
