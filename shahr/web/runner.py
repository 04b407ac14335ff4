"""The event loop of a process, for the threads that are not on it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

Given = TypeVar("Given")


class Leaving:
    """What is to be given up when the client of a page goes; its methods may be called from any thread."""

    def __init__(self) -> None:
        self._work: Future[Any] | None = None
        self._gone = False

    def watch(self, work: Future[Any]) -> None:
        """Give this up when the client goes, at once if it has gone."""
        self._work = work
        if self._gone:
            work.cancel()

    def go(self) -> None:
        """Say that the client has gone."""
        self._gone = True
        if self._work is not None:
            self._work.cancel()


class Runner:
    """Runs coroutines on one loop: that of the server if it has one, else that of a thread made at the first call."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._starting = threading.Lock()

    def bind(self, loop: asyncio.AbstractEventLoop) -> None:
        """Use the server's loop."""
        self._loop = loop

    def run(self, work: Coroutine[Any, Any, Given], leaving: Leaving | None = None) -> Given:
        """Run a coroutine to its end, from a thread other than the loop's; CancelledError when `leaving` ends it."""
        future = asyncio.run_coroutine_threadsafe(work, self._running())
        if leaving is not None:
            leaving.watch(future)
        return future.result()

    def call_soon(self, work: Callable[[], object]) -> None:
        """Have something done on the loop, and go on."""
        self._running().call_soon_threadsafe(work)

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._starting:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, name="shahr", daemon=True).start()
            return self._loop
