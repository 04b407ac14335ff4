"""What can be compared: a release, by its version or its folder, and files of RDF, packed or not."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import IO, cast

from pyoxigraph import RdfFormat, parse, serialize

from shahr.canonical import without_graph
from shahr.errors import ReleaseError, SourceError
from shahr.packing import BROKEN, SUFFIXES, open_packed
from shahr.paths import Project
from shahr.release.changes.components import Steps, canonical_text, components, labels, renamed
from shahr.release.changes.opening import opened
from shahr.release.folder import BUFFER
from shahr.releases import NQUADS, Record, check_release, released
from shahr.sorting import sorted_lines

FORMATS = MappingProxyType(
    {
        ".nq": RdfFormat.N_QUADS,
        ".nt": RdfFormat.N_TRIPLES,
        ".ttl": RdfFormat.TURTLE,
        ".trig": RdfFormat.TRIG,
        ".rdf": RdfFormat.RDF_XML,
        ".jsonld": RdfFormat.JSON_LD,
    }
)
_FETCH = "LoadDocumentCallback"  # what the parser of JSON-LD lacks, so that it fetches nothing
LABELLED = (RdfFormat.N_QUADS, RdfFormat.N_TRIPLES)  # the labels of blank nodes in these are what a patch can name


@dataclass(frozen=True)
class Side:
    """One of two datasets: a file of sorted N-Quads lines, and the digest of those lines.

    name    what to call it: a version, or the name of a file
    union   whether the graphs are left out, and each triple comes once
    """

    name: str
    path: Path
    digest: str
    union: bool = False

    def lines(self) -> Iterator[bytes]:
        """Give the lines, sorted, each once; again from the start at each call."""
        with open_packed(self.path) as file:
            if self.union:
                yield from (line for line, _ in groupby(map(without_graph, file)))
            else:
                yield from file


def release_side(record: Record, folder: Path, union: bool = False) -> Side:
    """Give the quads of a release, or the union of its graphs."""
    return Side(record.version, folder / NQUADS, record.triples_hash if union else record.canonical_hash, union)


def read_sides(project: Project, old: str, new: str, folder: Path) -> tuple[Side, Side]:
    """Read what two arguments name; where one of both has triples only, the graphs of the other are left out.

    `folder` takes what is needed in between. ReleaseError, ReleaseDamaged; SourceError for a file that is not RDF.
    """
    places = _place(project, old), _place(project, new)
    union = any(place.is_file() and not _format(place).supports_datasets for place in places)
    one, other = (
        _file_side(place, folder / f"{number}.nq", union)
        if place.is_file()
        else release_side(check_release(place), place, union)
        for number, place in enumerate(places)
    )
    return one, other


def _place(project: Project, named: str) -> Path:
    """Find the folder of a release or the file that an argument names."""
    there = released(project)
    place = project.releases / named if named in there else Path(named)
    if not place.exists():
        versions = f"the releases are {', '.join(there)}" if there else "there is no release yet"
        raise ReleaseError(f"{named[:200]!r} is no file and no folder, and no version of a release: {versions}")
    return place


def _format(path: Path) -> RdfFormat:
    """Tell the format of a file by its name."""
    suffix = path.with_suffix("").suffix if path.suffix in SUFFIXES else path.suffix
    if suffix not in FORMATS:
        raise SourceError(path, None, f"cannot be told by its name: it must end with {', '.join(FORMATS)}, .gz or .zst")
    return FORMATS[suffix]


def _file_side(path: Path, target: Path, union: bool) -> Side:
    """Write the quads of a file to `target`, sorted."""
    raw = target.with_suffix(".raw")
    _unpack(path, raw)
    digest = hashlib.sha256()
    with target.open("wb", BUFFER) as file:
        for line in sorted_lines(_lines(raw, _format(path), union), target.parent):
            file.write(line)
            digest.update(line)
    raw.unlink()
    return Side(path.name, target, digest.hexdigest(), union)


def _unpack(path: Path, target: Path) -> None:
    """Write the quads of a file as N-Quads."""
    form = _format(path)
    try:
        with opened(path, form) as file:
            serialize(parse(cast("IO[bytes]", file), format=form), str(target), format=RdfFormat.N_QUADS)
    except SyntaxError as error:
        if _FETCH in error.msg:
            raise SourceError(path, None, "names a context elsewhere, and nothing is fetched: write it in") from error
        raise SourceError(path, error.lineno, f"is not {form.name}: {error.msg}") from error
    except BROKEN as error:
        raise SourceError(path, None, f"cannot be unpacked: {error}") from error
    except MemoryError as error:  # the parser's own, of some 16 MB
        raise SourceError(path, None, "has a name or text that is longer than the parser takes: cut it") from error
    except ValueError as error:
        raise SourceError(path, None, f"is not {form.name}: {error}") from error
    except PermissionError as error:
        raise SourceError(path, None, f"cannot be read: {error.strerror}") from error


def _lines(path: Path, form: RdfFormat, union: bool) -> Iterator[bytes]:
    """Give the lines of unsorted N-Quads, with labels that are the same each time the same file is read."""
    blank: list[bytes] = []
    with path.open("rb", BUFFER) as file:
        for line in map(without_graph, file) if union else file:
            if form not in LABELLED and labels(line):
                blank.append(line)
            else:
                yield line
    yield from _labelled(blank)


def _labelled(lines: list[bytes]) -> Iterator[bytes]:
    """Label blank nodes by what is said of them."""
    steps = Steps(len(lines))
    texts = sorted(canonical_text(component, steps) for component in components(lines))
    for number, text in enumerate(texts):
        stem = b"c%d" % number
        yield from (renamed(line, stem.__add__) for line in text.splitlines(keepends=True))
