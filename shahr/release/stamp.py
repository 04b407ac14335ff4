"""Version and date of a release, written where the graph speaks of itself."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from itertools import chain
from pathlib import Path

from shahr.dataset import files_in
from shahr.errors import ReleaseError
from shahr.namespaces import GRAPH, iri
from shahr.paths import Project
from shahr.versions import is_bound

_ONTOLOGY = f"<{iri('rdf:type')}> <{iri('owl:Ontology')}> ".encode()
VERSIONS = ("owl:versionInfo", "owl:versionIRI", "owl:priorVersion", "owl:backwardCompatibleWith")
_PREDICATES = frozenset(f"<{iri(name)}>".encode() for name in VERSIONS)
_DATED = ("dcterms:created", "dcterms:modified", "shahr:consulted", "schema:datePublished")
_DAY = re.compile(rb"\d{4}-\d\d-\d\d")


def stamped(lines: Iterable[bytes], version: str, previous: str | None, day: str) -> Iterator[bytes]:
    """Give the lines of N-Quads with version and day in each ontology, whatever version they held before."""
    for line in lines:
        subject, _, said = line.partition(b" ")
        if said.partition(b" ")[0] not in _PREDICATES:
            yield line
        if said.startswith(_ONTOLOGY):
            yield from _stamps(subject.decode(), version, previous, day)


def issued(project: Project, *quads: Path) -> str:
    """Give the day of a release, ISO 8601: that of SOURCE_DATE_EPOCH, else the newest day the sources speak of.

    https://reproducible-builds.org/specs/source-date-epoch/; ReleaseError where it is no number of seconds.
    """
    if epoch := os.environ.get("SOURCE_DATE_EPOCH"):
        return _day_of(epoch)
    days = {day.decode() for day in chain(*map(_days_in, quads), _days_of_links(project))}
    newest = next(filter(_is_day, sorted(days, reverse=True)), None)
    if newest is None:
        raise ReleaseError("nothing in the sources has a date: set SOURCE_DATE_EPOCH to the seconds since 1970")
    return newest


def _stamps(ontology: str, version: str, previous: str | None, day: str) -> Iterator[bytes]:
    graph, base = f"<{GRAPH}ontology>", ontology.rstrip(">#")
    yield f'{ontology} <{iri("owl:versionInfo")}> "{version}" {graph} .\n'.encode()
    yield f"{ontology} <{iri('owl:versionIRI')}> {base}/{version}> {graph} .\n".encode()
    yield f'{ontology} <{iri("dcterms:issued")}> "{day}" {graph} .\n'.encode()
    if previous is not None:
        yield f"{ontology} <{iri('owl:priorVersion')}> {base}/{previous}> {graph} .\n".encode()
        if is_bound(version, previous):  # else the ontology may have broken its word
            yield f"{ontology} <{iri('owl:backwardCompatibleWith')}> {base}/{previous}> {graph} .\n".encode()


def _day_of(epoch: str) -> str:
    wrong = f"SOURCE_DATE_EPOCH is {epoch[:40]!r}, not a number of seconds since 1970"
    if not (epoch.isascii() and epoch.isdigit()):
        raise ReleaseError(wrong)
    try:
        return datetime.fromtimestamp(int(epoch), UTC).date().isoformat()
    except (ValueError, OverflowError, OSError) as error:
        raise ReleaseError(wrong) from error


def _is_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def _days_in(quads: Path) -> Iterator[bytes]:
    dated = re.compile("|".join(f'> <{re.escape(iri(name))}> "' for name in _DATED).encode())
    with quads.open("rb") as file:
        for line in file:
            if dated.search(line) and (day := _DAY.search(line.rpartition(b'> "')[2])):
                yield day[0]


def _days_of_links(project: Project) -> Iterator[bytes]:
    """Every day in a table of links is one on which somebody looked at a link."""
    for path in files_in(project.links, ".sssom.tsv"):
        yield from _DAY.findall(path.read_bytes())
