"""A release is made in a folder of its own, brought to the disk, and given its name in one step.

    dist/release/1.2.0/            a finished release, which nothing changes any more
    dist/release/.next-<pid>/      a release in the making; what a crash leaves, the next `shahr publish` clears

A reader sees no release of that version or all of it, whenever the writer dies.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from shahr.builds import locked
from shahr.errors import BadVersion, ProjectMissing, ReleaseError, SourceError, shown
from shahr.files import sync_folder, write_atomically
from shahr.paths import Project
from shahr.release.about import read_about
from shahr.release.changes.breaking import check_breaking
from shahr.release.changes.changes import write_changes
from shahr.release.copies import write_licence, write_links, write_ontology, write_report, write_shapes
from shahr.release.folder import ReleaseFolder
from shahr.release.making import Making
from shahr.release.metadata.description import write_description
from shahr.release.quads import write_quads
from shahr.release.questions import write_questions
from shahr.release.rdf.contexts import write_context
from shahr.release.rdf.dumps import write_dumps
from shahr.release.stamp import issued
from shahr.release.tables.tables import write_tables
from shahr.releases import RECORD, SUMS, Record, check_release, released, sha256_of
from shahr.versions import parse_version

Part = Callable[[Making], None]
_QUAD = re.compile(
    rb'(?:<[^> ]+>|_:\S+) <[^> ]+> (?:<[^> ]+>|_:\S+|"(?:[^"\\\n]|\\.)*"(?:@\S+|\^\^<[^> ]+>)?) <[^> ]+> \.\n'
)
BUILT = ("graph.nq", "inferred.nq", "report.json", "report.ttl", "report.txt")


# None needs what another writes, so their order is no matter.
PARTS: tuple[Part, ...] = (
    *(write_dumps, write_tables, write_questions, write_context),
    *(write_ontology, write_shapes, write_links, write_report, write_licence),
)


def steps() -> int:
    """Give how often `done` is called."""
    return len(PARTS) + 4


def publish(
    project: Project, version: str, previous: Path | None = None, done: Callable[[], None] = lambda: None
) -> Record:
    """Make the release `version` of the current build, and give its record; `done` is called after each part.

    `previous` is the folder of the release to compare with, by default that of the newest release there is; none that
    is older than that.
    BadVersion, ReleaseDamaged, ReleaseError, ProjectMissing; BuildBusy where another shahr is writing dist/. On any
    error dist/release is left as it was.
    """
    parse_version(version)
    with _in_words(version), _for_all_to_read():
        project.releases.mkdir(parents=True, exist_ok=True)
        with locked(project), _next(project) as room:
            before = _before(project, version, previous)
            _check_build(project)
            making = _begin(project, version, before, room)
            check_breaking(making)
            done()
            making = write_changes(making)
            done()
            for part in PARTS:
                part(making)
                done()
            write_description(making)  # of all that is there by now
            done()
            record = _finish(making)
            done()
            _give_name(room / "release", project.releases / version)
            return record


@contextmanager
def _in_words(version: str) -> Iterator[None]:
    """Say in a sentence what the system or the parser of N-Quads says in its own way."""
    try:
        yield
    except OSError as error:
        place = f"{shown(Path(str(error.filename)))}: " if error.filename else ""
        raise ReleaseError(
            f"release {version} could not be made, and all is as it was: {place}{error.strerror or error}"
        ) from error
    except SyntaxError as error:
        raise ReleaseError(f"what is built is damaged ({error.msg}): run `shahr run`, then publish again") from error


@contextmanager
def _for_all_to_read() -> Iterator[None]:
    """Let new files and folders be readable for everyone, as what is published is, whatever the user's umask."""
    before = os.umask(0o022)
    try:
        yield
    finally:
        os.umask(before)


def _give_name(made: Path, name: Path) -> None:
    """Give a finished release its name, and bring that to the disk; where the disk fails it loses it again."""
    made.rename(name)
    try:
        sync_folder(name.parent)
    except OSError:
        name.rename(made)
        raise


