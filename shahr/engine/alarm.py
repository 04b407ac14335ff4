"""One timer for many deadlines: a timer of the loop for each query would cost more than a look at a few of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Alarm:
    """Calls `ring(now)` when the earliest deadline it was told of has come; `ring` gives the next one, or None.

    Times are those of the running loop's clock, in seconds. A deadline that is no more simply rings for nothing.
    """

    def __init__(self, ring: Callable[[float], float | None]) -> None:
        self._ring = ring
        self._timer: asyncio.TimerHandle | None = None

    def by(self, deadline: float) -> None:
        """Ring at `deadline` at the latest."""
        timer = self._timer
        if timer is None or deadline < timer.when():
            if timer is not None:
                timer.cancel()
            self._timer = asyncio.get_running_loop().call_at(deadline, self._come)

    def _come(self) -> None:
        self._timer = None
        following = self._ring(asyncio.get_running_loop().time())
        if following is not None:
            self.by(following)
