"""The machine is named by what matters for speed, and by nothing that identifies it."""

import os
import platform
import re
import sqlite3
from pathlib import Path


def machine() -> str:
    """Processor, cores, versions."""
    cores = os.cpu_count() or 1
    return (
        f"{_processor()}, {cores} core{'s' * (cores > 1)}, {platform.system()}, "
        f"{platform.python_implementation()} {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}"
    )


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        text = ""
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return found[1].strip() if found else platform.machine()
