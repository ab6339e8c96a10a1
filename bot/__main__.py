"""The command line: `driftpin chat`, `demo`, `serve`, `jobs …`, `drill`, `when`, `migrate`, …"""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn, TypeVar

import click

from scheduler.errors import ConfigError, DriftpinError, UserError

Result = TypeVar("Result")


class Uncut(click.Group):
    """A group that shows the first sentence of each command to its end."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, each.get_short_help_str(limit=200)) for name, each in self.commands.items()]
        with formatter.section("Commands"):
            formatter.write_dl(sorted(rows))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Whoever types a chat command here is told where it stands."""
        if args and args[0] not in self.commands and self.name == "cli":
            from bot.grammar.verbs import CANONICAL

            if args[0].lower() in CANONICAL:
                ctx.fail(f"No such command; did you mean 'driftpin jobs {' '.join(args)}'?")
        return super().resolve_command(ctx, args)


@click.group(cls=Uncut, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="driftpin", prog_name="driftpin")
def cli() -> None:
    """Schedules AI-agent jobs, and never lets one bill a provider nobody chose."""


@cli.command()
def chat() -> None:
    """Talk to Driftpin in this terminal, or through a pipe; jobs run while it is open."""
    from bot.chat import chat

    _run(chat())


@cli.command()
def demo() -> None:
    """See the whole story in seconds: a default drifts, a run is held, a button pins it."""
    from bot.demo import demo

    sys.exit(_run(demo()))


@cli.command()
def serve() -> None:
    """Serve Slack and Telegram, and run what is due, until Ctrl-C or SIGTERM."""
    from bot.serve import serve

    _run(serve())


@cli.command("slack-manifest")
@click.option("--url", help="HTTP mode: where Slack reaches this Driftpin, https://HOST.")
def slack_manifest(url: str | None) -> None:
    """Print the manifest of the Slack app, to be pasted where Slack asks for one."""
    from bot.slack_manifest import slack_manifest

    click.echo(_told(lambda: slack_manifest(url)))


class AsTyped(click.Command):
    """Takes every word as it stands: `--` divides schedule and prompt, and no option is ours."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.params["words"] = tuple(args)
        return []


@cli.command(cls=AsTyped)
def jobs(words: tuple[str, ...]) -> None:
    """Any chat command, for example: driftpin jobs list."""
    from bot.one_command import one_command

    sys.exit(_run(one_command(" ".join(words))))


@cli.command()
@click.argument("job")
def drill(job: str) -> None:
    """Simulate a drift of a job: it must be held, and nothing may leave."""
    from bot.one_command import one_command

    sys.exit(_run(one_command(f"drill {job}")))


@cli.command()
@click.argument("reason", nargs=-1)
def halt(reason: tuple[str, ...]) -> None:
    """Shut every door to spending, even where the running process hangs or none runs."""
    from bot.halting import halt

    sys.exit(_run(halt(" ".join(reason))))


@cli.command()
def unhalt() -> None:
    """End a halt; says what was missed, and runs nothing by itself."""
    from bot.one_command import one_command

    sys.exit(_run(one_command("unhalt")))


@cli.group("import")
def bring_in() -> None:
    """Bring jobs over from another scheduler."""


@bring_in.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--to", help="Where they all go: slack:T1:#C3, telegram:-100123 or terminal.")
@click.option("--owner", help="Whose they are: slack:T1:U2 or telegram:42 (default: yours).")
@click.option("--tz", "zone", help="IANA time zone hermes-agent ran in (default: the configured).")
@click.option("--dry-run", is_flag=True, help="Change nothing, and print the same report.")
def hermes(file: Path, to: str | None, owner: str | None, zone: str | None, dry_run: bool) -> None:
    """Bring over hermes-agent's cron/jobs.json: pins, snapshots and all, each job once."""
    from bot.hermes import Asked
    from bot.one_import import one_import

    asked = Asked(b"", file.name, to, owner, zone, dry_run)
    sys.exit(_run(one_import(file, asked)))


@cli.command()
@click.argument("schedule")
@click.option("--tz", "zone", default="UTC", help="IANA time zone, for example Europe/Oslo.")
@click.option("--after", help="ISO moment to start after (default: now).")
@click.option("--until", help="ISO moment up to which every fire is listed.")
@click.option("--count", type=click.IntRange(1, 10_000), help="How many fires (default: 5).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def when(
    schedule: str,
    zone: str,
    after: str | None,
    until: str | None,
    count: int | None,
    as_json: bool,
) -> None:
    """Show how a schedule is understood, and when it fires."""
    from bot.when import when

    now = datetime.now(UTC)
    try:
        text = when(
            schedule,
            zone_name=zone,
            now=now,
            after=after,
            until=until,
            count=count,
            as_json=as_json,
        )
    except UserError as error:
        _fail(str(error))
    click.echo(text)


@cli.command()
def migrate() -> None:
    """Bring the database up to date (every start does it as well)."""
    from bot.app import migrate
    from bot.settings import Environment

    _run(migrate(Environment.here()))
    click.echo("The database is up to date.")


def _run(main: Coroutine[None, None, Result]) -> Result:
    return _told(lambda: asyncio.run(main))


def _told(main: Callable[[], Result]) -> Result:
    """Run it; what only the operator can mend is told line by line, with exit code 2."""
    try:
        return main()
    except ConfigError as error:
        _fail("\n".join(error.problems))
    except DriftpinError as error:
        _fail(str(error))


def _fail(text: str) -> NoReturn:
    click.echo(text, err=True)
    sys.exit(2)


def main() -> None:
    cli()


if __name__ == "__main__":
    main()
