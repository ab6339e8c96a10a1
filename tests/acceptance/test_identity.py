"""Each axis that decides who is billed, end to end: real servers count what leaves the process."""

from pathlib import Path

import pytest

from scheduler.job import JobId
from scheduler.run import HoldReason, Run, RunState
from tests.acceptance.world import World, text_of

FOLLOWS = "/jobs add every day at 09:00 name=Brief | Summarise open incidents"
PINNED = FOLLOWS.replace("|", "provider=paid-lab model=large |")
JOBS = pytest.mark.parametrize("add", [FOLLOWS, PINNED], ids=["follows", "pinned"])


class Lab(World):
    """A world whose paid lab can be moved, keyed and priced otherwise."""

    def describe(self, guard: str = "", prices: str = "", default: str = "", **entry: str) -> None:
        """Write the settings: the default is the paid lab, at `prices`, under `guard`."""
        lab = {
            "base_url": f"'{self.paid.url}'",
            "api_mode": "chat_completions",
            "key_env": "PAID_LAB_KEY",
            "billing": "paid",
        } | entry
        named = entry.pop("name", "paid-lab")
        lab.pop("name", None)
        fields = ", ".join(f"{key}: {value}" for key, value in lab.items() if value)
        self.folder.joinpath("config.yaml").write_text(
            f"model: {{provider: {default or named}, default: large}}\n"
            f"guard: {{{guard}}}\n"
            f"prices: {{{prices}}}\n"
            "providers:\n"
            f"  {named}: {{{fields}}}\n"
            f"  free-lab: {{base_url: '{self.free.url}', key_env: null, billing: free}}\n"
        )

    def key(self, value: str, name: str = "PAID_LAB_KEY") -> None:
        """Put another key into .env."""
        self._process.pop(name, None)
        self.folder.joinpath(".env").write_text(f"{name}={value}\n")

    @property
    def called(self) -> tuple[int, int]:
        return self.free.count, self.paid.count


@pytest.fixture
async def lab(tmp_path: Path):  # type: ignore[no-untyped-def]
    async with Lab(tmp_path) as running:
        running.key("first-key")
        running.describe()
        yield running


DEAR, DEARER, NEARLY = (
    f"large: {{input: {paid}, output: {answered}}}"
    for paid, answered in ((2, 8), (2.5, 8), (2.1, 8.5))
)


async def changed(lab: Lab, add: str, **settings: str) -> Run:
    """The run of a job whose settings changed in one thing after it was made."""
    await lab.type(add)
    lab.describe(**settings)
    return await lab.fire()


@JOBS
async def test_nothing_changed_and_one_request_leaves(lab: Lab, add: str) -> None:
    assert (await changed(lab, add)).state is RunState.SUCCEEDED
    assert lab.called == (0, 1)


@JOBS
@pytest.mark.parametrize("axis", ["address", "path", "api mode", "key variable", "no key", "class"])
async def test_who_is_billed_changed_and_nothing_leaves(lab: Lab, add: str, axis: str) -> None:
    lab._process["OTHER_KEY"] = "other"
    moved = {
        "address": {"base_url": f"'{lab.free.url}'"},
        "path": {"base_url": f"'{lab.paid.url}/elsewhere'"},
        "api mode": {"api_mode": "responses"},
        "key variable": {"key_env": "OTHER_KEY"},
        "no key": {"key_env": "null"},
        "class": {"billing": ""},
    }[axis]
    if axis == "class":
        lab.describe(billing="free")
        moved = {"billing": "paid"}
    run = await changed(lab, add, **moved)
    assert (run.state, run.hold_reason) == (RunState.HELD, HoldReason.IDENTITY)
    assert lab.called == (0, 0)
    assert "unintended spend was prevented" in (run.error or "")
    assert "/jobs accept 1" in (run.error or "")


@JOBS
@pytest.mark.parametrize(
    ("price", "state", "calls"),
    [
        (DEARER, RunState.HELD, 0),
        (NEARLY, RunState.SUCCEEDED, 1),
    ],
)
async def test_the_same_model_may_become_dearer_by_a_tenth(
    lab: Lab, add: str, price: str, state: RunState, calls: int
) -> None:
    lab.describe(prices=DEAR)
    assert (await changed(lab, add, prices=price)).state is state
    assert lab.called == (0, calls)


