"""Every axis by every pin, end to end: nothing leaves when it holds, exactly one request when not."""

from pathlib import Path

import pytest

from scheduler.run import HoldReason, RunState
from tests.acceptance.test_identity import DEAR, DEARER, FOLLOWS, NEARLY, Lab
from tests.fakes.provider_replies import Says

PINS = {
    "none": FOLLOWS,
    "provider": FOLLOWS.replace("|", "provider=paid-lab |"),
    "model": FOLLOWS.replace("|", "model=large |"),
    "both": FOLLOWS.replace("|", "provider=paid-lab model=large |"),
}
BY_PIN = pytest.mark.parametrize("pinned", PINS)
HELD, RUNS = (0, 0), (0, 1)

# What becomes of a job whose settings changed in this one thing, by what is pinned:
#            none, provider, model, both
EXPECTED = {
    "nothing": (RUNS, RUNS, RUNS, RUNS),
    "provider": (HELD, RUNS, HELD, RUNS),
    "model": (HELD, HELD, RUNS, RUNS),
    "address": (HELD, HELD, HELD, HELD),
    "path": (HELD, HELD, HELD, HELD),
    "base_url of the default": (HELD, RUNS, HELD, RUNS),
    "api mode": (HELD, HELD, HELD, HELD),
    "key variable": (HELD, HELD, HELD, HELD),
    "no key": (HELD, HELD, HELD, HELD),
    "missing key": (HELD, HELD, HELD, HELD),
    "class": (HELD, HELD, HELD, HELD),
    "price": (HELD, HELD, HELD, HELD),
    "price within the tolerance": (RUNS, RUNS, RUNS, RUNS),
    "rotated key": (RUNS, RUNS, RUNS, RUNS),
    "entry renamed": (RUNS, HELD, RUNS, HELD),
}


@pytest.fixture
async def lab(tmp_path: Path):  # type: ignore[no-untyped-def]
    async with Lab(tmp_path) as running:
        running.key("first-key")
        running._process["OTHER_KEY"] = "other"
        running.describe()
        yield running


def change(lab: Lab, axis: str) -> None:
    """Write the settings anew, with this one thing another."""
    match axis:
        case "provider":
            lab.describe(default="free-lab")
        case "model" | "base_url of the default":
            lab.describe()
            config = lab.folder / "config.yaml"
            new = (
                ("default: large", "default: small")
                if axis == "model"
                else ("model: {", f"model: {{base_url: '{lab.free.url}', ")
            )
            config.write_text(config.read_text().replace(*new, 1))
        case "address":
            lab.describe(base_url=f"'{lab.free.url}'")
        case "path":
            lab.describe(base_url=f"'{lab.paid.url}/elsewhere'")
        case "api mode":
            lab.describe(api_mode="responses")
        case "key variable":
            lab.describe(key_env="OTHER_KEY")
        case "no key":
            lab.describe(key_env="null")
        case "missing key":
            (lab.folder / ".env").write_text("")
        case "class":
            lab.describe(billing="paid")
        case "price":
            lab.describe(prices=DEARER)
        case "price within the tolerance":
            lab.describe(prices=NEARLY)
        case "rotated key":
            lab.key("second-key")
        case "entry renamed":
            lab.describe(name="lab-two")


@BY_PIN
@pytest.mark.parametrize("axis", EXPECTED)
async def test_an_axis_that_moved_holds_or_lets_one_request_out(
    lab: Lab, axis: str, pinned: str
) -> None:
    if axis == "class":
        lab.describe(billing="free")
    if axis.startswith("price"):
        lab.describe(prices=DEAR)
    await lab.type(PINS[pinned])
    change(lab, axis)
    run = await lab.fire()
    assert lab.called == EXPECTED[axis][list(PINS).index(pinned)]
    assert run.state is (RunState.SUCCEEDED if lab.called == RUNS else RunState.HELD)


@BY_PIN
@pytest.mark.parametrize(
    "says",
    [Says(model="gpt-4o"), Says(downstream="Together")],
    ids=["served model", "downstream provider"],
)
async def test_what_answers_instead_has_one_request_and_no_second(
    lab: Lab, pinned: str, says: Says
) -> None:
    lab.describe(like="openrouter", only="[DeepInfra]")
    await lab.type(PINS[pinned])
    lab.paid.behave(says)
    assert (await lab.fire()).hold_reason is HoldReason.SERVED
    assert (await lab.fire()).hold_reason is HoldReason.SERVED
    assert lab.called == RUNS


@BY_PIN
async def test_a_call_through_openrouter_carries_what_was_consented_to(
    lab: Lab, pinned: str
) -> None:
    lab.describe(prices=DEAR, like="openrouter", only="[DeepInfra]")
    await lab.type(PINS[pinned])
    lab.describe(prices=NEARLY, like="openrouter", only="[DeepInfra]")
    await lab.fire()
    [request] = lab.paid.requests
    assert request.body["provider"] == {
        "allow_fallbacks": False,
        "only": ["deepinfra"],
        "max_price": {"prompt": 2.2, "completion": 8.8},
    }


@BY_PIN
async def test_a_job_of_free_routes_that_is_billed_is_held_and_cannot_accept_it(
    lab: Lab, pinned: str
) -> None:
    lab.describe(billing="free")
    await lab.type(PINS[pinned].replace("|", "free_only=yes |"))
    lab.paid.behave(Says(cost=0.02))
    assert (await lab.fire()).hold_reason is HoldReason.SERVED
    refused = await lab.press(lab.button("Accept new"))
    assert "may use free and local routes only" in refused.title
    assert (await lab.fire()).hold_reason is HoldReason.SERVED
    assert lab.called == RUNS
