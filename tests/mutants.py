"""A world of described nodes, what the ontology asks of them, and seeded faults made in copies of them.

The oracle of a fault is the ontology (domains, ranges, functional properties, disjoint classes) and the table
REQUIRED, which follows the design; shapes only add to it. So a shape that is missing lets a fault survive.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Store, Triple

from shahr.namespaces import curie, graph_iri, iri

SEED = 20250409
Term = NamedNode | Literal

# What a node of a class, subclasses included, must have; "a|b" asks for one of several, "@fa" for a language.
REQUIRED = {
    "shahr:Fact": "rdf:type rdfs:label@en rdfs:label@fa shahr:dateBasis shahr:evidence|dcterms:source",
    "shahr:Tenure": "shahr:holder shahr:post",
    "shahr:Membership": "shahr:member shahr:organization shahr:membershipRole",
    "shahr:StatusChange": "shahr:agreement shahr:status",
    "shahr:Agreement": "shahr:status shahr:party|shahr:city",
    "shahr:SisterCityAgreement": "shahr:city",
    "shahr:Event": "shahr:eventStatus",
    "shahr:Meeting": "shahr:participant",
    "shahr:Visit": "shahr:participant shahr:destination|shahr:stop",
    "shahr:Signing": "shahr:participant shahr:agreement",
    "shahr:Designation": "shahr:designated shahr:title shahr:awardedBy",
    "shahr:Affiliation": "shahr:affiliate shahr:affiliatedWith shahr:affiliationKind",
    "shahr:Observation": "shahr:observed shahr:measure shahr:precision shahr:unit "
    "shahr:value|shahr:lowerBound|shahr:upperBound",
    "shahr:Statement": "shahr:about shahr:topic shahr:modality shahr:gist@en shahr:gist@fa",
    "shahr:Claim": "shahr:claimSubject shahr:claimProperty shahr:claimEntity|shahr:claimLiteral",
    "shahr:Article": "rdf:type rdfs:label@en rdfs:label@fa schema:inLanguage shahr:dateBasis shahr:sha256 "
    "shahr:foldedSha256 shahr:codePoints shahr:foldedCodePoints schema:publisher|shahr:unstated",
    "shahr:Passage": "rdf:type oa:hasSource shahr:startOffset shahr:endOffset shahr:sha256 shahr:foldedSha256 "
    "shahr:foldedCodePoints shahr:voice|shahr:speaker|shahr:speakingAs",
    "shahr:Entity": "rdf:type rdfs:label@en rdfs:label@fa",
    "shahr:City": "shahr:country geo:lat geo:long geo:lat|geo:long rdfs:label@fa-Latn",
    "shahr:Person": "rdfs:label@fa-Latn",
    "shahr:Municipality": "shahr:governs",
    "shahr:Organ": "shahr:organOf",
    "shahr:Post": "shahr:postOf shahr:postRole",
    "shahr:Period": "shahr:periodOf",
    "shahr:Unresolved": "shahr:candidate",
}

# The kinds that a reference tells apart, narrow before wide.
KINDS = (
    *("shahr:City", "shahr:Country", "shahr:Region", "shahr:Place", "shahr:Person", "shahr:Organization"),
    *("shahr:Post", "shahr:Period", "shahr:Unresolved", "shahr:Agreement", "shahr:Event", "shahr:Fact"),
    *("shahr:Article", "shahr:Passage", "skos:Concept"),
)


@dataclass(frozen=True)
class Node:
    """A node of data/: its class (a curie), the graph that describes it, its values by property (a curie)."""

    iri: str
    kind: str
    graph: str
    values: Mapping[str, Sequence[Term]]

    def triples(self, key: str) -> list[Triple]:
        """Give its triples of a property, or of one language of it as in "rdfs:label@fa"."""
        property_, _, language = key.partition("@")
        values = (value for value in self.values.get(property_, ()) if language in ("", _language(value)))
        return [self.triple(property_, value) for value in values]

    def triple(self, property_: str, value: Term) -> Triple:
        """Give a triple about this node."""
        return Triple(NamedNode(self.iri), NamedNode(iri(property_)), value)

    def value(self, property_: str) -> str:
        """Give its first value of a property as text, names as curies, or ""."""
        return next((curie(value.value) for value in self.values.get(property_, ())), "")


@dataclass(frozen=True)
class Change:
    """A fault: what it is about (a property, mostly), the triples it takes away and those it brings."""

    what: str
    removed: Sequence[Triple] = ()
    added: Sequence[Triple] = ()


Operator = Callable[["World", Node, Random], Iterable[Change]]


@dataclass(frozen=True)
class Mutant:
    """A change made by an operator to a node, in quads."""

    operator: str
    kind: str
    what: str
    node: str
    removed: tuple[Quad, ...]
    added: tuple[Quad, ...]

    @property
    def pattern(self) -> str:
        """Give what mutants of one sort share: operator, class and property."""
        return f"{self.operator} {self.kind} {self.what}"


@dataclass
class World:
    """The nodes of data/ and what ontology and shapes say of their classes and properties, all as curies."""

    nodes: dict[str, Node]
    supers: dict[str, set[str]]
    ranges: dict[str, str]
    domains: dict[str, str]
    functional: set[str]
    schemes: dict[str, str]
    asked: dict[str, set[str]] = field(default_factory=dict)
    single: dict[str, set[str]] = field(default_factory=dict)
    pool: dict[str, list[Term]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)

    def is_a(self, node: Node, class_: str) -> bool:
        """Tell whether a node belongs to a class or to one below it."""
        return class_ in self.supers[node.kind]

    def of_kind(self, kind: str) -> list[str]:
        """Give the IRIs of the nodes and concepts that belong to an entry of KINDS and to none before it."""
        return [name for name, other in self.kinds.items() if other == kind]

    def required(self, node: Node) -> list[str]:
        """Give the keys of REQUIRED for a node, and what shapes add to them."""
        keys = {key for class_ in self.supers[node.kind] for key in REQUIRED.get(class_, "").split()}
        return sorted(keys | _by_class(self.asked, self.supers[node.kind]))

    def singular(self, node: Node) -> list[str]:
        """Give the properties of which a node may have one value; labels and gists by language."""
        tagged = {key for key in self.pool if "@" in key and not key.startswith(("skos:", "schema:"))}
        plain = self.functional | _by_class(self.single, self.supers[node.kind])
        return sorted(key for key in plain | tagged if node.triples(key))

    def other(self, key: str, node: Node, random: Random) -> Term | None:
        """Give a value that another node has for a property, and this node has not."""
        property_ = key.partition("@")[0]
        fitting = [value for value in self.pool.get(key, ()) if value not in node.values.get(property_, ())]
        return random.choice(fitting) if fitting else None


def placed(triple: Triple, graph: NamedNode | DefaultGraph) -> Quad:
    """Give a triple in a graph."""
    return Quad(triple.subject, triple.predicate, triple.object, graph)


def read_world(store: Store, shapes: Store) -> World:
    """Read the world from the built graph (its named graphs) and the shapes (the default graph)."""
    supers = _closure(_pairs(store, "rdfs:subClassOf"))
    functional = {one for one, class_ in _pairs(store, "rdf:type") if class_ == "owl:FunctionalProperty"}
    world = World(
        nodes=_nodes(store),
        supers=supers,
        ranges=dict(_pairs(store, "rdfs:range")),
        domains=dict(_pairs(store, "rdfs:domain")),
        functional=functional,
        schemes=dict(_pairs(store, "skos:inScheme")),
    )
    for node in world.nodes.values():
        supers.setdefault(node.kind, {node.kind})
    world.asked, world.single = _counted(shapes, "sh:minCount"), _counted(shapes, "sh:maxCount")
    world.pool = _pool(world.nodes.values())
    world.kinds = _kinds(world)
    return world


def make_mutants(world: World, operators: Mapping[str, Operator], each: int) -> list[Mutant]:
    """Give for each operator and class mutants of up to `each` patterns, one of a pattern.

    They are the same on every run over the same data. Which nodes are taken hangs on their own names alone, so
    that a new fact does not reshuffle the rest.
    """
    strata: dict[tuple[str, str], dict[str, Mutant]] = defaultdict(dict)
    for name, operator in operators.items():
        for mutant in sorted(_candidates(world, name, operator), key=_rank):
            strata[name, mutant.kind].setdefault(mutant.pattern, mutant)
    return [one for _, patterns in sorted(strata.items()) for one in list(patterns.values())[:each]]


def _rank(mutant: Mutant) -> float:
    return Random(f"{SEED} {mutant.pattern} {mutant.node}").random()


def _candidates(world: World, name: str, operator: Operator) -> Iterator[Mutant]:
    for node in (world.nodes[key] for key in sorted(world.nodes)):
        graph = NamedNode(graph_iri(node.graph))
        held = {triple for property_ in node.values for triple in node.triples(property_)}
        for change in operator(world, node, Random(f"{SEED} {name} {node.iri}")):
            removed = tuple(placed(triple, graph) for triple in change.removed if triple in held)
            added = tuple(placed(triple, graph) for triple in change.added if triple not in held)
            if removed or added:
                yield Mutant(name, node.kind, change.what, node.iri, removed, added)


def _nodes(store: Store) -> dict[str, Node]:
    found: dict[tuple[str, str], dict[str, list[Term]]] = {}
    for quad in sorted(store, key=str):
        graph = "" if isinstance(quad.graph_name, DefaultGraph) else curie(quad.graph_name.value)[len("graph:") :]
        if graph and graph not in ("ontology", "links", "inferred") and isinstance(quad.subject, NamedNode):
            values = found.setdefault((quad.subject.value, graph), {})
            values.setdefault(curie(quad.predicate.value), []).append(quad.object)
    return {name: Node(name, curie(v["rdf:type"][0].value), graph, v) for (name, graph), v in found.items()}


def _kinds(world: World) -> dict[str, str]:
    """Give for each concept and node (an IRI) the entry of KINDS it belongs to."""
    found = {iri(name): "skos:Concept" for name in world.schemes}
    for name, node in sorted(world.nodes.items()):
        found[name] = next(kind for kind in KINDS if world.is_a(node, kind))
    return found


def _pairs(store: Store, property_: str) -> list[tuple[str, str]]:
    """Give subject and object of a property as curies, named ones only."""
    quads = store.quads_for_pattern(None, NamedNode(iri(property_)), None, DefaultGraph())
    named = ((quad.subject, quad.object) for quad in quads)
    return sorted(
        (curie(one.value), curie(other.value))
        for one, other in named
        if isinstance(one, NamedNode) and isinstance(other, NamedNode)
    )


def _closure(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """Give for each class itself and all classes above it."""
    above: dict[str, set[str]] = defaultdict(set)
    for low, high in pairs:
        above[low].add(high)
        above[high] |= set()
    for _ in above:
        for name in above:
            above[name] |= {name}.union(*(above[high] for high in set(above[name])))
    return dict(above)


def _counted(shapes: Store, limit: str) -> dict[str, set[str]]:
    """Give for each target class the properties whose shape has this limit, sh:minCount or sh:maxCount, of 1."""
    paths = dict(_pairs(shapes, "sh:path"))
    one = set(_subjects(shapes, limit, "1"))
    found: dict[str, set[str]] = defaultdict(set)
    parts = _pairs(shapes, "sh:property")
    for shape, class_ in _pairs(shapes, "sh:targetClass"):
        found[class_] |= {paths[part] for owner, part in parts if owner == shape and part in one & set(paths)}
    return found


def _subjects(store: Store, property_: str, value: str) -> Iterator[str]:
    for quad in store.quads_for_pattern(None, NamedNode(iri(property_)), None, DefaultGraph()):
        if isinstance(quad.object, Literal) and quad.object.value == value and isinstance(quad.subject, NamedNode):
            yield curie(quad.subject.value)


def _by_class(found: Mapping[str, set[str]], classes: Iterable[str]) -> set[str]:
    return {key for class_ in classes for key in found.get(class_, ())}


def _pool(nodes: Iterable[Node]) -> dict[str, list[Term]]:
    """Give all values in use by property, those with a language by property and language too."""
    pool: dict[str, set[Term]] = defaultdict(set)
    for node in nodes:
        for property_, values in node.values.items():
            for value in values:
                pool[property_].add(value)
                if language := _language(value):
                    pool[f"{property_}@{language}"].add(value)
    return {key: sorted(values, key=str) for key, values in pool.items()}


def _language(term: Term | BlankNode) -> str:
    return (term.language or "") if isinstance(term, Literal) else ""
