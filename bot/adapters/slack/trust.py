"""Which addresses of Slack's requests are Slack's own. Pure."""

from urllib.parse import SplitResult, urlsplit


def is_slacks_own(url: str, api_url: str) -> bool:
    """Does an address to answer at belong to the Slack we talk to, and is it as safe as that one?"""
    try:
        api, found = urlsplit(api_url), urlsplit(url)
        if _origin(found) == _origin(api):
            return True
        host, domain = found.hostname or "", api.hostname or ""
    except ValueError:
        return False
    return found.scheme == "https" and host.endswith(f".{domain}") and found.port in (None, 443)


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port
