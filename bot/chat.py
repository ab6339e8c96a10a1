"""`driftpin chat`: the bot in this terminal, with everything running behind it."""

import asyncio
import signal

from bot.adapters.terminal.adapter import HERE, Terminal
from bot.app import App
from bot.at_start import warn
from bot.clock import SystemClock
from bot.control import Control, socket_path
from bot.crash_points import crash_point, lease
from bot.grammar.verbs import VERBS
from bot.logs import log_to_file
from bot.settings import Environment


async def chat() -> None:
    """Open, talk until the person leaves or the input ends, close in order.

    Raises ConfigError or OperatorError when it cannot start.
    """
    environment = Environment.here()
    home = environment.make_home()

    async def settle() -> None:
        await app.settle()

    terminal = Terminal(
        settle=settle, verbs=[verb.name for verb in VERBS], history=home / "history"
    )
    app = await App.open(
        environment,
        SystemClock(),
        {"terminal": terminal},
        reached=crash_point(environment),
        lease=lease(environment),
    )
    log_to_file(home, app.config.secrets)
    warn(app.config)
    control = Control(app.dispatcher.handle, socket_path(home), app.importer.bring_in)
    try:
        await app.start()
        await control.start()
        if waiting := len(await app.store.open_alerts(HERE)):
            terminal.greet_with(open_alerts(waiting))
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, terminal.leave)
        await terminal.run()
    finally:
        await control.stop()
        await app.stop()


def open_alerts(count: int) -> str:
    """What a person who comes back must know first."""
    wait = "1 alert waits" if count == 1 else f"{count} alerts wait"
    return f"{wait} for a decision: /jobs alerts"
