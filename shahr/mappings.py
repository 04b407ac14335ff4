"""Links to Wikidata and GeoNames, kept as SSSOM TSV: https://mapping-commons.github.io/sssom/

A file is a comment header with a `curie_map`, then a table with one row for each piece of evidence. Rows that
deny a link (`predicate_modifier` Not) or say that nothing was found (`sssom:NoTermFound`) give no triple.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import NamedNode, Triple

from shahr.errors import SourceError
from shahr.namespaces import iri, prefix_map
from shahr.turtle import read_text

_COLUMNS = ("subject_id", "predicate_id", "object_id", "mapping_justification")


@dataclass(frozen=True)
class Link:
    """One row with full IRIs; `line` counts from 1."""

    line: int
    subject: str
    predicate: str
    object: str
    justification: str
    negative: bool

    @property
    def pair(self) -> tuple[str, str, str]:
        """What the row says, without how it is known."""
        return self.subject, self.predicate, self.object


def read_links(path: Path) -> list[Triple]:
    """Give the triples of an SSSOM file, each once and in order; SourceError where a row cannot be used.

    An accepted row gives skos:exactMatch or skos:closeMatch. A city, country or person whose exact match
    with a Wikidata item was curated by hand is owl:sameAs that item as well.
    """
    rows = list(parse_links(read_text(path), path))
    denied = {row.pair for row in rows if row.negative}
    found: dict[tuple[str, str, str], None] = {}
    for row in rows:
        if row.negative or row.object == iri("sssom:NoTermFound"):
            continue
        if row.pair in denied:
            raise SourceError(path, row.line, f"{row.object} is said to match and not to match {row.subject}")
        found[row.pair] = None
        if _is_same(row):
            found[row.subject, iri("owl:sameAs"), row.object] = None
    return [Triple(*map(NamedNode, pair)) for pair in sorted(found)]


def parse_links(text: str, path: Path) -> Iterator[Link]:
    """Give every row of an SSSOM text; `path` names it in a SourceError."""
    lines = text.split("\n")
    size = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
    prefixes = prefix_map() | _curie_map(lines[:size])
    reader = csv.DictReader(lines[size:], delimiter="\t")
    missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise SourceError(path, size + 1, f"the table lacks the column {missing[0]}")
    try:
        for row in reader:
            yield _link(row, prefixes, path, size + reader.line_num)
    except csv.Error as error:
        raise SourceError(path, size + reader.line_num, f"is not a table: {error}") from error


def _curie_map(header: list[str]) -> dict[str, str]:
    """Read the prefixes from the header: the indented `prefix: namespace` lines below `curie_map:`."""
    found: dict[str, str] = {}
    inside = False
    for line in (line.removeprefix("#") for line in header):
        entry = re.fullmatch(r"\s+(\w[\w.-]*):\s*[\"']?(\S+?)[\"']?\s*", line)
        if inside and entry:
            found[entry[1]] = entry[2]
        else:
            inside = line.strip() == "curie_map:"
    return found


def _link(row: Mapping[str, str | None], prefixes: Mapping[str, str], path: Path, line: int) -> Link:
    def expand(column: str) -> str:
        prefix, colon, local = (row[column] or "").partition(":")
        if not colon or prefix not in prefixes:
            raise SourceError(path, line, f"{column} {row[column]!r} has no prefix that the curie_map knows")
        try:
            return NamedNode(prefixes[prefix] + local).value
        except ValueError as error:
            raise SourceError(path, line, f"{column} {row[column]!r} is no IRI: {error}") from error

    predicate = expand("predicate_id")
    if predicate not in (iri("skos:exactMatch"), iri("skos:closeMatch")):
        raise SourceError(path, line, f"predicate_id {row['predicate_id']!r} is not skos:exactMatch or skos:closeMatch")
    modifier = row.get("predicate_modifier") or ""
    if modifier not in ("", "Not"):
        raise SourceError(path, line, f"predicate_modifier {modifier!r} is not Not or empty")
    target = _geonames(expand("object_id"))
    return Link(line, expand("subject_id"), predicate, target, expand("mapping_justification"), modifier == "Not")


def _geonames(target: str) -> str:
    """End a GeoNames IRI with the slash that it has in GeoNames' own data."""
    return target.rstrip("/") + "/" if target.startswith(iri("gn:")) else target


def _is_same(row: Link) -> bool:
    return (
        row.predicate == iri("skos:exactMatch")
        and row.justification == iri("semapv:ManualMappingCuration")
        and row.object.startswith(iri("wd:"))
        and row.subject.startswith((iri("city:"), iri("country:"), iri("person:")))
    )
