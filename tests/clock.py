"""An event loop whose clock stands still until a test turns it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any


class Clock(asyncio.SelectorEventLoop):
    """A loop that begins at 0 seconds; what waits for a time waits until `turn_to` reaches it."""

    def __init__(self) -> None:
        self.now = 0.0
        super().__init__()

    def time(self) -> float:
        """Give the time of the test."""
        return self.now

    def turn_to(self, now: float) -> None:
        """Let it be `now`, and let all happen that is due."""
        self.now = now
        self.settle()

    def settle(self) -> None:
        """Let all happen that is due."""
        self.run_until_complete(_some_turns())

    def do(self, work: Callable[[], object]) -> None:
        """Call something on the loop, and let happen what follows from it."""

        async def call() -> None:
            work()

        self.run_until_complete(call())
        self.settle()

    def close(self) -> None:
        """End what still waits, and the loop."""
        for task in asyncio.all_tasks(self):
            task.cancel()
        self.settle()
        super().close()

    def timers(self) -> list[Any]:
        """Give the timers that are set, cancelled ones among them."""
        return list(self._scheduled)  # type: ignore[attr-defined]


async def _some_turns() -> None:
    for _ in range(10):
        await asyncio.sleep(0)
