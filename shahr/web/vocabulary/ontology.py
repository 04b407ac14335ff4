"""The ontology as its page shows it: terms with all that the axioms say of them, read from triples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from shahr.namespaces import SHAHR, curie
from shahr.web.matches import MATCHES
from shahr.web.prose import names_in
from shahr.web.triples import Triples, Value
from shahr.web.vocabulary.described import Described, described

HOME = SHAHR.removesuffix("#")
PROPERTY_TYPES = frozenset({"owl:ObjectProperty", "owl:DatatypeProperty", "owl:AnnotationProperty", "rdf:Property"})
CLASS_TYPES = frozenset({"owl:Class", "rdfs:Class"})
_WIDER = ("rdfs:subClassOf", "rdfs:subPropertyOf")
_ALIGNED = (*_WIDER, "owl:equivalentClass", "owl:equivalentProperty", *MATCHES)


@dataclass(frozen=True)
class Term(Described):
    """A class or a property of ours; the nodes it points to are IRIs."""

    domains: tuple[str, ...]
    ranges: tuple[str, ...]
    wider: tuple[str, ...]
    narrower: tuple[str, ...]
    inverses: tuple[str, ...]
    disjoint: tuple[str, ...]
    chains: tuple[tuple[str, ...], ...]
    keys: tuple[tuple[str, ...], ...]
    alignments: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        """The name behind the prefix, which is the id on the page: City."""
        return self.iri.removeprefix(SHAHR)

    @property
    def is_class(self) -> bool:
        """Tell whether this is a class and no property."""
        return bool(self.types & CLASS_TYPES)

    def nodes(self) -> Iterator[str]:
        """Give the IRIs of the term and of all of ours that it points to, or names in its examples."""
        yield self.iri
        yield from (*self.domains, *self.ranges, *self.wider, *self.narrower, *self.inverses, *self.disjoint)
        yield from (one for group in (*self.chains, *self.keys) for one in group)
        yield from names_in(self.examples.values())


@dataclass(frozen=True)
class Head:
    """What an ontology says of itself."""

    iri: str
    titles: Mapping[str, str]
    descriptions: Mapping[str, str]
    version: str
    created: str
    creators: tuple[Mapping[str, str], ...]
    licences: tuple[str, ...]
    prefix: str


class Ontology:
    """All terms of the ontology, by IRI and in the order of IRIs."""

    def __init__(self, triples: Triples) -> None:
        self.heads = _heads(triples)
        disjoint = _disjoint(triples)
        own = sorted(node.value for node in triples.subjects() if node.value.startswith(SHAHR))
        terms = [_term(triples, one, disjoint.get(one, set())) for one in own]
        self.terms = {term.iri: term for term in terms if term.types & (CLASS_TYPES | PROPERTY_TYPES)}

    @property
    def head(self) -> Head | None:
        """What the ontology says of itself as a whole; None where it says nothing."""
        return next((head for head in self.heads if head.iri == HOME), None)

    @property
    def modules(self) -> list[Head]:
        """The parts of the ontology, each with a title of its own."""
        return [head for head in self.heads if head.iri != HOME]

    def classes(self) -> list[Term]:
        """Give the classes."""
        return [term for term in self.terms.values() if term.is_class]

    def properties(self) -> list[Term]:
        """Give the properties."""
        return [term for term in self.terms.values() if not term.is_class]

    def known(self, iris: Iterable[str]) -> list[Term]:
        """Give those of some IRIs that are terms of ours."""
        return [self.terms[one] for one in iris if one in self.terms]


def _term(triples: Triples, iri: str, disjoint: set[str]) -> Term:
    wider = triples.iris(iri, *_WIDER)
    return Term(
        *described(triples, iri),
        domains=triples.iris(iri, "rdfs:domain"),
        ranges=triples.iris(iri, "rdfs:range"),
        wider=tuple(one for one in wider if one.startswith(SHAHR)),
        narrower=tuple(sorted(one for name in _WIDER for one in triples.pointing(iri, name))),
        inverses=tuple(sorted({*triples.iris(iri, "owl:inverseOf"), *triples.pointing(iri, "owl:inverseOf")})),
        disjoint=tuple(sorted(disjoint)),
        chains=triples.iri_lists(iri, "owl:propertyChainAxiom"),
        keys=triples.iri_lists(iri, "owl:hasKey"),
        alignments=tuple(
            (name, one) for name in _ALIGNED for one in triples.iris(iri, name) if not one.startswith(SHAHR)
        ),
    )


def _disjoint(triples: Triples) -> Mapping[str, set[str]]:
    """Classes are said to share no member in pairs, or as the members of one list."""
    pairs = [[node.value, other] for node in triples.subjects() for other in triples.iris(node, "owl:disjointWith")]
    groups = [list(group) for node in triples.nameless() for group in triples.iri_lists(node, "owl:members")]
    found: dict[str, set[str]] = {}
    for group in pairs + groups:
        for one in group:
            found.setdefault(one, set()).update(other for other in group if other != one)
    return found


def _heads(triples: Triples) -> list[Head]:
    nodes = [node for node in triples.subjects() if "owl:Ontology" in triples.types(node)]
    return [_head(triples, node) for node in sorted(nodes, key=str)]


def _head(triples: Triples, node: NamedNode) -> Head:
    def plain(name: str) -> str:
        return next(iter(triples.texts(node, name).values()), "")

    return Head(
        node.value,
        triples.texts(node, "dcterms:title"),
        triples.texts(node, "dcterms:description"),
        plain("owl:versionInfo"),
        plain("dcterms:created"),
        tuple(_names(triples, one) for one in triples.values(node, "dcterms:creator")),
        triples.iris(node, "dcterms:license"),
        curie(SHAHR).partition(":")[0],
    )


def _names(triples: Triples, maker: Value) -> Mapping[str, str]:
    """Give the names of a maker by language; a text counts as English."""
    return {"en": maker.value} if isinstance(maker, Literal) else triples.texts(maker, "foaf:name")
