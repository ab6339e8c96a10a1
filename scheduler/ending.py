"""How an attempt ended, as a value: what came of its call, and what its requests cost."""

from dataclasses import replace

from scheduler.errors import (
    CallError,
    CutOff,
    DriftpinError,
    GateShut,
    Lost,
    NotSent,
    Refused,
    TooMuch,
)
from scheduler.ports import Answer, Finish, Learned
from scheduler.run import RunState, Usage


def good_end(answer: Answer, learned: Learned | None, most: int | None) -> Finish:
    """What a script prints is bounded where it runs, so `most` is None for it."""
    whole = answer.text.encode()
    if most is None or len(whole) <= most:
        return Finish(RunState.SUCCEEDED, answer.text, usage=answer.usage, learned=learned)
    error = (
        f"the answer has {len(whole)} bytes, and limits.output_bytes allows {most};"
        " its beginning is kept"
    )
    kept = whole[:most].decode(errors="ignore")
    return Finish(RunState.FAILED, kept, error, answer.usage)


def bad_end(error: DriftpinError, passed: int) -> Finish:
    """`passed` counts the requests that passed the gate.

    One that never left, or that the provider refused for nothing, is not billed. What a refusal cost
    that came as an answer (withheld by a filter, say) counts like any other.
    """
    match error:
        case NotSent() | Refused() | TooMuch():
            state = RunState.FAILED
        case Lost():
            state = RunState.UNKNOWN
        case _:
            state = RunState.UNKNOWN if passed else RunState.FAILED
    left = max(0, passed - isinstance(error, NotSent))
    printed = error.output if isinstance(error, CallError) else ""
    free = isinstance(error, NotSent) or (isinstance(error, Refused) and error.unbilled)
    # Nothing was sent where the gate's commit was in doubt, whatever stands in the rows.
    free_from = max(1, passed + 1 - free)
    return Finish(state, printed or None, str(error), used(error, left), free_from=free_from)


def used(error: BaseException, requests: int) -> Usage:
    """What the replies before an error said they have used, of so many requests."""
    said = error.usage if isinstance(error, CallError | CutOff | GateShut) else None
    return replace(said if isinstance(said, Usage) else Usage(), requests=requests)
