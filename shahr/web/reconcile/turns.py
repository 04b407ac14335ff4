"""Who may match a list now: one batch at a time in a process, so that pages and queries come through beside it."""

from __future__ import annotations

from collections.abc import Callable
from threading import BoundedSemaphore, Lock
from typing import TypeVar

from flask_babel import gettext as _
from werkzeug.exceptions import ServiceUnavailable

WAITING = 3  # batches that wait for the one at work: fewer than the threads that make pages

Given = TypeVar("Given")


class Turns:
    """Turns for threads; work that is bounded in time needs no bound for the wait."""

    def __init__(self, waiting: int = WAITING) -> None:
        self._room, self._turn = BoundedSemaphore(1 + waiting), Lock()

    def take(self, work: Callable[[], Given]) -> Given:
        """Do some work when it is its turn; ServiceUnavailable at once where enough others wait."""
        if not self._room.acquire(blocking=False):
            raise ServiceUnavailable(_("other lists are being matched here: try again in a moment"))
        try:
            with self._turn:
                return work()
        finally:
            self._room.release()
