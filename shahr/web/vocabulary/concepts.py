"""The concepts and their schemes as their pages show them, read from triples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from shahr.namespaces import iri
from shahr.web.matches import MATCHES
from shahr.web.triples import Triples
from shahr.web.vocabulary.described import Described, described
from shahr.web.vocabulary.tree import Branch, tree

NAMESPACE = iri("concept:")
SCHEME = "skos:ConceptScheme"


@dataclass(frozen=True)
class Concept(Described):
    """A concept or a scheme of them; the nodes it points to are IRIs."""

    schemes: tuple[str, ...]
    broader: tuple[str, ...]
    narrower: tuple[str, ...]
    related: tuple[str, ...]
    next: tuple[str, ...]
    previous: tuple[str, ...]
    members: tuple[str, ...]
    matches: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        """The name behind the prefix: mayor."""
        return self.iri.removeprefix(NAMESPACE)

    @property
    def is_scheme(self) -> bool:
        """Tell whether this is a scheme of concepts."""
        return SCHEME in self.types

    def nodes(self) -> Iterator[str]:
        """Give the IRIs of the concept, and of all concepts that it points to or that point to it."""
        yield self.iri
        yield from (*self.schemes, *self.broader, *self.narrower, *self.related)
        yield from (*self.members, *self.next, *self.previous)


class Concepts:
    """Schemes, and concepts, by IRI."""

    def __init__(self, triples: Triples) -> None:
        own = sorted(node.value for node in triples.subjects() if node.value.startswith(NAMESPACE))
        found = [read_concept(triples, one) for one in own]
        self.schemes = {one.iri: one for one in found if one.is_scheme}
        self.concepts = {one.iri: one for one in found if "skos:Concept" in one.types}

    def members(self, scheme: Concept) -> list[Concept]:
        """Give the concepts of a scheme."""
        return [one for one in self.concepts.values() if scheme.iri in one.schemes]


def read_concept(triples: Triples, name: str) -> Concept:
    """Give the concept or scheme with an IRI, and what points to it among the triples."""

    def pointing(*names: str) -> tuple[str, ...]:
        return tuple(sorted(one for property_ in names for one in triples.pointing(name, property_)))

    return Concept(
        *described(triples, name),
        schemes=triples.iris(name, "skos:inScheme"),
        broader=triples.iris(name, "skos:broader"),
        narrower=pointing("skos:broader"),
        related=triples.iris(name, "skos:related"),
        next=triples.iris(name, "shahr:mayBeFollowedBy"),
        previous=pointing("shahr:mayBeFollowedBy"),
        members=pointing("skos:inScheme"),
        matches=tuple((match, one) for match in MATCHES for one in triples.iris(name, match)),
    )


def concept_tree(concepts: Iterable[Concept]) -> list[Branch[Concept]]:
    """Put concepts below their broader ones, each step of a history behind those that it may follow."""
    return tree({one.iri: one for one in in_sequence(concepts)}, lambda one: one.broader)


def in_sequence(concepts: Iterable[Concept]) -> list[Concept]:
    """Order concepts so that what may follow stands behind; a circle begins where it has fewest before it.

    What has no place in a history stands at the end, in the order given.
    """

    given = list(concepts)
    steps = {one.iri: (at, one) for at, one in enumerate(given) if one.next or one.previous}
    before = {name: {other for other in one.previous if other in steps} - {name} for name, (_, one) in steps.items()}
    behind: dict[str, list[str]] = {}
    for name, others in before.items():
        for other in others:
            behind.setdefault(other, []).append(name)
    waiting = [(len(before[name]), at, name) for name, (at, _) in steps.items()]
    heapify(waiting)
    ordered: dict[str, Concept] = {}
    while waiting:
        _count, _at, name = heappop(waiting)
        if name not in ordered:
            ordered[name] = steps[name][1]
            for other in behind.get(name, ()):
                before[other].discard(name)
                heappush(waiting, (len(before[other]), steps[other][0], other))
    return [*ordered.values(), *(one for one in given if one.iri not in steps)]
