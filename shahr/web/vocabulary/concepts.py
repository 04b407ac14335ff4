"""The concepts and their schemes as their pages show them, read from triples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

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

    def place(one: Concept) -> tuple[bool, int]:
        return not (one.next or one.previous), len(left.intersection(one.previous) - {one.iri})

    waiting, ordered = list(concepts), list[Concept]()
    left: set[str] = set()
    while waiting:
        left = {one.iri for one in waiting}
        chosen = min(waiting, key=place)
        waiting.remove(chosen)
        ordered.append(chosen)
    return ordered
