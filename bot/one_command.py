"""`driftpin jobs …`: one command, carried out by the running process, or here when none runs."""

import shutil
import sys

from bot.adapters.terminal.adapter import HERE
from bot.alone import alone
from bot.control import ask, socket_path, typed_here
from bot.settings import Environment

REFUSED = 2


async def one_command(text: str) -> int:
    """Print the answer; when no process runs, also what the command itself set going.

    Returns the exit code: 2 where nothing was carried out.
    """
    environment = Environment.here()
    home = environment.make_home()
    width = shutil.get_terminal_size().columns
    answer = await ask(socket_path(home), text, width=width, colour=sys.stdout.isatty())
    if answer is not None:
        print(answer.text)
        return REFUSED if answer.refused else 0
    async with alone(environment) as (app, terminal):
        told = await app.dispatcher.handle(typed_here(text))
        if told is not None:
            await terminal.send(HERE, told)
        await app.engine.idle()
        # A message cut off by a kill would keep its report waiting.
        await app.store.interrupted([terminal.name])
        await app.notifier.deliver()
    return REFUSED if told is not None and told.refused else 0
