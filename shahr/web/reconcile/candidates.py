"""Candidates as JSON, in the language of the request: of 0.2 (4.2), and of 1.0 with languages and directions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from shahr.gazetteer import Gazetteer, Name
from shahr.matching.query import Match, Matches
from shahr.matching.tiers import TIERS
from shahr.web.language import language, text_dir
from shahr.web.reconcile.catalog import describe, name_of, own_types
from shahr.web.reconcile.vocabulary import Vocabulary

Json = dict[str, Any]


def results(found: Sequence[Matches], gazetteer: Gazetteer, known: Vocabulary) -> list[list[Json]]:
    """Give the candidates of each query as 0.2 has them."""
    told = _descriptions(found, gazetteer)
    return [[_candidate(match, matches, told, known) for match in matches.candidates] for matches in found]


def results_10(found: Sequence[Matches], gazetteer: Gazetteer, known: Vocabulary) -> list[list[Json]]:
    """Give the candidates of each query as 1.0 has them: each text with its language, each feature with a name."""
    told = _descriptions(found, gazetteer)
    return [
        [
            _candidate(match, matches, told, known)
            | in_its_language(match.entity.label(language()).language)
            | {"type": _types_10(match, known), "features": _features_10(match, known)}
            for match in matches.candidates
        ]
        for matches in found
    ]


def in_its_language(tag: str) -> Json:
    """Give `lang` and `dir` of a text, {} where its language is not known."""
    return {"lang": tag, "dir": text_dir(tag)} if tag else {}


def named(id: str, name: Name, tagged: bool) -> Json:
    """Give a thing by id and name, `tagged` with the language of the name, as 1.0 has it."""
    return {"id": id, "name": name.text, **(in_its_language(name.language) if tagged else {})}


def _descriptions(found: Sequence[Matches], gazetteer: Gazetteer) -> Mapping[str, str]:
    entities = {match.entity.id: match.entity for matches in found for match in matches.candidates}
    return describe(gazetteer, list(entities.values()), language())


def _candidate(match: Match, matches: Matches, told: Mapping[str, str], known: Vocabulary) -> Json:
    entity = match.entity
    return {
        "id": entity.id,
        "name": entity.label(language()).text,
        "description": told[entity.id],
        "type": [named(id, name, tagged=False) for id, name in known.types_named(own_types(entity), language())],
        "score": match.score,
        "match": matches.outcome == "match" and match is matches.candidates[0],
        "features": [{"id": id, "value": value} for id, value in _features(match).items()],
    }


def _types_10(match: Match, known: Vocabulary) -> list[Json]:
    return [named(id, name, tagged=True) for id, name in known.types_named(own_types(match.entity), language())]


def _features(match: Match) -> dict[str, float | bool]:
    """Give the features with that of the name: 0 where only words of it fit, more the more alike it is, an id most."""
    return {"name": len(TIERS) - 1 - TIERS.index(match.tier), **match.features}


def _features_10(match: Match, known: Vocabulary) -> list[Json]:
    found = _features(match)
    return [
        {"id": id, "name": _feature_name(id, known), "value": value, **in_its_language(language())}
        for id, value in found.items()
    ]


def _feature_name(id: str, known: Vocabulary) -> str:
    property = id.removeprefix("property:")
    if property in known.properties:
        name: str = name_of(known.properties[property], language()).text
        return name
    names: dict[str, str] = {
        "name": _("how alike the names are"),
        "distance": _("letters that differ"),
        "type": _("it is of the type"),
        "place": _("it lies where the text says"),
        "coherent": _("it lies in the country of the list"),
    }
    return names.get(id, id)
