"""The folder dist/: one folder a build, one link to the build that serves, one writer at a time.

    dist/.lock                 held by the process that writes
    dist/builds/<16 hex>/      a finished build, named by the digest of its files
    dist/builds/.next-<pid>/   a build in the making; what a crash leaves, the next writer clears
    dist/current               → builds/<16 hex>, swapped in one step
    dist/graph.nq …            → current/graph.nq …, so that paths are stable

A reader sees the old build or the new one, whenever the writer dies.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shahr.errors import BuildBusy, ProjectMissing
from shahr.files import swap_link, sync_folder, write_atomically
from shahr.paths import Project

FILES = ("graph.nq", "inferred.nq", "search.db", "report.txt", "report.json", "report.ttl", "inputs.sha256")


@contextmanager
def next_build(project: Project, keep: tuple[str, ...] = (), keep_if_there: tuple[str, ...] = ()) -> Iterator[Path]:
    """Give a fresh folder for a build; when the block ends without an error it becomes the current build.

    `keep` names files of the current build to begin with, ProjectMissing where one is not there; `keep_if_there`
    names others, that may not be. BuildBusy where another process is writing. On an error in the block dist/ is
    left as it was.
    """
    with locked(project):
        out = project.builds / f".next-{os.getpid()}"
        try:
            _clear(project.builds, ".next-*")
            out.mkdir()
            _keep(project, out, keep)
            _keep(project, out, tuple(name for name in keep_if_there if (project.current / name).is_file()))
            yield out
            _publish(project, out)
        finally:
            shutil.rmtree(out, ignore_errors=True)


@contextmanager
def locked(project: Project) -> Iterator[None]:
    """Hold the one writer's lock; the kernel frees it when the process ends, however it ends."""
    project.builds.mkdir(parents=True, exist_ok=True)
    with (project.dist / ".lock").open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BuildBusy(f"another shahr is writing {project.dist}; try again when it has finished") from error
        yield


def _keep(project: Project, out: Path, names: tuple[str, ...]) -> None:
    for name in names:
        kept = project.current / name
        if not kept.is_file():
            raise ProjectMissing(f"{project.dist / name} is not there yet: run `shahr run` first")
        write_atomically(out / name, kept.read_bytes())


def _publish(project: Project, out: Path) -> None:
    """Give the build its name and link to it; the builds before it go."""
    sync_folder(out)
    name = _digest(out)
    final = project.builds / name
    if final.exists() and _digest(final) != name:  # somebody changed or removed its files by hand
        shutil.rmtree(final)
    if not final.exists():
        out.rename(final)
        sync_folder(project.builds)
    _link(project.current, f"builds/{name}")
    for file in FILES:
        _link(project.dist / file, f"current/{file}")
    _clear(project.builds, "[0-9a-f]*", but=name)


def _digest(folder: Path) -> str:
    """Give the first 16 hex digits of the SHA-256 over the names and bytes of a build's files."""
    total = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        total.update(f"{path.name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()[:16]


def _link(link: Path, target: str) -> None:
    if not link.is_symlink() or str(link.readlink()) != target:
        swap_link(link, target)


def _clear(builds: Path, pattern: str, but: str = "") -> None:
    for folder in builds.glob(pattern):
        if folder.name != but:
            shutil.rmtree(folder)
