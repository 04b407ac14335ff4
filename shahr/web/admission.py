"""Who may ask the engine now, who waits, and who is sent away at once."""

from __future__ import annotations

import asyncio
from collections import Counter, deque

from shahr.errors import Busy


class Admission:
    """A bounded number of places and a bounded queue before them, for one event loop.

    No client has all places, nor more than half of the queue, so that one who asks for much leaves room for
    others. A place that comes free goes to the client with the fewest, and among its waiters to the first.
    """

    def __init__(self, places: int, queue: int) -> None:
        self.places, self.queue = places, queue
        self.most_places, self.most_waiting = max(1, places - 1), max(1, queue // 2)
        self.running: Counter[str] = Counter()
        self.waiting: deque[tuple[str, asyncio.Future[None]]] = deque()
        self.busy = 0

    async def enter(self, client: str, seconds: float) -> None:
        """Take a place, waiting no more than `seconds`; Busy at once where the queue is full, or after the wait."""
        if self.busy < self.places and self.running[client] < self.most_places and not self.waiting:
            self._take(client)
            return
        if len(self.waiting) >= self.queue or sum(one == client for one, _ in self.waiting) >= self.most_waiting:
            raise Busy(retry_after=1)
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        entry = (client, turn)
        self.waiting.append(entry)
        self._call_next()
        try:
            async with asyncio.timeout(seconds):
                await turn
        except (TimeoutError, asyncio.CancelledError) as error:
            self._give_up(entry)
            if isinstance(error, TimeoutError):
                raise Busy(retry_after=1) from error
            raise

    def leave(self, client: str) -> None:
        """Give a place back."""
        self.busy -= 1
        self.running[client] -= 1
        if not self.running[client]:
            del self.running[client]
        self._call_next()

    def _take(self, client: str) -> None:
        self.busy += 1
        self.running[client] += 1

    def _give_up(self, entry: tuple[str, asyncio.Future[None]]) -> None:
        if entry in self.waiting:
            self.waiting.remove(entry)
        else:  # the place came in the very moment
            self.leave(entry[0])

    def _call_next(self) -> None:
        while self.busy < self.places and self.waiting:
            able = [one for one in self.waiting if not one[1].done() and self.running[one[0]] < self.most_places]
            if not able:  # one that is done has just been cancelled, and will say so
                return
            entry = min(able, key=lambda one: self.running[one[0]])
            self.waiting.remove(entry)
            self._take(entry[0])
            entry[1].set_result(None)
