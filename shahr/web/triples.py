"""Triples by subject and property, as pages look them up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from shahr.namespaces import curie, iri

Node = NamedNode | BlankNode
Value = NamedNode | BlankNode | Literal

FIRST, REST, NIL = iri("rdf:first"), iri("rdf:rest"), iri("rdf:nil")


class Triples:
    """Some triples, each once, held in memory; triples about triples are left out.

    A node is given as a term, or as an IRI; a property is named by its curie, "rdfs:label".
    """

    def __init__(self, triples: Iterable[Triple]) -> None:
        self._values: dict[str | BlankNode, dict[str, list[Value]]] = {}
        self._subjects: dict[tuple[str, str], list[str]] = {}
        for triple in dict.fromkeys(triples):
            if isinstance(triple.subject, Node) and isinstance(triple.object, Value):
                values = self._values.setdefault(_key(triple.subject), {})
                values.setdefault(triple.predicate.value, []).append(triple.object)
                if isinstance(triple.subject, NamedNode) and isinstance(triple.object, NamedNode):
                    ends = triple.predicate.value, triple.object.value
                    self._subjects.setdefault(ends, []).append(triple.subject.value)

    def __contains__(self, node: str) -> bool:
        return node in self._values

    def subjects(self) -> Iterator[NamedNode]:
        """Give the subjects that have an IRI, in no order."""
        return (NamedNode(node) for node in self._values if isinstance(node, str))

    def nameless(self) -> Iterator[BlankNode]:
        """Give the subjects that have none, in no order."""
        return (node for node in self._values if isinstance(node, BlankNode))

    def properties(self, node: Node | str) -> Mapping[str, list[Value]]:
        """Give what is said of a node, by the IRI of the property."""
        return self._values.get(_key(node), {})

    def values(self, node: Node | str, name: str) -> list[Value]:
        """Give the objects of one property, in the order of their text."""
        found = self.properties(node).get(iri(name), [])
        return sorted(found, key=str) if len(found) > 1 else found

    def iris(self, node: Node | str, *names: str) -> tuple[str, ...]:
        """Give the IRIs among the objects of some properties, in order."""
        return tuple(one.value for name in names for one in self.values(node, name) if isinstance(one, NamedNode))

    def iri(self, node: Node | str, name: str) -> str | None:
        """Give the first IRI of a property, if there is one."""
        return next(iter(self.iris(node, name)), None)

    def literals(self, node: Node | str, *names: str) -> list[Literal]:
        """Give the literals among the objects of some properties, in order."""
        return [one for name in names for one in self.values(node, name) if isinstance(one, Literal)]

    def literal(self, node: Node | str, name: str) -> Literal | None:
        """Give the first literal of a property, if there is one."""
        return next(iter(self.literals(node, name)), None)

    def text(self, node: Node | str, name: str) -> str | None:
        """Give the first literal of a property as text, if there is one."""
        found = self.literal(node, name)
        return found.value if found else None

    def pointing(self, node: Node | str, name: str) -> list[str]:
        """Give the IRIs of the subjects that have a node as value of a property."""
        key = _key(node)
        return self._subjects.get((iri(name), key), []) if isinstance(key, str) else []

    def types(self, node: Node | str) -> frozenset[str]:
        """Give the classes of a node as curies."""
        return frozenset(map(curie, self.iris(node, "rdf:type")))

    def texts(self, node: Node | str, name: str) -> dict[str, str]:
        """Give one text a language: {"en": "city", "fa": "شهر"}; the language of a plain text is ""."""
        return {one.language or "": one.value for one in reversed(self.literals(node, name))}

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

    def lists(self, node: Node | str, name: str) -> list[list[Value]]:
        """Give the lists that one property points to, in the order of their members."""
        return sorted((self.items(head) for head in self.values(node, name)), key=str)

    def iri_lists(self, node: Node | str, name: str) -> tuple[tuple[str, ...], ...]:
        """Give the lists of IRIs that one property points to."""
        found = ([one.value for one in items if isinstance(one, NamedNode)] for items in self.lists(node, name))
        return tuple(map(tuple, found))


def _key(node: Node | str) -> str | BlankNode:
    return node.value if isinstance(node, NamedNode) else node
