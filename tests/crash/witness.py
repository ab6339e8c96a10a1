"""The witness: the provider, a process of its own that outlives every kill and keeps a journal."""

import asyncio
import json
import subprocess
import sys
import urllib.request
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.crash.lives import PATIENCE
from tests.crash.starters import ROOT, clean_environment


class Witness:
    """`with Witness(journal) as witness`: the calls it counts are the calls that were made."""

    def __init__(self, journal: Path) -> None:
        self.url = ""
        self._journal = journal
        self._numbers = count(1)

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

    def behave(self, name: str) -> None:
        """`says`, `hang`, `500`, …: how it answers from now on."""
        address = f"{self.url.removesuffix('/v1')}/behave/{name}"
        with urllib.request.urlopen(urllib.request.Request(address, method="PUT")):
            pass

    def new_prompt(self) -> str:
        """A prompt by which the calls of one job are known."""
        return f"This is prompt {next(self._numbers)}."

    async def until_called(self, prompt: str) -> None:
        """Return once a request with this prompt has arrived."""
        async with asyncio.timeout(PATIENCE):
            while not self.calls(prompt):  # noqa: ASYNC110 - a file of another process
                await asyncio.sleep(0.01)

    def calls(self, prompt: str) -> int:
        """Requests that carried this prompt."""
        lines = self._journal.read_text(encoding="utf-8").splitlines()
        return sum(prompt in json.dumps(json.loads(line)["body"]) for line in lines)
