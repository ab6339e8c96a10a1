"""A Slack of our own on loopback, for tests of the real app."""

from tests.fakes.slack.delivery import Delivery
from tests.fakes.slack.faults import Breaks, Delays, Drops, Fails, Hangs, LosesReply, RateLimited
from tests.fakes.slack.person import Person
from tests.fakes.slack.reading import Button
from tests.fakes.slack.records import Channel, Message, Version, View
from tests.fakes.slack.server import FakeSlack

__all__ = [
    "Breaks",
    "Button",
    "Channel",
    "Delays",
    "Delivery",
    "Drops",
    "Fails",
    "FakeSlack",
    "Hangs",
    "LosesReply",
    "Message",
    "Person",
    "RateLimited",
    "Version",
    "View",
]
