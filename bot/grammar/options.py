"""The table of options, and how `key=value` pairs become the options of a job."""

import difflib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.grammar.cut import Pair
from bot.grammar.typed import shortened
from bot.invisible import is_blank
from scheduler.commands import Options
from scheduler.errors import UserError
from scheduler.job import JobKind, OnDrift, OnMissed
from scheduler.route import MODEL_NAME, PROVIDER_NAME

MOST_REPEATS = 1_000_000
_LONGEST_VALUE = 200
_FORMS = {
    "provider": PROVIDER_NAME,
    "model": MODEL_NAME,
    "repeat": re.compile(r"[0-9]{1,7}"),
    "retry": re.compile(r"[0-5]"),
    "max_usd": re.compile(r"off|(?=.*[1-9])[0-9]{1,6}(?:\.[0-9]{1,6})?"),
}


@dataclass(frozen=True, slots=True)
class Option:
    """One option of `add` and `edit`; `words` where only these are allowed."""

    key: str
    takes: str
    says: str
    example: str
    words: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()

    @property
    def form(self) -> str:
        return f"{self.key}=<{self.takes}>"


OPTIONS = (
    Option("name", "text", "what the job is called", '"Build watch"'),
    Option(
        "tz",
        "IANA time zone",
        "the zone the schedule is read in",
        "Europe/Oslo",
        synonyms=("zone", "timezone"),
    ),
    Option("provider", "provider", "pin the provider", "openrouter"),
    Option("model", "model", "pin the model", "meta-llama/llama-3.3-70b-instruct:free"),
    Option(
        "kind",
        "agent, message or script",
        "ask a model, post the prompt as it is, or run the script of config.yaml that it names",
        "message",
        tuple(JobKind),
    ),
    Option(
        "on_drift",
        "hold, run_on_snapshot or allow_if_not_dearer",
        "what happens when the default moved",
        "allow_if_not_dearer",
        tuple(OnDrift),
    ),
    Option(
        "free_only",
        "yes or no",
        "hold every run that is not certainly free or local, pinned or not",
        "yes",
        ("yes", "no"),
    ),
    Option(
        "on_missed",
        "skip or run_once",
        "what becomes of fires that nobody was awake for",
        "run_once",
        tuple(OnMissed),
    ),
    Option("repeat", "number", "how many runs before the job is finished", "3"),
    Option("until", "date", "no fire after this", "2027-01-31"),
    Option("timeout", "duration", "how long one run may take", "10m"),
    Option(
        "retry",
        "0 to 5",
        "how often a call is tried again that a busy or broken provider refused (429, 5xx)",
        "2",
    ),
    Option(
        "max_usd",
        "dollars, or off",
        "the most one run may cost; it only lowers spend.per_run_usd",
        "0.05",
    ),
)

KEYS = {option.key: option.key for option in OPTIONS} | {
    synonym: option.key for option in OPTIONS for synonym in option.synonyms
}
BY_KEY = {option.key: option for option in OPTIONS}

LATER_KEYS = ("deliver", "on_overlap")
"""Options that a later version knows."""


def options_of(pairs: Sequence[Pair]) -> Options:
    """The options, each checked for its form; what they mean is checked where they are used."""
    typed = by_key(pairs, KEYS, LATER_KEYS)
    kind = typed.get("kind")
    on_missed = typed.get("on_missed")
    repeat, free_only = typed.get("repeat"), typed.get("free_only")
    return Options(
        name=typed.get("name"),
        zone=typed.get("tz"),
        provider=typed.get("provider"),
        model=typed.get("model"),
        kind=JobKind(kind) if kind else None,
        on_drift=typed.get("on_drift"),
        free_only=free_only == "yes" if free_only else None,
        on_missed=OnMissed(on_missed) if on_missed else None,
        repeat=int(repeat) if repeat else None,
        until=typed.get("until"),
        timeout=typed.get("timeout"),
        retry=int(typed["retry"]) if "retry" in typed else None,
        max_usd=typed.get("max_usd"),
    )


def by_key(
    pairs: Sequence[Pair], known: dict[str, str], later: Collection[str] = ()
) -> dict[str, str]:
    """The checked values by canonical key; unknown, repeated and empty ones are refused."""
    found: dict[str, str] = {}
    for pair in pairs:
        key = known.get(pair.key)
        if key is None:
            raise _unknown(pair.key, known, later)
        if key in found:
            raise UserError(f"{key}= is there twice", "type it once")
        found[key] = checked(key, pair.value)
    return found


def checked(key: str, value: str) -> str:
    """A value in its canonical form."""
    if is_blank(value):
        raise UserError(f"{key}= has no value", f"type it like '{key}={_example(key)}'")
    if key not in BY_KEY:
        return value
    value = " ".join(value.split())
    if len(value) > _LONGEST_VALUE:
        raise UserError(f"{key}= is longer than {_LONGEST_VALUE} characters", "shorten it")
    option = BY_KEY[key]
    return _one_of(option, value) if option.words else _formed(option, value)


def _one_of(option: Option, value: str) -> str:
    word = value.lower().replace("-", "_")
    if word not in option.words:
        near = difflib.get_close_matches(word[:32], option.words, n=1)
        raise UserError(
            f"{option.key}= is {option.takes}, not '{shortened(value, 40)}'",
            f"did you mean '{option.key}={near[0]}'?"
            if near
            else f"type it like '{option.key}={option.example}'",
        )
    return word


def _formed(option: Option, value: str) -> str:
    if option.key == "provider":
        value = value.lower()
    if option.key == "max_usd":
        value = value.lower().removeprefix("$")
    form = _FORMS.get(option.key)
    well_formed = form is None or form.fullmatch(value) is not None
    if option.key == "repeat" and well_formed:
        well_formed = 1 <= int(value) <= MOST_REPEATS
        value = str(int(value))
    if not well_formed:
        raise UserError(
            f"{option.key}= does not take '{shortened(value, 40)}'",
            f"type it like '{option.key}={option.example}'",
        )
    return value


def _example(key: str) -> str:
    return BY_KEY[key].example if key in BY_KEY else "value"


def _unknown(key: str, known: dict[str, str], later: Collection[str]) -> UserError:
    if key in later:
        return UserError(f"{key}= is not available in this version", "leave it out")
    if key in ("schedule", "prompt"):
        return UserError(f"{key}= is not an option", "type it like 'every 2h | Say hello'")
    near = difflib.get_close_matches(key, known, n=1)
    if near:
        return UserError(f"there is no option {key}=", f"did you mean '{near[0]}='?")
    return UserError(
        f"there is no option {key}=", f"the options are {', '.join(dict.fromkeys(known.values()))}"
    )
