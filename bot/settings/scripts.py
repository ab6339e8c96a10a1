"""The section `scripts`: what jobs of kind=script may run. A chat can only choose a name."""

import re
from datetime import timedelta
from pathlib import PurePosixPath

from bot.settings.keys import SCRIPT
from bot.settings.quoting import quoted
from bot.settings.section import Section
from scheduler.script import LONGEST, MOST_OUTPUT, SCRIPT_NAME, Script

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
_OURS = ("SLACK_", "TELEGRAM_", "DRIFTPIN_", "DATABASE_URL")
_ARGV = "write a list that begins with an absolute path: [/usr/local/bin/check, --short]"


def read_scripts(section: Section) -> dict[str, Script]:
    """The operator's scripts by name."""
    found: dict[str, Script] = {}
    for name in section.names():
        if name not in section or not SCRIPT_NAME.fullmatch(name):
            section.wrong(name, "is no name for a script", "use a-z, 0-9, - and _")
            continue
        entry = section.section(name)
        entry.only(SCRIPT)
        argv = _argv(entry)
        script = Script(
            name=name,
            argv=argv,
            cwd=entry.text("cwd", _wrong_folder, "write an absolute path") or "/",
            env=entry.texts(
                "env",
                lambda text: bool(_VARIABLE.fullmatch(text)) and not text.startswith(_OURS),
                "name variables that a script may see: [HOME, LANG]",
                what="is no variable a script may see",
            ),
            timeout=entry.duration("timeout", LONGEST, timedelta(seconds=1), timedelta(days=1)),
            output_bytes=entry.number("output_bytes", MOST_OUTPUT, 1, 1_000_000),
        )
        if argv:
            found[name] = script
    return found


def _argv(entry: Section) -> tuple[str, ...]:
    """Every word as it is written, the same word twice too; a number is not guessed to be a word."""
    words = entry.raw("argv")
    if not isinstance(words, list) or not words:
        entry.wrong("argv", "is missing" if words is None else f"{quoted(words)} is no list", _ARGV)
        return ()
    for word in words:
        if not isinstance(word, str) or "\0" in word:
            entry.wrong("argv", f"{quoted(word)} is no text", 'put it into quotes: "3"')
            return ()
    if not PurePosixPath(words[0]).is_absolute():
        entry.wrong("argv", f"{quoted(words[0])} is no absolute path", _ARGV)
        return ()
    return tuple(words)


def _wrong_folder(text: str) -> str | None:
    if PurePosixPath(text).is_absolute() and "\0" not in text:
        return None
    return f"{quoted(text)} is no absolute path"
