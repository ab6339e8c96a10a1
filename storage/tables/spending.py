"""The table of what a day has spent under each cap."""

from decimal import Decimal

from sqlmodel import Field

from scheduler.caps import Cap
from storage.columns import Dollars, Text, word
from storage.tables.row import Row


class SpendingRow(Row, table=True):
    """One cap on one day: `amount` is what its requests have settled or still reserve.

    It is the sum of calls, kept beside them so that a gate need not add up a day.
    """

    __tablename__ = "spending"

    day: str = Field(primary_key=True, sa_type=Text)
    cap: Cap = Field(primary_key=True, sa_type=word(Cap))
    key: str = Field(primary_key=True, sa_type=Text)
    amount: Decimal = Field(sa_type=Dollars)
    raised: Decimal = Field(sa_type=Dollars)
    warned: bool = False
