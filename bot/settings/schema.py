"""config.yaml checked whole: either settings, or every problem at once."""

import re
from datetime import timedelta
from decimal import Decimal

from bot.settings.keys import ACCESS, ALERTS, GUARD, HERMES_MARK, LIMITS, SPEND, TOP
from bot.settings.places import place_named
from bot.settings.quoting import quoted
from bot.settings.routes import read_routes
from bot.settings.scripts import read_scripts
from bot.settings.section import Problems, Section
from bot.settings.values import Access, Settings
from bot.settings.yaml_text import YamlProblem, load_mapping
from scheduler.caps import Caps
from scheduler.config import CoreConfig, GuardConfig, Identity, Limits, MissingSnapshot
from scheduler.errors import ConfigError, ScheduleError
from scheduler.job import OnDrift
from scheduler.schedule.zones import zone_named

_SLACK_TEAM = r"slack:[TE][A-Z0-9]{2,20}"
_PERSON = re.compile(rf"{_SLACK_TEAM}:[UW][A-Z0-9]{{2,20}}|telegram:[1-9][0-9]{{0,15}}")
_PRINCIPAL = re.compile(
    rf"{_SLACK_TEAM}:(?:\*|[UW][A-Z0-9]{{2,20}}|#[CG][A-Z0-9]{{2,20}})"
    r"|telegram:[1-9][0-9]{0,15}|telegram:-?[1-9][0-9]{0,15}:\*"
)
_CHAT = re.compile(
    rf"{_SLACK_TEAM}:(?:[UW][A-Z0-9]{{2,20}}|#[CGD][A-Z0-9]{{2,20}})"
    r"|telegram:-?[1-9][0-9]{0,15}"
)
_PRINCIPALS = (
    "write slack:TEAM:USER, slack:TEAM:*, slack:TEAM:#CHANNEL, telegram:USER or telegram:CHAT:*"
)
_SECOND, _DAY = timedelta(seconds=1), timedelta(days=1)


def read_settings(content: bytes, file: str) -> Settings:
    """The settings in a file. Raises ConfigError with one line for each problem."""
    problems = Problems(file)
    try:
        root = Section(load_mapping(content), "", problems)
    except YamlProblem as problem:
        raise ConfigError([f"{file}: {problem}"]) from None
    ignored = root.foreign((*TOP, HERMES_MARK))
    notices: list[str] = []
    admin_chat = _admin_chat(root.section("alerts"))
    settings = Settings(
        core=CoreConfig(
            routes=read_routes(root, ignored, notices),
            guard=_guard(root.section("guard")),
            limits=_limits(root.section("limits")),
            timezone=_timezone(root),
            caps=_caps(root.section("spend")),
            scripts=read_scripts(root.section("scripts")),
            admin_chat=place_named(admin_chat or ""),
        ),
        access=_access(root.section("access")),
        admin_chat=admin_chat,
        ignored_keys=tuple(ignored),
        notices=tuple(notices),
    )
    if problems.lines:
        raise ConfigError(problems.lines)
    return settings


def _guard(section: Section) -> GuardConfig:
    section.only(GUARD)
    usual = GuardConfig()
    return GuardConfig(
        on_drift=section.word("on_drift", tuple(OnDrift), usual.on_drift) or usual.on_drift,
        missing_snapshot=section.word(
            "missing_snapshot", tuple(MissingSnapshot), usual.missing_snapshot
        )
        or usual.missing_snapshot,
        identity=section.word("identity", tuple(Identity), usual.identity) or usual.identity,
        price_tolerance=_tolerance(section, usual.price_tolerance),
    )


def _tolerance(section: Section, usual: Decimal) -> Decimal:
    found = section.decimal("price_tolerance", usual, 10, "for example 0.10, which is a tenth")
    return usual if found is None else found


def _limits(section: Section) -> Limits:
    section.only(LIMITS)
    usual = Limits()
    return Limits(
        jobs_per_chat=section.number("jobs_per_chat", usual.jobs_per_chat, 1, 100_000),
        min_interval=section.duration("min_interval", usual.min_interval, _SECOND, 365 * _DAY),
        prompt_bytes=section.number("prompt_bytes", usual.prompt_bytes, 1, 1_000_000),
        commands_per_minute=section.number(
            "commands_per_minute", usual.commands_per_minute, 1, 10_000
        ),
        run_timeout=section.duration("run_timeout", usual.run_timeout, _SECOND, _DAY),
        max_tokens=section.number("max_tokens", usual.max_tokens, 1, 1_000_000),
        output_bytes=section.number("output_bytes", usual.output_bytes, 1_000, 10_000_000),
        concurrent_runs=section.number("concurrent_runs", usual.concurrent_runs, 1, 1_000),
    )


def _caps(section: Section) -> Caps:
    section.only(SPEND)
    usual = Caps()
    return Caps(**{key: _cap(section, key, getattr(usual, key)) for key in SPEND})


def _cap(section: Section, key: str, usual: Decimal | None) -> Decimal | None:
    """Only the literal word turns a cap off."""
    if section.raw(key) == "off":
        return None
    return section.decimal(key, usual, 1_000_000, "for example 5, in US dollars, or the word off")


def _access(section: Section) -> Access:
    section.only(ACCESS)
    return Access(
        admins=section.texts(
            "admins",
            lambda text: bool(_PERSON.fullmatch(text)),
            "name persons, each as slack:TEAM:USER or telegram:USER",
            what="is not a person",
        ),
        operators=section.texts("operators", _is_principal, _PRINCIPALS),
        viewers=section.texts("viewers", _is_principal, _PRINCIPALS),
    )


def _is_principal(text: str) -> bool:
    return _PRINCIPAL.fullmatch(text) is not None


def _admin_chat(section: Section) -> str | None:
    section.only(ALERTS)
    return section.text(
        "admin_chat",
        lambda text: None if _CHAT.fullmatch(text) else f"{quoted(text)} is not known",
        "write slack:TEAM:#CHANNEL, slack:TEAM:USER or telegram:CHAT",
    )


def _timezone(root: Section) -> str:
    def wrong(name: str) -> str | None:
        try:
            zone_named(name)
        except ScheduleError:
            return f"{quoted(name)} is not the name of a time zone"
        return None

    name = root.text("timezone", wrong, "write a name such as Europe/Oslo or UTC")
    return zone_named(name).key if name else "UTC"
