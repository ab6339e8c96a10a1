"""The witness: the provider, a process of its own that outlives every kill and keeps a journal."""

import json
import subprocess
import sys
import urllib.parse
import urllib.request
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.crash.lives import until
from tests.crash.starters import ROOT, clean_environment


@dataclass
class Call:
    """A request that arrived, and when and how it was over."""

    said: str
    came: float
    over: float | None = None
    hung_up: bool = False


class Witness:
    """`with Witness(journal) as witness`: the calls it counts are the calls that were made."""

    def __init__(self, journal: Path) -> None:
        self.url = ""
        self._journal = journal
        self._numbers = count(1)
        self._calls: dict[int, Call] = {}
        self._read = 0

    def __enter__(self) -> Self:
        self._journal.touch()
        command = ("-m", "tests.fakes.provider", "--port", "0", "--journal", str(self._journal))
        self._process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=clean_environment(),
            stdout=subprocess.PIPE,
            text=True,
        )
        if self._process.stdout is None:
            raise AssertionError("it was asked for")
        self.url = self._process.stdout.readline().strip()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def behave(self, prompt: str, *names: str) -> None:
        """`says`, `hang`, `500`, …: how it answers this prompt, one after the other; the last one stays."""
        query = urllib.parse.urlencode({"prompt": prompt})
        address = f"{self.url.removesuffix('/v1')}/behave/{','.join(names)}?{query}"
        with urllib.request.urlopen(urllib.request.Request(address, method="PUT")):
            pass

    def new_prompt(self, *behaviours: str) -> str:
        """A prompt by which the calls of one job are known, and what it is answered with."""
        prompt = f"This is prompt {next(self._numbers)}."
        if behaviours:
            self.behave(prompt, *behaviours)
        return prompt

    async def until_called(self, prompt: str, times: int = 1) -> None:
        """Return once so many requests with this prompt have arrived."""
        await until(lambda: self.calls(prompt) >= times)

    async def until_hung_up(self, prompt: str, times: int = 1) -> float:
        """The moment at which so many callers had closed their connection before their reply."""
        await until(lambda: len(self.hang_ups(prompt)) >= times)
        return self.hang_ups(prompt)[times - 1]

    def calls(self, prompt: str) -> int:
        """Requests that carried this prompt."""
        return len(self._of(prompt))

    def hang_ups(self, prompt: str) -> list[float]:
        """The moments at which a caller closed its connection before its reply, the earliest first."""
        return sorted(call.over for call in self._of(prompt) if call.hung_up and call.over)

    def most_at_once(self, prompt: str) -> int:
        """The most requests with this prompt that were under way at one moment."""
        changes = [(call.came, 1) for call in self._of(prompt)]
        changes += [(call.over, -1) for call in self._of(prompt) if call.over is not None]
        under_way = most = 0
        for _, change in sorted(changes):
            under_way += change
            most = max(most, under_way)
        return most

    def _of(self, prompt: str) -> list[Call]:
        self._read_on()
        return [call for call in self._calls.values() if prompt in call.said]

    def _read_on(self) -> None:
        """Take in what was written since; a line that is not whole yet is left for later."""
        with self._journal.open("rb") as journal:
            journal.seek(self._read)
            new = journal.read()
        whole = new[: new.rfind(b"\n") + 1]
        self._read += len(whole)
        for line in map(json.loads, whole.splitlines()):
            if "over" in line:
                call = self._calls[line["number"]]
                call.over, call.hung_up = line["at"], line["over"] == "hung up"
            else:
                self._calls[line["number"]] = Call(json.dumps(line["body"]), line["at"])
