"""What people read about another default for a while, word for word, as a wide terminal shows it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.adapters.terminal.render import Look, render
from bot.message import Message, Tone
from bot.wording import answers, experiments
from scheduler.answers import Default, ExperimentBegun, ExperimentOver, WhatIf
from scheduler.experiment import Ending, Experiment, ExperimentId, ExperimentState
from scheduler.job import JobId
from scheduler.money import ASSUMED, Forecast
from scheduler.press import RouteNames
from tests.unit.jobs import ANA, FREE, NINE, PAID, ROOM, a_job, resolved

HOURS = timedelta(hours=2)
RUNNING = Experiment(
    ExperimentId(3),
    RouteNames("free-lab", "small"),
    RouteNames("paid-lab", "large"),
    ROOM,
    ANA,
    "config.yaml",
    NINE,
    NINE + HOURS,
    NINE,
    ExperimentState.RUNNING,
)
LINES = "model:\n  provider: free-lab\n  default: small\n"


def over(ending: Ending, holds: int = 0, **changes: object) -> Message:
    ended = replace(
        RUNNING,
        state=ExperimentState.OVER,
        ending=ending,
        since=RUNNING.ends_at,
        **changes,  # type: ignore[arg-type]
    )
    return experiments.over(ended, holds, "/jobs")


def shown(message: Message) -> str:
    """Without the frame of a loud message."""
    lines = render(message, Look(width=10_000)).splitlines()
    return "\n".join(line.removeprefix("!! ") for line in lines if set(line) != {"!"})


SAID = {
    "asked": (
        answers.answer(
            WhatIf(
                resolved(FREE),
                RouteNames("paid-lab", "large"),
                (a_job(), a_job(8)),
                0,
                PAID,
                {JobId(7): Forecast(ASSUMED, 30)},
                HOURS,
            ),
            "/jobs",
        ),
        "This would move the default from free-lab:small to paid-lab:large for 2 hours, and then"
        " back.\n"
        "Nothing is changed yet. It would hold 2 jobs.\n"
        "\n"
        "Was free; would be paid.\n"
        "- #7 Brief, consents to free-lab:small; in slack:T012AB:#C0ROOM\n"
        "- #8 Brief, consents to free-lab:small; in slack:T012AB:#C0ROOM\n"
        "Or type `/jobs default paid-lab:large for 2 hours yes`\n"
        "[1] Try it for 2 hours  [2] Cancel",
    ),
    "begun": (
        answers.answer(ExperimentBegun(RUNNING, (a_job(),), "UTC"), "/jobs"),
        "The default is paid-lab:large for 2 hours. 1 job will be held until somebody decides.\n"
        "free-lab:small comes back by itself at Tue 24 Nov 11:00 (UTC). A job that accepts the"
        " experiment is held when it does.\n"
        "To end it now: `/jobs default back`. To keep its default for good:"
        " `/jobs default paid-lab:large yes`\n"
        "[1] End now",
    ),
    "shown to those who may not end it": (
        answers.answer(Default(resolved(PAID), None, (), RUNNING), "/jobs"),
        "The default is paid-lab:large.\n"
        "paid-lab:large, paid; chosen by model.provider in config.yaml.\n"
        "\n"
        "An experiment of Ana: paid-lab:large instead of free-lab:small, until"
        " Tue 24 Nov 11:00 (UTC); then the old default comes back by itself.",
    ),
    "ended": (
        answers.answer(ExperimentOver(replace(RUNNING, ending=Ending.RETURNED), 2), "/jobs"),
        "The default is free-lab:small again: the experiment with paid-lab:large is over.\n"
        "2 jobs are held by the default as it is now.",
    ),
    "over": (
        over(Ending.RETURNED),
        "The experiment with paid-lab:large is over after 2 hours: the default is free-lab:small"
        " again.",
    ),
    "over by a person, with a job that had accepted": (
        over(Ending.RETURNED, 1, ended_by=ANA),
        "Ana ended the experiment with paid-lab:large: the default is free-lab:small again.\n"
        "1 job is held by the default as it is now: `/jobs default`",
    ),
    "kept": (
        over(Ending.KEPT, ended_by=ANA),
        "Ana kept paid-lab:large: the experiment is over, and nothing goes back to free-lab:small.",
    ),
    "edited": (
        over(Ending.EDITED, detail="lab:other"),
        "The experiment with paid-lab:large is over: somebody changed the default to lab:other"
        " meanwhile, and that was left as it is.",
    ),
    "never": (
        over(Ending.NEVER),
        "The experiment with paid-lab:large did not begin: Driftpin was stopped before anything was"
        " changed.",
    ),
    "stuck": (
        over(Ending.STUCK, detail=f"config.yaml cannot be written here; deploy these:\n{LINES}"),
        "The experiment with paid-lab:large is over, but free-lab:small could not be put back.\n"
        "config.yaml cannot be written here; deploy these:\n"
        "    model:\n"
        "      provider: free-lab\n"
        "      default: small",
    ),
}


@pytest.mark.parametrize("name", SAID)
def test_a_message_reads_as_it_is_written_here(name: str) -> None:
    message, expected = SAID[name]
    assert shown(message) == expected


@pytest.mark.parametrize(("holds", "tone"), [(0, Tone.GOOD), (1, Tone.LOUD)])
def test_an_end_that_leaves_jobs_held_is_loud(holds: int, tone: Tone) -> None:
    assert over(Ending.RETURNED, holds).tone is tone
