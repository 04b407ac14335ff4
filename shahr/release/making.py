"""What every part of a release is made from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from shahr.paths import Project
from shahr.release.folder import ReleaseFolder
from shahr.releases import About, Record


@dataclass(frozen=True)
class Making:
    """A release in the making.

    folder      takes the files
    scratch     a folder for what is needed in between; it goes when the release is made
    build       the build that is released: graph.nq, inferred.nq, report.ttl, report.txt
    quads       file: the dataset as canonical N-Quads, not compressed
    triples     file: the union of its graphs as canonical N-Triples, not compressed
    record      of the release, without its files as long as these are being written
    previous    the record of the release before and where it is; None for the first one
    """

    project: Project
    folder: ReleaseFolder
    scratch: Path
    build: Path
    quads: Path
    triples: Path
    record: Record
    previous: tuple[Record, Path] | None

    @property
    def version(self) -> str:
        """The version that is being made."""
        return self.record.version

    @property
    def about(self) -> About:
        """What all releases have in common."""
        return self.record.about
