"""The folder of an edition: it appears whole or not at all, and replaces an older one in one step."""

from __future__ import annotations

import ctypes
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shahr.errors import ReleaseError, shown
from shahr.files import sync_folder

MARK = ".shahr-edition"
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


@contextmanager
def next_edition(folder: Path) -> Iterator[Path]:
    """Give an empty folder, which takes the name `folder` when the block ends without an error.

    ReleaseError where something else stands there, or it cannot be written. One that `shahr site` made is replaced.
    """
    folder = folder.resolve()
    _check(folder)
    room = folder.with_name(f".{folder.name}.shahr-next.{os.getpid()}")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _clear(room)
        room.mkdir()
        yield room
        os.sync()  # thousands of files: one call for all of them
        _take_name(room, folder)
        sync_folder(folder.parent)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ReleaseError(f"the edition cannot be written to {shown(folder)}: {reason}") from error
    finally:
        shutil.rmtree(room, ignore_errors=True)


def mark(room: Path, version: str) -> None:
    """Say that a folder is an edition, made with a newest release, and what lies in it at the top."""
    names = sorted({MARK, *(path.name for path in room.iterdir())})
    told = f"Made by `shahr site`, which may replace these, as long as nothing else is here: {version}"
    (room / MARK).write_text("\n".join([told, *names]) + "\n", encoding="utf-8")


def copy_tree(source: Path, target: Path) -> None:
    """Give a folder the same files as another, no hard links: who edits one of ours does not change the other."""
    shutil.copytree(source, target, copy_function=_copy)


def _check(folder: Path) -> None:
    try:
        there = {path.name for path in folder.iterdir()} if folder.exists() else set()
        ours = set((folder / MARK).read_text(encoding="utf-8").splitlines()[1:]) if MARK in there else set()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ReleaseError(f"{shown(folder)} cannot hold an edition: {reason}") from error
    if there and not ours:
        raise ReleaseError(f"{shown(folder)} is there already and no edition of Shahr: name another, or empty it")
    for name in sorted(there - ours):
        raise ReleaseError(f"{shown(folder / name)} is no part of the edition that would be replaced: move it away")


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


def _copy(source: str, target: str) -> str:
    shutil.copyfile(source, target)
    Path(target).chmod(0o644)
    return target
