"""Which releases there are, and which of their files may be had: those that a record names, and no other.

A request finds a file by its address in a table; nothing of the address is ever part of a path.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from shahr.errors import ReleaseError
from shahr.paths import Project
from shahr.releases import RECORD, SUMS, Record, read_record, released

ROOT = "/dumps/"
_PACKED = {"gzip": "application/gzip", "zstd": "application/zstd"}

Trace = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Offer:
    """A file that may be had: where it lies, the media type of its bytes, their number and SHA-256 (hexadecimal).

    `day` is the ISO date of the release, `seen` what `_trace` gave when the shelf was read.
    """

    path: Path
    media_type: str
    bytes: int
    sha256: str
    day: str
    seen: Trace | None
    packed: bool = False

    def is_whole(self) -> bool:
        """Tell whether the file is as long as it was released, and nobody has written to it since the shelf was read.

        What was damaged is not sent under its checksum; to compute that for each request would cost too much.
        """
        found = _trace(self.path)
        return found is not None and found == self.seen and found[0] == self.bytes


@dataclass(frozen=True)
class Shelf:
    """The releases at one moment, the newest first; `mark` changes with them.

    offers   all files by their addresses: "/dumps/1.2.0/data/shahr.nq.gz"
    """

    mark: object = None
    releases: tuple[Record, ...] = ()
    offers: Mapping[str, Offer] = field(default_factory=dict)

    @property
    def newest(self) -> Record | None:
        """The newest release, None where there is none."""
        return self.releases[0] if self.releases else None

    def release(self, version: str) -> Record | None:
        """Give the release of a version, None where there is none."""
        return next((one for one in self.releases if one.version == version), None)

    def offer(self, version: str, name: str) -> Offer | None:
        """Give a file of a release by its name in there, "metadata/void.ttl"; None where it has no such file."""
        return self.offers.get(address(version, name))


class Shelves:
    """The shelf of a project as it is now: a new release is seen at the next look, which costs a few microseconds."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._shelf = Shelf()

    def now(self) -> Shelf:
        """Give the shelf; a release whose record cannot be read is left out and named in the log."""
        mark = _mark(self._project.releases)
        if mark != self._shelf.mark:
            self._shelf = _read(self._project, mark)
        return self._shelf


def address(version: str, name: str) -> str:
    """Give the address of a file of a release, of the page about it where the name is empty."""
    return f"{ROOT}{version}/{name}"


def _mark(folder: Path) -> object:
    """Give what changes with the releases: the time of the folder may be too coarse for two changes in a row."""
    try:
        return folder.stat().st_mtime_ns, tuple(sorted(one.name for one in folder.iterdir()))
    except OSError:
        return None


def _trace(path: Path) -> Trace | None:
    """Give the size of a file, the time of its last change and its number on the disk; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ino


def _read(project: Project, mark: object) -> Shelf:
    records: list[Record] = []
    offers: dict[str, Offer] = {}
    for version in released(project):
        folder = project.releases / version
        try:
            record = _record(folder)
            found = dict(_offers(folder, version, record))
        except (ReleaseError, OSError) as error:
            logging.getLogger("shahr").error("the release %s is not offered: %s", version, error)
        else:
            records.append(record)
            offers |= found
    return Shelf(mark, tuple(records), offers)


def _record(folder: Path) -> Record:
    """Read the record of a release; ReleaseError where its folder is called otherwise, for addresses are made of it."""
    record = read_record(folder)
    if record.version != folder.name:
        raise ReleaseError(f"its record calls it {record.version}")
    return record


def _offers(folder: Path, version: str, record: Record) -> Iterator[tuple[str, Offer]]:
    for one in record.files:
        path = PurePosixPath(one.path)
        if path.is_absolute() or ".." in path.parts:  # a record that somebody wrote by hand
            raise ReleaseError(f"its record names a file outside of it: {one.path!r}")
        media_type, file = _PACKED.get(one.compression, one.media_type), folder / path
        described = (file, media_type, one.bytes, one.sha256, record.issued, _trace(file), bool(one.compression))
        yield address(version, one.path), Offer(*described)
    for name, media_type in ((RECORD, "application/json"), (SUMS, "text/plain")):
        file = folder / name
        seen, data = _trace(file), file.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        yield address(version, name), Offer(file, media_type, len(data), digest, record.issued, seen)
