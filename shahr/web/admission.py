"""Who may ask the engine now, who waits, and who is sent away at once."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from dataclasses import dataclass

from shahr.engine.alarm import Alarm
from shahr.errors import Busy


@dataclass(frozen=True, slots=True, eq=False)
class Waiter:
    """Somebody in the queue: whose query it is, until when on the loop's clock it waits, and what it waits for."""

    client: str
    deadline: float
    turn: asyncio.Future[None]


class Admission:
    """A bounded number of places and a bounded queue before them, for one event loop.

    No client has all places, nor more than half of the queue, so that one who asks for much leaves room for
    others. A place that comes free goes to the client with the fewest, and among its waiters to the first.
    """

    def __init__(self, places: int, queue: int) -> None:
        self.places, self.queue = places, queue
        self.most_places, self.most_waiting = max(1, places - 1), max(1, queue // 2)
        self.running: Counter[str] = Counter()
        self.waiting: deque[Waiter] = deque()
        self.busy = 0
        self._alarm = Alarm(self._send_away)

    async def enter(self, client: str, seconds: float) -> None:
        """Take a place, waiting no more than `seconds`; Busy at once where the queue is full, or after the wait."""
        if self.busy < self.places and self.running[client] < self.most_places:
            self._take(client)  # whoever waits while a place is free has had his share
            return
        if len(self.waiting) >= self.queue or sum(one.client == client for one in self.waiting) >= self.most_waiting:
            raise Busy(retry_after=1)
        loop = asyncio.get_running_loop()
        waiter = Waiter(client, loop.time() + seconds, loop.create_future())
        self.waiting.append(waiter)
        self._call_next()
        self._alarm.by(waiter.deadline)
        try:
            await waiter.turn
        except (Busy, asyncio.CancelledError):
            self._give_up(waiter)
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

    def _give_up(self, waiter: Waiter) -> None:
        if waiter in self.waiting:
            self.waiting.remove(waiter)
        else:  # the place came in the very moment
            self.leave(waiter.client)

    def _call_next(self) -> None:
        while self.busy < self.places and self.waiting:
            able = [one for one in self.waiting if not one.turn.done() and self.running[one.client] < self.most_places]
            if not able:  # one that is done has just been sent away or cancelled, and will say so
                return
            waiter = min(able, key=lambda one: self.running[one.client])
            self.waiting.remove(waiter)
            self._take(waiter.client)
            waiter.turn.set_result(None)

    def _send_away(self, now: float) -> float | None:
        """End the waits that are over, and give the deadline of the next."""
        for waiter in self.waiting:
            if waiter.deadline <= now and not waiter.turn.done():
                waiter.turn.set_exception(Busy(retry_after=1))
        return min((waiter.deadline for waiter in self.waiting if waiter.deadline > now), default=None)
