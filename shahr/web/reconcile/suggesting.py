"""`add_routes(routes, root, version, current)` adds the routes below to a blueprint, as preview.add_routes does.

Completion of names while somebody types (0.2, 6): of entities by the index that search has, of types and properties by
their labels in both languages and their ids; and in 0.2 flyouts, small pieces of HTML about one of them.

    ROOT/suggest/entity?prefix=…&type=…&cursor=…&limit=…        also /suggest/type and /suggest/property
    ROOT/flyout/entity?id=…                                     also /flyout/type and /flyout/property

What the draft of 1.0 called `cursor` at first is its `offset` now: both are understood. Other parameters count for
nothing: OpenRefine sends some that its widget had for a service that is gone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest, NotFound

from shahr.errors import NothingToSearch
from shahr.folding import fold, glue, visible, words
from shahr.gazetteer import Entity, Name, entity_id
from shahr.matching.values import identified
from shahr.namespaces import SHAHR
from shahr.search import LONGEST, MOST_WORDS, searchable_kinds
from shahr.web.currentindex import Names, names_or_404
from shahr.web.headers import in_language
from shahr.web.language import language, number
from shahr.web.reconcile.candidates import named
from shahr.web.reconcile.catalog import (
    Term,
    Type,
    both_names,
    definition_of,
    describe,
    find_entity,
    name_of,
    own_types,
    same_elsewhere,
)
from shahr.web.reconcile.parts import Part
from shahr.web.reconcile.vocabulary import SHOWN, CurrentVocabulary, Vocabulary

LIMIT, MOST = 10, 50  # suggestions in one answer: as a rule, and at most
FURTHEST = 1000  # suggestions that may be skipped: nobody reads on so far
KEPT = "public, max-age=300"
_PREFIX = "shahr:"

Json = dict[str, Any]
AnyTerm = TypeVar("AnyTerm", bound=Term)


@dataclass(frozen=True)
class Asked:
    """What a request asks: the beginning of a name, types (any of them), suggestions to skip, and how many to give."""

    prefix: str
    types: tuple[str, ...]
    cursor: int
    limit: int


@dataclass(frozen=True)
class Suggestion:
    """Something to choose: `kin` are the types of an entity, or those right above a type."""

    id: str
    name: Name
    description: str
    kin: Sequence[tuple[str, Name]] = ()


def add_routes(routes: Blueprint, root: str, version: str, current: CurrentVocabulary) -> None:
    """Add the routes of suggesting below a root; flyouts are of version "0.2" alone, languages of the later one."""
    old = version == "0.2"
    for kind, service in (("entity", entities), ("type", types), ("property", properties)):
        view = partial(_suggest, service, current, _KIN.get(kind, ""), not old)
        routes.add_url_rule(f"{root}/suggest/{kind}", f"suggest_{kind}{'' if old else '_10'}", view)
    for kind, about in (("entity", _about_entity), ("type", _about_type), ("property", _about_property)):
        if old:
            routes.add_url_rule(f"{root}/flyout/{kind}", f"flyout_{kind}", partial(_flyout, about, current))


_KIN = {"entity": "notable", "type": "broader"}  # what the relatives of a suggestion are called


def entities(names: Names, known: Vocabulary, asked: Asked) -> list[Suggestion]:
    """Give the entities whose names begin so, one more than wanted where there are more; none of an unknown type."""
    wanted = [one for one in asked.types if one in known.types]
    if asked.types and not wanted:
        return []
    found = _entities(names, asked, wanted)
    told = describe(names.gazetteer, found, language())
    return [
        Suggestion(one.id, one.label(language()), told[one.id], known.types_named(own_types(one), language()))
        for one in found
    ]


def types(_names: Names, known: Vocabulary, asked: Asked) -> list[Suggestion]:
    """Give the types that are called so, all for an empty prefix."""
    found = _fitting(known.types.values(), asked.prefix)[asked.cursor :]
    return [
        Suggestion(
            one.id,
            name_of(one, language()),
            definition_of(one, language()),
            known.types_named(one.broader, language()),
        )
        for one in found
    ]


def properties(_names: Names, known: Vocabulary, asked: Asked) -> list[Suggestion]:
    """Give the properties that are called so, all for an empty prefix; of a known type those that its entities have.

    OpenRefine sends the type that was chosen last, which may be that of another service: it counts for nothing.
    """
    wanted = [one for one in asked.types if one in known.types]
    kept = [one for one in known.properties.values() if not wanted or any(map(one.is_of, wanted))]
    found = _fitting(kept, asked.prefix)[asked.cursor :]
    return [Suggestion(one.id, name_of(one, language()), definition_of(one, language())) for one in found]


def read_id() -> str:
    """Give the parameter `id` of the request; BadRequest where there is none."""
    text = request.args.get("id", "").strip()
    if not text:
        raise BadRequest(_("give '%(name)s', the id of what is asked for", name="id"))
    return text


def entity_or_404(names: Names, id: str) -> Entity:
    """Give the entity with an id, in any of the forms that find_entity reads; NotFound where there is none."""
    found = find_entity(names.gazetteer, id)
    if found is None:
        raise NotFound(_("there is no entity '%(name)s' here", name=id[:SHOWN]))
    return found


def _suggest(
    service: Callable[[Names, Vocabulary, Asked], list[Suggestion]],
    current: CurrentVocabulary,
    kin: str,
    tagged: bool,
) -> Response:
    names, asked = names_or_404(), _asked()
    found = service(names, current.of(names.gazetteer), asked)
    answer: Json = {"result": [_item(one, kin, tagged) for one in found[: asked.limit]]}
    if len(found) > asked.limit:  # OpenRefine then offers to show more
        answer["cursor"] = asked.cursor + asked.limit
    return _json(answer)


def _asked() -> Asked:
    prefix = request.args.get("prefix")
    if prefix is None:
        raise BadRequest(_("give '%(name)s', the beginning of a name", name="prefix"))
    if len(prefix) > LONGEST:
        raise BadRequest(
            _("the text to search for is longer than %(most)s characters: write less", most=number(LONGEST))
        )
    wanted = [one.removeprefix(SHAHR).removeprefix(_PREFIX) for one in request.args.getlist("type") if one.strip()]
    skipped = _number("offset", 0, _number("cursor", 0, 0))
    return Asked(visible(prefix), tuple(wanted), min(skipped, FURTHEST), min(_number("limit", 1, LIMIT), MOST))


def _number(name: str, least: int, default: int) -> int:
    return Part(request.args.get(name), name).number(default, least)


def _entities(names: Names, asked: Asked, types: Sequence[str]) -> list[Entity]:
    """Give the entities to choose from: that which has the text as an identifier first, then those called so."""
    named_by = identified(asked.prefix)
    held = [entity for name, local in named_by.items() for entity in names.gazetteer.holding(name, local)]
    known = [entity.id for entity in held if not types or set(types) & set(entity.types)]
    wanted = asked.cursor + asked.limit + 1
    ids = list(dict.fromkeys([*known, *_completed(names, asked.prefix, types, wanted)]))
    return names.gazetteer.those(ids[asked.cursor : wanted])


def _completed(names: Names, prefix: str, types: Sequence[str], most: int) -> list[str]:
    """Give the ids of what the index completes a text to; of a long name, a cell of a table say, its first words."""
    text = entity_id(prefix) or " ".join(fold(prefix).split()[:MOST_WORDS])[:LONGEST]
    try:
        hits = names.index.complete(text, searchable_kinds("entity"), most, types)
    except NothingToSearch:
        return []
    return [id for hit in hits if (id := entity_id(hit.iri))]


def _fitting(terms: Iterable[AnyTerm], prefix: str) -> list[AnyTerm]:
    """Give the terms whose id or label in any language is a text, or begins with it, or has it in it, in this order."""
    text = prefix.removeprefix(SHAHR).removeprefix(_PREFIX)
    glued = glue(text)
    if not glued:
        return [] if text else list(terms)
    ranked = [(rank, term) for term in terms if (rank := _rank(term, glued)) is not None]
    return [term for _rank_of_it, term in sorted(ranked, key=lambda one: one[0])]


def _rank(term: Term, glued: str) -> int | None:
    called = [term.id, *term.labels.values()]
    whole = [glue(one) for one in called]
    ranks = (
        any(one == glued for one in whole),
        any(one.startswith(glued) for one in whole),
        any(word.startswith(glued) for one in called for word in words(one)),
        any(glued in one for one in whole),
    )
    return ranks.index(True) if any(ranks) else None


def _item(one: Suggestion, kin: str, tagged: bool) -> Json:
    item = named(one.id, one.name, tagged)
    if one.description:
        item["description"] = one.description
    if kin:
        item[kin] = [named(id, name, tagged) for id, name in one.kin]
    return item


def _flyout(about: Callable[[Names, Vocabulary, str], Json], current: CurrentVocabulary) -> Response:
    names, id = names_or_404(), read_id()
    told = about(names, current.of(names.gazetteer), id)
    return _json({"id": id, "html": render_template("reconcile-flyout.html", **told).strip()})


def _about_entity(names: Names, _known: Vocabulary, id: str) -> Json:
    entity = entity_or_404(names, id)
    told = describe(names.gazetteer, [entity], language())[entity.id]
    return {"names": both_names(entity, language()), "description": told, "elsewhere": same_elsewhere(entity)}


def _about_type(_names: Names, known: Vocabulary, id: str) -> Json:
    return _about_term(known.types.get(_local(id)), _("there is no type '%(name)s' here", name=id[:SHOWN]))


def _about_property(_names: Names, known: Vocabulary, id: str) -> Json:
    sentence = _("there is no property '%(name)s' here", name=id[:SHOWN])
    return _about_term(known.properties.get(_local(id)), sentence)


def _about_term(term: Term | None, missing: str) -> Json:
    if term is None:
        raise NotFound(missing)
    name = name_of(term, language())
    others = [Name(text, tag, "label") for tag, text in term.labels.items() if tag != name.language]
    count = term.count if isinstance(term, Type) else term.counts.get("")
    return {"names": [name, *others], "description": definition_of(term, language()), "count": count}


def _local(id: str) -> str:
    return id.removeprefix(SHAHR).removeprefix(_PREFIX)


def _json(content: Json) -> Response:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    answer = in_language(Response(f"{text}\n", content_type="application/json"))
    answer.headers["Cache-Control"] = KEPT
    return answer
