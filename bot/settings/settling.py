"""A content that was never seen before counts only once it has stood for two seconds."""

from datetime import datetime, timedelta

from bot.settings.reading import Reading

SETTLE = timedelta(seconds=2)


class Settling:
    """Since when what is on the disk has been there; `now` comes from outside."""

    def __init__(self) -> None:
        self._last: tuple[Reading, datetime] | None = None

    def counts_at(self, reading: Reading, now: datetime) -> datetime:
        """The moment from which this reading may be believed.

        At the first look of all, the file's own time of writing tells how long it has stood, and
        a file that is not there has nothing to wait for.
        """
        if self._last is None:
            since = now - SETTLE if reading.missing else min(now, reading.written or now)
        elif self._last[0] == reading:
            since = min(now, self._last[1])
        else:
            since = now
        self._last = (reading, since)
        return since + SETTLE
