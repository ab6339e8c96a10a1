"""`driftpin jobs …`: one command, carried out by the running process, or here when none runs."""

import shutil
import sys

from bot.adapters.terminal.adapter import HERE, Terminal
from bot.at_start import warn
from bot.clock import SystemClock
from bot.control import ask, machine_user, socket_path
from bot.logs import log_to_file
from bot.message import Request
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
    return await _alone(environment, text)


async def _alone(environment: Environment, text: str) -> int:
    # Half a second of imports that a command beside a running process can do without.
    from bot.app import App

    async def nothing_to_wait_for() -> None:
        return

    terminal = Terminal(settle=nothing_to_wait_for, interactive=False, pressable=False)
    app = await App.open(environment, SystemClock(), {"terminal": terminal})
    log_to_file(environment.home, app.config.secrets)
    warn(app.config)
    try:
        await app.start(ticking=False)
        # What was owed before waits for somebody who can answer it.
        app.notifier.since = app.clock.now()
        answer = await app.dispatcher.handle(Request(machine_user(), HERE, text))
        if answer is not None:
            await terminal.send(HERE, answer)
        refused = answer is not None and answer.private
        await app.engine.idle()
        # A message cut off by a kill would keep its report waiting.
        await app.store.interrupted([terminal.name])
        await app.notifier.deliver()
    finally:
        await app.stop()
    return REFUSED if refused else 0
