"""What operators make their changes with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from random import Random

from pyoxigraph import Literal, NamedNode

from mutants import Change, Node, Term, World
from shahr.namespaces import BASE, curie, iri

AGREEMENTS = ("SisterCityAgreement", "MemorandumOfUnderstanding", "CooperationAgreement")


def disjoint(world: World, node: Node, sets: Iterable[tuple[str, ...]], random: Random) -> Iterator[str]:
    """Give for each set of disjoint classes that has one above this node's class another of the set."""
    for members in sets:
        names = [f"shahr:{member}" for member in members]
        others = [name for name in names if not world.is_a(node, name)]
        if len(others) == len(names) - 1:
            yield random.choice(others)


def references(node: Node) -> Iterator[tuple[str, NamedNode]]:
    """Give the references of a node to others of ours, its class apart, with their property."""
    for property_ in sorted(node.values):
        for value in node.values[property_]:
            if property_ != "rdf:type" and isinstance(value, NamedNode) and value.value.startswith(BASE):
                yield property_, value


def literals(node: Node) -> Iterator[tuple[str, Literal]]:
    """Give the literals of a node with their property."""
    for property_ in sorted(node.values):
        yield from ((property_, value) for value in node.values[property_] if isinstance(value, Literal))


def swapped(node: Node, property_: str, old: Term, new: Term) -> Change:
    """Put one value of a property in the place of another."""
    return Change(property_, [node.triple(property_, old)], [node.triple(property_, new)])


def relabelled(node: Node, property_: str, old: Literal, new: Literal, how: str) -> Change:
    """Change a text or its language; `how` tells such changes apart."""
    change = swapped(node, property_, old, new)
    return Change(f"{property_}@{old.language} {how}", change.removed, change.added)


def retyped(node: Node, class_: str) -> Change:
    """Give a node another class."""
    types: Iterable[Term] = node.values["rdf:type"]
    return Change(class_, [node.triple("rdf:type", one) for one in types], [node.triple("rdf:type", term(class_))])


def term(name: str) -> NamedNode:
    """Give the IRI of a curie."""
    return NamedNode(iri(name))


def datatype(value: Literal) -> str:
    """Give the datatype of a literal as a curie."""
    return curie(value.datatype.value)
