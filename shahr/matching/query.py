"""What is asked of the matcher, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from shahr.gazetteer import Entity

Outcome = Literal["match", "review", "nil"]
Strictness = Literal["any", "all", "should"]
Wanted = str | int | float | bool


@dataclass(frozen=True)
class Query:
    """A name as somebody wrote it, "" where only properties are known.

    `types` are local names of classes ("City"); `strictness` tells whether an entity must be of any of them, of all,
    or only should be of one. `properties` give values that are known, by property ("country"): ids, IRIs, names or
    numbers. `before` and `after` are the words around the name where it stands in a text.
    """

    text: str
    types: tuple[str, ...] = ()
    strictness: Strictness = "should"
    properties: Mapping[str, Sequence[Wanted]] = field(default_factory=dict)
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Match:
    """A candidate: its score, 0 to 100, is how likely in hundredths it is that it is meant; with what that rests on.

    `name` is the name of the entity that is most like what was asked for, `tier` how alike the two are. Features:
    "distance" (letters amiss; none in the tier "part", where only words of a name fit),
    "type" (it is of the classes that were asked for, or that the words around tell of),
    "place" (it lies where the text says: "Hyderabad, India"), "property:country" (it has an asked-for value),
    "coherent" (it is in the country of the rest of the list; without bearing on what is certain).
    """

    entity: Entity
    name: str
    tier: str
    score: float
    features: Mapping[str, float | bool]


@dataclass(frozen=True)
class Matches:
    """The candidates, the best first, and what may be done with them.

    "match": the first may be taken as it is; "review": somebody has to look; "nil": nothing has such a name.
    """

    outcome: Outcome
    candidates: tuple[Match, ...]
