"""Files and folders that are never seen half-written."""

from __future__ import annotations

import ctypes
import fcntl
import os
import re
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from shahr.errors import BuildBusy, shown

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2
_PAUSE = 0.02  # seconds between two looks at a lock


def write_atomically(path: Path, data: bytes) -> None:
    """Write `data` to `path`, so that a reader sees the old bytes or all the new ones, after a crash too."""
    temporary = _beside(path)
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def swap_link(link: Path, target: str) -> None:
    """Make the symbolic link `link` point to `target` (relative to the link's folder) in one step."""
    temporary = _beside(link)
    try:
        temporary.symlink_to(target)
        temporary.replace(link)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(link.parent)


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Give a folder that goes when the block ends, also where SIGTERM ends it: none is made unless it will go."""
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    try:
        folder = TemporaryDirectory(prefix="shahr-")  # between making it and noting that, a signal would leave it
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)
    with folder as name:
        yield Path(name)


@contextmanager
def locked_folder(folder: Path, wait: float = 0.0) -> Iterator[None]:
    """Keep other processes that lock a folder out of it; BuildBusy where one still holds it after `wait` seconds.

    The lock is on the folder's own descriptor: no file is left, and the kernel frees it with the process.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _lock(descriptor, folder, time.monotonic() + wait)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, folder: Path, end: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError as error:
            if time.monotonic() >= end:
                raise BuildBusy(f"another shahr is writing {shown(folder)}: try again when it has finished") from error
        time.sleep(_PAUSE)


@contextmanager
def next_folder(folder: Path) -> Iterator[Path]:
    """Give an empty folder, which takes the name `folder` (absolute) when the block ends without an error.

    What stands there is replaced in one step: whoever is killed leaves the old one or the new one. Folders above are
    made where they are missing.
    """
    room = folder.with_name(f".{folder.name}.shahr-next.{os.getpid()}")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _clear(room)
        room.mkdir()
        yield room
        os.sync()  # perhaps thousands of files: one call for all of them
        _take_name(room, folder)
        sync_folder(folder.parent)
    finally:
        shutil.rmtree(room, ignore_errors=True)


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk: a rename is lasting only after this."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _beside(path: Path) -> Path:
    """Name a temporary file in the same folder, and clear what a dead process with our number left."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.unlink(missing_ok=True)
    return temporary


def _clear(room: Path) -> None:
    """Remove what was left by one who was killed: a folder that is called as `room`, but for the process."""
    for left in room.parent.iterdir():
        if re.fullmatch(re.escape(room.stem) + r"\.[0-9]+", left.name):
            shutil.rmtree(left, ignore_errors=True)


def _take_name(room: Path, folder: Path) -> None:
    if folder.exists() and _exchanged(room, folder):
        return
    if folder.exists():  # a file system that cannot exchange two names
        shutil.rmtree(folder)
    room.rename(folder)


def _exchanged(one: Path, other: Path) -> bool:
    """Exchange the names of two folders in one step (renameat2); False where the system cannot."""
    rename = getattr(ctypes.CDLL(None), "renameat2", None)
    if rename is None:
        return False
    return bool(rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0)
