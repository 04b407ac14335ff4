"""What changed about each node that the change log has words for, with the names that are needed to say it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pyoxigraph import Literal, RdfFormat, parse

from shahr.canonical import without_graph
from shahr.namespaces import curie, iri
from shahr.release.changes.comparing import Difference
from shahr.release.changes.letters import harmless
from shahr.release.changes.phrases import Phrases
from shahr.release.changes.sides import Side
from shahr.release.folder import BUFFER
from shahr.releases import LANGUAGES, Texts

LABEL = f"<{iri('rdfs:label')}>".encode()

Values = dict[bytes, set[bytes]]  # by property; terms as N-Triples has them


@dataclass
class Node:
    """What is gone and what came about one node, and whether there is any statement about it in the old and new data.

    For an inverse tie the values are subjects.
    """

    removed: Values = field(default_factory=dict)
    added: Values = field(default_factory=dict)
    was: bool = False
    is_: bool = False


class Names:
    """The labels of nodes, those of the new data first."""

    def __init__(self) -> None:
        self._labels: dict[tuple[bytes, str], str] = {}

    def add(self, subject: bytes, literal: bytes) -> None:
        """Keep a label, without what does harm, if it is the first one in its language."""
        term = parse_term(literal)
        if isinstance(term, Literal) and term.language in LANGUAGES and (label := harmless(term.value).strip()):
            self._labels.setdefault((subject, term.language), label)

    def of(self, subject: bytes) -> Texts:
        """Give the label in each language, for want of one that in the other language, else the name with prefix."""
        known = [self._labels.get((subject, language)) for language in LANGUAGES]
        short = curie(subject.decode()[1:-1])
        return {
            language: own or next(filter(None, known), short) for language, own in zip(LANGUAGES, known, strict=True)
        }

    def has(self, subject: bytes) -> bool:
        """Tell whether there is a label."""
        return any((subject, language) in self._labels for language in LANGUAGES)


@dataclass(frozen=True)
class Gathered:
    """Nodes by their IRIs, in order, and the names of all that these speak of."""

    nodes: Mapping[bytes, Node]
    names: Names


def gather(difference: Difference, old: Side, new: Side, phrases: Phrases) -> Gathered:
    """Read a difference, and from both sides what is needed to tell it.

    A triple that has only moved from one graph to another is no change.
    """
    nodes: dict[bytes, Node] = {}
    for path, is_new in ((difference.removed, False), (difference.added, True)):
        for subject, predicate, value in _told(path, phrases):
            node = nodes.setdefault(subject, Node())
            if predicate:
                (node.added if is_new else node.removed).setdefault(predicate, set()).add(value)
    wanted = _wanted(nodes)
    names = Names()
    for side, is_new in ((new, True), (old, False)):
        for subject, predicate, value in _about(side, wanted):
            if predicate == LABEL:
                names.add(subject, value)
            _note(nodes, subject, predicate, value, is_new, phrases)
    return Gathered({subject: nodes[subject] for subject in sorted(nodes)}, names)


def triples(path: Path) -> Iterator[tuple[bytes, bytes]]:
    """Give each line of N-Quads as its triple, without the full stop, and its graph, empty for the default graph."""
    with path.open("rb", BUFFER) as file:
        for line in file:
            triple = without_graph(line)[:-3]
            yield triple, line[len(triple) + 1 : -3]


def parse_term(term: bytes) -> object:
    """Read a term as N-Triples has it."""
    return next(iter(parse(b"<x:s> <x:p> " + term + b" .", format=RdfFormat.N_TRIPLES))).object


def _told(path: Path, phrases: Phrases) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Give (node, property, value) of the lines about nodes of a kind; the property is empty if it is not told."""
    for triple, _ in triples(path):
        subject, predicate, value = triple.split(b" ", 2)
        tie = phrases.ties.get(predicate)
        if tie and tie.inverse:
            subject, value = value, subject
        if phrases.kind_of(subject):
            yield subject, predicate if phrases.is_told(predicate) else b"", value


def _wanted(nodes: Mapping[bytes, Node]) -> set[bytes]:
    """Give the nodes themselves, and all that is said of them."""
    wanted = set(nodes)
    for node in nodes.values():
        for values in (node.removed, node.added):
            wanted.update(values, *values.values())
    return wanted


def _about(side: Side, wanted: set[bytes]) -> Iterator[tuple[bytes, bytes, bytes]]:
    for line in side.lines():
        if line[: line.index(b" ")] in wanted:
            subject, predicate, value = without_graph(line)[:-3].split(b" ", 2)
            yield subject, predicate, value


def _note(
    nodes: Mapping[bytes, Node], subject: bytes, predicate: bytes, value: bytes, is_new: bool, phrases: Phrases
) -> None:
    """Note that a node is there, and that what seemed gone, or new, is on this side too."""
    if node := nodes.get(subject):
        node.is_, node.was = node.is_ or is_new, node.was or not is_new
    tie = phrases.ties.get(predicate)
    if tie and tie.inverse:
        subject, value = value, subject
    if node := nodes.get(subject):
        (node.removed if is_new else node.added).get(predicate, set()).discard(value)
