"""What the terms of the ontology and the concepts have in common: classes, and texts in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shahr.web.triples import Triples

Texts = Mapping[str, str]


@dataclass(frozen=True)
class Described:
    """A node with its classes as curies, and its texts by language."""

    iri: str
    types: frozenset[str]
    definitions: Texts
    examples: Texts
    notes: Texts


def described(triples: Triples, node: str) -> tuple[str, frozenset[str], Texts, Texts, Texts]:
    """Read the fields of Described, in their order, for the node with an IRI."""
    names = ("skos:definition", "skos:example", "skos:scopeNote")
    definitions, examples, notes = (triples.texts(node, name) for name in names)
    return node, triples.types(node), definitions, examples, notes
