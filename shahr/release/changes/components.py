"""Blank nodes told apart by what is said of them, so that two datasets can be compared.

The quads that share blank nodes, directly or over others, are a component. A component has one canonical text: nodes
get colours from the quads around them, round by round; where colours stay equal, each of those nodes is tried first
and the least text wins. Nodes that can change places without any change need one try only, so that nodes which all
point at each other, slow in RDFC-1.0, are quick here. What is still too much is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256

from shahr.errors import ReleaseError

_TERM = re.compile(rb'"(?:[^"\\]|\\.)*"|<[^<>\s]*>|_:([^\s<>"]+)')
LEAST, PER_LINE = 200_000, 50  # steps allowed: a second or two, and what many small components need
ALONE, ROUNDS = 1_000_000, 5  # those of one component: a few seconds, or a few rounds where it is large

Colours = Mapping[bytes, bytes]  # of blank nodes by their labels


def labels(line: bytes) -> list[bytes]:
    """Give the labels of the blank nodes of a line of N-Quads, without `_:`, in their order."""
    return [label for label in _TERM.findall(line) if label] if b"_:" in line else []


def renamed(line: bytes, name: Callable[[bytes], bytes]) -> bytes:
    """Give a line of N-Quads with each label put through `name`."""
    return _TERM.sub(lambda match: b"_:" + name(match[1]) if match[1] else match[0], line)


def components(lines: Iterable[bytes]) -> list[list[bytes]]:
    """Part lines with blank nodes into those that hang together, in the order of their first lines."""
    above: dict[bytes, bytes] = {}
    held = [(line, labels(line)) for line in lines]
    for _, names in held:
        for name in names:
            above[_top(above, name)] = _top(above, names[0])
    parts: dict[bytes, list[bytes]] = {}
    for line, names in held:
        parts.setdefault(_top(above, names[0]), []).append(line)
    return list(parts.values())


class Steps:
    """How much work may still be done for `lines` lines with blank nodes."""

    def __init__(self, lines: int) -> None:
        self._left = LEAST + PER_LINE * lines
        self._alone = self._left

    def begin(self, size: int) -> None:
        """Begin with a component; `size` are the steps of one round."""
        self._alone = max(ALONE, ROUNDS * size)

    def take(self, number: int) -> None:
        """Count some work; ReleaseError where it is too much."""
        self._left -= number
        self._alone -= number
        if min(self._left, self._alone) < 0:
            raise ReleaseError("the blank nodes are too much alike to be compared: give some of them an IRI")


def canonical_text(lines: Iterable[bytes], steps: Steps) -> bytes:
    """Give the lines of one component, sorted, its nodes called b0, b1 …: the same for all that are isomorphic."""
    return _Component(lines, steps).text()


def _top(above: dict[bytes, bytes], name: bytes) -> bytes:
    """Find what stands for the component of a node, and shorten the way to it."""
    way = []
    while (higher := above.setdefault(name, name)) != name:
        way.append(name)
        name = higher
    above.update(dict.fromkeys(way, name))
    return name


class _Component:
    """The lines of one component, and those around each of its nodes."""

    def __init__(self, lines: Iterable[bytes], steps: Steps) -> None:
        self._lines, self._steps = list(lines), steps
        self._around: dict[bytes, list[bytes]] = {}
        for line in self._lines:
            for node in sorted(set(labels(line))):
                self._around.setdefault(node, []).append(line)
        self._size = sum(map(len, self._around.values()))

    def text(self) -> bytes:
        """Give the canonical text."""
        self._steps.begin(self._size)
        return self._least(dict.fromkeys(self._around, b""))

    def _least(self, colours: Colours) -> bytes:
        colours = self._refined(colours)
        while tied := self._first_tied(colours):
            apart = self._no_twins(tied)
            if len(apart) > 1:
                return min(self._least({**colours, node: b"!" + colours[node]}) for node in apart)
            colours = self._refined({**colours, apart[0]: b"!" + colours[apart[0]]})
        return self._written(colours)

    def _refined(self, colours: Colours) -> Colours:
        """Colour each node by the colours around it, until that tells no more nodes apart."""
        while True:
            self._steps.take(self._size)
            finer = {node: self._recoloured(node, colours) for node in colours}
            told = len(set(finer.values()))
            if told in (len(colours), len(set(colours.values()))):
                return finer
            colours = finer

    def _recoloured(self, node: bytes, colours: Colours) -> bytes:
        seen = sorted(
            renamed(line, lambda label: b"@" if label == node else colours[label]) for line in self._around[node]
        )
        return sha256(b"\n".join([colours[node], *seen])).hexdigest().encode()

    def _first_tied(self, colours: Colours) -> list[bytes]:
        """Give the nodes of the least colour that several nodes have; none where each has its own."""
        nodes: dict[bytes, list[bytes]] = {}
        for node, colour in colours.items():
            nodes.setdefault(colour, []).append(node)
        return nodes[min(tied)] if (tied := [colour for colour in nodes if len(nodes[colour]) > 1]) else []

    def _no_twins(self, nodes: list[bytes]) -> list[bytes]:
        apart: list[bytes] = []
        for node in nodes:
            if not any(self._are_twins(node, other) for other in apart):
                apart.append(node)
        return apart

    def _are_twins(self, one: bytes, other: bytes) -> bool:
        """Tell whether nothing changes when two nodes change places."""
        places = {one: other, other: one}
        lines = {*self._around[one], *self._around[other]}
        self._steps.take(len(lines))
        return {renamed(line, lambda label: places.get(label, label)) for line in lines} == lines

    def _written(self, colours: Colours) -> bytes:
        names = {node: b"b%d" % place for place, node in enumerate(sorted(colours, key=lambda node: colours[node]))}
        return b"".join(sorted(renamed(line, names.__getitem__) for line in self._lines))
