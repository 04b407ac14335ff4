"""From features to how likely it is that a candidate is meant.

Each candidate has odds: those of its tier, times a factor for each thing that speaks for or against it. Its share of
all odds, with 1 for "none of them", is its probability; so two names that are alike halve each other. The numbers
were fitted by `python -m benchmarks.matching --fit` on one half of tests/mentions.tsv; the other half tells how often
a score is right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Weights:
    """The odds of each tier of likeness, and the factors of what else is known."""

    id: float = 1000.0
    exact: float = 100.0
    folded: float = 100.0
    glued: float = 50.0
    titled: float = 20.0
    stripped: float = 1.0
    near: float = 1.0
    part: float = 0.5
    agrees: float = 10.0
    disagrees: float = 0.02
    right_type: float = 1.0
    wrong_type: float = 0.02
    coherent: float = 2.0  # in the country that the rest of the list is in; at most 2, so that it never decides


FITTED = Weights(
    exact=35.0,
    folded=71.0,
    glued=35.0,
    titled=15.0,
    stripped=0.5,
    near=0.71,
    part=0.25,
    agrees=10.0,
    disagrees=0.0035,
    right_type=1.0,
    wrong_type=0.0018,
)


def odds(tier: str, features: Mapping[str, float | bool], weights: Weights = FITTED) -> float:
    """Give the odds of one candidate, from the tier of its name and its features."""
    found = float(getattr(weights, tier)) / max(1.0, features.get("distance", 0))
    for name, value in features.items():
        if name == "type":
            found *= weights.right_type if value else weights.wrong_type
        elif name == "coherent":
            found *= weights.coherent if value else 1.0
        elif name == "place" or name.startswith("property:"):
            found *= weights.agrees if value else weights.disagrees
    return found


def shares(odds: Sequence[float]) -> list[float]:
    """Give the probability of each of some candidates, one of which, or none, is meant."""
    whole = 1.0 + sum(odds)
    return [one / whole for one in odds]
