"""A line of what is wrong becomes a sentence."""


def sentence(text: str) -> str:
    """A line of an error as a sentence."""
    first = text.split(" ", 1)[0]
    begun = text if "=" in first else text[:1].upper() + text[1:]
    return begun + ("" if text.endswith((".", "?", "'", "!")) else ".")
