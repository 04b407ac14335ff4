"""Blank nodes that are too much alike to be named.

RDFC-1.0 (https://www.w3.org/TR/rdf-canon/) tells most blank nodes apart by what is said of each. Where that is the same
for several that are tied to each other, it tries them in every order: eight that all point at each other take seconds,
ten take hours. Nobody writes such nodes by chance, so they are refused before they are named.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import factorial, prod

from pyoxigraph import BlankNode, Quad, Triple

FEW = 6  # nodes that RDFC-1.0 tries in every order at once, whatever ties them
TRIES = 100_000  # for more: a second or two

ALIKE = "too much alike to be named: give some of them an IRI"

_Tie = tuple[str, str, str]  # place of the other node, property, what the other node looks like


def too_much_alike(statements: Iterable[Triple | Quad]) -> bool:
    """Tell whether it might take RDFC-1.0 long to name the blank nodes of some statements.

    The tries are an upper bound, so what is slow is always found; so are some large symmetric ties that would be quick.
    """
    around = _around(statements)
    looks = {node: _looks(node, lines) for node, lines in around.items()}
    several = {look for look, number in Counter(looks.values()).items() if number > 1}
    alike = {node: look for node, look in looks.items() if look in several}
    ties = {node: _ties(node, around[node], alike) for node in alike}
    return any(len(group) > FEW and _tries(group, ties, alike) > TRIES for group in _groups(ties))


def _around(statements: Iterable[Triple | Quad]) -> dict[BlankNode, list[Sequence[object]]]:
    """Give the statements around each blank node, each once."""
    found: dict[BlankNode, list[Sequence[object]]] = defaultdict(list)
    for one in statements:
        terms = tuple(one)
        for node in {term for term in terms if isinstance(term, BlankNode)}:
            found[node].append(terms)
    return found


def _looks(node: BlankNode, lines: Iterable[Sequence[object]]) -> str:
    """Give what is said of a node, other blank nodes without their names."""
    return "\n".join(sorted(" ".join(_seen(term, node) for term in terms) for terms in lines))


def _seen(term: object, node: BlankNode) -> str:
    return str(term) if not isinstance(term, BlankNode) else "_:a" if term == node else "_:z"


def _ties(
    node: BlankNode, lines: Iterable[Sequence[object]], alike: Mapping[BlankNode, str]
) -> list[tuple[_Tie, BlankNode]]:
    """Give the other nodes that a node is tied to and that are like some node, with how."""
    return [
        ((str(place), str(terms[1]), alike[term]), term)
        for terms in lines
        for place, term in enumerate(terms)
        if isinstance(term, BlankNode) and term != node and term in alike
    ]


def _groups(ties: Mapping[BlankNode, Iterable[tuple[_Tie, BlankNode]]]) -> list[list[BlankNode]]:
    """Part nodes into those that are tied to each other, directly or over others."""
    groups: list[list[BlankNode]] = []
    left = dict.fromkeys(ties)
    while left:
        group = [left.popitem()[0]]
        for node in group:
            new = {other for _, other in ties[node] if other in left}
            group.extend(new)
            for other in new:
                del left[other]
        groups.append(group)
    return groups


def _tries(
    group: Sequence[BlankNode],
    ties: Mapping[BlankNode, Iterable[tuple[_Tie, BlankNode]]],
    alike: Mapping[BlankNode, str],
) -> int:
    """Give how many steps there are at the most: from each node on a way over all, in every order."""
    tries = len(group) ** 2
    for node in group:
        tries *= prod(factorial(many) for many in Counter(tie for tie, _ in ties[node]).values())
        if tries > TRIES:
            break
    return tries
