"""The terminal adapter with a person at a real pseudo-terminal, and with lines from a pipe."""

import asyncio
import fcntl
import io
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import pytest

from bot.adapters.terminal.adapter import Terminal
from bot.adapters.terminal.board import REMEMBERED
from bot.chat import open_alerts
from bot.message import (
    Bullets,
    Button,
    Confirm,
    Message,
    Moment,
    Paragraph,
    Request,
    Tone,
    line,
)
from bot.platform import Platform
from scheduler.errors import SendError
from scheduler.job import Place
from scheduler.press import Action, Press

HERE = Place("terminal", "local", "terminal")
PRESS = Press(Action.PIN)
ASKED = Confirm("Spend about $0.02?", "Spend it")


def card(title: str, *tokens: str, confirm: Confirm | None = None) -> Message:
    buttons = tuple(Button(token.title(), PRESS, token=token, confirm=confirm) for token in tokens)
    return Message(title, buttons=buttons)


@dataclass
class Bot:
    """Answers `card a b` with buttons a and b, `dear a` with one that asks, the rest with words."""

    requests: list[Request] = field(default_factory=list)
    settled: int = 0
    gate: asyncio.Event | None = None

    async def handle(self, request: Request) -> Message | None:
        self.requests.append(request)
        if self.gate is not None:
            await self.gate.wait()
        verb, *words = request.text.split()[-3:] or [""]
        match verb:
            case "card":
                return card(f"Card {words}.", *words)
            case "dear":
                return card("Dear.", *words, confirm=ASKED)
            case "silent":
                return None
        return Message(f"Pressed {request.token}." if request.token else f"Heard {request.text}.")

    async def settle(self) -> None:
        self.settled += 1

    @property
    def heard(self) -> list[str]:
        return [request.token or request.text for request in self.requests]


async def transcript(bot: Bot, script: str) -> str:
    out = io.StringIO()
    terminal = Terminal(settle=bot.settle, stdin=io.StringIO(script), stdout=out)
    await terminal.start(bot.handle)
    await terminal.run()
    return out.getvalue()


# --- lines from a pipe ---------------------------------------------------------------------------


async def test_piped_lines_are_echoed_and_answered_in_order() -> None:
    shown = await transcript(Bot(), "\n# a comment\n/jobs list\ncard a b\npress 2")
    assert shown == (
        "> /jobs list\nHeard /jobs list.\n\n"
        "> card a b\nCard ['a', 'b'].\n[1] A  [2] B  (message 1)\n\n"
        "> press 2\nPressed b.\n\n"
    )


async def test_the_end_of_the_input_waits_until_all_has_settled() -> None:
    bot = Bot()
    await transcript(bot, "list\n")
    assert bot.settled == 2, "once after the line, once at the end"


@pytest.mark.parametrize("word", ["quit", "exit", "/quit", "QUIT"])
async def test_quit_leaves_at_once(word: str) -> None:
    bot = Bot()
    await transcript(bot, f"{word}\nlist\n")
    assert (bot.heard, bot.settled) == ([], 0)


async def test_a_request_comes_from_the_person_of_this_terminal_with_a_fresh_event() -> None:
    bot = Bot()
    await transcript(bot, "list\nlist\n")
    first, second = bot.requests
    assert first.principal.key == "terminal:local:me"
    assert first.place == HERE
    assert len({first.event, second.event, None}) == 3


@pytest.mark.parametrize("yes", ["y", "yes", "YES"])
async def test_a_dear_button_is_pressed_when_the_next_line_says_yes(yes: str) -> None:
    bot = Bot()
    shown = await transcript(bot, f"dear a\npress 1\n{yes}\n")
    assert bot.heard == ["dear a", "a"]
    assert f"> press 1\nSpend about $0.02? [y/N]\n> {yes}\nPressed a.\n" in shown


async def test_any_other_line_cancels_a_dear_button_and_is_obeyed_itself() -> None:
    bot = Bot()
    shown = await transcript(bot, "dear a\npress 1\n# still asked\nlist\n")
    assert bot.heard == ["dear a", "list"]
    assert "[y/N]\nNot done.\n\n> list\nHeard list.\n" in shown


