"""The zones a person may live by, the likeliest first. Pure."""

BY_LANGUAGE: dict[str, tuple[str, ...]] = {
    "ar": ("Africa/Cairo", "Asia/Riyadh"),
    "cs": ("Europe/Prague",),
    "da": ("Europe/Copenhagen",),
    "de": ("Europe/Berlin", "Europe/Vienna", "Europe/Zurich"),
    "en": ("Europe/London", "America/New_York", "America/Los_Angeles", "Asia/Kolkata"),
    "es": ("Europe/Madrid", "America/Mexico_City", "America/Bogota"),
    "fa": ("Asia/Tehran",),
    "fi": ("Europe/Helsinki",),
    "fr": ("Europe/Paris", "America/Toronto"),
    "hi": ("Asia/Kolkata",),
    "id": ("Asia/Jakarta",),
    "it": ("Europe/Rome",),
    "ja": ("Asia/Tokyo",),
    "ko": ("Asia/Seoul",),
    "nb": ("Europe/Oslo",),
    "nl": ("Europe/Amsterdam",),
    "pl": ("Europe/Warsaw",),
    "pt": ("America/Sao_Paulo", "Europe/Lisbon"),
    "ru": ("Europe/Moscow",),
    "sv": ("Europe/Stockholm",),
    "tr": ("Europe/Istanbul",),
    "uk": ("Europe/Kyiv",),
    "zh": ("Asia/Shanghai", "Asia/Taipei"),
}
MOST = 6


def likely(configured: str, language: str) -> tuple[str, ...]:
    """`configured` is the zone of this Driftpin, `language` what the person's Telegram speaks."""
    by_language = BY_LANGUAGE.get(language.partition("-")[0].lower(), BY_LANGUAGE["en"])
    found = dict.fromkeys((configured, *by_language))
    found.pop("UTC", None)
    return (*tuple(found)[: MOST - 1], "UTC")
