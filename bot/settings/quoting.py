"""A value from a settings file is quoted in an error only if it cannot be a secret."""

import re

_LOOKS_LIKE_A_KEY = re.compile(
    r"(?i)(?:^|[^a-z0-9])(?:sk|pk|rk|xox[a-z]|xapp|gh[a-z]|github_pat|gsk|xai|hf|aiza|akia|key|bearer)"
    r"[-_ ][\w\-]{6}"
    r"|(?i:aiza|akia|eyj)[\w\-]{12}"
)
_KEY = re.compile(r"(?:sk|pk|rk|xox[a-z]|xapp)-[\w\-]{6}|(?:gsk|ghp|hf)_\w{6}|AIza[\w\-]{12}")
_DENSE = re.compile(r"[A-Za-z0-9+/_=\-]{20,}")
_LONGEST = 60


def is_a_key(text: str) -> bool:
    """True for a text that begins as well-known API keys do."""
    return _KEY.match(text) is not None


def looks_like_a_key(text: str) -> bool:
    """True for what an API key looks like; it errs towards yes."""
    if _LOOKS_LIKE_A_KEY.search(text):
        return True
    return any(
        any(c.isdigit() for c in run) and any(c.isalpha() for c in run) and not _is_words(run)
        for run in _DENSE.findall(text)
    )


def quoted(value: object) -> str:
    """The value as it may stand in an error line."""
    if isinstance(value, bool):
        return f"{str(value).lower()} (a YAML truth value)"
    if value is None:
        return "nothing"
    if isinstance(value, int | float):
        return f"the number {value}" if len(str(value)) <= _LONGEST else "a long number"
    if not isinstance(value, str):
        return "a list" if isinstance(value, list) else "a mapping"
    if len(value) > _LONGEST or not value.isprintable() or looks_like_a_key(value):
        return "this text"
    return f"'{value}'"


def _is_words(run: str) -> bool:
    """True for model names such as llama-3.3-70b-instruct: short words between dashes."""
    return all(len(word) <= 12 for word in re.split(r"[-_/]", run))
