"""What the matcher found, in short, and cities to find."""

from __future__ import annotations

from shahr.gazetteer import Entity, Name, Value
from shahr.matching.query import Matches
from shahr.namespaces import BASE


def first(found: Matches) -> str:
    return found.candidates[0].entity.id if found.candidates else ""


def taken(found: Matches) -> str:
    """Give what is matched by itself, "" where nothing is."""
    return first(found) if found.outcome == "match" else ""


def city(id: str, *names: str, country: str = "") -> Entity:
    held = {"country": (Value(BASE + country, "", "", ""),)} if country else {}
    return Entity(id, id.partition("/")[0], ("City", "Place"), tuple(Name(one, "en", "label") for one in names), held)
