"""Which items an entity may be: the matcher's answer for each of its names, put together."""

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
SURE = 0.9  # confidence of a match that stands by itself, at least, and below which all others stay
_HIGHEST = 0.99  # no machine is certain
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
        place = {"latitude": [self.point.latitude], "longitude": [self.point.longitude]} if self.point else {}
        return {"country": sorted(self.countries), "geonames": self.geonames, **place}


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

    @property
    def kilometres(self) -> float | None:
        """How far it lies from our coordinates; None where one of the two has none."""
        if self.known.point is None or not self.item.points:
            return None
        return min(kilometres(self.known.point, point) for point in self.item.points)


def decide(
    entity: Entity, found: Mapping[str, Sequence[Item]], known: Known, kinds: Mapping[str, frozenset[str]]
) -> list[Proposal]:
    """Give the items that an entity may be, the likeliest first; one only where that is clear.

    `found` are the items by the text of the entity's that they were found with.
    """
    items = {item.id: item for each in found.values() for item in each}
    matcher = Matcher(EntitySet(as_entity(item, kinds) for item in items.values()))
    asked = {text: Query(text, (entity.kind,), "any", known.properties) for text, each in found.items() if each}
    answers = {text: matcher.match(query) for text, query in asked.items()}
    best = _best(answers)
    sure = {matches.candidates[0].entity.id for matches in answers.values() if matches.outcome == "match"} & set(best)
    ranked = sorted(best.values(), key=lambda match: (-match.score, _number(match.entity.id)))
    chosen = [match for match in ranked if match.entity.id in sure] if len(sure) == 1 else ranked
    proposals = [
        Proposal(
            entity,
            items[match.entity.id],
            "match" if len(sure) == 1 else "review",
            _confidence(match, len(sure)),
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


def _confidence(match: Match, sure: int) -> float:
    """Where the names of one entity are sure of different items, none is."""
    share = match.score / 100 / max(1, sure)
    return round(min(share, _HIGHEST if sure == 1 else SURE - 0.01), 2)


def _number(id: str) -> int:
    return int(id.removeprefix("Q"))
