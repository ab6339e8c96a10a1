"""`driftpin migrate`: bring the database up to date and say so."""

from bot.clock import SystemClock
from bot.settings import Environment
from storage.database import Database


def migrate() -> str:
    """Open the database, which migrates it, and close it again."""
    environment = Environment.here()
    home = environment.make_home()
    Database.open(environment.database_url, home=home, clock=SystemClock().now).close()
    return "The database is up to date."