@contextmanager
def _next(project: Project) -> Iterator[Path]:
    """Give an empty folder with release/ and scratch/ in it, for as long as the release is in the making."""
    for left in project.releases.glob(".next-*"):
        shutil.rmtree(left)
    room = project.releases / f".next-{os.getpid()}"
    try:
        for name in ("release", "scratch"):
            (room / name).mkdir(parents=True)
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _before(project: Project, version: str, previous: Path | None) -> tuple[Record, Path] | None:
    """Give the release before, proved to be whole; BadVersion where the new one would not be newer than all.

    A `previous` that is older than the newest release here is refused: what came after it promised more.
    """
    there = released(project)
    if os.path.lexists(project.releases / version):
        raise BadVersion(version, f"{shown(project.releases / version)} is there already, and a release never changes")
    folder = previous if previous or not there else project.releases / there[0]
    before = (check_release(folder), folder) if folder else None
    if before and there and parse_version(before[0].version) < parse_version(there[0]):
        reason = f"the newest release is {there[0]}: compare with that, or leave --previous out"
        raise ReleaseError(f"{shown(before[1])} is the release {before[0].version}, but {reason}")
    newest = max([*there, *([before[0].version] if before else [])], key=parse_version, default=None)
    if newest and parse_version(version) <= parse_version(newest):
        raise BadVersion(version, f"the newest release is {newest}, and a new one must have a higher version")
    return before


def _check_build(project: Project) -> None:
    """Make sure that the current build is whole and conforms."""
    for name in BUILT:
        if not (project.current / name).is_file():
            raise ProjectMissing(f"{project.dist / name} is not there yet: run `shahr run` first")
    for path in (project.current / "graph.nq", project.current / "inferred.nq"):
        _check_lines(path)
    if not _conforms(project.current / "report.json"):
        raise ReleaseError("the data do not conform, and what does not is not released: mend what `shahr run` names")


def _check_lines(path: Path) -> None:
    """Make sure that a file of the build is what the build writes: nobody checks its lines again."""
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not _QUAD.fullmatch(line):
                raise SourceError(path, number, "is no canonical quad, so the file is damaged: run `shahr run` first")


def _conforms(report: Path) -> bool:
    try:
        return json.loads(report.read_bytes())["conforms"] is True
    except (ValueError, KeyError, TypeError) as error:
        raise ReleaseError(f"{shown(report)} is no report of a validation: run `shahr run` first") from error


def _begin(project: Project, version: str, before: tuple[Record, Path] | None, room: Path) -> Making:
    """Write the quads and triples that all else is made from, and what is known of the release then."""
    build, scratch = project.current.resolve(), room / "scratch"
    day = issued(project, build / "graph.nq", build / "inferred.nq")
    counted = write_quads(build, scratch, version, before[0].version if before else None, day)
    record = Record(
        version,
        before[0].version if before else None,
        day,
        read_about(project.about),
        counted.quads,
        counted.triples,
        counted.canonical_hash,
        counted.triples_hash,
        counted.graphs,
    )
    files = scratch / "shahr.nq", scratch / "shahr.nt"
    return Making(project, ReleaseFolder(room / "release"), scratch, build, *files, record, before)


def _finish(making: Making) -> Record:
    """Write the record and the digests of all files, and bring the folders to the disk."""
    root = making.folder.root
    record = replace(making.record, files=tuple(sorted(making.folder.files, key=lambda one: one.path)))
    write_atomically(root / RECORD, record.to_json())
    digests = {one.path: one.sha256 for one in record.files} | {RECORD: sha256_of(root / RECORD)}
    write_atomically(root / SUMS, "".join(f"{digests[name]}  {name}\n" for name in sorted(digests)).encode())
    for folder in (root, *(path for path in root.rglob("*") if path.is_dir())):
        sync_folder(folder)
    return record
