"""The types and properties of the build that serves, by the ids that requests name them with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest

from shahr.gazetteer import Gazetteer, Name
from shahr.namespaces import SHAHR
from shahr.web.reconcile.catalog import Property, Type, name_of, properties, types

SHOWN = 40  # characters of a name that is not known


@dataclass(frozen=True)
class Vocabulary:
    """Types and properties by id."""

    types: Mapping[str, Type]
    properties: Mapping[str, Property]

    def type(self, id: str, place: str = "") -> str:
        """Give the id of a type that is written as an id or an IRI; BadRequest with the place for an unknown one."""
        local = id.removeprefix(SHAHR)
        if local not in self.types:
            sentence = _("there is no type '%(name)s' here: see the suggestions for types", name=id[:SHOWN])
            raise BadRequest(at(place, sentence))
        return local

    def property(self, id: str, place: str = "") -> str:
        """Give the id of a property that is written as an id or an IRI; BadRequest for an unknown one."""
        local = id.removeprefix(SHAHR)
        if local not in self.properties:
            sentence = _("there is no property '%(name)s' here: see the suggestions for properties", name=id[:SHOWN])
            raise BadRequest(at(place, sentence))
        return local

    def types_named(self, ids: Iterable[str], language: str) -> list[tuple[str, Name]]:
        """Give the ids and names of types, those that are known."""
        return [(id, name_of(self.types[id], language)) for id in ids if id in self.types]


class CurrentVocabulary:
    """The vocabulary of the build that serves, read once a build."""

    def __init__(self) -> None:
        self._read: tuple[Gazetteer | None, Vocabulary] = (None, Vocabulary({}, {}))

    def of(self, gazetteer: Gazetteer) -> Vocabulary:
        """Give the vocabulary of a gazetteer."""
        known, found = self._read
        if known is not gazetteer:
            found = read_vocabulary(gazetteer)
            self._read = (gazetteer, found)
        return found


def read_vocabulary(gazetteer: Gazetteer) -> Vocabulary:
    """Read the types and properties that entities have."""
    return Vocabulary(
        {one.id: one for one in types(gazetteer)},
        {one.id: one for one in properties(gazetteer)},
    )


def at(place: str, sentence: str) -> str:
    """Give a sentence with the path that it is about, "q1.type: …"."""
    return f"{place}: {sentence}" if place else sentence
