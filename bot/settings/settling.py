"""A content that was never seen before counts only once it has stood for two seconds."""

from datetime import UTC, datetime, timedelta

from bot.settings.reading import Reading

SETTLE = timedelta(seconds=2)
PATIENCE = timedelta(seconds=30)
UNSEEN = 2 * SETTLE
"""What nobody looked at for so long may have stood still meanwhile."""


class Settling:
    """Since when what is on the disk has been there; `now` comes from outside."""

    def __init__(self) -> None:
        self._last: tuple[Reading, datetime] | None = None
        self._restless: datetime | None = None
        self._looked = datetime.min.replace(tzinfo=UTC)

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
        if now - self._looked > UNSEEN:
            self.rests()
        self._last, self._looked = (reading, since), now
        if since + SETTLE <= now:
            self.rests()
        elif self._restless is None:
            self._restless = now
        return since + SETTLE

    def rests(self) -> None:
        """What is on the disk is believed."""
        self._restless = None

    def never(self, now: datetime) -> bool:
        """Whether it has changed for so long that nobody should wait for it any more."""
        return self._restless is not None and now >= self._restless + PATIENCE
