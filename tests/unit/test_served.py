"""What an answer says of itself, against the terms of its call."""

from dataclasses import replace
from decimal import Decimal

import pytest

from scheduler.consented import consented
from scheduler.dollars import dollars
from scheduler.price import LongPrice, PriceCard, PriceSource
from scheduler.providers.openrouter import provider_limits
from scheduler.providers.replies import Reply
from scheduler.providers.spending import spent
from scheduler.route import Pins, PriceClass, Resolution, Snapshot, snapshot_of
from scheduler.run import CostSource, Usage
from scheduler.served import Fact, Mismatch, contradictions, same_model
from scheduler.terms import NOTHING, PerMillion, Terms
from tests.unit.jobs import FREE, NOON, PAID, a_job

SAME = [
    ("gpt-4o", "gpt-4o"),
    ("gpt-4o", "gpt-4o-2024-08-06"),
    ("gpt-4o-2024-08-06", "gpt-4o"),
    ("GPT-4o", "gpt-4o"),
    ("gpt-4", "gpt-4-0613"),
    ("gpt-3.5-turbo", "gpt-3.5-turbo-0125"),
    ("claude-sonnet-4-5", "claude-sonnet-4-5-20250929"),
    ("claude-sonnet-4-5", "claude-sonnet-4-5@20250929"),
    ("claude-3-5-haiku-latest", "claude-3-5-haiku-20241022"),
    ("~anthropic/claude-sonnet-latest", "anthropic/claude-sonnet-4.6"),
    ("mistral-large-latest", "mistral-large-2411"),
    ("mistral-small", "mistral-small-2506"),
    ("gemini-2.0-flash", "models/gemini-2.0-flash-001"),
    ("gemini-2.5-flash-preview", "gemini-2.5-flash-preview-05-20"),
    ("meta-llama/llama-3.3-70b-instruct:free", "meta-llama/llama-3.3-70b-instruct"),
    ("meta-llama/llama-3.3-70b-instruct", "meta-llama/llama-3.3-70b-instruct:free"),
    ("deepseek/deepseek-chat-v3:free", "deepseek/deepseek-chat-v3-0324:free"),
    ("openai/gpt-4o:nitro", "openai/gpt-4o-2024-11-20"),
    ("openai/gpt-4o", "gpt-4o-2024-11-20"),
    ("gpt-4o", "openai/gpt-4o"),
    ("llama3.1", "llama3.1:latest"),
    ("openrouter/auto", "anthropic/claude-opus-4.5"),
]
OTHER = [
    ("gpt-4o", "gpt-4o-mini"),
    ("gpt-4o-mini", "gpt-4o"),
    ("gpt-4o-2024-08-06", "gpt-4o-2024-05-13"),
    ("gpt-4", "gpt-4o"),
    ("gpt-4", "gpt-4-32k"),
    ("gpt-4", "gpt-4-turbo-2024-04-09"),
    ("claude-sonnet-4-5", "claude-opus-4-5-20251101"),
    ("claude-3-5-haiku-latest", "claude-3-opus-20240229"),
    ("meta-llama/llama-3.3-70b-instruct:free", "openai/gpt-4o"),
    ("meta/llama-3:free", "evil/llama-3:free"),
    ("openai/gpt-4o:free", "openai/gpt-4o:thinking"),
    ("llama3:8b", "llama3:70b"),
    ("small", "large"),
]


@pytest.mark.parametrize(("asked", "served"), SAME)
def test_a_date_a_variant_or_a_vendor_makes_no_other_model(asked: str, served: str) -> None:
    assert same_model(asked, served)


@pytest.mark.parametrize(("asked", "served"), OTHER)
def test_another_model_is_another_model(asked: str, served: str) -> None:
    assert not same_model(asked, served)


@pytest.mark.parametrize(
    ("aliases", "same"),
    [((), False), (("chatgpt",), True), (("else", "ChatGPT"), True), (("*",), True)],
)
def test_an_alias_of_the_operator_counts_as_the_model(aliases: tuple[str, ...], same: bool) -> None:
    assert same_model("gpt-4o", "chatgpt-2025-01-29", aliases) is same


