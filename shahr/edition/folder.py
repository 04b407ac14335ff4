"""The folder of an edition: it appears whole or not at all, and replaces an older one in one step."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shahr.errors import ReleaseError, shown
from shahr.files import next_folder

MARK = ".shahr-edition"


@contextmanager
def next_edition(folder: Path) -> Iterator[Path]:
    """Give an empty folder, which takes the name `folder` when the block ends without an error.

    ReleaseError where something else stands there, or it cannot be written. One that `shahr site` made is replaced.
    """
    folder = folder.resolve()
    _check(folder)
    try:
        with next_folder(folder) as room:
            yield room
    except OSError as error:
        reason = error.strerror or str(error)
        raise ReleaseError(f"the edition cannot be written to {shown(folder)}: {reason}") from error


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


def _copy(source: str, target: str) -> str:
    shutil.copyfile(source, target)
    Path(target).chmod(0o644)
    return target