async def test_the_end_of_the_input_cancels_a_dear_button() -> None:
    bot = Bot()
    await transcript(bot, "dear a\n1")
    assert bot.heard == ["dear a"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("press 1", "There is no button to press.\n"),
        ("press", "Type press 1 for a button"),
        ("press me", "Type press 1 for a button"),
        ("press 4.1", "There is no message 4.\n"),
        ("card a\n3", "Message 1 has the buttons 1 to 1."),
        ("card a\n0", "Message 1 has the buttons 1 to 1."),
        ("card a\npress 2.1", "There is no message 2.\n"),
    ],
)
async def test_a_number_that_is_no_button_says_what_to_type_instead(line: str, said: str) -> None:
    bot = Bot()
    assert said in await transcript(bot, line)
    assert "1" not in bot.heard


async def test_a_number_with_a_point_presses_a_button_of_an_earlier_message() -> None:
    bot = Bot()
    await transcript(bot, "card a b\ncard c\npress 1.2\n1.1\npress 1\n")
    assert bot.heard[2:] == ["b", "a", "c"]


async def test_what_cannot_be_decoded_does_not_end_the_session(tmp_path: Path) -> None:
    script, out, bot = tmp_path / "script", io.StringIO(), Bot()
    script.write_bytes(b"li\xffst\nlist\n")
    with script.open(encoding="utf-8") as stdin:
        terminal = Terminal(settle=bot.settle, stdin=stdin, stdout=out)
        await terminal.start(bot.handle)
        await terminal.run()
    assert bot.heard == ["li�st", "list"]


async def test_an_ascii_terminal_gets_question_marks_instead_of_a_crash() -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    terminal = Terminal(settle=Bot().settle, stdin=io.StringIO(), stdout=out)
    await terminal.send(HERE, Message("“Ærlig” \ud800 日"))
    assert raw.getvalue() == b"??rlig? ? ?\n\n"


async def test_a_failure_while_settling_is_told() -> None:
    async def broken() -> None:
        raise RuntimeError("the engine broke")

    terminal = Terminal(settle=broken, stdin=io.StringIO(""), stdout=io.StringIO())
    with pytest.raises(RuntimeError, match="the engine broke"):
        await terminal.run()


async def test_an_interrupt_ends_the_waiting_and_gives_ctrl_c_back() -> None:
    before, waits = signal.getsignal(signal.SIGINT), asyncio.Event()

    async def never() -> None:
        waits.set()
        await asyncio.Event().wait()

    terminal = Terminal(settle=never, stdin=io.StringIO("wait"), stdout=io.StringIO())
    session = asyncio.create_task(terminal.run())
    await waits.wait()
    os.kill(os.getpid(), signal.SIGINT)
    await session
    assert signal.getsignal(signal.SIGINT) is before


def test_outside_the_main_thread_ctrl_c_is_left_alone() -> None:
    with ThreadPoolExecutor(1) as threads:
        shown = threads.submit(asyncio.run, transcript(Bot(), "list")).result()
    assert shown.endswith("Heard list.\n\n")


async def test_an_answer_may_be_silence() -> None:
    assert await transcript(Bot(), "silent") == "> silent\n"


# --- messages that arrive by themselves ----------------------------------------------------------


def plain_terminal() -> tuple[Terminal, io.StringIO]:
    out = io.StringIO()
    return Terminal(settle=Bot().settle, stdin=io.StringIO(), stdout=out), out


def test_a_terminal_is_a_platform() -> None:
    platform: Platform = plain_terminal()[0]
    assert platform.name == "terminal"


async def test_every_message_has_an_id_of_its_own_and_later_ones_are_greater() -> None:
    (one, _), (other, _) = plain_terminal(), plain_terminal()
    ids = [await terminal.send(HERE, Message("Hi.")) for terminal in (one, one, other, one)]
    assert len(set(ids)) == 4
    assert ids[0] < ids[1] < ids[3]


