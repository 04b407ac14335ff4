"""Facts of ours that say different things of one subject, though neither is marked as contesting the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations

from shahr.quickstatements.moment import Moment
from shahr.quickstatements.statement import Statement


def disagreements(statements: Iterable[Statement]) -> dict[str, set[str]]:
    """Give for each fact the others that it cannot hold beside; linked to Wikidata or not."""
    groups: defaultdict[tuple[object, ...], list[Statement]] = defaultdict(list)
    for one in statements:
        if one.settled:
            groups[one.predicate.id, one.subject, None if one.predicate.single else one.value].append(one)
    found: defaultdict[str, set[str]] = defaultdict(set)
    for group in groups.values():
        for one, other in combinations(group, 2):
            if one.fact != other.fact and _disagree(one, other):
                found[one.fact].add(other.fact)
                found[other.fact].add(one.fact)
    return dict(found)


def together(*sides: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Give the others of each fact from all sides, each once and in order."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for side in sides:
        for fact, others in side.items():
            found[fact] |= set(others)
    return {fact: tuple(sorted(others)) for fact, others in found.items()}


def _disagree(one: Statement, other: Statement) -> bool:
    if one.value == other.value:
        pairs = ((one.times.start, other.times.start), (one.times.end, other.times.end))
        return not all(_agree(left, right) for left, right in pairs)
    return one.times.first <= other.times.last and other.times.first <= one.times.last


def _agree(left: Moment | None, right: Moment | None) -> bool:
    return left is None or right is None or left.agrees_with(right)
