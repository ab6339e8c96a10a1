"""How a route is charged; what nobody knows is never free."""

import dataclasses
import subprocess
import sys
from datetime import date
from decimal import Decimal

import pytest
from pydantic import TypeAdapter

from scheduler.config import Provider
from scheduler.price import (
    LongPrice,
    Price,
    PriceCard,
    PriceSource,
    dearer,
    not_dearer,
    per_million,
)
from scheduler.providers.catalogue import BUILT_IN
from scheduler.providers.pricing import price, price_class
from scheduler.route import ApiMode, PriceClass, Route

TODAY = date(2026, 11, 23)
PROXY = Provider("proxy", "https://proxy.example.com/v1", ApiMode.CHAT_COMPLETIONS, None, own=True)


def of(name: str, model: str) -> PriceClass:
    provider = BUILT_IN[name]
    return price_class(provider, provider.base_url, model, TODAY)


@pytest.mark.parametrize(
    ("provider", "model", "expected"),
    [
        ("demo", "echo", PriceClass.LOCAL),
        ("ollama", "qwen3:8b", PriceClass.LOCAL),
        ("lmstudio", "gpt-4o", PriceClass.LOCAL),
        ("ollama", "gpt-oss:120b-cloud", PriceClass.UNKNOWN),
        ("ollama", "glm-4.6:cloud", PriceClass.UNKNOWN),
        ("openrouter", "meta-llama/llama-3.3-70b-instruct:free", PriceClass.FREE),
        ("openrouter", "nobody/knows:free", PriceClass.FREE),
        ("openrouter", "openai/gpt-4o", PriceClass.PAID),
        ("openrouter", "nobody/knows", PriceClass.UNKNOWN),
        ("openrouter", "openrouter/auto", PriceClass.UNKNOWN),
        ("openai", "gpt-4o", PriceClass.PAID),
        ("openai", "gpt-4o:free", PriceClass.UNKNOWN),
        ("openai", "nobody-knows", PriceClass.UNKNOWN),
        ("anthropic", "claude-sonnet-4-5", PriceClass.PAID),
        ("gemini", "gemini-2.5-flash", PriceClass.PAID),
        ("groq", "llama-3.3-70b-versatile", PriceClass.PAID),
        ("deepseek", "deepseek-chat", PriceClass.PAID),
        ("xai", "grok-4", PriceClass.PAID),
    ],
)
def test_the_price_class_of_a_built_in_provider(
    provider: str, model: str, expected: PriceClass
) -> None:
    assert of(provider, model) is expected


@pytest.mark.parametrize("billing", [PriceClass.LOCAL, PriceClass.FREE, PriceClass.PAID])
def test_billing_beats_every_other_rule(billing: PriceClass) -> None:
    entry = dataclasses.replace(BUILT_IN["openrouter"], billing=billing)
    assert price_class(entry, entry.base_url, "a/b:free", TODAY) is billing
    entry = dataclasses.replace(BUILT_IN["ollama"], billing=billing)
    assert price_class(entry, entry.base_url, "qwen3", TODAY) is billing


def test_an_entry_like_openrouter_shares_its_free_models() -> None:
    entry = dataclasses.replace(PROXY, like="openrouter")
    assert price_class(entry, entry.base_url, "a/b:free", TODAY) is PriceClass.FREE
    assert price_class(entry, entry.base_url, "openai/gpt-4o", TODAY) is PriceClass.PAID


def test_free_in_a_name_means_nothing_at_another_address() -> None:
    assert price_class(PROXY, PROXY.base_url, "a/b:free", TODAY) is PriceClass.UNKNOWN
    moved = "https://proxy.example.com/v1"
    assert price_class(BUILT_IN["openrouter"], moved, "a/b:free", TODAY) is PriceClass.UNKNOWN


def test_an_entry_at_a_known_address_has_that_address_prices() -> None:
    entry = dataclasses.replace(PROXY, base_url="https://api.openai.com/v1")
    assert price_class(entry, entry.base_url, "gpt-4o", TODAY) is PriceClass.PAID


def test_what_is_unknown_counts_as_spending() -> None:
    assert PriceClass.UNKNOWN.spends
    assert PriceClass.PAID.spends
    assert not PriceClass.FREE.spends


