"""What is known besides the name says of a candidate: that it agrees, that it does not, or nothing."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence

from shahr.folding import glue
from shahr.gazetteer import Entity, Value, entity_id
from shahr.matching.mention import Reading
from shahr.matching.query import Query, Wanted
from shahr.matching.tiers import keys
from shahr.namespaces import BASE

Labels = Callable[[str], Sequence[str]]  # gives the names of a node by its IRI
Look = Callable[[Iterable[str]], Sequence[Entity]]  # gives entities by their ids
_SEATS = ("governs", "jurisdiction")
_TOLERANCE = 0.25  # degrees, some 25 km: gazetteers put one city's middle in different places
_LYING = ("city", "country", "place")  # kinds of things of which the graph has the places that they lie in
_COUNTRY = f"{BASE}country/"


def fits(entity: Entity, way: Reading, query: Query) -> bool:
    """Tell whether an entity is of the classes that are asked for, and of those that the words around tell of.

    What an office or a body has in its name is meant only by those who ask for such a thing.
    """
    asked = _is(entity, query.types, query.strictness == "all")
    return asked and _is(entity, way.types, False) and not (way.office and not query.types)


def agreements(entity: Entity, wanted: Mapping[str, Sequence[Wanted]], names: Labels) -> dict[str, bool]:
    """Tell for each property that an entity has a value of whether one of the wanted ones is among them."""
    given = {property: [one for one in values if str(one).strip()] for property, values in wanted.items()}
    return {
        property: any(_agrees(value, one, names) for value in held for one in values)
        for property, values in given.items()
        if values and (held := _held(entity, property))
    }


def lies_in(entity: Entity, places: Sequence[str], those: Look) -> bool | None:
    """Tell whether a thing lies in all of these places, by their names; None where the graph cannot tell.

    Of what is itself a place it can: "Lebanon, Ohio" is not the country, which lies in none. What stands there may
    also be another name of the thing: "Tehran (تهران)".
    """
    if not places:
        return None
    held = _places(entity, those)
    known = {glue(name.text) for one in (entity, *held) for name in one.names}
    if all(known.intersection(keys(place)) for place in places):
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


def _agrees(value: Value, wanted: Wanted, names: Labels) -> bool:
    if isinstance(wanted, bool):
        return value.text == str(wanted).lower()
    number = _number(value.text)
    asked = wanted if isinstance(wanted, int | float) else _number(wanted)
    if number is not None and asked is not None:
        return math.isclose(number, asked, abs_tol=_TOLERANCE if "." in value.text else 0.0)
    text = str(wanted)
    if not value.target:
        return glue(value.text) == glue(text)
    if value.target == BASE + (entity_id(text) or "\n"):
        return True
    return bool({glue(name) for name in names(value.target)}.intersection(keys(text)))


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if math.isfinite(found) else None
