"""The store: every verb of scheduler.ports.Store, each one transaction of one database."""

from storage.alerts import AlertVerbs
from storage.claiming import ClaimVerbs
from storage.endings import EndingVerbs
from storage.fires import FireVerbs
from storage.front import FrontVerbs
from storage.gate import GateVerbs
from storage.histories import HistoryVerbs
from storage.jobs import JobVerbs
from storage.leases import LeaseVerbs
from storage.outbox import OutboxVerbs


class Store(
    JobVerbs,
    FireVerbs,
    LeaseVerbs,
    GateVerbs,
    EndingVerbs,
    HistoryVerbs,
    AlertVerbs,
    OutboxVerbs,
    FrontVerbs,
    ClaimVerbs,
):
    """All rows; `Store(Database.open(…))`."""
