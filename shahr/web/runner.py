"""The event loop of a process, for the threads that are not on it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

Given = TypeVar("Given")


class Runner:
    """Runs coroutines on one loop: that of the server if it has one, else that of a thread made at the first call."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._starting = threading.Lock()

    def bind(self, loop: asyncio.AbstractEventLoop) -> None:
        """Use the server's loop."""
        self._loop = loop

    def run(self, work: Coroutine[Any, Any, Given]) -> Given:
        """Run a coroutine to its end, from a thread other than the loop's."""
        return asyncio.run_coroutine_threadsafe(work, self._running()).result()

    def call_soon(self, work: Callable[[], object]) -> None:
        """Have something done on the loop, and go on."""
        self._running().call_soon_threadsafe(work)

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._starting:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, name="shahr", daemon=True).start()
            return self._loop