@JOBS
async def test_a_new_key_under_the_same_name_is_used_and_told_once(lab: Lab, add: str) -> None:
    await lab.type(add)
    lab.key("second-key")
    assert (await lab.fire()).state is RunState.SUCCEEDED
    assert "another key under the same name" in text_of(lab.latest)
    await lab.fire()
    assert "another key" not in text_of(lab.latest)
    assert lab.called == (0, 2)
    assert "second-key" not in str(await lab.job())


async def test_the_fingerprints_outlive_a_restart(lab: Lab) -> None:
    await lab.type(FOLLOWS)
    await lab.restart()
    await lab.fire()
    assert "another key" not in text_of(lab.latest)


async def test_a_renamed_entry_runs_while_nothing_else_of_it_changed(lab: Lab) -> None:
    run = await changed(lab, FOLLOWS, name="lab-two")
    assert run.state is RunState.SUCCEEDED
    assert "Only the name of its provider's entry changed" in text_of(lab.latest)
    assert lab.called == (0, 1)


async def test_a_renamed_entry_with_another_key_is_held(lab: Lab) -> None:
    await lab.type(FOLLOWS)
    lab.key("second-key")
    lab.describe(name="lab-two")
    assert (await lab.fire()).hold_reason is HoldReason.DRIFT
    assert lab.called == (0, 0)


@JOBS
async def test_guard_identity_tell_runs_and_says_so_once(lab: Lab, add: str) -> None:
    lab.describe(guard="identity: tell")
    run = await changed(lab, add, guard="identity: tell", base_url=f"'{lab.free.url}'")
    assert run.state is RunState.SUCCEEDED
    assert "guard.identity is tell: address" in text_of(lab.latest)
    await lab.fire()
    assert "guard.identity" not in text_of(lab.latest)
    assert lab.called == (2, 0)


@JOBS
async def test_accepting_what_changed_releases_the_job(lab: Lab, add: str) -> None:
    await changed(lab, add, base_url=f"'{lab.free.url}'")
    assert [b.label for b in lab.latest.buttons] == ["Accept new", "Run once", "Pause"]
    assert "the address of paid-lab:large changed" in lab.latest.title
    await lab.press(lab.button("Accept new"))
    assert lab.called == (0, 0)
    assert (await lab.fire()).state is RunState.SUCCEEDED
    assert lab.called == (1, 0)


async def test_the_command_of_the_error_releases_the_job(lab: Lab) -> None:
    error = (await changed(lab, PINNED, key_env="null")).error or ""
    await lab.type(next(line for line in error.splitlines() if line.startswith("/jobs")))
    assert (await lab.fire()).state is RunState.SUCCEEDED


async def test_what_changes_again_under_an_alert_is_not_accepted_unseen(lab: Lab) -> None:
    await changed(lab, FOLLOWS, base_url=f"'{lab.free.url}'")
    accept = lab.button("Accept new")
    lab.describe(base_url=f"'{lab.free.url}/third'")
    answer = await lab.press(accept)
    assert "has changed again since that message" in answer.title
    assert (await lab.fire()).state is RunState.HELD
    assert lab.called == (0, 0)


@JOBS
async def test_an_alert_closes_when_what_changed_is_back(lab: Lab, add: str) -> None:
    await changed(lab, add, base_url=f"'{lab.free.url}'")
    lab.describe()
    await lab.until(lambda: lab.latest.title.startswith("Healed"))
    assert lab.called == (0, 0)


async def test_a_pin_to_the_default_provider_is_not_moved_by_model_base_url(lab: Lab) -> None:
    await lab.type(PINNED)
    config = lab.folder / "config.yaml"
    moved = f"model: {{base_url: '{lab.free.url}', provider"
    config.write_text(config.read_text().replace("model: {provider", moved))
    assert (await lab.fire()).state is RunState.SUCCEEDED
    assert lab.called == (0, 1)


async def test_a_job_of_an_older_version_learns_its_axes_at_its_next_good_run(lab: Lab) -> None:
    from tests.acceptance.test_reference import as_imported

    await lab.type(FOLLOWS)
    await as_imported(lab, provider="paid-lab", model="large")
    assert (await lab.fire()).state is RunState.SUCCEEDED
    assert (await lab.job()).snapshot.endpoint == lab.paid.url
    lab.describe(base_url=f"'{lab.free.url}'")
    assert (await lab.fire()).hold_reason is HoldReason.IDENTITY
    assert lab.called == (0, 1)


