"""How alike two names are, from the very same letters down to a slip of the keyboard."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from shahr.folding import fold, glue, visible

TIERS = ("id", "exact", "folded", "glued", "stripped", "near", "part")
_STEPS = ((4, 0), (8, 1))  # glued letters up to which so many may be amiss; beyond, two
_ENDINGS = ("ی", "ای", "یی", "ه")  # what an ezafe, an indefinite or a heavy ending leaves behind


@dataclass(frozen=True, slots=True)
class Likeness:
    """The tier in which a name of an entity is alike, and how many letters are amiss in it."""

    tier: str
    name: str
    distance: int = 0

    @property
    def rank(self) -> tuple[int, int]:
        """Sorts the most alike first."""
        return TIERS.index(self.tier), self.distance


def likeness(text: str, name: str) -> Likeness | None:
    """Compare a text with one name; None where they have nothing to do with each other."""
    if visible(text) == visible(name):
        return Likeness("exact", name)
    if fold(text) == fold(name):
        return Likeness("folded", name)
    asked, glued = glue(text), glue(name)
    if asked == glued:
        return Likeness("glued", name)
    if glued in stripped(asked):
        return Likeness("stripped", name)
    distance = OSA.distance(asked, glued, score_cutoff=allowed(asked))
    return Likeness("near", name, distance) if distance <= allowed(asked) else None


def best(text: str, names: Iterable[str]) -> Likeness | None:
    """Give the likeness of the name that is most alike."""
    found = [one for one in (likeness(text, name) for name in names) if one is not None]
    return min(found, key=lambda one: (one.rank, one.name)) if found else None


def allowed(glued: str) -> int:
    """Give how many letters may be amiss in a glued name: none in a short one."""
    return next((most for below, most in _STEPS if len(glued) < below), 2)


def stripped(glued: str) -> list[str]:
    """Give a glued Persian name without what an ending may have added to it, most letters first."""
    return [glued.removesuffix(one) for one in _ENDINGS if glued.endswith(one) and len(glued) - len(one) > 2]
