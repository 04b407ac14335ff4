"""What requests ask, read from JSON and checked: batches of queries of 0.2 and 1.0, and queries for values."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sized
from dataclasses import dataclass
from typing import cast

from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from shahr.matching.query import Strictness, Wanted
from shahr.web.language import number
from shahr.web.reconcile.parts import Part, read_json
from shahr.web.reconcile.vocabulary import SHOWN, Vocabulary

BATCH = 100  # queries in one batch
CANDIDATES, MOST_CANDIDATES = 5, 50
VALUES = 50  # names and known values in one query
ALL_NAMES, ALL_VALUES = 200, 1000  # in one batch: of 1.0, where a query may have several names, and of both
LONGEST, LONGEST_VALUE = 500, 200  # letters of a text that may be a name, and of one that may be a known value
_LARGEST = 2**53  # from which on not every whole number is one of those that computers reckon with
IDS, PROPERTIES = 1000, 50  # of entities and of properties whose values are asked for at once
CONTENTS = ("both", "label", "id")
_FIELDS = frozenset({"query", "type", "limit", "properties", "type_strict"})
_FIELDS_10 = frozenset({"type", "limit", "lang", "dir", "conditions"})


@dataclass(frozen=True)
class Reference:
    """A value that was matched before, here or elsewhere: an id, and the name it goes by or ""."""

    id: str
    name: str = ""


Given = Wanted | Reference


@dataclass(frozen=True)
class Condition:
    """What is known of a property, by its id: which of the values are to agree, and whether that is required."""

    id: str
    values: tuple[Given, ...]
    quantifier: str = "any"
    required: bool = False

    @property
    def is_plain(self) -> bool:
        """Tell whether it only speaks for candidates, as all conditions of 0.2 do."""
        return self.quantifier == "any" and not self.required


@dataclass(frozen=True)
class Asked:
    """One query: names or ids, any of which may be meant (none where only values are known), types and conditions."""

    texts: tuple[str, ...]
    types: tuple[str, ...] = ()
    strictness: Strictness = "should"
    conditions: tuple[Condition, ...] = ()
    limit: int = CANDIDATES


@dataclass(frozen=True)
class Column:
    """A property whose values are asked for: at most `limit` of an entity (0 for all), nodes as CONTENTS tell."""

    property: str
    limit: int = 0
    content: str = CONTENTS[0]


@dataclass(frozen=True)
class Extension:
    """Entities by the ids that the request has for them, and the properties whose values are asked for."""

    ids: tuple[str, ...]
    columns: tuple[Column, ...]


def read_batch(text: str, known: Vocabulary) -> dict[str, Asked]:
    """Read a batch of queries by their keys (0.2, 4.1).

    BadRequest; RequestEntityTooLarge for more than BATCH queries, or for too many names or values in them together.
    """
    batch = read_json(text)
    _check_size(batch.members)
    asked = {key: _query(batch[key], known) for key in batch.members}
    _check_values(asked.values())
    return asked


def read_queries(text: str, known: Vocabulary) -> list[Asked]:
    """Read a batch of queries in their order (1.0); errors as those of read_batch."""
    batch = read_json(text)["queries"].items(with_nulls=True)
    _check_size(batch)
    asked = [_query_10(one, known) for one in batch]
    _check_values(asked)
    return asked


def read_extension(text: str, known: Vocabulary) -> Extension:
    """Read a query for values (0.2, 7.3); BadRequest, RequestEntityTooLarge for more than IDS or PROPERTIES."""
    given = read_json(text)
    ids = [one.text() for one in given["ids"].items()]
    columns = [_column(one, known) for one in given["properties"].items()]
    for name, found, most in (("ids", ids, IDS), ("properties", columns, PROPERTIES)):
        if len(found) > most:
            raise RequestEntityTooLarge(_("there are more than %(most)s in '%(name)s'", most=number(most), name=name))
    return Extension(tuple(dict.fromkeys(ids)), tuple(columns))


def _query(query: Part, known: Vocabulary) -> Asked:
    """Read a query of 0.2; one whose text is null is that of an empty cell, and finds nothing."""
    _check_fields(query, _FIELDS)
    text = query["query"].text("")
    conditions = tuple(_property(one, known) for one in query["properties"].items([]))
    if "query" not in query.members and not conditions:
        query.refuse(_("a query needs '%(one)s' or '%(other)s'", one="query", other="properties"))
    _check_query(conditions, query)
    types = [known.type(one.text(), one.path) for one in query["type"].one_or_several() if not one.is_absent]
    return Asked(
        (text,) if text.strip() else (),
        tuple(dict.fromkeys(types)),
        cast(Strictness, query["type_strict"].choice(("any", "all", "should"), "should")),
        conditions,
        _limit(query),
    )


def _query_10(query: Part, known: Vocabulary) -> Asked:
    _check_fields(query, _FIELDS_10)
    conditions = query["conditions"].items([])
    if not conditions:
        query.refuse(_("a query needs at least one of '%(name)s'", name="conditions"))
    texts: list[str] = []
    known_values: list[Condition] = []
    for one in conditions:
        kind = one["matchType"].choice(("name", "id", "property"))
        values = _values(one, "propertyValue", LONGEST_VALUE if kind == "property" else LONGEST)
        if kind == "property":
            known_values.append(_condition(one, values, known))
        else:
            texts += [value.id if isinstance(value, Reference) else str(value) for value in values]
    _check_query(known_values, query, len(texts))
    type = query["type"].text("")
    types = (known.type(type, query["type"].path),) if type else ()
    named = tuple(dict.fromkeys(filter(str.strip, texts)))
    return Asked(named, types, "should", tuple(known_values), _limit(query))


def _condition(given: Part, values: tuple[Given, ...], known: Vocabulary) -> Condition:
    property = known.property(given["propertyId"].text(), given["propertyId"].path)
    quantifier = given["matchQuantifier"].choice(("any", "all", "none"), "any")
    return Condition(property, values, quantifier, given["required"].flag())


def _property(given: Part, known: Vocabulary) -> Condition:
    return Condition(known.property(given["pid"].text(), given["pid"].path), _values(given, "v"))


def _values(given: Part, name: str, longest: int = LONGEST_VALUE) -> tuple[Given, ...]:
    """Read one value or several; an empty text is none, nor is null, and one that is too long says nothing."""
    if name not in given.members:
        raise BadRequest(_("'%(name)s' is missing", name=given[name].path))
    found = map(_value, given[name].one_or_several())
    return tuple(one for one in found if _says_something(one, longest))


def _value(part: Part) -> Given:
    given = part.value
    if isinstance(given, int | float):
        return given if abs(given) < _LARGEST else str(given)
    if isinstance(given, str):
        return given
    if not isinstance(given, dict) or not {"id", "name"} & given.keys():
        sentence = _(
            "'%(name)s' must be a string, a number, a truth value, or an object with '%(one)s' or '%(other)s'",
            name=part.path,
            one="id",
            other="name",
        )
        raise BadRequest(sentence)
    id, name = part["id"].text(""), given.get("name")
    called = name if isinstance(name, str) else ""
    return Reference(id, called) if id else called


def _says_something(value: Given, longest: int) -> bool:
    if isinstance(value, Reference):
        return is_short(value.id, longest) and is_short(value.name, longest)
    return not isinstance(value, str) or (bool(value.strip()) and is_short(value, longest))


def is_short(text: str, longest: int) -> bool:
    """Tell whether a text has no more letters than so many, ligatures written out: one may stand for eighteen."""
    return len(text) <= longest and len(unicodedata.normalize("NFKC", text)) <= longest


def _column(given: Part, known: Vocabulary) -> Column:
    id = known.property(given["id"].text(), given["id"].path)
    asked = given["settings"]
    settings = asked if asked.value else Part({}, asked.path)  # an empty object is a list where PHP writes it
    return Column(id, settings["limit"].number(0, 0), settings["content"].choice(CONTENTS, CONTENTS[0]))


def _limit(query: Part) -> int:
    return min(query["limit"].number(CANDIDATES), MOST_CANDIDATES)


def _check_size(batch: Sized) -> None:
    if len(batch) > BATCH:
        count, most = number(len(batch)), number(BATCH)
        raise RequestEntityTooLarge(
            _("there are %(count)s queries, and a batch takes %(most)s", count=count, most=most)
        )


def _check_values(batch: Collection[Asked]) -> None:
    names = sum(len(one.texts) for one in batch)
    if names > ALL_NAMES:
        count, most = number(names), number(ALL_NAMES)
        raise RequestEntityTooLarge(_("there are %(count)s names, and a batch takes %(most)s", count=count, most=most))
    values = sum(len(condition.values) for one in batch for condition in one.conditions)
    if values > ALL_VALUES:
        count, most = number(values), number(ALL_VALUES)
        sentence = _("there are %(count)s known values, and a batch takes %(most)s", count=count, most=most)
        raise RequestEntityTooLarge(sentence)


def _check_query(conditions: Collection[Condition], query: Part, others: int = 0) -> None:
    if others + sum(len(one.values) for one in conditions) > VALUES:
        query.refuse(_("a query takes at most %(most)s values", most=number(VALUES)))


def _check_fields(query: Part, known: frozenset[str]) -> None:
    for name in query.members:
        if name not in known:
            listed = ", ".join(sorted(known))
            query.refuse(_("a query has no '%(name)s', only %(listed)s", name=name[:SHOWN], listed=listed))