def test_a_free_route_is_told_without_loading_the_price_list() -> None:
    code = (
        "import sys; from tests.unit.test_pricing import of;"
        "of('openrouter', 'a/b:free'), of('demo', 'echo');"
        "sys.exit('genai_prices' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# --- price cards ----------------------------------------------------------------------------------


def card(name: str, model: str, **prices: Price) -> tuple[PriceClass, PriceCard]:
    provider = BUILT_IN[name]
    own = {k.replace("_", ":"): v for k, v in prices.items()}
    return price(provider, provider.base_url, model, TODAY, own)


def test_a_listed_price_says_what_it_matched_and_where_it_stands() -> None:
    billed, found = card("anthropic", "claude-sonnet-4-5-typo")
    assert billed is PriceClass.PAID
    assert (found.source, found.matched) == (PriceSource.LIST, "claude-sonnet-4-5")
    assert (found.input, found.output, found.cached) == (Decimal(3), Decimal(15), Decimal("0.3"))
    assert found.tiered
    assert (found.edition or "").startswith("genai-prices ")


@pytest.mark.parametrize(
    ("provider", "model", "source"),
    [
        ("demo", "echo", PriceSource.DEMO),
        ("ollama", "qwen3:8b", PriceSource.LOOPBACK),
        ("openrouter", "a/b:free", PriceSource.FREE_NAME),
        ("openrouter", "nobody/knows", PriceSource.UNKNOWN),
    ],
)
def test_a_card_without_figures_says_who_says_so(
    provider: str, model: str, source: PriceSource
) -> None:
    assert card(provider, model)[1] == PriceCard(source)


OWN = Price(Decimal("0.5"), Decimal(2))


def test_an_operators_figures_beat_the_list_and_the_loopback() -> None:
    billed, found = card("openai", "gpt-4o", **{"gpt-4o": OWN})
    assert (billed, found.input, found.matched) == (PriceClass.PAID, Decimal("0.5"), "gpt-4o")
    assert found.source is PriceSource.OVERRIDE
    assert card("ollama", "qwen3", qwen3=OWN)[0] is PriceClass.PAID


def test_figures_for_one_provider_beat_those_for_a_model_anywhere() -> None:
    elsewhere = Price(Decimal(9), Decimal(9))
    found = card("openai", "gpt", gpt=elsewhere, openai_gpt=OWN)[1]
    assert (found.input, found.matched) == (Decimal("0.5"), "openai:gpt")


def test_figures_of_nothing_at_all_are_free_by_the_operators_word() -> None:
    assert card("openai", "gpt", gpt=Price(Decimal(0), Decimal(0)))[0] is PriceClass.FREE


def test_billing_decides_the_class_and_what_is_paid_keeps_its_figures() -> None:
    entry = dataclasses.replace(PROXY, billing=PriceClass.PAID, like="openai")
    assert price(entry, entry.base_url, "gpt-4o", TODAY)[1].source is PriceSource.LIST
    free = dataclasses.replace(entry, billing=PriceClass.FREE)
    assert price(free, free.base_url, "gpt-4o", TODAY, {"gpt-4o": OWN}) == (
        PriceClass.FREE,
        PriceCard(PriceSource.BILLING),
    )


CHEAP = PriceCard(PriceSource.LIST, Decimal(1), Decimal(4))


@pytest.mark.parametrize(
    ("paid", "answered", "is_dearer", "certainly_not"),
    [
        ("1", "4", False, True),
        ("1.1", "4.4", False, False),
        ("1.11", "4", True, False),
        ("0.5", "4.41", True, False),
        ("0.5", "3", False, True),
        (None, "4", False, False),
    ],
)
def test_a_price_is_dearer_when_one_figure_rose_by_more_than_the_tolerance(
    paid: str | None, answered: str, is_dearer: bool, certainly_not: bool
) -> None:
    new = PriceCard(PriceSource.LIST, Decimal(paid) if paid else None, Decimal(answered))
    assert dearer(CHEAP, new, Decimal("0.10")) is is_dearer
    assert not_dearer(CHEAP, new) is certainly_not


FEE = dataclasses.replace(CHEAP, request=Decimal("0.012"))
LONG = dataclasses.replace(CHEAP, tiered=True, long=LongPrice(1000, Decimal(2), Decimal(6)))
OLDER = dataclasses.replace(CHEAP, tiered=True)


@pytest.mark.parametrize(
    ("old", "new", "is_dearer", "certainly_not"),
    [
        (FEE, FEE, False, True),
        (CHEAP, FEE, True, False),
        (FEE, CHEAP, False, True),
        (FEE, dataclasses.replace(FEE, request=Decimal("0.013")), False, False),
        (FEE, dataclasses.replace(FEE, request=Decimal("0.014")), True, False),
        (PriceCard(PriceSource.BILLING), FEE, False, False),
        # What a long request costs nobody was told: it moves no consent, and makes nothing certain.
        (CHEAP, LONG, False, False),
        (OLDER, LONG, False, False),
        (LONG, LONG, False, True),
        (LONG, CHEAP, False, True),
    ],
)
def test_a_fee_for_each_request_rises_like_a_figure_and_a_long_request_is_never_certain(
    old: PriceCard, new: PriceCard, is_dearer: bool, certainly_not: bool
) -> None:
    assert dearer(old, new, Decimal("0.10")) is is_dearer
    assert not_dearer(old, new) is certainly_not


def test_a_card_stored_by_an_older_version_is_read_and_bills_as_it_did() -> None:
    stored = {
        "source": "list",
        "input": "3",
        "output": "15",
        "cached": "0.3",
        "matched": "claude",
        "edition": "list 1",
        "tiered": True,
    }
    read = TypeAdapter(PriceCard).validate_python(stored)
    chat, url = ApiMode.CHAT_COMPLETIONS, "https://lab.test/v1"
    older = Route("lab", "large", url, chat, "KEY", PriceClass.PAID, price=read)
    # The digest that buttons sent before these fields carry.
    assert older.billing == "b8fe458c3683eb41ce37ff57ffeb6b3e"
    for later in ({"request": Decimal(1)}, {"long": LONG.long}):
        card = dataclasses.replace(read, **later)
        assert dataclasses.replace(older, price=card).billing != older.billing
        assert TypeAdapter(PriceCard).validate_json(TypeAdapter(PriceCard).dump_json(card)) == card


def test_figures_are_told_as_a_person_writes_them() -> None:
    listed = PriceCard(PriceSource.LIST, Decimal("3.00"), Decimal("0.075"))
    assert per_million(listed) == "$3 in / $0.075 out"
    assert per_million(PriceCard(PriceSource.LIST, Decimal("2.5"))) == "$2.50 in / $? out"
    assert per_million(FEE) == "$1 in / $4 out and $0.012 a request"
