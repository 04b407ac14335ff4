"""What known values of properties say of a candidate: that it agrees, that it does not, or nothing."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from shahr.folding import glue
from shahr.gazetteer import Entity, Value, entity_id
from shahr.matching.query import Wanted
from shahr.namespaces import BASE

Labels = Callable[[str], Sequence[str]]  # gives the names of a node by its IRI
_TOLERANCE = 0.25  # degrees, some 25 km: gazetteers put one city's middle in different places


def agreements(entity: Entity, wanted: Mapping[str, Sequence[Wanted]], names: Labels) -> dict[str, bool]:
    """Tell for each property that an entity has a value of whether one of the wanted ones is among them."""
    return {
        property: any(_agrees(value, one, names) for value in entity.values[property] for one in values)
        for property, values in wanted.items()
        if values and entity.values.get(property)
    }


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
    return value.target == BASE + (entity_id(text) or "\n") or glue(text) in map(glue, names(value.target))


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if math.isfinite(found) else None
