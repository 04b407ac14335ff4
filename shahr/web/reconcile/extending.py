"""Values of properties for entities that are matched, and the properties that entities of a type have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from math import isfinite
from typing import Any

from shahr.gazetteer import Entity, Gazetteer, Name, Value, entity_id
from shahr.namespaces import BASE, iri
from shahr.web.language import language
from shahr.web.reconcile.calls import Column, Extension
from shahr.web.reconcile.candidates import in_its_language, named
from shahr.web.reconcile.catalog import definition_of, name_of, of_type, own_types
from shahr.web.reconcile.vocabulary import Vocabulary

Json = dict[str, Any]
Labels = Mapping[str, Mapping[str, str]]
_LABELS = {"label-fa": "fa", "label-en": "en"}
_LARGEST = 2**31  # from which on OpenRefine, which reads 32 bits, takes no integer
_INTEGERS = frozenset({"integer", "int", "long", "short", "nonNegativeInteger", "positiveInteger"})
_NUMBERS = frozenset({"decimal", "double", "float"})


class Extended:
    """The values that are asked for, of the entities that there are."""

    def __init__(self, asked: Extension, gazetteer: Gazetteer, known: Vocabulary) -> None:
        self._asked, self._known = asked, known
        ids = {given: entity_id(given) or given for given in asked.ids}
        there = {one.id: one for one in gazetteer.those(ids.values())}
        self._entities = {given: there.get(id) for given, id in ids.items()}
        targets = {value.target for column in asked.columns for value in self._all_values(column) if value.target}
        self._labels: Labels = gazetteer.labels(targets)
        self._targets = {one.iri: one for one in gazetteer.those(target.removeprefix(BASE) for target in targets)}

    def as_0_2(self) -> Json:
        """Give the answer of 0.2 (7.4): rows by id, then property; an unknown id has no values."""
        rows = {id: {column.property: self._cells(id, column) for column in self._asked.columns} for id in self._ids}
        return {"meta": [self._meta(column) for column in self._asked.columns], "rows": rows}

    def as_1_0(self) -> Json:
        """Give the answer of 1.0: rows and properties in order, each text with its language."""
        rows = [
            {
                "id": id,
                "properties": [
                    {"id": column.property, "values": self._cells(id, column, tagged=True)}
                    for column in self._asked.columns
                ],
            }
            for id in self._ids
        ]
        return {"meta": [self._meta(column, tagged=True) for column in self._asked.columns], "rows": rows}

    @property
    def _ids(self) -> Iterable[str]:
        return self._entities

    def _all_values(self, column: Column) -> list[Value]:
        return [value for id in self._ids for value in self._values(id, column)]

    def _values(self, id: str, column: Column) -> Sequence[Value]:
        entity = self._entities[id]
        values = values_of(entity, column.property) if entity else ()
        return values[: column.limit] if column.limit else values

    def _cells(self, id: str, column: Column, tagged: bool = False) -> list[Json]:
        cells = [self._node(value, column) if value.target else literal(value) for value in self._values(id, column)]
        return [cell | in_its_language(tag) if tagged else cell for cell, tag in cells]

    def _node(self, value: Value, column: Column) -> tuple[Json, str]:
        id, name = value.target.removeprefix(BASE), self._name(value.target)
        if column.content == "id":
            return {"str": id}, ""
        cell = {"str": name.text} if column.content == "label" else {"id": id, "name": name.text}
        return cell, name.language

    def _name(self, target: str) -> Name:
        entity = self._targets.get(target)
        if entity:
            return entity.label(language())
        labels = self._labels.get(target, {})
        tag = language() if language() in labels else next(iter(labels), "")
        return Name(labels.get(tag, target.removeprefix(BASE)), tag, "label")

    def _meta(self, column: Column, tagged: bool = False) -> Json:
        """Tell of a property, and of the class of its values where they are of one."""
        name = name_of(self._known.properties[column.property], language())
        told = named(column.property, name, tagged)
        shared = self._shared_type(column)
        return told | ({"type": named(*shared, tagged)} if shared and column.content == "both" else {})

    def _shared_type(self, column: Column) -> tuple[str, Name] | None:
        """Give the most special class that all values of a property are of."""
        values = self._all_values(column)
        classes = [own_types(self._targets[value.target]) for value in values if value.target in self._targets]
        if not classes or len(classes) < len(values):
            return None
        shared = [name for name in classes[0] if all(name in other for other in classes)]
        return next(iter(self._known.types_named(shared, language())), None)


def proposal(known: Vocabulary, type: str, limit: int | None, tagged: bool = False) -> Json:
    """Give the properties that entities of a type have, of any type for ""; `tagged` with languages, as in 1.0."""
    listed = [
        named(term.id, name_of(term, language()), tagged)
        | ({"description": definition_of(term, language())} if definition_of(term, language()) else {})
        for term in of_type(known.properties.values(), type)[:limit]
    ]
    return {"type": type, "properties": listed, **({} if limit is None else {"limit": limit})}


def values_of(entity: Entity, property: str) -> Sequence[Value]:
    """Give the values of a property: those of the graph, and of the properties that the names and the IRI are."""
    if property == "iri":
        return [Value("", entity.iri, "", "")]
    if property in _LABELS:
        kept = [name for name in entity.names if (name.language, name.role) == (_LABELS[property], "label")]
    elif property == "otherName":
        shown = [name for name in entity.names if name.role != "hidden"]
        kept = [name for name in shown if name.role != "label" or name.language not in _LABELS.values()]
    else:
        return entity.values.get(property, ())
    return [Value("", name.text, name.language, "") for name in kept]


def literal(value: Value) -> tuple[Json, str]:
    """Give a literal as a cell, with the language of its text or "".

    The schemas know no truth values, so these are texts, as is what is not of the form of its datatype.
    """
    local = value.datatype.removeprefix(iri("xsd:"))
    try:
        if local in _INTEGERS and abs(number := int(value.text)) < _LARGEST:
            return {"int": number}, ""
        if local in _NUMBERS and isfinite(real := float(value.text)):
            return {"float": real}, ""
        if local == "date":
            return {"date": f"{date.fromisoformat(value.text).isoformat()}T00:00:00Z"}, ""
        if local == "dateTime":
            return {"date": _moment(datetime.fromisoformat(value.text))}, ""
    except (ValueError, OverflowError):
        pass
    return {"str": value.text}, value.language


def _moment(moment: datetime) -> str:
    """Write a moment in UTC, which one without a zone is taken for."""
    there = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return there.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
