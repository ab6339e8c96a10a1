"""A message that is owed survives a crash at any step of its delivery, and a repeat says it is one."""

from pathlib import Path

import pytest

from bot.notifier import REPEAT
from tests.crash.house import House, killed
from tests.crash.killing import added, answer
from tests.crash.starters import Nursery
from tests.crash.witness import Witness

HELD = r"held 1 run"


@pytest.fixture
async def house(tmp_path: Path, nursery: Nursery, witness: Witness) -> House: ...