async def test_an_edited_message_is_shown_anew_and_its_old_buttons_are_dead() -> None:
    terminal, out = plain_terminal()
    first = await terminal.send(HERE, card("Alert.", "a"))
    await terminal.send(HERE, card("Alert again.", "b"), edit=first)
    assert out.getvalue().endswith("(update of message 1)\nAlert again.\n[1] B  (message 2)\n\n")


async def test_an_edit_of_a_message_from_before_a_restart_is_marked_all_the_same() -> None:
    terminal, out = plain_terminal()
    await terminal.send(HERE, Message("Decided."), edit="0123-before")
    assert out.getvalue() == "(update)\nDecided.\n\n"


async def test_when_the_latest_buttons_die_a_number_does_not_reach_for_an_older_message() -> None:
    bot, out = Bot(), io.StringIO()
    terminal = Terminal(settle=bot.settle, stdin=io.StringIO("1\npress 2.1\npress 1.1"), stdout=out)
    await terminal.start(bot.handle)
    await terminal.send(HERE, card("Older.", "older"))
    latest = await terminal.send(HERE, card("Latest.", "latest"))
    await terminal.send(HERE, Message("Decided."), edit=latest)
    await terminal.run()
    assert bot.heard == ["older"]
    assert "There is no button to press.\n" in out.getvalue()
    assert "Message 2 has no buttons any more.\n" in out.getvalue()


async def test_a_number_that_is_dead_names_the_newest_version_of_the_same_message_alone() -> None:
    bot, out = Bot(), io.StringIO()
    terminal = Terminal(settle=bot.settle, stdin=io.StringIO("press 1.1"), stdout=out)
    await terminal.start(bot.handle)
    alert = await terminal.send(HERE, card("Alert.", "a"))
    alert = await terminal.send(HERE, card("Alert again.", "b"), edit=alert)
    decided = await terminal.send(HERE, Message("Decided."), edit=alert)
    await terminal.send(HERE, card("Undone.", "c"), edit=decided)
    await terminal.send(HERE, card("Another job.", "undo"))
    await terminal.run()
    assert "Message 1 has changed. It is message 3 now: press 3.1.\n" in out.getvalue()
    assert bot.heard == []


def held(fires: int, token: str, title: str = "Held.", why: str = "drift") -> Message:
    """An alert about so many fires, as it is worded."""
    at = Moment(datetime(2026, 11, 23, 9 + fires, tzinfo=UTC), "UTC")
    blocks = (Bullets((line(why, "; next fire ", at),)), Paragraph(line(f"{fires} fires held.")))
    return Message(title, blocks, buttons=(Button("Pin", PRESS, token=token),))


async def test_an_alert_that_only_counts_on_takes_one_line_and_keeps_its_number() -> None:
    bot, out = Bot(), io.StringIO()
    terminal = Terminal(settle=bot.settle, stdin=io.StringIO("press 1.1"), stdout=out)
    await terminal.start(bot.handle)
    alert = await terminal.send(HERE, held(1, "one"))
    alert = await terminal.send(HERE, held(2, "two"), edit=alert)
    await terminal.send(HERE, held(3, "three"), edit=alert)
    await terminal.run()
    assert "\n\n(message 1: 2 fires held.)\n\n(message 1: 3 fires held.)\n\n" in out.getvalue()
    assert bot.heard == ["three"]


@pytest.mark.parametrize(
    "changed",
    [
        held(2, "b", title="Another."),
        held(2, "b", why="price"),
        replace(held(2, "b"), buttons=(Button("Pin", Press(Action.UNDO), token="b"),)),
        replace(held(2, "b"), blocks=held(2, "b").blocks[1:]),
        held(1, "b"),
    ],
    ids=["title", "two lines", "buttons", "fewer lines", "nothing"],
)
async def test_an_alert_that_changed_otherwise_is_printed_whole(changed: Message) -> None:
    terminal, out = plain_terminal()
    first = await terminal.send(HERE, held(1, "a"))
    await terminal.send(HERE, changed, edit=first)
    assert f"(update of message 1)\n{changed.title}\n" in out.getvalue()
    assert out.getvalue().endswith("(message 2)\n\n")


