"""What a text may name: the entities of a source that have such a name, by the plainest reading that fits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from shahr.entityvalues import identifiers
from shahr.folding import glue, visible
from shahr.gazetteer import Entity, NameSource, entity_id
from shahr.matching.evidence import fits
from shahr.matching.mention import Reading, beside_offices, readings, types_around, with_kind
from shahr.matching.query import Query
from shahr.matching.shortnames import is_short
from shahr.matching.territories import territory
from shahr.matching.tiers import Likeness, allowed, best, keys
from shahr.matching.values import identified, written
from shahr.namespaces import BASE

LONGEST = 500  # characters of a name that are read
_READINGS = 8  # ways to read a text that are tried
_SLIPS = 3  # ways in which slips are looked for
_LAST_WORDS = 3  # words at the end of a name that may be a country
_MOST_WORDS = 8  # of a text in which they, or an office beside a person, are looked for
_UNRESOLVED = "Unresolved"
_PARTED_BEFORE = ("،", ",", "؛", ";", " و", " and")
_PARTED_AFTER = ("،", ",", "؛", ";", "و ", "and ")

Part = Callable[[str], Sequence[Entity]]  # gives the entities whose names hold the words of a text


@dataclass(frozen=True)
class Candidate:
    """An entity that may be meant, by a reading of the text and the name that is like the name in it."""

    entity: Entity
    likeness: Likeness
    reading: Reading


class Candidates:
    """Finds the candidates for a query in a source of names."""

    def __init__(self, source: NameSource, part: Part) -> None:
        self._source, self._part = source, part

    def of(self, query: Query) -> list[Candidate]:
        """Give what may be meant, each entity once; [] where nothing has such a name.

        The work is bounded: 500 characters are read, in at most eight ways, with one look-up of names for all of them,
        a few for what stands beside them, and at most three for slips, none of which compares texts of more than 100
        letters.
        """
        text = visible(query.text[:LONGEST])
        if not glue(text):
            return self._by_properties(query)
        around = types_around(query.before, query.after) or self._types_beside(query)
        ways = list(islice(readings(text), _READINGS))
        ways = self._placed([way if way.types else replace(way, types=around) for way in ways])
        return (
            self._by_name(ways, query)
            or self._by_id(text)
            or self._by_country(text)
            or self._by_office(text, query)
            or self._mistyped(ways)
            or self._by_words(ways)
        )

    def _by_name(self, ways: Sequence[Reading], query: Query) -> list[Candidate]:
        """Take readings up to the first that fits what is asked for; the others say what else there is."""
        named = [_named_in_full(way, query) for way in ways]
        looked_up = [key for way in ways for key in keys(way.name)] + [key for each in named for key in each]
        found = self._resolved(self._source.named(dict.fromkeys(looked_up)))
        kept: dict[str, Candidate] = {}
        for way, full in zip(ways, named, strict=True):
            alike = [one for one in _compared(found, way) if one.likeness.tier != "near"]
            those = [_doubted(one, query) for one in (*_titled(found, full, way), *alike)]
            kept = {one.entity.id: one for one in those} | kept
            if any(fits(one.entity, way, query) for one in those):
                break
        return list(kept.values())

    def _by_id(self, text: str) -> list[Candidate]:
        """A cell may hold what was matched before: an id of ours, or one of Wikidata or GeoNames, or its address.

        A bare number may as well be anything else, so it only suggests.
        """
        known = entity_id(text)
        held = [entity for name, local in identified(text).items() for entity in self._source.holding(name, local)]
        tier = "part" if glue(text).isdecimal() else "id"
        return [
            Candidate(entity, Likeness(tier, text), Reading(text))
            for entity in [*self._source.those([known] if known else []), *held]
        ]

    def _by_country(self, text: str) -> list[Candidate]:
        """Read "شانگهای چین" as a name with its country; the words must be few, and the last ones a country."""
        words = text.split()
        cuts = range(1, min(_LAST_WORDS, len(words) - 1) + 1) if len(words) <= _MOST_WORDS else range(0)
        tails = [" ".join(words[-cut:]) for cut in cuts]
        found = [
            one for one in self._source.named(key for tail in tails for key in keys(tail)) if "Country" in one.types
        ]
        ways = [
            Reading(" ".join(words[:-cut]), places=(tail,))
            for cut, tail in zip(cuts, tails, strict=True)
            if any(best(tail, (name.text for name in one.names)) for one in found)
        ]
        return self._by_name(ways, Query("")) if ways else []

    def _by_office(self, text: str, query: Query) -> list[Candidate]:
        """Read "شهردار تهران علیرضا زاکانی" as a person beside an office; unless it is theirs, somebody has to look."""
        pairs = list(beside_offices(text)) if len(text.split()) <= _MOST_WORDS else []
        asked = dict.fromkeys(key for way, office in pairs for one in (way.name, office) for key in keys(one))
        found = self._resolved(self._source.named(asked)) if pairs else []
        people = [one for one in found if "Person" in one.types]
        those = [
            _doubted(replace(one, reading=replace(way, unread=not _has(one.entity, office, found))), query)
            for way, office in pairs
            for one in _compared(people, way)
            if one.likeness.tier != "near"
        ]
        those.sort(key=lambda one: one.likeness.rank, reverse=True)
        return list({one.entity.id: one for one in those}.values())

    def _mistyped(self, ways: Sequence[Reading]) -> list[Candidate]:
        """Where nothing has the name: what has nearly that name."""
        for way in islice(ways, _SLIPS):
            glued = glue(way.name)
            near = self._source.near(glued, allowed(glued)) if allowed(glued) else []
            if near:
                return [one for one in _compared(self._resolved(near), way) if one.likeness.tier == "near"]
        return []

    def _by_words(self, ways: Sequence[Reading]) -> list[Candidate]:
        """Else what has the words of it among those of its names, as a surname is."""
        for way in islice(ways, _SLIPS):
            found = self._resolved(self._part(way.name))
            if found:
                return [Candidate(entity, Likeness("part", way.name), way) for entity in found]
        return []

    def _by_properties(self, query: Query) -> list[Candidate]:
        """Without a name, the values that are one thing's alone tell it; others only narrow down."""
        found: dict[str, Candidate] = {}
        for property, values in sorted(query.properties.items(), key=lambda one: one[0] not in identifiers()):
            tier = "id" if property in identifiers() else "part"
            for text in map(written, values):
                for entity in self._source.holding(property, _held_as(property, text)):
                    found.setdefault(entity.id, Candidate(entity, Likeness(tier, text), Reading("")))
        return list(found.values())

    def _placed(self, ways: Sequence[Reading]) -> list[Reading]:
        """Leave out the places that nothing is called: what they tell of where a thing lies is not read."""
        tails = {tail for way in ways for tail in way.places}
        named = self._source.named(dict.fromkeys(key for tail in sorted(tails) for key in keys(tail))) if tails else ()
        names = {glue(name.text) for entity in named for name in entity.names}
        known = {tail for tail in tails if territory(tail) or names.intersection(keys(tail))}
        return [
            replace(
                way,
                places=tuple(one for one in way.places if one in known),
                unread=way.unread or not known.issuperset(way.places),
            )
            for way in ways
        ]

    def _types_beside(self, query: Query) -> tuple[str, ...]:
        """Give the kind of what a list has right beside the name: "بریکس، X و اکو" tells that X is an organisation."""
        before, after = visible(query.before[-LONGEST:]), visible(query.after[:LONGEST])
        names = [name for name in (_last_item(before), _first_item(after)) if name]
        found = [self._resolved(self._source.named([glue(name)])) for name in names]
        kinds = {entity.kind for entities in found for entity in entities}
        classes = {"city": "City", "country": "Country", "organization": "Organization", "person": "Person"}
        return (classes[kinds.pop()],) if len(kinds) == 1 and kinds <= classes.keys() and all(found) else ()

    def _resolved(self, entities: Iterable[Entity]) -> list[Entity]:
        """Put the candidates in the place of what stands for a name that was never resolved."""
        found: list[Entity] = []
        for entity in entities:
            if _UNRESOLVED not in entity.types:
                found.append(entity)
                continue
            held = self._source.those(value.target.removeprefix(BASE) for value in entity.values.get("candidate", ()))
            found += [replace(one, names=(*one.names, *entity.names)) for one in held]
        return list({entity.id: entity for entity in found}.values())


