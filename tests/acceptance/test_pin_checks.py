"""A pin is checked before it is stored: a route without a key, and names that look like a slip."""

from scheduler.route import Pins
from tests.acceptance.alerted import ADD, alerted, calls
from tests.acceptance.world import World


async def test_a_route_without_a_key_is_told_before_it_is_stored(world: World) -> None:
    await world.type(ADD)
    told = await world.type("/jobs pin 1 groq:llama-3.1-8b-instant")
    assert told.title.startswith("GROQ_API_KEY is not set")
    assert "nothing was pinned" in told.title
    assert (await world.job()).pins == Pins()


async def test_an_edit_refuses_a_route_without_a_key_as_a_pin_does(world: World) -> None:
    await world.type(ADD)
    told = await world.type("/jobs edit 1 provider=groq model=llama-3.1-8b-instant")
    assert told.title.startswith("GROQ_API_KEY is not set")
    assert "nothing was pinned" in told.title
    assert (await world.job()).pins == Pins()


async def test_an_edit_to_the_consented_route_is_stored_whatever_became_of_its_key(
    world: World,
) -> None:
    world.point_default("paid-lab", "large")
    await world.type(ADD)
    config = world.folder / "config.yaml"
    config.write_text(config.read_text().replace("PAID_LAB_KEY", "A_KEY_THAT_IS_NOT_THERE"))
    await world.type("/jobs edit 1 provider=paid-lab")
    assert (await world.job()).pins == Pins("paid-lab")


async def test_a_provider_that_looks_like_a_slip_is_told_before_it_is_stored(world: World) -> None:
    await world.type(ADD)
    told = await world.type("/jobs pin 1 fre-lab:small")
    assert "did you mean free-lab?" in told.title
    assert (await world.job()).pins == Pins()


async def test_a_model_that_looks_like_a_slip_is_told_unless_it_is_typed_as_one(
    world: World,
) -> None:
    world.folder.joinpath(".env").write_text("ANTHROPIC_API_KEY=canary-key-of-anthropic\n")
    await world.type(ADD)
    told = await world.type("/jobs pin 1 anthropic:claude-sonet-4-5")
    assert told.title.startswith("Anthropic has no model 'claude-sonet-4-5' that is known")
    assert "claude-sonnet-4-5" in told.title
    assert (await world.job()).pins == Pins()
    await world.type("/jobs pin 1 provider=anthropic model=claude-sonet-4-5")
    assert (await world.job()).pins == Pins("anthropic", "claude-sonet-4-5")


async def test_pin_old_is_stored_whatever_became_of_its_route(world: World) -> None:
    await alerted(world)
    world.write_config("model: {provider: paid-lab, default: large}")
    await world.press(world.button("Pin old"))
    assert (await world.job()).pins == Pins("free-lab", "small")
    assert calls(world) == (0, 0)
