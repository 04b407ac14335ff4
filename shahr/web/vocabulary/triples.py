"""Triples by subject and property, as pages about a vocabulary look them up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from shahr.namespaces import curie, iri

Node = NamedNode | BlankNode
Value = NamedNode | BlankNode | Literal

FIRST, REST, NIL = iri("rdf:first"), iri("rdf:rest"), iri("rdf:nil")


class Triples:
    """Some triples, held in memory; properties are named by curies, "rdfs:label"."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self._objects: dict[Node, dict[str, list[Value]]] = {}
        self._subjects: dict[tuple[str, Value], list[str]] = {}
        for triple in triples:
            if isinstance(triple.subject, Node) and isinstance(triple.object, Value):
                values = self._objects.setdefault(triple.subject, {})
                values.setdefault(triple.predicate.value, []).append(triple.object)
                if isinstance(triple.subject, NamedNode) and isinstance(triple.object, NamedNode):
                    self._subjects.setdefault((triple.predicate.value, triple.object), []).append(triple.subject.value)

    def subjects(self) -> Iterator[NamedNode]:
        """Give the subjects that have an IRI, in no order."""
        return (node for node in self._objects if isinstance(node, NamedNode))

    def nameless(self) -> Iterator[BlankNode]:
        """Give the subjects that have none, in no order."""
        return (node for node in self._objects if isinstance(node, BlankNode))

    def properties(self, node: Node) -> Mapping[str, list[Value]]:
        """Give what is said of a node, by the IRI of the property."""
        return self._objects.get(node, {})

    def values(self, node: Node, name: str) -> list[Value]:
        """Give the objects of one property, in the order of their text."""
        return sorted(self.properties(node).get(iri(name), []), key=str)

    def iris(self, node: Node, *names: str) -> tuple[str, ...]:
        """Give the IRIs among the objects of some properties, in order."""
        return tuple(one.value for name in names for one in self.values(node, name) if isinstance(one, NamedNode))

    def pointing(self, node: Node, name: str) -> list[str]:
        """Give the IRIs of the subjects that have a node as value of a property."""
        return self._subjects.get((iri(name), node), [])

    def types(self, node: Node) -> frozenset[str]:
        """Give the classes of a node as curies."""
        return frozenset(map(curie, self.iris(node, "rdf:type")))

    def texts(self, node: Node, name: str) -> dict[str, str]:
        """Give one text a language: {"en": "city", "fa": "شهر"}; the language of a plain text is ""."""
        literals = [one for one in self.values(node, name) if isinstance(one, Literal)]
        return {one.language or "": one.value for one in reversed(literals)}

    def items(self, head: Value) -> list[Value]:
        """Give the members of an RDF list; a broken list, or one that runs in a circle, ends where it breaks."""
        found: list[Value] = []
        seen: set[Value] = set()
        while isinstance(head, Node) and head.value != NIL and head not in seen:
            seen.add(head)
            links = self.properties(head)
            found += links.get(FIRST, [])[:1]
            head = next(iter(links.get(REST, [])), NamedNode(NIL))
        return found

    def lists(self, node: Node, name: str) -> list[list[Value]]:
        """Give the lists that one property points to, in the order of their members."""
        return sorted((self.items(head) for head in self.values(node, name)), key=str)

    def iri_lists(self, node: Node, name: str) -> tuple[tuple[str, ...], ...]:
        """Give the lists of IRIs that one property points to."""
        found = ([one.value for one in items if isinstance(one, NamedNode)] for items in self.lists(node, name))
        return tuple(map(tuple, found))
