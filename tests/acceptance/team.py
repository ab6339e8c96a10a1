"""People who share a Slack channel, and a world in which it is attached beside the terminal."""

from pathlib import Path

from scheduler.job import Place, Principal
from tests.acceptance.world import Chat, World

BOSS = Principal("slack", "T012AB", "U0BOSS", name="Boss")
ANA = Principal("slack", "T012AB", "U0ANA", name="Ana")
BOB = Principal("slack", "T012AB", "U0BOB", name="Bob")
VERA = Principal("slack", "T0GUEST", "U0VERA", name="Vera")
STRANGER = Principal("slack", "T0ELSE", "U0ELSE", name="Mallory")

ROOM = Place("slack", "T012AB", "C0ROOM")
OTHER_ROOM = Place("slack", "T012AB", "C0OTHER")

ACCESS = """
access:
  admins: ["slack:T012AB:U0BOSS"]
  operators: ["slack:T012AB:*"]
  viewers: ["slack:T0GUEST:*"]
limits: {commands_per_minute: 1000}
"""


def team_world(folder: Path) -> tuple[World, Chat]:
    """A world with a Slack workspace of operators, one admin and some guests; not started yet."""
    world = World(folder, config=ACCESS)
    slack = Chat("slack")
    world.others = {"slack": slack}
    return world, slack
