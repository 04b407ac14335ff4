"""What requests ask, read from JSON and checked: batches of queries of 0.2 and 1.0, and queries for values."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any, NoReturn

from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from shahr.matching.query import Strictness, Wanted
from shahr.web.reconcile.vocabulary import Vocabulary, at

BATCH = 100  # queries in one batch
CANDIDATES, MOST_CANDIDATES = 5, 50
VALUES = 50  # known values of properties in one query
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
    """Read a batch of queries by their keys (0.2, 4.1); BadRequest, RequestEntityTooLarge for one over BATCH."""
    batch = _object(read_json(text), "")
    _check_size(batch)
    return {key: _query(_object(query, key), key, known) for key, query in batch.items()}


def read_queries(text: str, known: Vocabulary) -> list[Asked]:
    """Read a batch of queries in their order (1.0); errors as those of read_batch."""
    batch = _list(_object(read_json(text), "").get("queries"), "queries")
    _check_size(batch)
    return [_query_10(_object(query, f"queries[{n}]"), f"queries[{n}]", known) for n, query in enumerate(batch)]


def read_extension(text: str, known: Vocabulary) -> Extension:
    """Read a query for values (0.2, 7.3); BadRequest, RequestEntityTooLarge for more than IDS or PROPERTIES."""
    given = _object(read_json(text), "")
    ids = [_string(one, "ids") for one in _list(given.get("ids"), "ids")]
    columns = [_column(one, known) for one in _list(given.get("properties"), "properties")]
    for name, found, most in (("ids", ids, IDS), ("properties", columns, PROPERTIES)):
        if len(found) > most:
            raise RequestEntityTooLarge(_("there are more than %(most)s in '%(name)s'", most=most, name=name))
    return Extension(tuple(dict.fromkeys(ids)), tuple(columns))


def read_json(text: str) -> object:
    """Read JSON as RFC 8259 has it; BadRequest with the place where it is none."""
    try:
        found: object = json.loads(text, parse_constant=_no_constant)
        json.dumps(found, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        place = {"line": error.lineno, "column": error.colno}
        raise BadRequest(_("this is no JSON: line %(line)s, column %(column)s", **place)) from error
    except UnicodeEncodeError as error:
        raise BadRequest(_("this JSON holds half a character, a surrogate without its other")) from error
    except (RecursionError, ValueError) as error:
        raise BadRequest(_("this JSON is nested too deeply, or holds a number that is none")) from error
    return found


def read_limit(value: object, place: str, least: int = 1) -> int:
    """Read a number of things, as a number or its digits; BadRequest for anything but a whole one from `least` on."""
    number = int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10 else value
    if isinstance(number, bool) or not isinstance(number, int | float) or number % 1 or not least <= number < inf:
        _refuse(place, _("'%(name)s' is a whole number from %(least)s on", name="limit", least=least))
    return int(number)


def _query(given: Mapping[str, Any], key: str, known: Vocabulary) -> Asked:
    _check_fields(given, _FIELDS, key)
    text = _string(given.get("query", ""), key)
    conditions = tuple(_property(one, key, known) for one in _list(given.get("properties", []), key))
    if "query" not in given and not conditions:
        _refuse(key, _("a query needs '%(one)s' or '%(other)s'", one="query", other="properties"))
    _check_values(conditions, key)
    strictness = given.get("type_strict", "should")
    if strictness not in ("any", "all", "should"):
        _refuse(key, _("'%(name)s' is one of %(listed)s", name="type_strict", listed="any, all, should"))
    wanted = given.get("type", [])
    types = [_string(one, key) for one in (wanted if isinstance(wanted, list) else [wanted])]
    return Asked(
        (text,) if text.strip() else (),
        tuple(known.type(one, key) for one in types if one),
        strictness,
        conditions,
        _limit(given, key),
    )


def _query_10(given: Mapping[str, Any], place: str, known: Vocabulary) -> Asked:
    _check_fields(given, _FIELDS_10, place)
    conditions = [_object(one, place) for one in _list(given.get("conditions"), place)]
    if not conditions:
        _refuse(place, _("a query needs at least one of '%(name)s'", name="conditions"))
    texts: list[str] = []
    known_values: list[Condition] = []
    for one in conditions:
        kind = one.get("matchType")
        if kind not in ("name", "id", "property"):
            _refuse(place, _("'%(name)s' is one of %(listed)s", name="matchType", listed="name, id, property"))
        values = _values(one.get("propertyValue"), place)
        if kind == "property":
            known_values.append(_condition(one, values, place, known))
        else:
            texts += [value.id if isinstance(value, Reference) else str(value) for value in values]
    _check_values(known_values, place, len(texts))
    types = (known.type(_string(given["type"], place), place),) if given.get("type", "") != "" else ()
    named = tuple(dict.fromkeys(filter(str.strip, texts)))
    return Asked(named, types, "should", tuple(known_values), _limit(given, place))


def _condition(given: Mapping[str, Any], values: tuple[Given, ...], place: str, known: Vocabulary) -> Condition:
    property = known.property(_string(given.get("propertyId"), place), place)
    quantifier, required = given.get("matchQuantifier", "any"), given.get("required", False)
    if quantifier not in ("any", "all", "none"):
        _refuse(place, _("'%(name)s' is one of %(listed)s", name="matchQuantifier", listed="any, all, none"))
    if not isinstance(required, bool):
        _refuse(place, _("'%(name)s' is one of %(listed)s", name="required", listed="true, false"))
    return Condition(property, values, quantifier, required)


def _property(given: object, key: str, known: Vocabulary) -> Condition:
    pair = _object(given, key)
    if "v" not in pair:
        _refuse(key, _("a property needs '%(one)s' and '%(other)s'", one="pid", other="v"))
    return Condition(known.property(_string(pair.get("pid"), key), key), _values(pair["v"], key))


def _values(given: object, place: str) -> tuple[Given, ...]:
    """Read one value or several; an empty text is none."""
    found = (_value(one, place) for one in (given if isinstance(given, list) else [given]))
    return tuple(one for one in found if not isinstance(one, str) or one.strip())


def _value(given: object, place: str) -> Given:
    if isinstance(given, str | int | float):
        return given
    if not isinstance(given, dict) or not isinstance(given.get("id"), str):
        _refuse(place, _("a value is a text, a number, a truth value or an object with an '%(name)s'", name="id"))
    name = given.get("name", "")
    return Reference(given["id"], name if isinstance(name, str) else "")


def _column(given: object, known: Vocabulary) -> Column:
    asked = _object(given, "properties")
    id = known.property(_string(asked.get("id"), "properties"))
    settings = _object(asked.get("settings") or {}, id)
    content = settings.get("content") or CONTENTS[0]
    if content not in CONTENTS:
        _refuse(id, _("'%(name)s' is one of %(listed)s", name="content", listed=", ".join(CONTENTS)))
    return Column(id, read_limit(settings.get("limit") or 0, id, 0), content)


def _limit(given: Mapping[str, Any], place: str) -> int:
    return min(read_limit(given.get("limit", CANDIDATES), place), MOST_CANDIDATES)


def _check_size(batch: Sequence[object] | Mapping[str, object]) -> None:
    if len(batch) > BATCH:
        sentence = _("there are %(count)s queries, and a batch takes %(most)s", count=len(batch), most=BATCH)
        raise RequestEntityTooLarge(sentence)


def _check_values(conditions: Sequence[Condition], place: str, others: int = 0) -> None:
    if others + sum(len(one.values) for one in conditions) > VALUES:
        _refuse(place, _("a query takes at most %(most)s values", most=VALUES))


def _check_fields(given: Mapping[str, Any], known: frozenset[str], place: str) -> None:
    for name in given:
        if name not in known:
            listed = ", ".join(sorted(known))
            _refuse(place, _("a query has no '%(name)s', only %(listed)s", name=name[:40], listed=listed))


def _object(given: object, place: str) -> dict[str, Any]:
    if not isinstance(given, dict):
        _refuse(place, _("here belongs an object of JSON, {…}"))
    return given


def _list(given: object, place: str) -> list[Any]:
    if not isinstance(given, list):
        _refuse(place, _("here belongs a list of JSON, […]"))
    return given


def _string(given: object, place: str) -> str:
    if not isinstance(given, str):
        _refuse(place, _("here belongs a text of JSON in double quotes"))
    return given


def _refuse(place: str, sentence: str) -> NoReturn:
    raise BadRequest(at(place, sentence))


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)