async def test_of_very_many_messages_the_oldest_lose_their_buttons() -> None:
    bot, out = Bot(), io.StringIO()
    terminal = Terminal(settle=bot.settle, stdin=io.StringIO("press 1.1"), stdout=out)
    await terminal.start(bot.handle)
    for _ in range(REMEMBERED + 1):
        last = await terminal.send(HERE, card("Alert.", "a"))
        await terminal.send(HERE, card("Again.", "a"), edit=last)
    await terminal.run()
    assert "Message 1 has no buttons any more.\n" in out.getvalue()


async def test_where_nothing_can_be_typed_no_buttons_are_printed() -> None:
    out = io.StringIO()
    terminal = Terminal(settle=Bot().settle, stdout=out, interactive=False, pressable=False)
    await terminal.send(HERE, card("Held.", "pin"))
    assert out.getvalue() == "Held.\n\n"


async def test_what_must_be_known_first_is_said_before_the_first_line() -> None:
    out = io.StringIO()
    terminal = Terminal(settle=Bot().settle, stdin=io.StringIO("wait"), stdout=out)
    terminal.greet_with(open_alerts(1))
    await terminal.run()
    assert out.getvalue() == "1 alert waits for a decision: /jobs alerts\n\n> wait\n"
    assert open_alerts(2) == "2 alerts wait for a decision: /jobs alerts"


async def test_a_stopped_terminal_refuses_for_now_to_send() -> None:
    terminal, out = plain_terminal()
    await terminal.stop()
    with pytest.raises(SendError) as refused:
        await terminal.send(HERE, Message("Hi."))
    assert not refused.value.permanent
    assert out.getvalue() == ""


async def test_stop_ends_a_session_that_waits_for_a_line() -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading) as stdin, os.fdopen(writing, "w") as held_open:
        bot = Bot()
        terminal = Terminal(settle=bot.settle, stdin=stdin, stdout=io.StringIO())
        await terminal.start(bot.handle)
        session = asyncio.create_task(terminal.run())
        held_open.write("list\n")
        held_open.flush()
        await until(lambda: bot.heard == ["list"])
        await terminal.stop()
        await session
        held_open.write("\n")
    assert bot.settled <= 1, "never at the end of a session that was stopped"


READ_BY_NOBODY = """
import asyncio
from bot.adapters.terminal.adapter import Terminal
from bot.message import Message

async def handle(request):
    return Message(request.text * 20_000)

async def settle():
    raise SystemExit("nobody is there to wait for")

async def main():
    terminal = Terminal(settle=settle)
    await terminal.start(handle)
    await terminal.run()

asyncio.run(main())
"""


def test_a_reader_that_leaves_ends_the_session_quietly() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", READ_BY_NOBODY],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    ) as process:
        assert process.stdin
        assert process.stdout
        process.stdout.close()
        process.stdout = None
        _, complaints = process.communicate("a b\nc d\n")
    assert (process.returncode, complaints) == (0, "")


async def test_a_message_nobody_can_read_did_not_arrive() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as out:
        terminal = Terminal(settle=Bot().settle, stdin=io.StringIO("list"), stdout=out)
        with pytest.raises(SendError, match="nobody reads"):
            await terminal.send(HERE, Message("Hi."))


# --- a person at a terminal ----------------------------------------------------------------------


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110  what is waited for happens on a screen
            await asyncio.sleep(0.002)


@dataclass
class Person:
    """Types into the master's end of a pseudo-terminal, and reads what is shown there."""

    master: int
    terminal: Terminal
    seen: str = ""

    def type(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    async def sees(self, text: str) -> None:
        """Wait until text is shown after everything that was waited for before."""
        try:
            await until(lambda: text in self.seen)
        except TimeoutError:
            pytest.fail(f"{text!r} is not in {self.seen!r}")
        self.seen = self.seen.partition(text)[2]

    def read(self) -> None:
        self.seen += os.read(self.master, 65536).decode(errors="replace")


@contextmanager
def pseudo_terminal() -> Iterator[tuple[int, TextIO, TextIO]]:
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 80, 0, 0))
    with os.fdopen(slave) as stdin, os.fdopen(os.dup(slave), "w") as stdout:
        try:
            yield master, stdin, stdout
        finally:
            os.close(master)


