"""The files that describe a release: written last, from its record and what is counted in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from shahr.release.folder import ReleaseFolder
from shahr.release.making import Making
from shahr.release.metadata.citation import write_citation
from shahr.release.metadata.croissant import write_croissant
from shahr.release.metadata.dcat import write_dcat
from shahr.release.metadata.readme import write_readme
from shahr.release.metadata.statistics import Statistics, statistics
from shahr.release.metadata.void import write_void
from shahr.release.metadata.zenodo import write_zenodo
from shahr.releases import Record

_Writer = Callable[[ReleaseFolder, Record, Statistics], None]


def write_description(making: Making) -> None:
    """Write metadata/, CITATION.cff, README.md and README.fa.md; each sees the files that are there before it."""
    found = statistics(making)
    for write in _writers():
        files = tuple(sorted(making.folder.files, key=lambda one: one.path))
        write(making.folder, replace(making.record, files=files), found)


def _writers() -> tuple[_Writer, ...]:
    return (write_citation, write_void, write_croissant, write_zenodo, write_dcat, write_readme)
