"""What an ontology says, as far as a later one may break it: kinds, hierarchies, domains, ranges, constraints.

A class expression is the IRI of a class, or for a blank node the text of all that is said of it, with its nodes read
in turn; so two expressions are equal where they are written alike. A union is kept as the set of its members.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from shahr.namespaces import SHAHR, curie, iri

Expression = str | frozenset[str]

_KINDS = {
    iri(name): kind
    for name, kind in (
        ("owl:Class", "class"),
        ("rdfs:Class", "class"),
        ("owl:ObjectProperty", "object property"),
        ("owl:DatatypeProperty", "datatype property"),
        ("owl:AnnotationProperty", "annotation property"),
    )
}
CONSTRAINTS = ("Functional", "InverseFunctional", "Irreflexive", "Asymmetric")  # what data may break
INFERENCES = ("Symmetric", "Transitive", "Reflexive")  # what data may rely on
_CHARACTERS = {iri(f"owl:{name}Property"): name for name in CONSTRAINTS + INFERENCES}
_HIERARCHY = tuple(iri(f"rdfs:{name}") for name in ("subClassOf", "subPropertyOf"))
_EQUIVALENT = tuple(iri(f"owl:{name}") for name in ("equivalentClass", "equivalentProperty"))
_DISJOINT = tuple(iri(f"owl:{name}") for name in ("disjointWith", "propertyDisjointWith"))
_CHAIN = iri("owl:propertyChainAxiom")
_TYPE, _FIRST, _REST = (iri(f"rdf:{name}") for name in ("type", "first", "rest"))
_INTEGERS = ("xsd:positiveInteger", "xsd:nonNegativeInteger", "xsd:integer", "xsd:decimal")
_WORDS = tuple(iri(name) for name in ("rdfs:label", "rdfs:comment", "skos:definition", "skos:example"))
_TRUE = ("true", "1")
_DEEP = 32  # expressions within expressions that are read


@dataclass(frozen=True)
class Term:
    """What is said of a class or property.

    above      direct superclasses or superproperties, and what it is equivalent to
    within     blank class expressions that it is a subclass of or equivalent to: restrictions
    inferring  what other triples follow from: inverses and chains of properties
    keys       lists of properties that tell its members apart
    words      labels, definitions, examples, as N-Triples terms
    """

    kinds: set[str]
    deprecated: bool
    above: set[str]
    within: set[Expression]
    domain: set[Expression]
    range: set[Expression]
    characters: set[str]
    inferring: set[str]
    keys: set[Expression]
    words: set[str]


class Axioms:
    """The terms of our namespace by IRI, and the pairs of IRIs that are equivalent or disjoint."""

    def __init__(self, triples: Iterable[Triple | Quad]) -> None:
        self._said: dict[str, list[tuple[str, object]]] = {}
        for one in triples:
            self._said.setdefault(_key(one.subject), []).append((one.predicate.value, one.object))
        self.equivalent = self._equivalent()
        self._above = {subject: set(self._named(subject, *_HIERARCHY)) for subject in self._said}
        for this, that in map(sorted, self.equivalent):
            self._above.setdefault(this, set()).add(that)
            self._above.setdefault(that, set()).add(this)
        self._inverse = self._inverses()
        self.terms = {subject: self._term(subject) for subject in sorted(self._said) if subject.startswith(SHAHR)}
        self.terms = {subject: term for subject, term in self.terms.items() if term.kinds}
        self.disjoint = {frozenset(pair) for pair in self._disjoint()}

    def is_below(self, one: Expression, other: Expression) -> bool:
        """Tell whether all members of one expression are known to be members of the other."""
        if one == other or other in (iri("owl:Thing"), iri("rdfs:Resource")):
            return True
        if isinstance(one, frozenset):
            return all(self.is_below(part, other) for part in one)
        if isinstance(other, frozenset):
            return any(self.is_below(one, part) for part in other)
        return other in self._all_above(one)

    def _all_above(self, one: str) -> set[str]:
        found: set[str] = set()
        waiting = [one]
        while waiting:
            new = (self._above.get(waiting[-1], set()) | _datatypes_above(waiting.pop())) - found
            found |= new
            waiting.extend(new)
        return found

    def _term(self, subject: str) -> Term:
        types = set(self._named(subject, _TYPE))
        return Term(
            {_KINDS[one] for one in types & _KINDS.keys()},
            any(
                isinstance(one, Literal) and one.value in _TRUE for one in self._objects(subject, iri("owl:deprecated"))
            ),
            self._above[subject],
            set(self._blank(subject, *_HIERARCHY, *_EQUIVALENT)),
            set(self._expressions(subject, iri("rdfs:domain"))),
            set(self._expressions(subject, iri("rdfs:range"))),
            {_CHARACTERS[one] for one in types & _CHARACTERS.keys()},
            {shown_expression(one) for one in self._expressions(subject, _CHAIN)} | self._inverse.get(subject, set()),
            set(self._expressions(subject, iri("owl:hasKey"))),
            {str(one) for one in self._objects(subject, *_WORDS)},
        )

    def _objects(self, subject: str, *predicates: str) -> Iterator[object]:
        return (one for predicate, one in self._said.get(subject, ()) if predicate in predicates)

    def _named(self, subject: str, *predicates: str) -> Iterator[str]:
        return (one.value for one in self._objects(subject, *predicates) if isinstance(one, NamedNode))

    def _blank(self, subject: str, *predicates: str) -> Iterator[Expression]:
        return (self._expression(one) for one in self._objects(subject, *predicates) if isinstance(one, BlankNode))

    def _expressions(self, subject: str, *predicates: str) -> Iterator[Expression]:
        return map(self._expression, self._objects(subject, *predicates))

    def _expression(self, node: object, within: tuple[str, ...] = ()) -> Expression:
        """Read a class expression; a node that holds itself is read once, and nothing that is very deep."""
        if isinstance(node, NamedNode | Literal):
            return node.value
        if (key := _key(node)) in within or len(within) == _DEEP:
            return "…"
        within = (*within, key)
        for members in self._objects(key, iri("owl:unionOf")):
            parts = (self._expression(one, within) for one in self._members(members))
            return frozenset(part if isinstance(part, str) else shown_expression(part) for part in parts)
        if any(self._objects(key, _FIRST)):
            return f"({' '.join(shown_expression(self._expression(one, within)) for one in self._members(node))})"
        said = ((curie(name), shown_expression(self._expression(one, within))) for name, one in self._said.get(key, ()))
        return f"[{' ; '.join(f'{name} {one}' for name, one in sorted(said) if one != 'owl:Restriction')}]"

    def _members(self, head: object) -> Iterator[object]:
        seen: set[str] = set()
        while isinstance(head, BlankNode) and _key(head) not in seen:
            seen.add(_key(head))
            yield from self._objects(_key(head), _FIRST)
            head = next(self._objects(_key(head), _REST), None)

    def _inverses(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for subject in self._said:
            for other in self._named(subject, iri("owl:inverseOf")):
                found.setdefault(subject, set()).add(other)
                found.setdefault(other, set()).add(subject)
        return found

    def _equivalent(self) -> set[frozenset[str]]:
        pairs = ((subject, one) for subject in self._said for one in self._named(subject, *_EQUIVALENT))
        return {frozenset(pair) for pair in pairs if pair[0] != pair[1]}

    def _disjoint(self) -> Iterator[tuple[str, str]]:
        for subject in self._said:
            yield from ((subject, one) for one in self._named(subject, *_DISJOINT))
            for members in self._objects(subject, iri("owl:members"), iri("owl:disjointUnionOf")):
                yield from combinations([one.value for one in self._members(members) if isinstance(one, NamedNode)], 2)


def _key(node: object) -> str:
    return node.value if isinstance(node, NamedNode) else str(node)


def shown_expression(expression: Expression) -> str:
    """Write an expression as text, with prefixes."""
    return curie(expression) if isinstance(expression, str) else f"({' or '.join(sorted(map(curie, expression)))})"


def _datatypes_above(one: str) -> set[str]:
    """Give what the datatypes of XML Schema that ontologies use for numbers are derived from."""
    integers = [iri(name) for name in _INTEGERS]
    found = set(integers[integers.index(one) + 1 :]) if one in integers else set()
    return found | ({iri("rdfs:Literal")} if one.startswith((iri("xsd:"), iri("rdf:langString"))) else set())
