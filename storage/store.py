"""The store: every verb of scheduler.ports.Store, each one transaction of one database."""

from storage.alerts import AlertVerbs
from storage.claiming import ClaimVerbs
from storage.costing import CostVerbs
from storage.drafts import DraftVerbs
from storage.endings import EndingVerbs
from storage.experiments import ExperimentVerbs
from storage.fingerprint_key import FingerprintKeyVerbs
from storage.fires import FireVerbs
from storage.forgetting import ForgettingVerbs
from storage.front import FrontVerbs
from storage.gate import GateVerbs
from storage.halting import HaltVerbs
from storage.histories import HistoryVerbs
from storage.imports import ImportVerbs
from storage.inbox import InboxVerbs
from storage.jobs import JobVerbs
from storage.leases import LeaseVerbs
from storage.moves import MoveVerbs
from storage.named_leases import NamedLeaseVerbs
from storage.once import OnceVerbs
from storage.outbox import OutboxVerbs
from storage.spending import SpendingVerbs


class Store(
    JobVerbs,
    ImportVerbs,
    FireVerbs,
    FingerprintKeyVerbs,
    LeaseVerbs,
    GateVerbs,
    EndingVerbs,
    HistoryVerbs,
    HaltVerbs,
    SpendingVerbs,
    CostVerbs,
    AlertVerbs,
    OnceVerbs,
    OutboxVerbs,
    FrontVerbs,
    ClaimVerbs,
    InboxVerbs,
    DraftVerbs,
    NamedLeaseVerbs,
    ExperimentVerbs,
    MoveVerbs,
    ForgettingVerbs,
):
    """All rows; `Store(Database.open(…))`."""
