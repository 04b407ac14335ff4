"""Which items an entity may be: the matcher's answer for each of its names, put together.

Wikidata has people, villages and companies without number, and what we look for may be none of them. So a name alone
makes nothing clear: country, coordinates or GeoNames id must agree too, but for countries, no two of which are
called the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shahr.gazetteer import Entity, EntitySet
from shahr.link.distance import Point, kilometres
from shahr.link.items import Item, as_entity
from shahr.matching.matcher import Matcher
from shahr.matching.query import Match, Matches, Outcome, Query, Wanted

MOST = 3  # candidates of which a person may choose
LEAST = 0.15  # confidence below which nothing is proposed
SURE = 0.9  # confidence of what is clear, at least, and below which all else stays
NEAR, FAR = 25.0, 50.0  # km up to which coordinates speak for an item, and from which against it
_HIGHEST = 0.99  # no machine is certain
_BY_NAME = 0.7  # confidence of an item that nothing but its name speaks for, at most
_TIERS = ("exact", "folded", "glued")


@dataclass(frozen=True)
class Known:
    """What is known of an entity besides its names.

    countries   labels of its countries by the item that each is linked to
    geonames    its accepted GeoNames ids
    """

    countries: Mapping[str, str] = field(default_factory=dict)
    geonames: tuple[str, ...] = ()
    point: Point | None = None

    @property
    def properties(self) -> dict[str, Sequence[Wanted]]:
        """Give it as the matcher takes it."""
        return {"country": sorted(self.countries), "geonames": self.geonames, "near": [True]}

    def distance(self, item: Item) -> float | None:
        """Give how far an item lies from our coordinates, in km; None where one of the two has none."""
        if self.point is None:
            return None
        return min((kilometres(self.point, point) for point in item.points), default=None)

    def is_near(self, item: Item) -> bool | None:
        """Tell whether an item lies where we say; None where that speaks neither for nor against it."""
        distance = self.distance(item)
        if distance is None or NEAR < distance <= FAR:
            return None
        return distance <= NEAR


@dataclass(frozen=True)
class Proposal:
    """An item that an entity may be; `names` are those of ours that it has too, each with how alike it is (a tier)."""

    entity: Entity
    item: Item
    outcome: Outcome
    confidence: float
    names: Mapping[str, str]
    rivals: int
    known: Known


def decide(
    entity: Entity, found: Mapping[str, Sequence[Item]], known: Known, kinds: Mapping[str, frozenset[str]]
) -> list[Proposal]:
    """Give the items that an entity may be, the likeliest first; one only where that is clear.

    `found` are the items by the text of the entity's that they were found with.
    """
    items = {item.id: item for each in found.values() for item in each}
    matcher = Matcher(EntitySet(as_entity(item, kinds, known.is_near(item)) for item in items.values()))
    asked = {text: Query(text, (entity.kind,), "any", known.properties) for text, each in found.items() if each}
    answers = {text: matcher.match(query) for text, query in asked.items()}
    best = _best(answers)
    sure = {matches.candidates[0].entity.id for matches in answers.values() if matches.outcome == "match"} & set(best)
    ranked = sorted(best.values(), key=lambda match: (-match.score, _number(match.entity.id)))
    clear = len(sure) == 1 and (entity.kind == "country" or any(_is_told(best[id]) for id in sure))
    chosen = [match for match in ranked if match.entity.id in sure] if clear else ranked
    proposals = [
        Proposal(
            entity,
            items[match.entity.id],
            "match" if clear else "review",
            _confidence(match, len(sure), clear),
            _names(answers, match.entity.id),
            len(chosen),
            known,
        )
        for match in chosen
    ]
    return [one for one in proposals if one.confidence >= LEAST][:MOST]


def _best(answers: Mapping[str, Matches]) -> dict[str, Match]:
    """Give each item once, with the name that speaks most for it."""
    found: dict[str, Match] = {}
    for matches in answers.values():
        for match in matches.candidates:
            held = found.get(match.entity.id)
            if match.tier in _TIERS and (held is None or match.score > held.score):
                found[match.entity.id] = match
    return found


def _names(answers: Mapping[str, Matches], id: str) -> dict[str, str]:
    return {
        text: match.tier
        for text, matches in answers.items()
        for match in matches.candidates
        if match.entity.id == id and match.tier in _TIERS
    }


def _is_told(match: Match) -> bool:
    """Tell whether something besides the name speaks for an item."""
    return any(value is True for name, value in match.features.items() if name.startswith("property:"))


def _confidence(match: Match, sure: int, clear: bool) -> float:
    """Where the names of one entity are sure of different items, none is."""
    most = _HIGHEST if clear else SURE - 0.01 if _is_told(match) else _BY_NAME
    return round(min(match.score / 100 / max(1, sure), most), 2)


def _number(id: str) -> int:
    return int(id.removeprefix("Q"))