@pytest.mark.parametrize(
    ("only", "downstream", "contradicts"),
    [
        ((), "Together", False),
        (("DeepInfra",), None, False),
        (("deepinfra",), "DeepInfra", False),
        (("deepinfra/fp8",), "DeepInfra", False),
        (("amazon-bedrock",), "Amazon Bedrock", False),
        (("google-vertex",), "Google", False),
        (("google-vertex",), "Google AI Studio", True),
        (("DeepInfra", "together"), "Together", False),
        (("DeepInfra",), "Together", True),
    ],
)
def test_a_downstream_provider_is_compared_by_its_letters(
    only: tuple[str, ...], downstream: str | None, contradicts: bool
) -> None:
    found = contradictions("m", Terms(only=only), model="m", downstream=downstream, cost=None)
    assert [each.fact for each in found] == [Fact.DOWNSTREAM] * contradicts


@pytest.mark.parametrize(
    ("free", "cost", "contradicts"),
    [
        (True, None, False),
        (True, "0", False),
        (True, "0.0000001", True),
        (False, "3", False),
    ],
)
def test_a_cost_contradicts_a_consent_that_was_free(
    free: bool, cost: str | None, contradicts: bool
) -> None:
    amount = None if cost is None else Decimal(cost)
    found = contradictions("m", Terms(free=free), model=None, downstream=None, cost=amount)
    assert [each.fact for each in found] == [Fact.COST] * contradicts


def test_every_contradiction_is_told_with_both_its_sides() -> None:
    terms = Terms(only=("DeepInfra",), free=True)
    found = contradictions(
        "llama:free", terms, model="gpt-4o", downstream="Together", cost=Decimal("0.0004")
    )
    assert [str(each) for each in found] == [
        "model 'llama:free' -> 'gpt-4o'",
        "downstream provider 'DeepInfra' -> 'Together'",
        "cost 'free' -> '$0.0004'",
    ]


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "$0.00"),
        ("0.0004", "$0.0004"),
        ("0.00042", "$0.00042"),
        ("0.000000123", "$0.00000012"),
        ("0.0123", "$0.012"),
        ("0.1", "$0.10"),
        ("0.5", "$0.50"),
        ("0.999", "$1.00"),
        ("1.239", "$1.24"),
        ("1234.5", "$1234.50"),
    ],
)
def test_dollars_read_as_a_person_writes_them(amount: str, words: str) -> None:
    assert dollars(Decimal(amount)) == words


# --- the terms of a consent -----------------------------------------------------------------------

CARD = PriceCard(PriceSource.LIST, Decimal("0.50"), Decimal(2))
PRICED = replace(PAID, price=CARD)


OF_THE_ENTRY = Terms()


def resolution(route: object = FREE, terms: Terms = OF_THE_ENTRY) -> Resolution:
    return Resolution(route, None, "a test", terms=terms)  # type: ignore[arg-type]


def test_a_consent_to_what_is_free_may_cost_nothing() -> None:
    terms = consented(a_job(), resolution())
    assert (terms.free, terms.max_price, terms.binding) == (True, NOTHING, True)


def test_a_consent_to_a_price_may_cost_that_and_the_tolerance() -> None:
    job = a_job(snapshot=snapshot_of(PRICED, Pins(), NOON))
    terms = consented(job, resolution(PRICED), Decimal("0.10"))
    assert not terms.free
    assert terms.max_price == PerMillion(Decimal("0.550"), Decimal("2.20"))
    assert terms.list_price == PerMillion(Decimal("0.50"), Decimal(2))


def test_a_consent_to_what_is_paid_without_a_price_has_no_bound() -> None:
    terms = consented(a_job(snapshot=snapshot_of(PAID, Pins(), NOON)), resolution(PAID))
    assert (terms.free, terms.max_price, terms.list_price) == (False, None, None)


def test_nobody_consented_to_an_unguarded_job() -> None:
    assert not consented(a_job(snapshot=Snapshot()), resolution()).binding


