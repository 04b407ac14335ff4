"""What entities are and have, in the form that search.db holds and shahr.gazetteer reads.

    type    one row for each class of an entity: its local name, and how many classes of ours it lies below
    value   one row for each value of a property: a node of ours (`target`), or a text with its language and datatype

Properties are those of our own vocabulary, by local name ("country", "mayorOf"), and a few that others give:
latitude, longitude, description, and the identifiers wikidata ("Q42053") and geonames ("418863").
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, Quad

from shahr.namespaces import BASE, ENTITY_PREFIXES, SHAHR, iri

SCHEMA = """
CREATE TABLE type (entry INTEGER NOT NULL, name TEXT NOT NULL, depth INTEGER NOT NULL);
CREATE TABLE value (entry INTEGER NOT NULL, property TEXT NOT NULL, target TEXT NOT NULL, text TEXT NOT NULL,
  language TEXT NOT NULL, datatype TEXT NOT NULL);
"""
INDEXES = """
CREATE INDEX type_by_entry ON type (entry);
CREATE INDEX type_by_name ON type (name);
CREATE INDEX value_by_entry ON value (entry);
CREATE INDEX value_by_target ON value (property, target);
CREATE INDEX value_by_text ON value (property, text);
"""

_IS_A, _BELOW, _SAME = iri("rdf:type"), iri("rdfs:subClassOf"), iri("skos:exactMatch")
_OUTSIDE = {iri("geo:lat"): "latitude", iri("geo:long"): "longitude", iri("dcterms:description"): "description"}

Value = tuple[str, str, str, str, str]  # property, target, text, language, datatype


@dataclass
class Characteristics:
    """Classes and values of entities by their IRIs, and the classes above each class, all by local name."""

    types: dict[str, set[str]] = field(default_factory=dict)
    values: dict[str, set[Value]] = field(default_factory=dict)
    above: dict[str, set[str]] = field(default_factory=dict)

    def add(self, quad: Quad) -> None:
        """Take in what a quad tells; quads come in any order."""
        subject, predicate, value = quad.subject, quad.predicate.value, quad.object
        if not isinstance(subject, NamedNode):
            return
        if predicate == _BELOW:
            _note(self.above, subject.value.removeprefix(SHAHR), value)
        elif not _is_entity(subject.value):
            return
        elif predicate == _IS_A:
            _note(self.types, subject.value, value)
        elif row := _row(predicate, value):
            self.values.setdefault(subject.value, set()).add(row)

    def depth(self, name: str) -> int:
        """Count the classes that a class lies below, at any distance."""
        seen, ahead = set[str](), [name]
        while ahead:
            new = self.above.get(ahead.pop(), set()) - seen
            seen |= new
            ahead += new
        return len(seen - {name})

    def insert(self, connection: sqlite3.Connection, entry: int, iri: str) -> None:
        """Write the rows of one entity."""
        types = [(entry, name, self.depth(name)) for name in sorted(self.types.get(iri, ()))]
        connection.executemany("INSERT INTO type VALUES (?, ?, ?)", types)
        rows = [(entry, *value) for value in sorted(self.values.get(iri, ()))]
        connection.executemany("INSERT INTO value VALUES (?, ?, ?, ?, ?, ?)", rows)


def identifiers() -> Sequence[str]:
    """Give the properties whose value is one thing's alone."""
    return ("wikidata", "geonames")


def _is_entity(address: str) -> bool:
    """Tell whether an IRI is that of a city, country, place, person, organisation or post."""
    return address.startswith(BASE) and address[len(BASE) :].partition("/")[0] in ENTITY_PREFIXES


def _note(sets: dict[str, set[str]], key: str, value: object) -> None:
    if isinstance(value, NamedNode) and value.value.startswith(SHAHR):
        sets.setdefault(key, set()).add(value.value.removeprefix(SHAHR))


def _row(predicate: str, value: object) -> Value | None:
    if predicate == _SAME and isinstance(value, NamedNode):
        return _identifier(value.value)
    name = predicate.removeprefix(SHAHR) if predicate.startswith(SHAHR) else _OUTSIDE.get(predicate)
    if name is None:
        return None
    if isinstance(value, NamedNode):
        return (name, value.value, "", "", "") if value.value.startswith(BASE) else None
    if isinstance(value, Literal):
        return name, "", value.value, value.language or "", value.datatype.value
    return None


def _identifier(target: str) -> Value | None:
    for name, curie in zip(identifiers(), ("wd:", "gn:"), strict=True):
        if target.startswith(iri(curie)):
            return name, "", target.removeprefix(iri(curie)).rstrip("/"), "", iri("xsd:string")
    return None
