"""A Driftpin for one thing that is done on the machine while no other runs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot.adapters.terminal.adapter import Terminal
from bot.at_start import warn
from bot.clock import SystemClock
from bot.control import ON_THE_MACHINE
from bot.logs import log_to_file
from bot.settings import Environment

if TYPE_CHECKING:
    from bot.app import App


@asynccontextmanager
async def alone(environment: Environment) -> AsyncIterator[tuple["App", Terminal]]:
    """Nothing falls due in it, and nobody presses the buttons of its terminal."""
    # Half a second of imports that a command beside a running process can do without.
    from bot.app import App

    async def nothing_to_wait_for() -> None:
        return

    terminal = Terminal(
        settle=nothing_to_wait_for,
        interactive=False,
        pressable=False,
        command=ON_THE_MACHINE,
    )
    app = await App.open(environment, SystemClock(), {"terminal": terminal})
    log_to_file(environment.home, app.config.secrets)
    warn(app.config)
    try:
        await app.start(ticking=False)
        # What was owed before waits for somebody who can answer it.
        app.notifier.since = app.clock.now()
        yield app, terminal
    finally:
        await app.stop()
