"""Caps on spending as values: of a run, and of a day."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Cap(StrEnum):
    """What a cap is about; the order is the order they are looked at."""

    RUN = "per_run_usd"
    JOB_DAY = "per_job_day_usd"
    CHAT_DAY = "per_chat_day_usd"
    DAY = "per_day_usd"
    OWN = "max_usd"
    """What a job itself allows a run of it; nobody raises it for a day."""


OF_A_DAY = (Cap.JOB_DAY, Cap.CHAT_DAY, Cap.DAY)


@dataclass(frozen=True, slots=True)
class Caps:
    """The most that may be spent, in US dollars; None is a cap that was turned off by its word.

    `max_usd` is a job's own; the settings have none.
    """

    per_run_usd: Decimal | None = Decimal("0.50")
    per_job_day_usd: Decimal | None = Decimal(5)
    per_chat_day_usd: Decimal | None = Decimal(10)
    per_day_usd: Decimal | None = Decimal(20)
    max_usd: Decimal | None = None

    def of(self, cap: Cap) -> Decimal | None:
        found: Decimal | None = getattr(self, cap.value)
        return found
