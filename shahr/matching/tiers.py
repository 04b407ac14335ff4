"""How alike two names are, from the very same letters down to a slip of the keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from shahr.folding import fold, glue, visible

TIERS = ("id", "exact", "folded", "glued", "titled", "stripped", "near", "part")
_STEPS = ((4, 0), (8, 1))  # glued letters below which so many may be amiss; from there on, two
_LONGEST_SLIP = 100  # glued letters beyond which a name is not looked for by slips
_ENDINGS = ("ای", "یی", "ی", "ه")  # what an ezafe, an indefinite or a heavy ending leaves behind
_ARTICLE = "ال"  # in Arabic: الدوحة
INITIALS = 3  # up to so many letters, initials in another case are more often a word
_SPELT = (("&", " and "), ("ization", "isation"), ("programme", "program"), ("centre", "center"))  # either way
_EZAFE = re.compile("(?<=[هۀةھ])[\u200c ][یيى](?=$|[\u200c ])")


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


def keys(text: str) -> list[str]:
    """Give the glued names that a text may stand for: itself, otherwise spelt, without an ending or the article."""
    return list(dict.fromkeys([*_spelt(text), *stripped(glue(text))]))


def likeness(text: str, name: str) -> Likeness | None:
    """Compare a text with one name; None where they have nothing to do with each other."""
    if visible(text) == visible(name):
        return Likeness("exact", name)
    asked, glued = glue(text), glue(name)
    if len(asked) <= INITIALS and asked == glued and name.isupper() and not text.isupper():
        return Likeness("stripped", name)
    if fold(text) == fold(name):
        return Likeness("folded", name)
    if glued in _spelt(text):
        return Likeness("glued", name)
    if glued in stripped(asked):
        return Likeness("stripped", name)
    most = min(allowed(asked), allowed(glued))
    distance = OSA.distance(asked, glued, score_cutoff=most)
    return Likeness("near", name, distance) if distance <= most else None


def best(text: str, names: Iterable[str]) -> Likeness | None:
    """Give the likeness of the name that is most alike."""
    found = [one for one in (likeness(text, name) for name in names) if one is not None]
    return min(found, key=lambda one: (one.rank, one.name)) if found else None


def allowed(glued: str) -> int:
    """Give how many letters may be amiss in a glued name: none in a short one, nor in a text that is no name."""
    if len(glued) > _LONGEST_SLIP:
        return 0
    return next((most for below, most in _STEPS if len(glued) < below), 2)


def stripped(glued: str) -> list[str]:
    """Give a glued name without what an ending, or the Arabic article, may have added to it."""
    ended = [glued.removesuffix(one) for one in _ENDINGS if glued.endswith(one)]
    return [one for one in (*ended, glued.removeprefix(_ARTICLE)) if 2 < len(one) < len(glued)]


def _spelt(text: str) -> list[str]:
    """Give the glued spellings of a text: کره‌ی جنوبی is کرهٔ جنوبی, and an organization is an organisation."""
    plain = _EZAFE.sub("", text).casefold()
    pairs = [*_SPELT, *((other, one) for one, other in _SPELT[1:])]
    respelt = [plain.replace(one, other) for one, other in pairs if one in plain]
    return list(dict.fromkeys(glued for glued in map(glue, (text, plain, *respelt)) if glued))
