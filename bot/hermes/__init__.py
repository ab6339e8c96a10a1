"""hermes-agent's cron jobs as they stand in its jobs.json, read axis by axis."""

from bot.hermes.asked import Asked
from bot.hermes.jobs_file import MOST_BYTES
from bot.hermes.reading import Into, LeftOut, Ready, Why, read_jobs

__all__ = ["MOST_BYTES", "Asked", "Into", "LeftOut", "Ready", "Why", "read_jobs"]
