"""Things below each other: classes below wider ones, concepts below broader ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Branch(Generic[T]):
    """A thing and the branches below it."""

    node: T
    branches: tuple[Branch[T], ...]


def tree(nodes: Mapping[str, T], wider: Callable[[T], Iterable[str]]) -> list[Branch[T]]:
    """Put each thing below the first of its wider ones that is among `nodes`, in the order of `nodes`.

    Where they stand below each other in a circle, the first of the circle becomes a root.
    """
    above: dict[str, str | None] = {}
    for name, node in nodes.items():
        parent = next((one for one in wider(node) if one in nodes), None)
        above[name] = None if parent is not None and name in _upwards(parent, above) else parent
    below: dict[str | None, list[str]] = {}
    for name, parent in above.items():
        below.setdefault(parent, []).append(name)
    return list(_branches(nodes, below, None))


def _upwards(name: str | None, above: Mapping[str, str | None]) -> list[str]:
    found: list[str] = []
    while name is not None:
        found.append(name)
        name = above.get(name)
    return found


def _branches(nodes: Mapping[str, T], below: Mapping[str | None, list[str]], name: str | None) -> tuple[Branch[T], ...]:
    return tuple(Branch(nodes[one], _branches(nodes, below, one)) for one in below.get(name, ()))
