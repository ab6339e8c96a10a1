"""The sections of config.yaml that decide a route: model, providers, jobs, cron."""

import re
from collections.abc import Collection
from urllib.parse import urlsplit

from bot.settings.aliases import read_aliases
from bot.settings.keys import CRON, HERMES_ENTRY, HERMES_MARK, JOBS, MODEL, PROVIDER_ENTRY
from bot.settings.prices import read_prices
from bot.settings.quoting import is_a_key, quoted
from bot.settings.section import Section
from scheduler.config import Provider, RouteConfig
from scheduler.providers.catalogue import AUTO, BUILT_IN, DEMO
from scheduler.providers.endpoint import origin
from scheduler.providers.resolve import unknown_provider
from scheduler.route import MODEL_NAME, PROVIDER_NAME, ApiMode, PriceClass

_DOWNSTREAM = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ./_-]{0,63}")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{0,127}")
_OURS = ("SLACK_", "TELEGRAM_", "DRIFTPIN_", "DATABASE_URL")
_API_MODES = (ApiMode.CHAT_COMPLETIONS, ApiMode.RESPONSES, ApiMode.ANTHROPIC_MESSAGES)
_BILLING = (PriceClass.LOCAL, PriceClass.FREE, PriceClass.PAID)
_HERMES_API_MODE = "codex_responses"
_ADDRESS = "write for example https://host/v1, without user, query or #"
_IN_ENV = "put the key into .env and name the variable with key_env"


def read_routes(root: Section, ignored: list[str], notices: list[str]) -> RouteConfig:
    """The route settings; foreign keys and lines for the operator are added to the two lists."""
    hermes = HERMES_MARK in root
    providers = _read_providers(root.section("providers"), hermes, ignored, notices)
    known = {**BUILT_IN, **providers}
    model = _model_section(root)
    ignored += model.foreign(MODEL)
    _refuse_literal_key(model, hermes, notices)
    jobs = root.section("jobs")
    jobs.only(JOBS)
    cron = root.section("cron")
    return RouteConfig(
        provider=_provider(model, "provider", known),
        model=_model(model, "default"),
        base_url=_address(model, "base_url"),
        jobs_provider=_provider(jobs, "provider", known) or _provider(cron, CRON[1], known),
        jobs_model=_model(jobs, "model") or _model(cron, CRON[0]),
        providers=providers,
        prices=read_prices(root.section("prices")),
    )


def _model_section(root: Section) -> Section:
    """`model:` as a section; hermes-agent also allows the bare name of a model."""
    value = root.raw("model")
    if isinstance(value, str):
        return Section({"default": value}, "model", root.problems)
    return root.section("model")


def _read_providers(
    section: Section, hermes: bool, ignored: list[str], notices: list[str]
) -> dict[str, Provider]:
    found: dict[str, Provider] = {}
    for name in section.names():
        if not PROVIDER_NAME.fullmatch(name) or name == AUTO or name not in section:
            section.wrong(name, "is no name for a provider", "use a-z, 0-9, - and _, but not auto")
            continue
        entry = section.section(name)
        ignored += entry.only(PROVIDER_ENTRY, HERMES_ENTRY)
        _refuse_literal_key(entry, hermes, notices)
        if not any(key in entry for key in PROVIDER_ENTRY):
            continue
        if name == DEMO:
            section.wrong(name, "is built in and cannot be changed", "choose another name")
        elif provider := _read_provider(name, entry):
            found[name] = provider
    return found


def _read_provider(name: str, entry: Section) -> Provider | None:
    built_in = BUILT_IN.get(name)
    like = _like(entry)
    dialect = built_in or (BUILT_IN[like] if like else None)
    base_url = _address(entry, "base_url")
    if base_url is None and built_in is not None and not entry.raw("base_url"):
        base_url = built_in.base_url
    if base_url is None:
        if not entry.raw("base_url"):
            entry.wrong("base_url", "is missing", _ADDRESS)
        return None
    return Provider(
        name=name,
        base_url=base_url,
        api_mode=_api_mode(entry, dialect.api_mode if dialect else ApiMode.CHAT_COMPLETIONS),
        key_env=_key_env(entry, built_in, base_url),
        billing=entry.word("billing", _BILLING, None),
        like=like,
        own=True,
        served_aliases=read_aliases(entry.section("served_aliases")),
        only=entry.texts(
            "only",
            lambda text: _DOWNSTREAM.fullmatch(text) is not None,
            "write the providers behind it as it calls them: [deepinfra, together]",
            what="is no name of a provider",
        ),
    )


def _like(entry: Section) -> str | None:
    names = [name for name in BUILT_IN if name != DEMO]
    return entry.text(
        "like",
        lambda text: None if text in names else f"{quoted(text)} is not known",
        f"use {', '.join(names)}",
    )


def _api_mode(entry: Section, default: ApiMode) -> ApiMode:
    if entry.raw("api_mode") == _HERMES_API_MODE:
        return ApiMode.RESPONSES
    return entry.word("api_mode", _API_MODES, default) or default


def _key_env(entry: Section, built_in: Provider | None, base_url: str) -> str | None:
    """The variable with the key; a built-in's own key never follows its name to another host."""
    if "key_env" in entry:
        return entry.text("key_env", _wrong_variable, "write the NAME of a variable in .env")
    if built_in is None or built_in.key_env is None:
        return None
    if origin(base_url) == origin(built_in.base_url):
        return built_in.key_env
    entry.wrong(
        "key_env",
        f"is missing, and {built_in.key_env} must not go to another host",
        "write key_env: NAME, or key_env: null for an address without key",
    )
    return None


def _wrong_variable(text: str) -> str | None:
    if not _VARIABLE.fullmatch(text):
        return "this is not the name of a variable (A-Z, 0-9, _)"
    if text.startswith(_OURS):
        return f"{text} belongs to Driftpin and is no key of a provider"
    return None


def _refuse_literal_key(section: Section, hermes: bool, notices: list[str]) -> None:
    """A key in the file is never used: an error, or a notice where hermes-agent lives on it."""
    if not section.raw("api_key"):
        return
    if hermes:
        notices.append(
            f"{section.problems.file}: {section.path('api_key')}: is not used; {_IN_ENV}"
        )
        return
    section.wrong("api_key", "a key does not belong here", _IN_ENV)


def _provider(section: Section, key: str, known: Collection[str]) -> str | None:
    def wrong(name: str) -> str | None:
        if name == AUTO or name in known:
            return None
        if quoted(name) != f"'{name}'":
            return "this is not a known provider"
        return unknown_provider(name, known)

    return section.text(key, wrong, "or describe it under providers")


def _model(section: Section, key: str) -> str | None:
    def wrong(name: str) -> str | None:
        if is_a_key(name):
            return f"this looks like a key; {_IN_ENV}"
        return None if MODEL_NAME.fullmatch(name) else f"{quoted(name)} is no name of a model"

    return section.text(
        key,
        wrong,
        "write it as the provider does, without spaces and quotes, so that a chat can type it",
    )


def _address(section: Section, key: str) -> str | None:
    text = section.text(key, _wrong_address, _ADDRESS)
    return text.rstrip("/") if text else None


def _wrong_address(text: str) -> str | None:
    """What is wrong with a base_url; the address is never repeated, it may hold a password."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return "this is not an address"
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        return "this is not an http or https address with a host"
    if "@" in parts.netloc:
        return "an address holds no user and no password"
    if "?" in text or "#" in text or not text.isprintable() or re.search(r"[\s\\]", text):
        return "an address holds no query, no # and no spaces"
    return None
