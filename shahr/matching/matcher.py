"""The matcher: candidates for a name by tier, through the gates of type and property, to one of three outcomes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from shahr.entityvalues import identifiers
from shahr.folding import glue, visible
from shahr.gazetteer import Entity, NameSource, entity_id
from shahr.matching.evidence import agreements
from shahr.matching.mention import Reading, readings, types_around
from shahr.matching.query import Match, Matches, Outcome, Query
from shahr.matching.score import odds, shares
from shahr.matching.tiers import Likeness, allowed, best, stripped
from shahr.namespaces import BASE

AUTOMATIC = ("id", "exact", "folded", "glued")
SURE = 0.9  # probability from which a match may be taken unseen
LONGEST = 500  # characters of a name
_LIST = 3  # certain matches in one country that make a list one of that country
_UNRESOLVED = "Unresolved"

Part = Callable[[str], Sequence[Entity]]  # gives the entities whose names hold the words of a text


class Matcher:
    """Matches names against the entities of a source. `part` finds names by their words, where nothing else does."""

    def __init__(self, source: NameSource, part: Part = lambda text: ()) -> None:
        self._source, self._part = source, part

    def match(self, query: Query) -> Matches:
        """Give what a name may mean."""
        return self._matches(query, "")

    def match_all(self, queries: Sequence[Query]) -> list[Matches]:
        """Match the names of one list: where most of them lie in one country, that speaks for it with the others."""
        first = [self.match(query) for query in queries]
        country = _common_country(first)
        if not country:
            return first
        return [
            found if found.outcome == "match" else self._matches(query, country)
            for query, found in zip(queries, first, strict=True)
        ]

    def _matches(self, query: Query, country: str) -> Matches:
        found = {entity.id: (entity, likeness, reading) for entity, likeness, reading in self._candidates(query)}
        scored = [self._scored(query, country, *one) for one in found.values()]
        kept = [(match, chance) for match, chance in scored if chance > 0]
        chances = shares([chance for _, chance in kept])
        ranked = sorted(
            (replace(match, score=round(100 * chance, 1)) for (match, _), chance in zip(kept, chances, strict=True)),
            key=lambda match: (-match.score, -match.entity.facts, match.entity.id),
        )
        return Matches(_outcome(ranked), tuple(ranked))

    def _candidates(self, query: Query) -> Iterable[tuple[Entity, Likeness, Reading]]:
        text = visible(query.text[:LONGEST])
        if not glue(text):
            return self._by_properties(query)
        for reading in [Reading(text, types_around(query.before, query.after)), *list(readings(text))[1:]]:
            found = self._by_name(reading)
            if found:
                return found
        return self._by_id(text) or self._unlike(text)

    def _by_name(self, reading: Reading) -> list[tuple[Entity, Likeness, Reading]]:
        glued = glue(reading.name)
        found = self._resolved(self._source.named([glued, *stripped(glued)]) if glued else [])
        return _compared(found, reading)

    def _by_id(self, text: str) -> list[tuple[Entity, Likeness, Reading]]:
        """A cell may hold what was matched before: an id of ours, or one of Wikidata or GeoNames."""
        known = entity_id(text)
        local = text.rstrip("/").rpartition("/")[2]
        found = [*self._source.those([known] if known else []), *self._identified(local)]
        return [(entity, Likeness("id", text), Reading(text)) for entity in found]

    def _identified(self, local: str) -> list[Entity]:
        return [entity for name in identifiers() for entity in self._source.holding(name, local)]

    def _unlike(self, text: str) -> list[tuple[Entity, Likeness, Reading]]:
        """Where nothing has the name: what has nearly that name, else what has its words."""
        glued = glue(text)
        reading = Reading(text)
        near = _compared(self._resolved(self._source.near(glued, allowed(glued))) if allowed(glued) else [], reading)
        return near or [(entity, Likeness("part", text), reading) for entity in self._resolved(self._part(text))]

    def _by_properties(self, query: Query) -> list[tuple[Entity, Likeness, Reading]]:
        """Without a name, the values that are one thing's alone tell it; others only narrow down."""
        found: list[tuple[Entity, Likeness, Reading]] = []
        for property, values in query.properties.items():
            tier = "id" if property in identifiers() else "part"
            for value in values:
                held = self._source.holding(property, BASE + known if (known := entity_id(str(value))) else str(value))
                found += [(entity, Likeness(tier, str(value)), Reading("")) for entity in held]
        return found

    def _resolved(self, entities: Iterable[Entity]) -> list[Entity]:
        """Put the candidates in the place of what stands for a name that was never resolved."""
        found: list[Entity] = []
        for entity in entities:
            if _UNRESOLVED not in entity.types:
                found.append(entity)
                continue
            for value in entity.values.get("candidate", ()):
                found += self._source.those([value.target.removeprefix(BASE)])
        return list({entity.id: entity for entity in found}.values())

    def _scored(
        self, query: Query, country: str, entity: Entity, likeness: Likeness, reading: Reading
    ) -> tuple[Match, float]:
        features: dict[str, float | bool] = {"distance": likeness.distance}
        wanted = query.types or reading.types
        if wanted:
            features["type"] = _fits(entity, wanted, query.strictness == "all")
        given = dict(query.properties) | ({"country": [reading.place]} if reading.place else {})
        features |= {f"property:{name}": yes for name, yes in agreements(entity, given, self._names).items()}
        if country:
            features["coherent"] = country in {value.target for value in entity.values.get("country", ())}
        chance = odds(likeness.tier, likeness.distance, features)
        if features.get("type") is False and query.types and query.strictness != "should":
            chance = 0.0
        return Match(entity, likeness.name, likeness.tier, 0.0, features), chance

    def _names(self, iri: str) -> Sequence[str]:
        found = self._source.those([iri.removeprefix(BASE)])
        return [name.text for entity in found for name in entity.names]


def _compared(entities: Iterable[Entity], reading: Reading) -> list[tuple[Entity, Likeness, Reading]]:
    compared = [(entity, best(reading.name, (name.text for name in entity.names))) for entity in entities]
    return [(entity, likeness or Likeness("part", reading.name), reading) for entity, likeness in compared]


def _fits(entity: Entity, types: Sequence[str], all_of_them: bool) -> bool:
    return (all if all_of_them else any)(name in entity.types or name == entity.kind for name in types)


def _outcome(ranked: Sequence[Match]) -> Outcome:
    if not ranked:
        return "nil"
    first = ranked[0]
    against = any(value is False for name, value in first.features.items() if name != "coherent")
    return "match" if first.tier in AUTOMATIC and not against and first.score >= 100 * SURE else "review"


def _common_country(found: Iterable[Matches]) -> str:
    """Give the IRI of the country that most of the certain matches of a list lie in, "" where they lie anywhere."""
    countries = Counter(
        value.target
        for matches in found
        if matches.outcome == "match"
        for value in matches.candidates[0].entity.values.get("country", ())
    )
    country, count = max(countries.items(), key=lambda one: (one[1], one[0]), default=("", 0))
    return country if count >= _LIST and 2 * count > countries.total() else ""
