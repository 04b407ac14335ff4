"""What every command knows: the project it works on, a terminal to show progress on, and how it is ended."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import click

from shahr.paths import Project

Done = TypeVar("Done")


def project_here() -> Project:
    """Give the project that `--project` names, else the checkout; ProjectMissing."""
    root: Path | None = click.get_current_context().obj
    return Project.here() if root is None else Project.at(root)


@contextmanager
def progress(label: str, steps: int) -> Iterator[Callable[[Done], Done]]:
    """Show a progress bar on a terminal, nothing in a pipe; what it gives takes each step's result."""
    hidden = not sys.stderr.isatty()
    with click.progressbar(length=steps, label=label, file=sys.stderr, hidden=hidden) as bar:

        def step(result: Done) -> Done:
            bar.update(1)
            return result

        yield step


@contextmanager
def growing_progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """Show a progress bar whose end moves, on a terminal; what it gives takes how much is done and is known of."""
    hidden = not sys.stderr.isatty()
    with click.progressbar(length=1, label=label, file=sys.stderr, hidden=hidden) as bar:

        def show(done: int, known: int) -> None:
            bar.length = known
            bar.update(done - bar.pos)

        yield show


@contextmanager
def cleared_up_on_sigterm() -> Iterator[None]:
    """Leave with exit code 143 on SIGTERM, as a process that dies of it seems to, but clear up before."""
    is_ours = threading.current_thread() is threading.main_thread()  # elsewhere there are no handlers
    if not is_ours or signal.getsignal(signal.SIGTERM) != signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, _leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _leave(number: int, frame: object) -> None:
    raise SystemExit(128 + number)
