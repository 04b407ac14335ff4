"""The stage `build`: sources to graph.nq, one named graph a file."""

from __future__ import annotations

from pathlib import Path

from shahr.dataset import nquads, quads_of, read_sources
from shahr.errors import SourcesRefused
from shahr.files import write_atomically
from shahr.paths import Project
from shahr.sourcecheck import check_sources


def build(project: Project, out: Path) -> int:
    """Write out/graph.nq from the sources and give its number of quads.

    SourcesRefused, with all errors, where a source cannot be read or breaks a rule; nothing is written
    then. What files refer to is looked at only when all of them could be read.
    """
    sources, errors = read_sources(project)
    errors = errors or check_sources(sources)
    if errors:
        raise SourcesRefused(errors)
    written = nquads(quads_of(sources))
    write_atomically(out / "graph.nq", written)
    return written.count(b"\n")
