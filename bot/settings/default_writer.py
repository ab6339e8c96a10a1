"""A new default goes into config.yaml, or a person is told which lines to deploy."""

from dataclasses import replace
from pathlib import Path

from bot.settings.default_edit import lines_to_deploy, with_default
from bot.settings.replace_file import replace_file
from bot.settings.schema import read_settings
from bot.settings.values import Settings
from scheduler.errors import ConfigError, UserError
from scheduler.press import RouteNames
from scheduler.providers.catalogue import AUTO, known_providers
from scheduler.providers.endpoint import origin
from scheduler.providers.resolve import unknown_provider

_USUAL_MODE = 0o640


def write_default(path: Path, before: bytes | None, settings: Settings, route: RouteNames) -> bytes:
    """Change `model.provider` and `model.default` in the file that held `before`; returns the new.

    Raises UserError, having changed nothing.
    """
    _refuse_without_effect(path.name, settings, route)
    after = _edited(before, settings, route)
    if after is None:
        raise _by_hand(f"{path.name} is written in a way that cannot be edited safely", route)
    target = path.resolve()
    try:
        now = target.read_bytes() if target.exists() else None
        if now != before:
            raise UserError(f"{path.name} was changed at this very moment", "try again")
        mode = target.stat().st_mode & 0o777 if target.exists() else _USUAL_MODE
        replace_file(target, after, mode)
    except OSError as error:
        why = f"{path.name} cannot be written here ({error.strerror})"
        raise _by_hand(why, route) from None
    return after


def _refuse_without_effect(file: str, settings: Settings, route: RouteNames) -> None:
    config = settings.core.routes
    known = known_providers(config.providers)
    auto = route.provider == AUTO
    if not auto and route.provider not in known:
        raise UserError(unknown_provider(route.provider, known), "name one of them")
    if config.jobs_provider is not None or config.jobs_model is not None:
        raise UserError(
            f"jobs follow jobs.provider and jobs.model in {file}, not the default under model",
            "change them there",
        )
    moved = not auto and config.provider != route.provider and config.base_url is not None
    if moved and origin(config.base_url or "") != origin(known[route.provider].base_url):
        raise UserError(
            f"model.base_url in {file} belongs to the old provider and would catch the new one",
            f"remove it and deploy these lines:\n{lines_to_deploy(route)}",
        )


def _edited(before: bytes | None, settings: Settings, route: RouteNames) -> bytes | None:
    """The new content, proved to say nothing else than the old one but for the default."""
    text = with_default((before or b"").decode(), route)
    if text is None:
        return None
    routes = replace(settings.core.routes, provider=route.provider, model=route.model)
    wanted = replace(settings, core=replace(settings.core, routes=routes))
    try:
        found = read_settings(text.encode(), "config.yaml")
    except ConfigError:
        return None
    return text.encode() if replace(found, notices=wanted.notices) == wanted else None


def _by_hand(why: str, route: RouteNames) -> UserError:
    return UserError(why, f"deploy these lines of it by hand:\n{lines_to_deploy(route)}")
