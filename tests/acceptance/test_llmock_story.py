"""The drift story against llmock, which others wrote, as the free provider and as the paid one."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from llmock.scenarios import Reply
from llmock.testing import LLMockServer

from scheduler.run import RunState
from tests.acceptance.alerted import ADD
from tests.acceptance.world import World, text_of

Route = tuple[str, str]
FREE: Route = ("openai", "gpt-4o-mini")
PAID: Route = ("anthropic", "claude-opus-4-5")


@pytest.fixture
def llmock() -> Iterator[LLMockServer]:
    with LLMockServer() as server:
        server.state.scenarios.add(Reply("Two incidents are open.", times=None))
        yield server


class MockedWorld(World):
    """A world whose two providers are llmock's OpenAI and its Anthropic."""

    def __init__(self, folder: Path, llmock: LLMockServer) -> None:
        super().__init__(folder)
        self._llmock = llmock

    def write_config(self, head: str) -> None:
        free, paid = self._llmock.base_url("openai"), self._llmock.base_url("anthropic")
        self.folder.joinpath("config.yaml").write_text(
            f"{head}\n"
            "providers:\n"
            f"  free-lab: {{base_url: '{free}', api_mode: chat_completions,"
            " key_env: null, billing: free}\n"
            f"  paid-lab: {{base_url: '{paid}', api_mode: anthropic_messages,"
            " key_env: PAID_LAB_KEY, billing: paid}\n"
        )

    @property
    def journal(self) -> list[Route]:
        """The dialect and the model of every request llmock has answered."""
        records = self._llmock.state.journal.records(wait=2)
        return [(record.provider, record.model or "") for record in records]


@pytest.fixture
async def world(tmp_path: Path, llmock: LLMockServer) -> AsyncIterator[MockedWorld]:
    async with MockedWorld(tmp_path, llmock) as world:
        world.point_default("free-lab", FREE[1])
        yield world


async def test_the_journal_shows_the_calls_of_the_consented_route_and_no_other(
    world: MockedWorld,
) -> None:
    await world.type(ADD)
    assert (await world.fire()).state is RunState.SUCCEEDED
    assert "Two incidents are open." in text_of(world.latest)
    assert world.journal == [FREE]

    world.point_default("paid-lab", PAID[1])
    assert (await world.fire()).state is RunState.HELD
    assert (await world.fire()).state is RunState.HELD
    assert world.journal == [FREE]

    await world.press(world.button("Pin old"))
    assert world.journal == [FREE]
    await world.press(world.button("Run the held fire now"))
    assert world.journal == [FREE, FREE]
    assert (await world.fire()).state is RunState.SUCCEEDED
    assert world.journal == [FREE, FREE, FREE]


async def test_the_paid_route_is_called_once_a_person_has_accepted_it(world: MockedWorld) -> None:
    await world.type(ADD)
    world.point_default("paid-lab", PAID[1])
    await world.fire()
    assert world.journal == []
    await world.press(world.button("Accept new"))
    await world.press(world.button("Run the held fire now"))
    assert world.journal == [PAID]
    assert "Two incidents are open." in text_of(world.latest)
    assert "paid-lab:claude-opus-4-5, paid" in text_of(world.latest)


async def test_a_job_pinned_to_the_paid_route_never_calls_the_free_one(world: MockedWorld) -> None:
    await world.type(ADD.replace("|", f"provider=paid-lab model={PAID[1]} |"))
    await world.fire()
    assert world.journal == [PAID]
