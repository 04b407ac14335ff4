"""Changes that leave data which may well be true: only who reads the article can tell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from pyoxigraph import Literal, NamedNode

from mutant_changes import AGREEMENTS, datatype, disjoint, literals, references, retyped, swapped
from mutants import Change, Node, Operator, World
from shahr.namespaces import curie, iri

DIGESTS = ("shahr:sha256", "shahr:foldedSha256")


def valid_data() -> dict[str, Operator]:
    """Give the operators that leave data which may well be true: only reading the article can tell."""
    return {
        "optional-dropped": optional_dropped,
        "like-for-like": like_for_like,
        "number-changed": number_changed,
        "digest-other": digest_other,
        "text-other": text_other,
        "class-alike": class_alike,
    }


def optional_dropped(world: World, node: Node, random: Random) -> Iterator[Change]:
    needed = {part.partition("@")[0] for key in world.required(node) for part in key.split("|")}
    for property_ in sorted(set(node.values) - needed):
        yield Change(property_, node.triples(property_))


def like_for_like(world: World, node: Node, random: Random) -> Iterator[Change]:
    for property_, value in references(node):
        scheme, twin = world.schemes.get(curie(value.value)), world.nodes.get(value.value)
        alike = [iri(concept) for concept, other in world.schemes.items() if scheme and other == scheme]
        alike += [n.iri for n in world.nodes.values() if twin and (n.kind, n.graph) == (twin.kind, twin.graph)]
        if others := sorted({*alike} - {one.value for one in node.values[property_]}):
            yield swapped(node, property_, value, NamedNode(random.choice(others)))


def number_changed(world: World, node: Node, random: Random) -> Iterator[Change]:
    for property_, value in literals(node):
        if datatype(value) in ("xsd:integer", "xsd:decimal"):
            number = str(float(value.value) + 1) if "." in value.value else str(int(value.value) + 1)
            yield swapped(node, property_, value, Literal(number, datatype=value.datatype))
        elif datatype(value) == "xsd:date":
            day = date.fromisoformat(value.value) - timedelta(1)
            yield swapped(node, property_, value, Literal(str(day), datatype=value.datatype))


def digest_other(world: World, node: Node, random: Random) -> Iterator[Change]:
    for property_ in DIGESTS:
        for value in node.values.get(property_, ()):
            yield swapped(node, property_, value, Literal(f"{random.getrandbits(256):064x}"))


def text_other(world: World, node: Node, random: Random) -> Iterator[Change]:
    for property_, value in literals(node):
        if value.language and (other := world.other(f"{property_}@{value.language}", node, random)):
            yield swapped(node, property_, value, other)


def class_alike(world: World, node: Node, random: Random) -> Iterator[Change]:
    parents = world.supers[node.kind] - {node.kind, "shahr:Fact", "shahr:Entity", "shahr:Agent"}
    for class_ in (*sorted(parents), *disjoint(world, node, (AGREEMENTS,), random)):
        yield retyped(node, class_)