def test_what_a_person_accepted_is_part_of_the_consent() -> None:
    accepted = (
        Mismatch(Fact.MODEL, "small", "gpt-4o"),
        Mismatch(Fact.DOWNSTREAM, "DeepInfra", "Together"),
        Mismatch(Fact.COST, "free", "$0.01"),
    )
    entry = Terms(aliases=("tiny",), only=("DeepInfra",))
    terms = consented(a_job(accepted_as=accepted), resolution(FREE, entry))
    assert terms.aliases == ("tiny", "gpt-4o")
    assert terms.only == ("DeepInfra", "Together")
    assert (terms.free, terms.max_price) == (False, None)


@pytest.mark.parametrize(
    ("terms", "limits"),
    [
        (Terms(), None),
        (Terms(dialect="openai", free=True, max_price=NOTHING), None),
        (Terms(dialect="openrouter"), {"allow_fallbacks": False}),
        (
            Terms(dialect="openrouter", max_price=NOTHING, only=("Amazon Bedrock",)),
            {
                "allow_fallbacks": False,
                "only": ["amazon-bedrock"],
                "max_price": {"prompt": 0, "completion": 0},
            },
        ),
        (
            Terms(dialect="openrouter", max_price=PerMillion(Decimal("0.55"), Decimal(2))),
            {"allow_fallbacks": False, "max_price": {"prompt": 0.55, "completion": 2}},
        ),
    ],
)
def test_the_limits_of_a_call_are_those_of_its_terms(terms: Terms, limits: object) -> None:
    assert provider_limits(terms) == limits


# --- what was spent -------------------------------------------------------------------------------

LISTED = Terms(list_price=PerMillion(Decimal(1), Decimal(2)))
DEAR = Terms(
    list_price=PerMillion(
        Decimal(1), Decimal(2), Decimal("0.01"), LongPrice(1000, Decimal(3), Decimal(4))
    )
)
BILLED = Reply("m", 10, 20, "Lab", Decimal("0.5"))
SILENT = Reply("m", 10, 20)
EMPTY = Reply("m", None, None)


@pytest.mark.parametrize(
    ("asked", "replies", "terms", "cost", "source"),
    [
        (1, [BILLED], LISTED, "0.5", CostSource.BILLED),
        (2, [BILLED, BILLED], Terms(), "1.0", CostSource.BILLED),
        (1, [SILENT], LISTED, "0.00005", CostSource.ESTIMATED),
        (2, [BILLED, SILENT], LISTED, "0.50005", CostSource.ESTIMATED),
        (1, [SILENT], Terms(), None, CostSource.UNKNOWN),
        (1, [EMPTY], LISTED, None, CostSource.UNKNOWN),
        (1, [EMPTY], replace(LISTED, list_price=NOTHING), None, CostSource.UNKNOWN),
        # The fee of each request, and the figures of a long one for all its tokens.
        (2, [SILENT, SILENT], DEAR, "0.0201", CostSource.ESTIMATED),
        (1, [Reply("m", 1000, 20)], DEAR, "0.01308", CostSource.ESTIMATED),
        (2, [BILLED], LISTED, None, CostSource.UNKNOWN),
        (1, [], LISTED, None, CostSource.UNKNOWN),
    ],
)
def test_a_cost_is_billed_or_estimated_or_unknown_and_never_made_up(
    asked: int, replies: list[Reply], terms: Terms, cost: str | None, source: CostSource
) -> None:
    found = spent(asked, replies, terms)
    assert found.cost == (None if cost is None else Decimal(cost))
    assert (found.requests, found.cost_source) == (asked, source)


def test_two_attempts_are_added_up() -> None:
    first = Usage(1, 10, 5, "a", "Lab", Decimal("0.5"), CostSource.BILLED)
    then = Usage(1, 20, 5, "b", None, Decimal("0.1"), CostSource.ESTIMATED)
    assert then.after(first) == Usage(2, 30, 10, "b", None, Decimal("0.6"), CostSource.ESTIMATED)
    assert then.after(Usage()) == then
    assert Usage().after(first) == first
    assert Usage(1).after(first) == Usage(2)


def test_an_unknown_class_of_route_is_estimated_by_nothing() -> None:
    unknown = replace(PAID, price_class=PriceClass.UNKNOWN)
    job = a_job(snapshot=snapshot_of(unknown, Pins(), NOON))
    assert consented(job, resolution(unknown)).list_price is None
