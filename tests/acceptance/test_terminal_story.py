"""The story as `driftpin chat` tells it to a person at a pipe."""

import re
from pathlib import Path

from tests.acceptance.served import Served
from tests.acceptance.the_story import LIMITS, the_story

BUTTON = re.compile(r"\[(\d+)\] ([^\[]+?)(?=  \[|  \(message |$)", re.MULTILINE)
ROW = re.compile(r"^\[1\] .*\(message (\d+)\)$", re.MULTILINE)


class TerminalScene:
    def __init__(self, served: Served) -> None:
        self._served = served

    async def type(self, command: str) -> None:
        await self._served.write(f"/jobs {command}")

    async def sees(self, *words: str) -> None:
        """Of a terminal one sees everything; each line may be broken between words."""
        await self._served.until(lambda: all(word in self._said() for word in words))

    async def press(self, label: str) -> None:
        await self._served.until(lambda: self.offers(label))
        for row in reversed(list(ROW.finditer(self._served.output))):
            for number, name in BUTTON.findall(row[0]):
                if name.startswith(label):
                    await self._served.write(f"press {row[1]}.{number}")
                    return

    def offers(self, label: str) -> bool:
        """Does the newest message with buttons hold this one? Those of older ones are dead."""
        rows = ROW.findall(self._served.output)
        last = self._served.output.rfind(f"(message {rows[-1]})") if rows else 0
        line = self._served.output[self._served.output.rfind("\n", 0, last) : last]
        return any(name.startswith(label) for _, name in BUTTON.findall(line))

    def _said(self) -> str:
        return " ".join(self._served.output.replace("!!", " ").split())


async def test_the_story_in_the_terminal(tmp_path: Path) -> None:
    async with Served(tmp_path, {}, command="chat", extra=LIMITS) as served:
        await the_story(TerminalScene(served), served)
        await served.write("quit")
        assert await served.ended() == 0
