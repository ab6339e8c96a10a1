"""First contact: nobody is admin, and whoever has the printed code becomes it."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.claims import ALPHABET, ATTEMPTS, CODE_LIFE, Claims
from bot.message import AddForm, Message, Request
from bot.settings.values import Access
from scheduler.job import Place, Principal
from tests.acceptance.alerted import ADD
from tests.acceptance.team import ANA, BOB, BOSS, ROOM, STRANGER, team_world
from tests.acceptance.world import Chat, World, text_of

REFUSED = (
    "You may not use this Driftpin yet."
    " An admin can add you under access: in config.yaml, as\n`slack:T0ELSE:U0ELSE`"
)
HINT = "Nobody is admin yet. With the code that driftpin serve printed: `/jobs claim <code>`"
WRONG = "claim 0000-0000"


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[World]:
    """A Slack workspace of which nobody is admitted."""
    world = World(tmp_path)
    world.others = {"slack": Chat("slack")}
    async with world:
        yield world


async def offered(world: World) -> str:
    code = await world.app.dispatcher.claims.offer()
    assert code is not None
    return code


async def says(world: World, typed: str, by: Principal = STRANGER, place: Place = ROOM) -> Message:
    told = await world.type(typed, by=by, place=place)
    assert told.private
    return told


async def test_whoever_claims_with_the_code_is_admin_from_then_on(team: World) -> None:
    code = await offered(team)
    told = await says(team, f"/jobs claim {code}", by=ANA)
    assert told.title == "You are admin of this Driftpin now."
    assert "`slack:T012AB:U0ANA`" in text_of(told)
    assert "Job 1 is scheduled" in text_of(await team.type(ADD, by=ANA, place=ROOM))
    assert (await team.type("list all", by=ANA, place=ROOM)).title == "1 job everywhere"
    [line] = await team.app.store.audited("admin")
    assert (line.action, line.by, line.detail) == ("claim", ANA, "slack:T012AB:U0ANA")


async def test_a_claim_survives_a_restart_and_the_next_start_offers_nothing(team: World) -> None:
    await says(team, f"claim {await offered(team)}", by=ANA)
    await team.restart()
    assert await team.app.dispatcher.claims.offer() is None
    assert (await team.type("list", by=ANA, place=ROOM)).title == "There are no jobs here yet."


async def test_a_claim_in_telegram_counts_in_every_chat(team: World) -> None:
    me = Principal("telegram", "42", "42", name="Ana")
    await says(team, f"/claim {await offered(team)}", by=me, place=Place("telegram", "42", "42"))
    assert team.app.dispatcher.claims.admins() == ("telegram:42",)
    group = Principal("telegram", "-100123", "42", name="Ana")
    told = await team.type("list", by=group, place=Place("telegram", "-100123", "-100123"))
    assert told.title == "There are no jobs here yet."


async def test_a_code_has_forty_bits_and_is_forgiving_about_how_it_is_typed(team: World) -> None:
    codes = {await offered(team) for _ in range(20)}
    assert len(codes) == 20
    assert len(ALPHABET) == 32
    assert not set("ILOU") & set(ALPHABET)
    for code in codes:
        assert len(code) == 9
        assert set(code.replace("-", "")) <= set(ALPHABET)
    code = await offered(team)
    typed = code.lower().replace("-", " – ").replace("0", "o").replace("1", "l")
    assert (await says(team, f"claim   {typed} ")).title == "You are admin of this Driftpin now."


async def test_only_the_newest_code_counts(team: World) -> None:
    old, new = await offered(team), await offered(team)
    assert "4 attempts left" in (await says(team, f"claim {old}")).title
    assert (await says(team, f"claim {new}")).title == "You are admin of this Driftpin now."


async def test_the_code_is_kept_nowhere_in_clear(
    team: World, caplog: pytest.LogCaptureFixture
) -> None:
    code = await offered(team)
    await says(team, WRONG)
    with sqlite3.connect(team.folder / "home" / "driftpin.db") as rows:
        kept = "\n".join(rows.iterdump())
    await says(team, f"claim {code}")
    for written in (code, code.replace("-", "")):
        assert written not in kept
        assert written not in caplog.text


async def test_wrong_attempts_are_counted_over_everybody_and_kill_the_code(team: World) -> None:
    code = await offered(team)
    for left, person in zip(range(ATTEMPTS - 1, 0, -1), [STRANGER, ANA, BOB, ANA], strict=True):
        attempts = "1 attempt" if left == 1 else f"{left} attempts"
        told = await says(team, WRONG, by=person)
        assert told.title == f"That is not the code; {attempts} left, for everybody together."
    assert "the code is dead" in (await says(team, WRONG)).title
    assert text_of(await says(team, f"claim {code}")) == REFUSED
    assert await team.app.store.admins() == []


async def test_guesses_at_once_are_no_way_around_the_limit(team: World) -> None:
    code = await offered(team)
    handle = team.app.dispatcher.handle
    guesses = [Request(STRANGER, ROOM, WRONG) for _ in range(12)]
    told = [text_of(each) for each in await asyncio.gather(*map(handle, guesses)) if each]
    assert sum("That is not the code" in each for each in told) == ATTEMPTS
    assert text_of(await says(team, f"claim {code}")) == REFUSED


async def test_of_two_people_who_claim_at_once_one_becomes_admin(team: World) -> None:
    code = await offered(team)
    handle = team.app.dispatcher.handle
    both = [Request(person, ROOM, f"claim {code}") for person in (ANA, BOB)]
    told = [each.title for each in await asyncio.gather(*map(handle, both)) if each]
    assert told.count("You are admin of this Driftpin now.") == 1
    assert len(await team.app.store.admins()) == 1


async def test_a_code_expires(team: World) -> None:
    code = await offered(team)
    team.clock.advance(CODE_LIFE - timedelta(seconds=30))
    assert HINT in text_of(await says(team, "list"))
    team.clock.advance(timedelta(seconds=30))
    assert text_of(await says(team, f"claim {code}")) == REFUSED


async def test_a_stranger_hears_of_the_command_only_while_a_code_is_on_offer(team: World) -> None:
    for typed in ("list", "claim", WRONG, ADD, "help claim", "claim --help"):
        assert text_of(await says(team, typed)) == REFUSED
    code = await offered(team)
    for typed in ("list", "claim", "help claim", ADD):
        assert text_of(await says(team, typed)) == f"{REFUSED}\n\n{HINT}"
    await says(team, f"claim {code}", by=ANA)
    for typed in ("list", "claim", f"claim {code}"):
        assert text_of(await says(team, typed)) == REFUSED


async def test_a_stranger_who_sends_a_form_or_a_button_is_only_refused(team: World) -> None:
    code = await offered(team)
    form = Request(STRANGER, ROOM, f"claim {code}", form=AddForm("every 2h", "Hello", "UTC"))
    button = Request(STRANGER, ROOM, f"claim {code}", token="x", zone="Europe/Oslo")
    for request in (form, button):
        assert text_of(await team.ask(request)) == f"{REFUSED}\n\n{HINT}"
    assert await team.app.store.jobs() == []
    assert (await team.app.store.person(STRANGER)).zone is None


async def test_a_stranger_who_tries_too_fast_uses_up_no_attempt(team: World) -> None:
    path = team.folder / "config.yaml"
    path.write_text(path.read_text() + "limits: {commands_per_minute: 1}\n")
    await team.until(lambda: _per_minute(team) == 1)
    code = await offered(team)
    handle = team.app.dispatcher.handle
    told = [await handle(Request(STRANGER, ROOM, WRONG)) for _ in range(9)]
    assert {each.title for each in told[1:] if each} == {
        "More than 1 commands in a minute; wait a little."
    }
    assert (
        await says(team, f"claim {code}", by=ANA)
    ).title == "You are admin of this Driftpin now."


def _per_minute(world: World) -> int:
    return world.app.config.last_good_settings().core.limits.commands_per_minute


async def test_nothing_is_offered_where_the_settings_name_an_admin(tmp_path: Path) -> None:
    world, _ = team_world(tmp_path)
    async with world:
        assert await world.app.dispatcher.claims.offer() is None
        assert text_of(await says(world, WRONG)) == REFUSED
        told = await says(world, WRONG, by=ANA)
        assert told.title == "Somebody is admin already, so nothing can be claimed."


async def test_an_admin_who_is_named_meanwhile_ends_the_offer_and_a_claim_outlives_that(
    team: World,
) -> None:
    code = await offered(team)
    await says(team, f"claim {code}", by=ANA)
    path = team.folder / "config.yaml"
    path.write_text(path.read_text() + 'access: {admins: ["slack:T012AB:U0BOSS"]}\n')
    await team.until(lambda: team.app.config.last_good_settings().access.admins != ())
    for admin in (ANA, BOSS):
        assert (await team.type("list all", by=admin, place=ROOM)).title.startswith("There are no")


async def test_a_code_cannot_be_claimed_once_the_settings_name_an_admin(team: World) -> None:
    code = await offered(team)
    path = team.folder / "config.yaml"
    path.write_text(path.read_text() + 'access: {admins: ["slack:T012AB:U0BOSS"]}\n')
    await team.until(lambda: team.app.config.last_good_settings().access.admins != ())
    assert text_of(await says(team, f"claim {code}")) == REFUSED
    assert await team.app.store.admins() == []


async def test_the_terminals_user_is_admin_without_a_code_and_uses_none_up(team: World) -> None:
    code = await offered(team)
    told = await team.type(f"claim {code}")
    assert told.title == "You are admin already; a code is for somebody who is not, in their chat."
    assert (await says(team, f"claim {code}")).title == "You are admin of this Driftpin now."


async def test_somebody_who_is_admitted_is_told_that_no_code_is_on_offer(team: World) -> None:
    path = team.folder / "config.yaml"
    path.write_text(path.read_text() + 'access: {viewers: ["slack:T012AB:*"]}\n')
    await team.until(lambda: team.app.config.last_good_settings().access.viewers != ())
    told = await says(team, WRONG, by=ANA)
    assert told.title.startswith("No code can be claimed now.")
    code = await offered(team)
    assert (
        await says(team, f"claim {code}", by=ANA)
    ).title == "You are admin of this Driftpin now."


async def test_an_admin_takes_back_what_a_claim_gave(team: World) -> None:
    await says(team, f"claim {await offered(team)}", by=ANA)
    told = await team.type("unclaim slack:T012AB:U0BOB")
    assert told.title == (
        "No claim made slack:T012AB:U0BOB admin; these are admin by a claim: slack:T012AB:U0ANA."
    )
    told = await team.type("unclaim slack:T012AB:U0ANA")
    assert told.title == "slack:T012AB:U0ANA is no longer admin by a claim."
    assert "Nobody in a chat is admin now. The next start of driftpin serve prints" in text_of(told)
    assert not told.private
    refused = text_of(await says(team, "list", by=ANA))
    assert refused.startswith("You may not use this Driftpin yet.")
    told = await team.type("unclaim slack:T012AB:U0ANA")
    assert told.title.endswith("admins of config.yaml are taken out there.")
    assert await offered(team)


async def test_nobody_but_an_admin_takes_a_claim_back(team: World) -> None:
    await says(team, f"claim {await offered(team)}", by=ANA)
    path = team.folder / "config.yaml"
    path.write_text(path.read_text() + 'access: {operators: ["slack:T012AB:*"]}\n')
    await team.until(lambda: team.app.config.last_good_settings().access.operators != ())
    told = await says(team, "unclaim slack:T012AB:U0ANA", by=BOB)
    assert told.title == "You may not take back what a claim gave here; that takes an admin."
    assert team.app.dispatcher.claims.admins() == ("slack:T012AB:U0ANA",)


async def test_what_one_process_changed_another_knows_at_its_next_request(team: World) -> None:
    other = Claims(team.app.store, team.clock, Access)
    code = await other.offer()
    await says(team, f"claim {code}", by=ANA)
    await other.refresh()
    assert other.admins() == ("slack:T012AB:U0ANA",)
    assert await other.unclaim("slack:T012AB:U0ANA", BOSS)
    assert text_of(await says(team, "list", by=ANA)).startswith("You may not use this Driftpin yet")
