"""The provider in the box: no network, no model, no key, the same answer every time."""

from scheduler.errors import Refused
from scheduler.ports import Answer, Gate
from scheduler.route import Route
from scheduler.run import Usage

ECHO = "echo"
LONGEST = 200


async def answer(route: Route, prompt: str, *, gate: Gate) -> Answer:
    """Say what this is and repeat the first line of the prompt.

    It passes the gate like any other provider. Tokens stay unknown: no tokenizer was involved.
    Raises Refused for a model it does not have.
    """
    await gate(1)
    if route.model != ECHO:
        raise Refused(f"the demo provider has one model, {ECHO}, and no {route.model}")
    usage = Usage(requests=1, served_model=ECHO)
    return Answer(text=f"Demo provider (no model, no network): {_first_line(prompt)}", usage=usage)


def _first_line(prompt: str) -> str:
    lines = prompt.strip().splitlines()
    line = lines[0].strip() if lines else "(an empty prompt)"
    cut = len(line) > LONGEST
    return line[: LONGEST - 1] + "…" if cut or len(lines) > 1 else line
