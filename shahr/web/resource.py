"""A node of the graph as its page shows it: what is asserted of it, what rules derive, and what points to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from flask_babel import gettext as _
from pyoxigraph import Literal, NamedNode, Triple
from werkzeug.exceptions import NotFound

from shahr.namespaces import curie, graph_iri, iri
from shahr.solutions import Term
from shahr.web.addresses import slug_of
from shahr.web.matches import MATCHES
from shahr.web.refusals import Replaced
from shahr.web.state import page_query, state
from shahr.web.triples import Triples, Value

LONGEST = 300  # characters of an IRI
MOST = 3000  # triples of a node; node.rq finds one more
_SAME = ("owl:sameAs", *MATCHES)


@dataclass(frozen=True)
class Resource:
    """A node: what is asserted of it, what rules derive, and what points to it as (subject, property) pairs.

    `more` tells that this is not all: of what points to it, the rest was left out.
    """

    iri: str
    asserted: Triples
    derived: Triples
    incoming: Sequence[tuple[str, str]]
    more: bool = False

    @property
    def curie(self) -> str:
        """Its short name."""
        return curie(self.iri)

    @property
    def kind(self) -> str | None:
        """The class that it is asserted to be of."""
        return self.asserted.iri(self.iri, "rdf:type") or self.derived.iri(self.iri, "rdf:type")

    @property
    def names(self) -> list[Literal]:
        """All its labels and other names, labels first."""
        return self.asserted.literals(self.iri, "rdfs:label", "skos:altLabel")

    @property
    def links(self) -> list[str]:
        """The same thing, or nearly the same, in the data of others."""
        return list(dict.fromkeys(self.asserted.iris(self.iri, *_SAME)))

    @property
    def fields(self) -> list[tuple[str, list[Value]]]:
        """What defines it: the asserted properties of our own ontology."""
        return _own_properties(self.asserted, self.iri)

    @property
    def consequences(self) -> list[tuple[str, list[Value]]]:
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
        for triples in (self.asserted, self.derived):
            for name, terms in triples.properties(self.iri).items():
                found |= {name, *(term.value for term in terms if isinstance(term, NamedNode))}
        return found | {one for pair in self.incoming for one in pair}


def read_resource(node: str) -> Resource:
    """Read a node of the graph; NotFound where nothing is asserted of it, Replaced where it gave way."""
    if slug_of(node) is None or len(node) > LONGEST:
        raise NotFound
    rows = state().select(page_query("node").filled(["node"], [[NamedNode(node)]])).rows
    asserted, derived, incoming = _sorted(node, rows[:MOST])
    if successors := asserted.iris(node, "dcterms:isReplacedBy"):
        raise Replaced(node, successors)
    if node not in asserted:
        raise NotFound(_("Shahr knows nothing that is called %(name)s", name=curie(node)))
    return Resource(node, asserted, derived, incoming, len(rows) > MOST)


def _sorted(node: str, rows: Iterable[Sequence[Term | None]]) -> tuple[Triples, Triples, list[tuple[str, str]]]:
    """Sort rows of node.rq into what is asserted, what is derived, and what points to the node.

    What stands in no named graph counts as asserted.
    """
    inferred = NamedNode(graph_iri("inferred"))
    out: dict[bool, list[Triple]] = {True: [], False: []}
    incoming: list[tuple[str, str]] = []
    for graph, subject, name, object_ in rows:
        assert isinstance(name, NamedNode)
        if isinstance(object_, NamedNode | Literal):
            out[graph == inferred].append(Triple(NamedNode(node), name, object_))
        elif isinstance(subject, NamedNode):
            incoming.append((subject.value, name.value))
    return Triples(out[False]), Triples(out[True]), incoming


def _own_properties(triples: Triples, node: str) -> list[tuple[str, list[Value]]]:
    own = iri("shahr:")
    found = triples.properties(node)
    return [(name, sorted(found[name], key=str)) for name in sorted(found) if name.startswith(own)]
