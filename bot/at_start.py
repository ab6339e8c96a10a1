"""What the console and the log say at the start when the settings on disk cannot be used."""

import logging

import click

from bot.admins import BROKEN
from bot.sanitiser import clean
from bot.settings import ConfigFile

log = logging.getLogger(__name__)


def warn(config: ConfigFile) -> None:
    """The lines that a start without any last good settings would end with, and what is held meanwhile."""
    if not config.at_start:
        return
    for line in (*config.at_start, BROKEN):
        log.warning(line)
        click.echo(clean(line, config.secrets()), err=True)
