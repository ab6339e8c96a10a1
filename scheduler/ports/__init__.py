"""What the core needs from outside, as small protocols."""

from scheduler.ports.alerts import Alerts, Question, TooLate
from scheduler.ports.experiments import Experiments
from scheduler.ports.front import Admins, Buttons, Events, Offer, People, Person
from scheduler.ports.halts import HaltFile, Halts
from scheduler.ports.inbox import Drafts, Forgetting, Inbox, Leases, Moves, Update
from scheduler.ports.jobs import Entry, Event, Jobs
from scheduler.ports.outbox import Outbox
from scheduler.ports.outside import Agent, Answer, Clock, Config, Engine, Gate, Scripts
from scheduler.ports.runs import Answered, Finish, Held, Learned, Passage, Planned, Runs
from scheduler.ports.spending import Raise, Spending
from scheduler.ports.store import Store

__all__ = [
    "Admins",
    "Agent",
    "Alerts",
    "Answer",
    "Answered",
    "Buttons",
    "Clock",
    "Config",
    "Drafts",
    "Engine",
    "Entry",
    "Event",
    "Events",
    "Experiments",
    "Finish",
    "Forgetting",
    "Gate",
    "HaltFile",
    "Halts",
    "Held",
    "Inbox",
    "Jobs",
    "Learned",
    "Leases",
    "Moves",
    "Offer",
    "Outbox",
    "Passage",
    "People",
    "Person",
    "Planned",
    "Question",
    "Raise",
    "Runs",
    "Scripts",
    "Spending",
    "Store",
    "TooLate",
    "Update",
]
