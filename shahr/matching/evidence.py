"""What is known besides the name says of a candidate: that it agrees, that it does not, or nothing."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from shahr.entityvalues import identifiers
from shahr.folding import glue
from shahr.gazetteer import Entity, Value, entity_id
from shahr.matching.mention import Reading
from shahr.matching.query import Query, Wanted
from shahr.matching.territories import territory
from shahr.matching.tiers import keys
from shahr.matching.values import identified, numbers, written
from shahr.namespaces import BASE

Labels = Callable[[str], Sequence[str]]  # gives the names of a node by its IRI
Look = Callable[[Iterable[str]], Sequence[Entity]]  # gives entities by their ids
Meant = Callable[[str], Collection[str]]  # gives the IRIs of what a text names
_SEATS = ("governs", "jurisdiction")
_TOLERANCE = 0.25  # degrees, some 25 km: gazetteers put one city's middle in different places
_LYING = ("city", "country", "place")  # kinds of things of which the graph has the places that they lie in
_COUNTRY = f"{BASE}country/"
_TRUTHS = ("true", "false")


def fits(entity: Entity, way: Reading, query: Query) -> bool:
    """Tell whether an entity is of the classes that are asked for, and of those that the words around tell of.

    What an office or a body has in its name is meant only by those who ask for such a thing.
    """
    asked = _is(entity, query.types, query.strictness == "all")
    return asked and _is(entity, way.types, False) and not (way.office and not query.types)


def agreements(
    entity: Entity, wanted: Mapping[str, Sequence[Wanted]], names: Labels, meant: Meant = lambda text: ()
) -> dict[str, bool]:
    """Tell for each property that an entity has a value of whether one of the wanted ones is among them.

    What cannot be read, or names nothing, tells nothing: only a wanted value that is understood, and that the entity
    does not have, speaks against it.
    """
    found: dict[str, bool] = {}
    for property, given in wanted.items():
        held = _held(entity, property)
        told = {_agrees(property, value, one, names, meant) for value in held for one in given} - {None}
        if told:
            found[property] = True in told
    return found


def lies_in(entity: Entity, places: Sequence[str], those: Look) -> bool | None:
    """Tell whether a thing lies in all of these places, by their names; None where the graph cannot tell.

    Of what is itself a place it can: "Lebanon, Ohio" is not the country, which lies in none. What stands there may
    also be another name of the thing: "Tehran (تهران)".
    """
    if not places:
        return None
    held = _places(entity, those)
    names = [name.text for one in (entity, *held) for name in one.names]
    known, countries = {glue(name) for name in names}, {territory(name) for name in names} - {""}
    if all(known.intersection(keys(place)) or territory(place) in countries for place in places):
        return True
    return False if held or entity.kind in _LYING else None


def _places(entity: Entity, those: Look) -> list[Entity]:
    """Give what a thing lies in; a body or an office lies where what it is for lies."""
    seats = _targets(entity, _SEATS, those)
    return [*seats, *(place for one in (entity, *seats) for place in _targets(one, ("country", "locatedIn"), those))]


def _targets(entity: Entity, properties: Sequence[str], those: Look) -> Sequence[Entity]:
    ids = [value.target.removeprefix(BASE) for name in properties for value in entity.values.get(name, ())]
    return those(ids) if ids else ()


def _is(entity: Entity, types: Sequence[str], all_of_them: bool) -> bool:
    if not types:
        return True
    return (all if all_of_them else any)(name in entity.types or name == entity.kind for name in types)


def _held(entity: Entity, property: str) -> Sequence[Value]:
    """What is no city has its country among the places that it lies in."""
    held = entity.values.get(property, ())
    if held or property != "country":
        return held
    return [value for value in entity.values.get("locatedIn", ()) if value.target.startswith(_COUNTRY)]


def _agrees(property: str, value: Value, wanted: Wanted, names: Labels, meant: Meant) -> bool | None:
    text = written(wanted)
    if not glue(text):
        return None
    if value.target:
        return _is_meant(value.target, text, names, meant)
    if property in identifiers():
        asked = identified(text).get(property)
        return asked == value.text if asked else None
    return _is_same(value.text, text)


def _is_same(text: str, asked: str) -> bool | None:
    """Compare a number with a number, a truth with a truth; what is neither, as words."""
    if text in _TRUTHS:
        return text == asked.lower() if asked.lower() in _TRUTHS else None
    if held := numbers(text):
        most = _TOLERANCE if "." in text else 0.0
        told = [math.isclose(one, other, abs_tol=most) for one in held for other in numbers(asked)]
        return any(told) if told else None
    return glue(text) == glue(asked)


def _is_meant(target: str, text: str, names: Labels, meant: Meant) -> bool | None:
    """Tell whether a text names a node; None where it names nothing."""
    called = names(target)
    if target == BASE + (entity_id(text) or "\n") or {glue(name) for name in called}.intersection(keys(text)):
        return True
    if target.startswith(_COUNTRY) and (code := territory(text)):
        return code in map(territory, called)
    found = meant(text)
    return target in found if found else None
