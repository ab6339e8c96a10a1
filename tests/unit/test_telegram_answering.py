"""An answer that everybody awaits is owed when Telegram does not take it now."""

import pytest

from bot.adapters.telegram import posting
from bot.adapters.telegram.answering import Answers
from bot.adapters.telegram.incoming import Typed, place
from bot.message import Message, Request
from scheduler.errors import SendError, StoreError
from scheduler.job import Place, Principal

ANA = Principal("telegram", "telegram", "42", name="Ana")
CAME = Typed(Request(ANA, place(-100, None), "/jobs add"), -100, 7, private=False, text="/jobs add")
CARD = Message("Job 1 is scheduled: Brief")


class Refusing:
    """A chat that takes nothing."""

    def __init__(self, error: SendError) -> None:
        self.error = error
        self.tries = 0

    async def post(self, place: Place, message: Message, *, answers: int | None = None) -> str:
        self.tries += 1
        raise self.error

    async def line(self, chat: int, thread: int | None, text: str, *, answers: int | None) -> str:
        raise self.error


async def answered(error: SendError, answer: Message, *, lost: bool = False) -> list[Message]:
    owed: list[Message] = []

    async def owe(request: Request, kept: Message) -> None:
        assert request is CAME.request
        if lost:
            raise StoreError("the database is away")
        owed.append(kept)

    await Answers(Refusing(error), owe).typed(CAME, answer)  # type: ignore[arg-type]
    return owed


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "TRIES", 1)


async def test_what_telegram_does_not_take_now_is_owed() -> None:
    assert await answered(SendError("Telegram is away"), CARD) == [CARD]


@pytest.mark.parametrize(
    "error",
    [SendError("kicked", permanent=True), SendError("cut off", ambiguous=True)],
    ids=["never", "perhaps"],
)
async def test_what_it_never_takes_or_may_have_is_not(error: SendError) -> None:
    assert await answered(error, CARD) == []


async def test_a_private_answer_is_never_owed_to_the_group() -> None:
    assert await answered(SendError("away"), Message("Not for you", private=True)) == []


async def test_where_it_cannot_be_kept_either_nothing_is_raised() -> None:
    assert await answered(SendError("away"), CARD, lost=True) == []
