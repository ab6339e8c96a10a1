"""`driftpin halt`: by a file first, so that it holds whatever the running process does."""

import shutil
import sys

from bot.clock import SystemClock
from bot.control import ask, machine_user, socket_path
from bot.halt_file import HaltFile
from bot.one_command import one_command
from bot.settings import Environment
from scheduler.errors import ConfigError, OperatorError
from scheduler.halt import Halt

ANSWER = 5.0
"""Seconds that the running process gets to say what it stopped."""

UNCONFIRMED = 1


async def halt(reason: str) -> int:
    """Halt, and print what that came to; 1 where nobody could confirm it, and the file alone stands.

    Raises OperatorError where neither the file can be written nor anybody be reached.
    """
    environment = Environment.here()
    home = environment.make_home()
    file = HaltFile(home)
    wanted, text = Halt(machine_user().name, reason, SystemClock().now()), "halt"
    try:
        file.write(wanted)
    except OperatorError as error:
        # Whoever runs may halt all the same.
        print(error)
        return await one_command(f"{text} {reason}")
    try:
        width, colour = shutil.get_terminal_size().columns, sys.stdout.isatty()
        path = socket_path(home)
        answer = await ask(path, text, width=width, colour=colour, seconds=ANSWER)
        if answer is not None:
            print(answer.text)
            return 0
        # Nobody runs: into the database, so that processes elsewhere see it too.
        return await one_command(text)
    except ConfigError as error:
        _by_file_alone(file, " ".join(error.problems))
    except OperatorError as error:
        _by_file_alone(file, str(error))
    return UNCONFIRMED


def _by_file_alone(file: HaltFile, why: str) -> None:
    print(f"Halted by {file.path}: every request reads it before it leaves, so nothing new does.")
    print(f"Nobody confirmed it: {why}")
    print("A call that is under way in a process that hangs ends only with that process.")
