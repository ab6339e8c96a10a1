"""A mutant is the product with one deliberate fault: it is made in a copy of the tree, and must be caught."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fakes.postgres import what_is_missing

ROOT = Path(__file__).parents[2]
FILES = ("pyproject.toml", "config.example.yaml")
ROOMS = ("bot", "scheduler", "storage", "tests", "benchmarks")
SECONDS = 90
ON_POSTGRESQL = "[postgresql]"


@dataclass(frozen=True, slots=True)
class Change:
    """`old` stands once in the file, whose path is relative to the tree."""

    file: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Mutant:
    """`name` is a sentence that is true of the mutant; `caught_by` are the tests that must fail."""

    name: str
    caught_by: tuple[str, ...]
    changes: tuple[Change, ...]


def mutant(name: str, caught_by: str | Sequence[str], *changes: tuple[str, str, str]) -> Mutant:
    tests = (caught_by,) if isinstance(caught_by, str) else tuple(caught_by)
    return Mutant(name, tests, tuple(Change(*change) for change in changes))


@dataclass(frozen=True, slots=True)
class Ended:
    code: int
    output: str


class Tree:
    """A copy of the product and its tests, in which mutants come and go."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in FILES:
            shutil.copy2(ROOT / name, folder)
        for name in ROOMS:
            # Compiled files come along, so that a run of a few tests takes seconds.
            shutil.copytree(ROOT / name, folder / name)

    @contextmanager
    def holding(self, mutant: Mutant) -> Iterator[None]:
        files = {change.file for change in mutant.changes}
        try:
            for change in mutant.changes:
                path = self.folder / change.file
                path.write_text(changed(path.read_text(encoding="utf-8"), change), encoding="utf-8")
            yield
        finally:
            for file in files:
                shutil.copy2(ROOT / file, self.folder / file)

    def run(self, tests: Sequence[str]) -> Ended:
        """pytest on these tests of the copy, alone: no other workers, no coverage, no leftovers."""
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("COV", "PYTEST", "PYTHON"))
        }
        done = subprocess.run(
            [sys.executable, "-B", "-m", "pytest", "-x", "-q", "--timeout=60", *_LEFT_OUT, *tests],
            cwd=self.folder,
            env={**environment, "PYTHONPATH": str(self.folder)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=SECONDS,
            check=False,
        )
        return Ended(done.returncode, done.stdout.decode(errors="replace"))


_LEFT_OUT = [
    word
    for plugin in ("cacheprovider", "xdist", "xdist.looponfail", "pytest_cov", "hypothesispytest")
    for word in ("-p", f"no:{plugin}")
]


def changed(text: str, change: Change) -> str:
    """The text of a file with the fault in it."""
    times = text.count(change.old)
    assert times, f"the text of this mutant no longer occurs in {change.file}:\n{change.old}"
    assert times == 1, f"the text of this mutant occurs {times} times in {change.file}"
    return text.replace(change.old, change.new)


def must_be_caught(tree: Tree, mutant: Mutant) -> None:
    """A test fails: nothing else that can go wrong with a run of tests counts as that."""
    if (missing := what_is_missing()) is not None and _needs_postgresql(mutant):
        pytest.skip(f"they need PostgreSQL, and {missing}")
    with tree.holding(mutant):
        ended = tree.run(mutant.caught_by)
    assert ended.code != 0, f"survived: {mutant.name}"
    failed = re.search(r"\b1 failed\b", ended.output) and not re.search(
        r"\d errors?\b", ended.output
    )
    assert ended.code == 1 and failed, ended.output[-3000:]  # noqa: PT018 - one answer


def must_pass_unchanged(tree: Tree, mutants: Sequence[Mutant]) -> None:
    """What catches a mutant says nothing unless it passes without it."""
    tests = {
        test
        for mutant in mutants
        for test in mutant.caught_by
        if what_is_missing() is None or not _needs_postgresql(mutant)
    }
    ended = tree.run(sorted(tests))
    assert ended.code == 0, ended.output[-3000:]


def _needs_postgresql(mutant: Mutant) -> bool:
    return any(ON_POSTGRESQL in test for test in mutant.caught_by)
