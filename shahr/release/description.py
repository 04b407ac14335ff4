"""The files that describe a release: written last, from its record and what is counted in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from shahr.release.citation import write_citation
from shahr.release.croissant import write_croissant
from shahr.release.dcat import write_dcat
from shahr.release.folder import ReleaseFolder
from shahr.release.making import Making
from shahr.release.readme import write_readme
from shahr.release.statistics import Statistics, statistics
from shahr.release.void import write_void
from shahr.release.zenodo import write_zenodo
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