def _compared(entities: Iterable[Entity], way: Reading) -> list[Candidate]:
    compared = [(entity, best(way.name, (name.text for name in entity.names))) for entity in entities]
    return [Candidate(entity, likeness, way) for entity, likeness in compared if likeness]


def _held_as(property: str, text: str) -> str:
    """Give a wanted value in the form in which entities have it."""
    if property in identifiers():
        return identified(text).get(property, "")
    known = entity_id(text)
    return BASE + known if known else text


def _doubted(one: Candidate, query: Query) -> Candidate:
    """Take a name with something unread beside it for as doubtful as one without its ending.

    So is a short name where nothing tells what kind of thing is named.
    """
    told = query.types or one.reading.types
    if one.reading.unread or (not told and is_short(one.likeness.name, one.entity)):
        return replace(one, likeness=replace(one.likeness, tier="stripped"))
    return one


def _has(person: Entity, office: str, entities: Iterable[Entity]) -> bool:
    """Tell whether a person has to do with what one of some entities is called, as with a post."""
    held = {value.target for values in person.values.values() for value in values}
    named = [one for one in entities if one.iri in held]
    return any(
        likeness.tier != "near" for one in named if (likeness := best(office, (name.text for name in one.names)))
    )


def _named_in_full(way: Reading, query: Query) -> frozenset[str]:
    """Give the glued names of something by a name and a word for what is asked for, or for what the text tells of."""
    types = () if way.office else query.types or way.types
    return frozenset(map(glue, with_kind(way.name, types))) if types else frozenset()


def _titled(entities: Iterable[Entity], asked: frozenset[str], way: Reading) -> list[Candidate]:
    """Take the entities of which a name is that of the text with a word for the kind of thing."""
    return [
        Candidate(entity, Likeness("titled", name.text), way)
        for entity in entities
        for name in entity.names
        if asked and glue(name.text) in asked
    ]


def _last_item(before: str) -> str:
    parting = next((one for one in _PARTED_BEFORE if before.endswith(one)), "")
    return _between(before.removesuffix(parting))[-1] if parting else ""


def _first_item(after: str) -> str:
    parting = next((one for one in _PARTED_AFTER if after.startswith(one)), "")
    return _between(after.removeprefix(parting))[0] if parting else ""


def _between(text: str) -> list[str]:
    """Part a list at its commas."""
    for parting in ("،", ",", "؛", ";", " و ", " and "):
        text = text.replace(parting, "\n")
    return [item.strip() for item in text.split("\n")]
