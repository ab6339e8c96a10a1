"""The benchmarks still run; how fast anything is, is not asserted here."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "benchmarks" / "RESULTS.md"


def benchmarks(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )


def kept() -> str | None:
    return KEPT.read_text(encoding="utf-8") if KEPT.exists() else None


@pytest.mark.parametrize(
    ("name", "line"),
    [("next_fire", "next fire, asked before"), ("gate", "claim to call")],
)
def test_a_quick_run_prints_a_table_and_keeps_nothing(name: str, line: str) -> None:
    before = kept()
    done = benchmarks("--quick", name)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("| ratio | goal |")
    assert f"| {line} |" in done.stdout
    assert kept() == before


def test_an_unknown_name_is_told_which_there_are() -> None:
    done = benchmarks("no_such")
    assert done.returncode == 2
    assert "there is no no_such; there are: next_fire, gate, " in done.stderr
