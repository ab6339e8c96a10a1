"""Every key of config.yaml that means something, and those of others that may stand beside them."""

MODEL = ("provider", "default", "base_url")
PROVIDER_ENTRY = ("base_url", "api_mode", "key_env", "billing", "like", "served_aliases", "only")
JOBS = ("provider", "model")
CRON = ("model", "model_provider")
GUARD = ("on_drift", "missing_snapshot", "identity", "price_tolerance")
PRICE = ("input", "output", "cached")
SCRIPT = ("argv", "cwd", "env", "timeout", "output_bytes")
SPEND = ("per_run_usd", "per_job_day_usd", "per_chat_day_usd", "per_day_usd")
ACCESS = ("admins", "operators", "viewers")
ALERTS = ("admin_chat",)
LIMITS = (
    "jobs_per_chat",
    "min_interval",
    "prompt_bytes",
    "commands_per_minute",
    "run_timeout",
    "max_tokens",
    "output_bytes",
    "concurrent_runs",
)
TOP = (
    "model",
    "providers",
    "jobs",
    "cron",
    "guard",
    "prices",
    "scripts",
    "spend",
    "access",
    "alerts",
    "limits",
    "timezone",
)

NOT_YET = frozenset(
    {
        "alerts.remind_after",
    }
)
"""Keys of later versions: to overlook a cap that somebody wrote is worse than to refuse it."""

HERMES_ENTRY = frozenset(
    {
        "name",
        "api_key",
        "key_cmd",
        "model",
        "models",
        "default_model",
        "transport",
        "context_length",
        "extra_headers",
        "extra_body",
        "request_timeout_seconds",
        "stale_timeout_seconds",
        "session_affinity_header",
        "discover_models",
        "rate_limit_delay",
    }
)
"""hermes-agent's keys in an entry of `providers`; overlooking them bills nobody else."""

HERMES_MARK = "_config_version"
"""hermes-agent writes this key into its own config.yaml, and nobody else does."""


def every_key() -> tuple[str, ...]:
    """All keys with a meaning, dotted, as the reference lists them."""
    sections = {
        "model": MODEL,
        "providers.NAME": PROVIDER_ENTRY,
        "jobs": JOBS,
        "cron": CRON,
        "guard": GUARD,
        "prices.NAME": PRICE,
        "scripts.NAME": SCRIPT,
        "spend": SPEND,
        "access": ACCESS,
        "alerts": ALERTS,
        "limits": LIMITS,
    }
    dotted = [f"{section}.{key}" for section, keys in sections.items() for key in keys]
    return (*dotted, "timezone")
