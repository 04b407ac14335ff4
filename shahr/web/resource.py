"""A node of the graph as its page shows it: what is asserted of it, what rules derive, and what points to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from pyoxigraph import Literal, NamedNode, Triple
from werkzeug.exceptions import NotFound

from shahr.namespaces import curie, graph_iri, iri
from shahr.queries import fill
from shahr.solutions import Term
from shahr.web.addresses import slug_of
from shahr.web.receipts import Nodes
from shahr.web.refusals import Replaced
from shahr.web.state import page_query, state

LONGEST = 300  # characters of an IRI
_EXACT = (
    "owl:sameAs",
    "skos:exactMatch",
    "skos:closeMatch",
    "skos:broadMatch",
    "skos:narrowMatch",
    "skos:relatedMatch",
)


@dataclass(frozen=True)
class Resource:
    """A node: what is asserted of it, what rules derive, and what points to it as (subject, property) pairs."""

    iri: str
    asserted: Nodes
    derived: Nodes
    incoming: Sequence[tuple[str, str]]

    @property
    def curie(self) -> str:
        """Its short name."""
        return curie(self.iri)

    @property
    def kind(self) -> str | None:
        """The class that it is asserted to be of."""
        return self.asserted.node(self.iri, "rdf:type") or self.derived.node(self.iri, "rdf:type")

    @property
    def names(self) -> list[Literal]:
        """All its labels and other names, labels first."""
        found = self.asserted.terms(self.iri, "rdfs:label") + self.asserted.terms(self.iri, "skos:altLabel")
        return [term for term in found if isinstance(term, Literal)]

    @property
    def links(self) -> list[str]:
        """The same thing, or nearly the same, in the data of others."""
        found = [node for name in _EXACT for node in self.asserted.nodes(self.iri, name)]
        return list(dict.fromkeys(found))

    @property
    def fields(self) -> list[tuple[str, list[Term]]]:
        """What defines it: the asserted properties of our own ontology."""
        return _own_properties(self.asserted, self.iri)

    @property
    def consequences(self) -> list[tuple[str, list[Term]]]:
        """What rules derive of it, in our own ontology; edges that only lead to facts left out."""
        shortcuts = {iri(f"shahr:{name}") for name in ("hasAgreement", "hasTenure", "hasMembership")}
        told = dict(self.fields)
        return [pair for pair in _own_properties(self.derived, self.iri) if pair[0] not in shortcuts | told.keys()]

    @property
    def pointing(self) -> list[tuple[str, list[str]]]:
        """What points to it, by property of our own."""
        own = sorted((name, subject) for subject, name in self.incoming if name.startswith(iri("shahr:")))
        groups = groupby(dict.fromkeys(own), key=lambda pair: pair[0])
        return [(name, [subject for _, subject in group]) for name, group in groups]

    def iris(self) -> set[str]:
        """Give every IRI that a page names of it."""
        found = {self.iri, *self.links}
        for nodes in (self.asserted, self.derived):
            for name, terms in nodes.properties(self.iri).items():
                found |= {name, *(term.value for term in terms if isinstance(term, NamedNode))}
        return found | {one for pair in self.incoming for one in pair}


def read_resource(node: str) -> Resource:
    """Read a node of the graph; NotFound where nothing is asserted of it, Replaced where it gave way."""
    if slug_of(node) is None or len(node) > LONGEST:
        raise NotFound
    rows = state().select(fill(page_query("node").text, ["node"], [[NamedNode(node)]])).rows
    inferred = graph_iri("inferred")
    out: dict[bool, list[Triple]] = {True: [], False: []}
    incoming: list[tuple[str, str]] = []
    for graph, subject, name, object_ in rows:
        assert isinstance(name, NamedNode)
        if isinstance(object_, NamedNode | Literal):
            derived = isinstance(graph, NamedNode) and graph.value == inferred
            out[derived].append(Triple(NamedNode(node), name, object_))
        elif isinstance(subject, NamedNode):
            incoming.append((subject.value, name.value))
    asserted = Nodes(out[False])
    if successors := asserted.nodes(node, "dcterms:isReplacedBy"):
        raise Replaced(node, successors)
    if not out[False]:
        raise NotFound(f"Shahr knows nothing that is called {curie(node)}")
    return Resource(node, asserted, Nodes(out[True]), incoming)


def _own_properties(nodes: Nodes, node: str) -> list[tuple[str, list[Term]]]:
    own = iri("shahr:")
    found = nodes.properties(node)
    return [(name, sorted(found[name], key=str)) for name in sorted(found) if name.startswith(own)]