# --- policies ----------------------------------------------------------------------------------------


async def test_run_on_snapshot_runs_on_the_consented_route(lab: Lab) -> None:
    add = FOLLOWS.replace("|", "on_drift=run_on_snapshot |")
    run = await changed(lab, add, default="free-lab")
    assert run.state is RunState.SUCCEEDED
    assert lab.called == (0, 1)


async def test_run_on_snapshot_holds_once_the_consented_route_is_another(lab: Lab) -> None:
    add = FOLLOWS.replace("|", "on_drift=run_on_snapshot |")
    run = await changed(lab, add, default="free-lab", key_env="null")
    assert run.hold_reason is HoldReason.DRIFT
    assert lab.called == (0, 0)


async def test_allow_if_not_dearer_follows_to_a_free_route_and_tells_it_once(lab: Lab) -> None:
    add = FOLLOWS.replace("|", "on_drift=allow_if_not_dearer |")
    run = await changed(lab, add, default="free-lab")
    assert run.state is RunState.SUCCEEDED
    assert "not dearer" in text_of(lab.latest)
    assert (await lab.job()).snapshot.provider == "free-lab"
    await lab.fire()
    assert "not dearer" not in text_of(lab.latest)
    lab.describe()
    assert (await lab.fire()).hold_reason is HoldReason.DRIFT
    assert lab.called == (2, 0)


async def test_the_settings_give_the_policy_of_jobs_that_name_none(lab: Lab) -> None:
    run = await changed(lab, FOLLOWS, default="free-lab", guard="on_drift: run_on_snapshot")
    assert run.state is RunState.SUCCEEDED
    assert lab.called == (0, 1)


@pytest.mark.parametrize("add", [FOLLOWS, PINNED])
async def test_free_only_holds_whatever_may_cost_something(lab: Lab, add: str) -> None:
    run = await changed(lab, add.replace("|", "free_only=yes |"))
    assert (run.state, run.hold_reason) == (RunState.HELD, HoldReason.FREE_ONLY)
    assert lab.called == (0, 0)
    await lab.type("/jobs edit 1 free_only=no")
    assert (await lab.fire()).state is RunState.SUCCEEDED


async def test_another_policy_decides_on_the_alert_of_a_job(lab: Lab) -> None:
    await changed(lab, FOLLOWS, default="free-lab")
    await lab.type("/jobs edit 1 on_drift=allow_if_not_dearer")
    assert await lab.app.store.open_alerts() == []
    await lab.type("/jobs run 1")
    states = [run.state for run in await lab.app.store.history(JobId(1), 5)]
    assert states == [RunState.SUCCEEDED]
    assert lab.called == (1, 0)


# --- prices in the chat --------------------------------------------------------------------------------

CHEAP = "large: {input: 0.25, output: 1}, small: {input: 3, output: 12}"


async def test_the_card_the_question_and_the_alert_say_what_it_costs(lab: Lab) -> None:
    lab.describe(prices=CHEAP)
    card = text_of(await lab.type(FOLLOWS))
    assert "paid: $0.25 in / $1 out per million tokens (prices: large)" in card
    assert "about less than a cent a run" not in card
    assert "1,000 tokens in and 500 out a run are assumed" in card
    await lab.fire()
    asked = text_of(await lab.type("/jobs default paid-lab:small"))
    assert "would be paid: $3 in / $12 out per million tokens" in asked
    assert "about 12 times the price" in asked
    await lab.type("/jobs default paid-lab:small yes")
    await lab.fire()
    alert = text_of(lab.latest)
    assert "It stays paid, about 12 times the price" in alert
    assert "as in its last 1" in alert
    confirm = lab.button("Accept new").confirm
    assert confirm is not None
    assert "a month)" in confirm.question
    assert lab.called == (0, 1)


async def test_the_default_is_told_with_its_price(lab: Lab) -> None:
    lab.describe(prices=CHEAP)
    assert "$0.25 in / $1 out per million" in text_of(await lab.type("/jobs default"))
    lab.describe()
    assert "paid: how much is not known here" in text_of(await lab.type("/jobs default"))
