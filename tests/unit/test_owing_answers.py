"""An answer that is owed comes back as it was."""

from datetime import UTC, datetime

import pytest

from bot.message import (
    Block,
    Bullets,
    Button,
    Code,
    Fields,
    Message,
    Moment,
    Paragraph,
    Quiet,
    Request,
    Tone,
    Written,
    bold,
    code,
    line,
)
from bot.owing_answers import asker, owe_answer, said
from scheduler.job import JobId, Place, Principal
from scheduler.outbox import Owed, OwedKind
from scheduler.press import Action, Press

AT = Moment(datetime(2026, 11, 21, 8, 30, tzinfo=UTC), "Europe/Oslo")
ANA = Principal("slack", "T1", "U1", name="ana")
ASKED = Request(ANA, Place("slack", "T1", "C1", "1.0"), "show 7")


class Box:
    """Keeps what is owed."""

    def __init__(self) -> None:
        self.owed: list[Owed] = []

    async def owe(self, owed: Owed) -> None:
        self.owed.append(owed)


async def kept(answer: Message) -> Owed:
    box = Box()
    await owe_answer(box, ASKED, answer)
    [owed] = box.owed
    assert (owed.kind, owed.place) == (OwedKind.ANSWER, ASKED.place)
    assert (asker(owed).workspace, asker(owed).person) == ("T1", "U1")
    return owed


@pytest.mark.parametrize(
    "block",
    [
        Paragraph(line("at ", AT, ", ", bold("held"), " as ", code("pin 7"))),
        Quiet(line("quietly")),
        Bullets((line("one"), line(AT))),
        Fields((("When", line(AT)), ("What", line("hello")))),
        Code("a\n b"),
        Written("**Two** incidents <!channel> \U0001f600"),
    ],
    ids=lambda block: type(block).__name__,
)
async def test_every_block_comes_back_as_it_was(block: Block) -> None:
    answer = Message("Job 7: Brief", (block, block), tone=Tone.LOUD)
    assert said((await kept(answer)).facts) == answer


async def test_buttons_that_were_never_shown_do_not_come_back() -> None:
    button = Button("Next", Press(Action.PAGE, revision=2), token="token")
    owed = await kept(Message("12 jobs", buttons=(button,)))
    assert said(owed.facts) == Message("12 jobs")


async def test_of_a_creation_card_its_job_is_kept() -> None:
    undo = Button("Undo", Press(Action.UNDO, job=JobId(7)), token="token")
    owed = await kept(Message("Job 7 is scheduled: Brief", buttons=(undo,)))
    assert dict(owed.facts) == {"workspace": "T1", "person": "U1", "job": 7}


@pytest.mark.parametrize("blocks", ['[["table", 5]]', '[["paragraph", [["x"]]]]'])
def test_what_nobody_wrote_like_that_is_not_read(blocks: str) -> None:
    with pytest.raises(ValueError, match=r"no block|no part"):
        said({"title": "x", "tone": "plain", "blocks": blocks})
