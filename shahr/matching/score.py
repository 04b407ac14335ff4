"""From features to how likely it is that a candidate is meant.

Each candidate has odds: those of its tier, times a factor for each thing that speaks for or against it. Its share of
all odds, with 1 for "none of them", is its probability; so two names that are alike halve each other. The numbers
were fitted by benchmarks/matching.py, which prints how often a score was right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_ODDS = {"id": 1000.0, "exact": 100.0, "folded": 80.0, "glued": 50.0, "stripped": 4.0, "near": 2.0, "part": 0.6}
_AGREES = 4.0
_DISAGREES = 0.02
_WRONG_TYPE = 0.02
_COHERENT = 2.0  # in the country that the rest of the list is in


def odds(tier: str, distance: int, features: Mapping[str, float | bool]) -> float:
    """Give the odds of one candidate, from the tier and letters amiss of its name, and its other features."""
    found = _ODDS[tier] / max(1, distance)
    for name, value in features.items():
        if name.startswith("property:"):
            found *= _AGREES if value else _DISAGREES
    if features.get("type") is False:
        found *= _WRONG_TYPE
    if features.get("coherent"):
        found *= _COHERENT
    return found


def shares(odds: Sequence[float]) -> list[float]:
    """Give the probability of each of some candidates, one of which, or none, is meant."""
    whole = 1.0 + sum(odds)
    return [one / whole for one in odds]
