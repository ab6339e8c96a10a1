"""One message to a chat at a time, a while apart, and no chat waits for another."""

import asyncio
import itertools

from bot import turns
from bot.turns import Resting, Turns

EVERY = 0.05


def now() -> float:
    return asyncio.get_running_loop().time()


async def test_a_chat_takes_its_messages_one_after_the_other_and_a_while_apart() -> None:
    taking = Turns(EVERY)
    began: list[float] = []
    inside = 0

    async def write() -> None:
        nonlocal inside
        async with taking.turn("C1"):
            inside += 1
            assert inside == 1
            began.append(now())
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(write() for _ in range(4)))
    gaps = [later - sooner for sooner, later in itertools.pairwise(began)]
    assert all(gap >= EVERY * 0.9 for gap in gaps)


async def test_messages_keep_the_order_in_which_they_came() -> None:
    taking, order = Turns(0), list[int]()

    async def write(number: int) -> None:
        async with taking.turn("C1"):
            order.append(number)

    await asyncio.gather(*(write(number) for number in range(20)))
    assert order == list(range(20))


async def test_no_chat_waits_for_another() -> None:
    taking = Turns(60)
    async with taking.turn("C1"), asyncio.timeout(5), taking.turn("C2"):
        assert taking.resting("C3") == 0


async def test_a_rest_that_was_asked_for_is_kept_and_never_shortened() -> None:
    taking = Turns(0)
    taking.rest("C1", 60)
    taking.rest("C1", 1)
    assert 59 < taking.resting("C1") <= 60
    assert taking.resting("C2") == 0


async def test_a_message_that_failed_takes_its_turn_all_the_same() -> None:
    taking = Turns(60)
    try:
        async with taking.turn("C1"):
            raise LookupError
    except LookupError:
        pass
    assert taking.resting("C1") > 59


async def test_old_chats_are_forgotten_but_not_one_that_is_being_written_to() -> None:
    taking = Turns(60)
    async with taking.turn("C1"):
        for number in range(turns.KEPT + 10):
            taking.resting(f"D{number}")
        taking.rest("C1", 60)
    assert taking.resting("C1") > 59
    for number in range(turns.KEPT + 10):
        taking.resting(f"E{number}")
    assert taking.resting("C1") == 0


async def test_a_rest_that_is_asked_for_while_others_have_their_turn_is_not_waited_out() -> None:
    taking = Turns(0)
    first_is_in = asyncio.Event()

    async def limited() -> None:
        async with taking.turn("C1", 5):
            first_is_in.set()
            await asyncio.sleep(0)
            taking.rest("C1", 300)

    async def waiting() -> None:
        await first_is_in.wait()
        async with taking.turn("C1", 5):
            raise AssertionError("the chat rests")

    async with asyncio.timeout(5):
        _, found = await asyncio.gather(limited(), waiting(), return_exceptions=True)
    assert isinstance(found, Resting)
    assert found.seconds > 290
