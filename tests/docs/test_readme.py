"""The README and the documentation say what is true: commands run, links lead somewhere."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.__main__ import cli
from bot.demo import ENDING

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")


def shell_lines() -> list[str]:
    """Lines of the README's shell blocks, and the commands of its table."""
    blocks = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    table = re.findall(r"^\| `(driftpin [^`]+)`", README, re.MULTILINE)
    return [line for block in blocks for line in block.splitlines()] + table


def test_every_make_target_the_readme_names_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`?make ([a-z]+)", README)) - {"and"} <= targets


def test_the_readme_names_every_command_of_the_command_line() -> None:
    typed = [line.removeprefix(".venv/bin/") for line in shell_lines()]
    named = {line.split()[1] for line in typed if line.startswith("driftpin ")}
    assert named == set(cli.commands)


@pytest.mark.parametrize(
    "line", [line for line in shell_lines() if "driftpin when" in line or "printf" in line]
)
def test_what_the_readme_says_to_type_works(line: str, tmp_path: Path) -> None:
    tmp_path.joinpath(".venv").symlink_to(sys.prefix)
    environ = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "DRIFTPIN_HOME": str(tmp_path / "home"),
    }
    done = subprocess.run(
        line,
        shell=True,
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "every weekday at 09:00" in done.stdout


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_shell_block_types_the_command_where_make_puts_it(page: Path) -> None:
    blocks = re.findall(r"```sh\n(.*?)```", page.read_text(), re.DOTALL)
    typed = [line.strip() for block in blocks for line in block.splitlines()]
    named = [
        word for line in typed for word in line.split() if re.search(r"(^|bin/)driftpin$", word)
    ]
    assert set(named) <= {".venv/bin/driftpin"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_page(page: Path) -> None:
    targets = [link for link in LINK.findall(page.read_text()) if "://" not in link]
    missing = [link for link in targets if not (page.parent / link).exists()]
    assert missing == []


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, todo = set(), [ROOT / "README.md"]
    while todo:
        page = todo.pop()
        if page not in reached:
            reached.add(page)
            links = LINK.findall(page.read_text())
            todo += [(page.parent / link).resolve() for link in links if link.endswith(".md")]
    assert {page for page in PAGES if page.name != "CHANGELOG.md"} <= reached


def test_the_pages_the_demo_ends_with_exist() -> None:
    named = re.findall(r"docs/\S+\.md", ENDING)
    assert named
    assert all((ROOT / page).exists() for page in named)


def test_the_list_of_commands_cuts_no_description() -> None:
    shown = CliRunner().invoke(cli, ["--help"]).output.partition("Commands:")[2]
    assert "..." not in shown
    assert set(re.findall(r"^  ([a-z-]+) {2,}\w", shown, re.MULTILINE)) == set(cli.commands)
