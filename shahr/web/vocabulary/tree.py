"""Things below each other: classes below wider ones, concepts below broader ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
DEEPEST = 30  # branches from a root to a leaf: templates go down by recursion


@dataclass(frozen=True)
class Branch(Generic[T]):
    """A thing and the branches below it."""

    node: T
    branches: tuple[Branch[T], ...]


def tree(nodes: Mapping[str, T], wider: Callable[[T], Iterable[str]]) -> list[Branch[T]]:
    """Put each thing below the first of its wider ones that is among `nodes`, in the order of `nodes`.

    Where they stand below each other in a circle, the first of the circle becomes a root. So does what would lie
    deeper than DEEPEST, behind the others.
    """
    above: dict[str, str | None] = {}
    for name, node in nodes.items():
        parent = next((one for one in wider(node) if one in nodes), None)
        above[name] = None if parent is not None and name in _upwards(parent, above) else parent
    below: dict[str | None, list[str]] = {}
    for name, parent in above.items():
        below.setdefault(parent, []).append(name)
    roots = below.get(None, [])
    return [Branch(nodes[root], _branches(nodes, below, root, DEEPEST - 1, roots)) for root in roots]


def _upwards(name: str | None, above: Mapping[str, str | None]) -> list[str]:
    found: list[str] = []
    while name is not None:
        found.append(name)
        name = above.get(name)
    return found


def _branches(
    nodes: Mapping[str, T], below: Mapping[str | None, list[str]], name: str, depth: int, roots: list[str]
) -> tuple[Branch[T], ...]:
    """Give what lies below a thing, `depth` branches deep; what lies deeper goes to the end of `roots`."""
    found = below.get(name, [])
    if not depth:
        roots += found
        return ()
    return tuple(Branch(nodes[one], _branches(nodes, below, one, depth - 1, roots)) for one in found)
