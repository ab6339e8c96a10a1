"""A job asked for step by step: what stands, what is asked next, and how it is asked. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.adapters.telegram.zones import likely

SIGN = "w:"
"""How the data of our own buttons begins; no token has a colon."""

CANCEL, CREATE, SCHEDULE_IS, ZONE_IS = "x", "c", "s", "z"

PRESETS = (
    "every weekday at 09:00",
    "every day at 09:00",
    "every hour",
    "mondays at 09:00",
)
SHOWN = 400
"""Characters of an answer, or of what is wrong with it, that are shown again."""

HEARD = 20
"""Answers of a draft that are remembered."""


class Step(StrEnum):
    """What is asked; each value but the last is a field of AddForm."""

    SCHEDULE = "schedule"
    PROMPT = "prompt"
    ZONE = "zone"
    CONFIRM = "confirm"


QUESTIONS = {
    Step.SCHEDULE: "When should the new job run?",
    Step.PROMPT: "What should the agent be asked each time?",
    Step.ZONE: "Which clock do you live by?",
    Step.CONFIRM: "Create this job?",
}
HOW = {
    Step.SCHEDULE: "Choose, or {how} with your own, such as: every 2 hours",
    Step.PROMPT: "{How} with it, such as: Summarise open incidents",
    Step.ZONE: "Choose, or {how} with a name such as Europe/Oslo",
    Step.CONFIRM: "",
}


@dataclass(frozen=True, slots=True)
class Draft:
    """What was answered so far. `id` is in every button of it; `said` is the message it began with.

    `ask_zone`: the person never told where their clock stands; `configured` is then what counts.
    `heard` are the events of the answers in it: one that a restart brings again answers nothing else.
    `refused` counts how often it could not be created as it stood.
    """

    id: str
    configured: str
    said: int
    language: str = ""
    ask_zone: bool = False
    schedule: str = ""
    prompt: str = ""
    zone: str = ""
    heard: tuple[str, ...] = ()
    refused: int = 0

    @property
    def step(self) -> Step:
        if not self.schedule:
            return Step.SCHEDULE
        if not self.prompt:
            return Step.PROMPT
        return Step.ZONE if self.ask_zone and not self.zone else Step.CONFIRM

    def having(self, step: Step, answer: str) -> "Draft":
        """The same with another answer; empty where it is to be asked again."""
        match step:
            case Step.SCHEDULE:
                return replace(self, schedule=answer)
            case Step.PROMPT:
                return replace(self, prompt=answer)
            case Step.ZONE:
                return replace(self, zone=answer)
            case Step.CONFIRM:
                return self
            case _:
                assert_never(step)

    def hearing(self, event: str | None) -> "Draft":
        """The same, with an answer that is not to count again."""
        return self if event is None else replace(self, heard=(*self.heard, event)[-HEARD:])

    def once_more(self) -> "Draft":
        """The same, which may be created after a refusal."""
        return replace(self, refused=self.refused + 1)

    def row(self) -> Mapping[str, str]:
        return {
            "id": self.id,
            "configured": self.configured,
            "said": str(self.said),
            "language": self.language,
            "ask_zone": "yes" if self.ask_zone else "",
            "schedule": self.schedule,
            "prompt": self.prompt,
            "zone": self.zone,
            "heard": " ".join(self.heard),
            "refused": str(self.refused),
        }


def draft_of(row: Mapping[str, str]) -> Draft:
    return Draft(
        row["id"],
        row["configured"],
        int(row["said"]),
        row["language"],
        bool(row["ask_zone"]),
        row["schedule"],
        row["prompt"],
        row["zone"],
        tuple(row.get("heard", "").split()),
        int(row.get("refused", "0")),
    )


def asked_in(text: str) -> Step | None:
    """Which question a message of ours asked; None where it is none that is answered with words."""
    # Only its end is ours: what stands above are the person's own words.
    end = text.splitlines()[-2:]
    for step in (Step.SCHEDULE, Step.PROMPT, Step.ZONE):
        if end in ([QUESTIONS[step], _how(step, private)] for private in (True, False)):
            return step
    return None


def question(draft: Draft, step: Step, *, private: bool, problem: str = "") -> str:
    """The words of a question; `problem` is what was wrong with the last answer."""
    said = _how(step, private)
    lines = [f"⚠️ {_short(problem)}" if problem else "", *summary(draft), QUESTIONS[step], said]
    return "\n".join(line for line in lines if line)


def summary(draft: Draft) -> list[str]:
    """What stands, a line each."""
    prompt = _short(draft.prompt)
    clock = draft.zone or ("" if draft.ask_zone else draft.configured)
    schedule = _short(draft.schedule)
    schedule = f"{schedule} ({_short(clock)})" if schedule and clock else schedule
    lines = [f"When: {schedule}" if schedule else "", f"What: {prompt}" if prompt else ""]
    return [line for line in lines if line]


def _how(step: Step, private: bool) -> str:
    how = "write" if private else "reply to this"
    return HOW[step].format(how=how, How=how.capitalize())


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def keyboard(draft: Draft, step: Step) -> InlineKeyboardMarkup:
    """The buttons of a question; every one has Cancel."""
    match step:
        case Step.SCHEDULE:
            choices = [
                _button(draft, preset.capitalize(), SCHEDULE_IS, str(number))
                for number, preset in enumerate(PRESETS)
            ]
        case Step.ZONE:
            zones = likely(draft.configured, draft.language)
            choices = [_button(draft, zone, ZONE_IS, zone) for zone in zones]
        case Step.CONFIRM:
            choices = [_button(draft, "Create", CREATE)]
        case Step.PROMPT:
            choices = []
    cancel = _button(draft, "Cancel", CANCEL)
    if step is Step.CONFIRM:
        return InlineKeyboardMarkup([[*choices, cancel]])
    rows = [choices[at : at + 2] for at in range(0, len(choices), 2)]
    return InlineKeyboardMarkup([*rows, [cancel]])


def read_data(data: str) -> tuple[str, str, str]:
    """The draft, what is done to it, and the choice, from the data of a button of ours."""
    draft, _, rest = data.removeprefix(SIGN).partition(":")
    what, _, choice = rest.partition(":")
    return draft, what, choice


def _button(draft: Draft, label: str, what: str, choice: str = "") -> InlineKeyboardButton:
    data = f"{SIGN}{draft.id}:{what}:{choice}"
    return InlineKeyboardButton(label, callback_data=data)
