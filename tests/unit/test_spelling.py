"""Every command can be spelled, and what is spelled is read back as the same command."""

from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.grammar import parse, spell, spell_cronjob
from bot.grammar.typed import QUOTES
from scheduler.commands import (
    AcceptRoute,
    AddJob,
    AskAdd,
    ChangeDefault,
    Claim,
    Command,
    CostOfJob,
    EditJob,
    EndExperiment,
    Help,
    History,
    ListAlerts,
    ListJobs,
    Options,
    Output,
    PauseJob,
    PinJob,
    RemoveJob,
    ResumeJob,
    RouteText,
    RunJob,
    ShowCosts,
    ShowDefault,
    ShowJob,
    StopJob,
    TakeSnapshot,
    Unclaim,
    UnpinJob,
)
from scheduler.errors import UserError
from scheduler.experiment import LONGEST, SHORTEST
from scheduler.job import JobId, JobKind, OnMissed
from tests.unit.typed_lines import FRAGMENTS, GOOD

T = TypeVar("T")

SECOND = timedelta(seconds=1)

MODEL = "meta-llama/llama-3.3-70b-instruct:free"

jobs = st.integers(1, 2**31 - 1).map(JobId)
schedules = st.sampled_from(["every 2h", "0 9 * * 1-5", "mondays and thursdays at 18:30", "in 45m"])
providers = st.sampled_from(["openrouter", "lab", "anthropic", "my_lab-2"])
models = st.sampled_from([MODEL, "gpt-4o", "@cf/meta/llama-3", "x[1]"])
prompts = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=60).filter(
    lambda text: text == text.strip() and parses(f"add every 2h | {text}")
)
values = st.text(
    st.sampled_from("".join(QUOTES) + "abc ÅØ|=\\-—*_🙂"), min_size=1, max_size=20
).filter(lambda text: text == " ".join(text.split()) != "")


def maybe(strategy: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    return st.none() | strategy


options = st.builds(
    Options,
    name=maybe(values),
    zone=maybe(st.sampled_from(["Europe/Oslo", "New York"])),
    provider=maybe(providers),
    model=maybe(models),
    kind=maybe(st.sampled_from(JobKind)),
    on_drift=maybe(st.sampled_from(["hold", "run_on_snapshot", "allow_if_not_dearer"])),
    free_only=maybe(st.booleans()),
    on_missed=maybe(st.sampled_from(OnMissed)),
    repeat=maybe(st.integers(1, 1_000_000)),
    until=maybe(st.sampled_from(["2027-01-31", "2027-01-31 09:00"])),
    timeout=maybe(st.sampled_from(["10m", "90 seconds"])),
    max_usd=maybe(st.sampled_from(["0.05", "2", "off"])),
)
whole_routes = st.builds(RouteText, whole=models | providers)
part_routes = st.builds(RouteText, provider=maybe(providers), model=maybe(models)).filter(
    lambda route: route != RouteText()
)
routes = whole_routes | part_routes

commands: st.SearchStrategy[Command] = st.one_of(
    st.builds(AddJob, schedules, prompts, options),
    st.builds(ListJobs, st.integers(1, 1_000_000), st.booleans()),
    st.builds(EditJob, jobs, maybe(schedules), maybe(prompts), options).filter(
        lambda edit: edit != EditJob(edit.job)
    ),
    st.builds(RunJob, jobs, st.booleans()),
    st.builds(PinJob, jobs, maybe(routes)),
    st.builds(AcceptRoute, jobs, maybe(routes)),
    st.sampled_from([(True, True), (True, False), (False, True)]).flatmap(
        lambda axes: st.builds(UnpinJob, jobs, st.just(axes[0]), st.just(axes[1]))
    ),
    st.builds(
        ChangeDefault,
        routes,
        st.booleans(),
        maybe(st.timedeltas(SHORTEST, LONGEST).map(lambda span: span // SECOND * SECOND)),
    ),
    st.builds(Help, maybe(st.sampled_from(["pin", "options", "cronjob"]))),
    st.sampled_from(
        [
            ListAlerts(),
            ShowCosts(),
            ShowCosts(everywhere=True),
            ShowDefault(),
            EndExperiment(),
            AskAdd(),
            Unclaim("telegram:42"),
        ]
    ),
    st.builds(Claim, st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=8, max_size=8)),
    *(
        st.builds(about_a_job, jobs)
        for about_a_job in (
            *(ShowJob, PauseJob, ResumeJob, StopJob, RemoveJob),
            *(TakeSnapshot, History, Output, CostOfJob),
        )
    ),
)


def parses(text: str) -> bool:
    try:
        parse(text)
    except UserError:
        return False
    return True


def in_one_word(command: Command) -> Command:
    """The command with a route of two parts as the one word that is spelled for it."""
    match command:
        case PinJob(route=RouteText(None, str(provider), str(model))):
            return replace(command, route=RouteText(f"{provider}:{model}"))
        case AcceptRoute(route=RouteText(None, str(provider), str(model))):
            return replace(command, route=RouteText(f"{provider}:{model}"))
        case ChangeDefault(route=RouteText(None, str(provider), str(model))):
            return replace(command, route=RouteText(f"{provider}:{model}"))
        case _:
            return command


@given(commands, st.sampled_from(["/jobs", "@driftpin", "/jobs@driftpinbot", "<@U034CD>", ""]))
def test_what_is_spelled_is_read_back_as_the_same_command(command: Command, how: str) -> None:
    assert parse(spell(command, how)) == in_one_word(command)


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=9).map("".join))
def test_whatever_was_understood_can_be_spelled(text: str) -> None:
    if parses(text):
        command = parse(text)
        assert parse(spell(command)) == in_one_word(command)


@pytest.mark.parametrize("command", GOOD.values(), ids=list(GOOD))
def test_every_command_of_the_table_can_be_spelled(command: Command) -> None:
    assert parse(spell(command)) == in_one_word(command)


def test_a_pin_is_spelled_as_the_alert_prints_it() -> None:
    pin = PinJob(JobId(7), RouteText(provider="openrouter", model=MODEL))
    assert spell(pin) == f"/jobs pin 7 openrouter:{MODEL}"
    assert spell(pin, "@driftpin") == f"@driftpin pin 7 openrouter:{MODEL}"


def test_a_pin_is_spelled_in_the_second_form_too() -> None:
    spelled = spell_cronjob(JobId(7), "openrouter", MODEL)
    assert spelled == f"cronjob action=update job_id=7 provider=openrouter model={MODEL}"
    assert parse(spelled) == PinJob(JobId(7), RouteText(provider="openrouter", model=MODEL))


def test_a_pin_of_one_axis_is_spelled_with_that_axis_alone() -> None:
    assert spell(PinJob(JobId(7), RouteText(model="gpt-4o"))) == "/jobs pin 7 model=gpt-4o"
    assert spell_cronjob(JobId(7), "lab", None) == "cronjob action=update job_id=7 provider=lab"
