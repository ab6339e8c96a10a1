"""The fake provider as a process of its own, the witness of the crash tests."""

import asyncio
import json
import sys
from datetime import timedelta
from pathlib import Path

from scheduler.providers.agent import ModelAgent
from scheduler.route import ApiMode, PriceClass, Resolution, Route, Secret


async def test_it_names_its_address_and_journals_each_request_before_it_answers(
    tmp_path: Path,
) -> None:
    journal = tmp_path / "calls.jsonl"
    command = ("-m", "tests.fakes.provider", "--port", "0", "--journal", str(journal))
    witness = await asyncio.create_subprocess_exec(
        sys.executable, *command, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert witness.stdout is not None
        url = (await witness.stdout.readline()).decode().strip()
        for _ in range(2):
            await answer(url)
    finally:
        witness.kill()
        await witness.wait()
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    arrived, over = lines[0::2], lines[1::2]
    assert [line["body"]["model"] for line in arrived] == ["m-1", "m-1"]
    assert {line["path"] for line in arrived} == {"/v1/chat/completions"}
    assert [(line["number"], line["over"]) for line in over] == [(1, "answered"), (2, "answered")]


async def answer(url: str) -> None:
    async def gate(step: int) -> None:
        assert step == 1

    route = Route("lab", "m-1", url, ApiMode.CHAT_COMPLETIONS, "KEY", PriceClass.PAID)
    await ModelAgent().answer(
        Resolution(route, Secret("a-test-key"), "pin"),
        "hello",
        gate=gate,
        timeout=timedelta(seconds=20),
        max_tokens=5,
    )
