"""Things worth remembering for a while, and not without end."""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Thing = TypeVar("Thing")

MOST = 10_000


class Remembered(Generic[Thing]):
    """At most `most` things by name, each for so many seconds; the oldest are forgotten first."""

    def __init__(self, most: int = MOST, seconds: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._seconds = seconds
        self._kept: OrderedDict[str, tuple[float, Thing]] = OrderedDict()

    def get(self, name: str) -> Thing | None:
        found = self._kept.get(name)
        if found is None:
            return None
        until, thing = found
        if self._seconds() >= until:
            del self._kept[name]
            return None
        return thing

    def put(self, name: str, thing: Thing, seconds: float) -> None:
        self._kept.pop(name, None)
        self._kept[name] = (self._seconds() + seconds, thing)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
