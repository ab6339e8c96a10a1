"""`python -m benchmarks [name …] [--quick]`: measure, print a table, and after a full run keep it."""

import argparse
import importlib
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.figures import FULL, QUICK, Comparison
from benchmarks.machine import machine
from benchmarks.report import page, table

RESULTS = Path(__file__).with_name("RESULTS.md")
NAMES = ("next_fire", "gate", "start_lag", "adding", "start_up", "help_page")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"some of: {', '.join(NAMES)}")
    parser.add_argument("--quick", action="store_true", help="smaller, and nothing is kept")
    asked = parser.parse_args()
    if unknown := [name for name in asked.names if name not in NAMES]:
        parser.error(f"there is no {', '.join(unknown)}; there are: {', '.join(NAMES)}")
    found: list[Comparison] = []
    # All of them first: one that cannot be loaded should not cost the minutes of the others.
    modules = [importlib.import_module(f"benchmarks.{name}") for name in asked.names or NAMES]
    for module in modules:
        rows: list[Comparison] = module.measure(QUICK if asked.quick else FULL)
        print(f"{table(rows)}\n", flush=True)
        found += rows
    if not asked.names and not asked.quick:
        RESULTS.write_text(page(found, machine(), f"{datetime.now(UTC):%Y-%m-%d}"), "utf-8")
        print(f"Written to {RESULTS.parent.name}/{RESULTS.name}.")


if __name__ == "__main__":
    main()
