"""`driftpin import hermes …`: by the running process, or here when none runs."""

import shutil
import sys
from dataclasses import replace
from pathlib import Path

from bot.adapters.terminal.adapter import HERE
from bot.alone import alone
from bot.control import ask_import, machine_user, socket_path
from bot.hermes import MOST_BYTES, Asked
from bot.one_command import REFUSED
from bot.settings import Environment
from scheduler.errors import OperatorError


async def one_import(path: Path, asked: Asked) -> int:
    """Bring over the jobs of a file and print the report; returns the exit code, 2 where nothing was
    carried out. Raises OperatorError for a file that cannot be opened."""
    asked = replace(asked, content=_content(path), name=path.name)
    environment = Environment.here()
    home = environment.make_home()
    width = shutil.get_terminal_size().columns
    answer = await ask_import(socket_path(home), asked, width=width, colour=sys.stdout.isatty())
    if answer is not None:
        print(answer.text)
        return REFUSED if answer.refused else 0
    async with alone(environment) as (app, terminal):
        report = await app.importer.bring_in(asked, machine_user())
        await terminal.send(HERE, report)
    return REFUSED if report.refused else 0


def _content(path: Path) -> bytes:
    """At most one byte more than the reader takes, so that it can say that it is too much."""
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise OperatorError(f"{path} cannot be read: {error.strerror or error}") from None