@asynccontextmanager
async def sitting(
    bot: Bot, history: Path | None = None
) -> AsyncIterator[tuple[Person, asyncio.Task[None]]]:
    loop = asyncio.get_running_loop()
    with pseudo_terminal() as (master, stdin, stdout):
        terminal = Terminal(
            settle=bot.settle,
            verbs=["list", "card", "pause"],
            history=history,
            stdin=stdin,
            stdout=stdout,
            environ={"TERM": "xterm"},
        )
        person = Person(master, terminal)
        loop.add_reader(master, person.read)
        await terminal.start(bot.handle)
        session = asyncio.create_task(terminal.run())
        try:
            await person.sees("quit.")
            await person.sees("press 12.1 for [1] of message 12.")
            await person.sees(">")
            yield person, session
        finally:
            await terminal.stop()
            await asyncio.wait_for(session, 20)
            loop.remove_reader(master)


@pytest.fixture(autouse=True)
def a_plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pseudo-terminal answers no questions about its cursor."""
    monkeypatch.setenv("PROMPT_TOOLKIT_NO_CPR", "1")
    monkeypatch.setenv("TERM", "xterm")


async def test_a_typed_line_is_answered() -> None:
    bot = Bot()
    async with sitting(bot) as (person, _):
        person.type("/jobs list\r")
        await person.sees("Heard /jobs list.")
    assert bot.heard == ["/jobs list"]


async def test_a_message_that_arrives_keeps_the_half_typed_line() -> None:
    bot = Bot()
    async with sitting(bot) as (person, _):
        person.type("lis")
        await person.sees("lis")
        await person.terminal.send(HERE, replace(Message("Held."), tone=Tone.LOUD))
        await person.sees("Held.")
        await person.sees("lis")
        person.type("t\r")
        await person.sees("Heard list.")


async def test_messages_that_arrive_at_once_are_all_shown_whole_and_in_order() -> None:
    async with sitting(Bot()) as (person, _):
        person.type("lis")
        await person.sees("lis")
        messages = [Message(f"Report {number} has come.") for number in range(20)]
        await asyncio.gather(*(person.terminal.send(HERE, each) for each in messages))
        for each in messages:
            await person.sees(each.title)
        person.type("t\r")
        await person.sees("Heard list.")


async def test_a_message_from_a_task_older_than_the_prompt_keeps_the_line_too() -> None:
    to_send: asyncio.Queue[tuple[Terminal, Message]] = asyncio.Queue()

    async def notifier() -> None:
        terminal, message = await to_send.get()
        await terminal.send(HERE, message)

    older = asyncio.create_task(notifier())
    async with sitting(Bot()) as (person, _):
        person.type("lis")
        await person.sees("lis")
        to_send.put_nowait((person.terminal, Message("Report.")))
        await older
        await person.sees("Report.")
        await person.sees("lis")


async def test_a_stray_print_does_not_disturb_the_line() -> None:
    async with sitting(Bot()) as (person, _):
        person.type("lis")
        await person.sees("lis")
        sys.stderr.write("a warning of \x1b[2Jsome library\n")
        await person.sees("a warning of [2Jsome library")
        await person.sees("lis")


async def test_a_number_presses_a_button_of_the_latest_message() -> None:
    bot = Bot()
    async with sitting(bot) as (person, _):
        await person.terminal.send(HERE, card("Held.", "pin", "accept"))
        await person.sees("(message 1)")
        person.type("2\r")
        await person.sees("Pressed accept.")


async def test_a_number_means_the_message_that_was_there_when_it_was_begun() -> None:
    bot = Bot()
    async with sitting(bot) as (person, _):
        await person.terminal.send(HERE, card("Before.", "before"))
        await person.sees("(message 1)")
        person.type("press 1")
        await person.sees("press 1")
        await person.terminal.send(HERE, card("After.", "after"))
        await person.sees("(message 2)")
        person.type("\r")
        await person.sees("Pressed before.")


@pytest.mark.parametrize(("answer", "said"), [("y", "Pressed pin."), ("", "Not done.")])
async def test_a_dear_button_asks_first(answer: str, said: str) -> None:
    bot = Bot()
    async with sitting(bot) as (person, _):
        await person.terminal.send(HERE, card("Held.", "pin", confirm=ASKED))
        await person.sees("(message 1)")
        person.type("1\r")
        await person.sees("Spend about $0.02? [y/N]")
        person.type(f"{answer}\r")
        await person.sees(said)


async def test_ctrl_c_says_no_to_a_question_and_stays() -> None:
    bot = Bot()
    async with sitting(bot) as (person, session):
        await person.terminal.send(HERE, card("Held.", "pin", confirm=ASKED))
        await person.sees("(message 1)")
        person.type("1\r")
        await person.sees("[y/N]")
        person.type("\x03")
        await person.sees("Not done.")
        assert not session.done()


async def test_ctrl_c_clears_a_line_and_on_an_empty_one_leaves() -> None:
    bot = Bot()
    async with sitting(bot) as (person, session):
        person.type("remove 7\x03list\r")
        await person.sees("Heard list.")
        await person.sees(">")
        person.type("\x03")
        await session
    assert (bot.heard, bot.settled) == (["list"], 0)


async def test_a_window_that_is_closed_ends_the_session() -> None:
    with pseudo_terminal() as (master, stdin, stdout):
        bot = Bot()
        terminal = Terminal(settle=bot.settle, stdin=stdin, stdout=stdout)
        person = Person(master, terminal)
        asyncio.get_running_loop().add_reader(master, person.read)
        session = asyncio.create_task(terminal.run())
        await person.sees(">")
        asyncio.get_running_loop().remove_reader(master)
        nothing, other_end = os.pipe()
        os.dup2(nothing, master)
        os.close(nothing)
        await asyncio.wait_for(session, 10)
        with pytest.raises(SendError):
            await terminal.send(HERE, Message("Hi."))
        os.close(other_end)


@pytest.mark.parametrize("keys", ["\x04", "quit\r", "exit\r"])
async def test_there_are_three_ways_to_leave(keys: str) -> None:
    async with sitting(Bot()) as (person, session):
        person.type(keys)
        await session


async def test_an_interrupt_lets_the_command_in_progress_finish_and_then_leaves() -> None:
    bot = Bot(gate=asyncio.Event())
    async with sitting(bot) as (person, session):
        person.type("list\r")
        await until(lambda: bot.heard == ["list"])
        os.kill(os.getpid(), signal.SIGINT)
        handled = asyncio.Event()
        asyncio.get_running_loop().call_later(0, handled.set)
        await handled.wait()
        assert not session.done()
        assert bot.gate
        bot.gate.set()
        await person.sees("Heard list.")
        await session


def test_the_line_editor_is_not_imported_before_somebody_types() -> None:
    asked = "import sys, bot.adapters.terminal.adapter; sys.exit('prompt_toolkit' in sys.modules)"
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", asked], cwd=root, check=False).returncode == 0


async def test_tab_completes_a_verb_after_jobs() -> None:
    bot = Bot()
    async with sitting(bot) as (person, _):
        person.type("/jobs pa\t")
        await person.sees("use")
        person.type(" 7\r")
        await person.sees("Heard /jobs pause 7.")


async def test_what_was_typed_is_remembered_and_readable_by_nobody_else(tmp_path: Path) -> None:
    history = tmp_path / "home" / "history"
    async with sitting(Bot(), history) as (person, _):
        person.type("list\r")
        await person.sees("Heard list.")
    async with sitting(Bot(), history) as (person, _):
        person.type("\x1b[A\r")
        await person.sees("Heard list.")
    assert history.stat().st_mode & 0o777 == 0o600


async def test_a_history_that_cannot_be_written_does_without(tmp_path: Path) -> None:
    async with sitting(Bot(), tmp_path) as (person, _):
        person.type("list\r")
        await person.sees("Heard list.")


async def test_a_dumb_terminal_works_without_escape_sequences(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    async with sitting(Bot()) as (person, _):
        person.type("list\r")
        await person.sees("Heard list.")
