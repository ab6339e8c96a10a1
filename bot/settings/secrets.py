"""Which values must never be shown: the keys in force and everything named like a secret."""

from urllib.parse import urlsplit

from bot.redaction import SHORTEST
from bot.settings.environment import Environment
from bot.settings.values import Settings
from scheduler.errors import ConfigError
from scheduler.providers.catalogue import known_providers


def secret_values(settings: Settings, environment: Environment) -> frozenset[str]:
    """The secret values in force at this moment, for whoever cleans a text of them."""
    try:
        variables = environment.variables()
    except ConfigError:
        variables = dict(environment.process)
    providers = known_providers(settings.core.routes.providers).values()
    names = {provider.key_env for provider in providers if provider.key_env is not None}
    names |= {name for name in variables if name.endswith(("_TOKEN", "_SECRET", "_KEY"))}
    values = {variables.get(name, "").strip() for name in names}
    values.add(_password(variables.get("DATABASE_URL", "")))
    return frozenset(value for value in values if len(value) >= SHORTEST)


def _password(url: str) -> str:
    try:
        return urlsplit(url).password or ""
    except ValueError:
        return ""
