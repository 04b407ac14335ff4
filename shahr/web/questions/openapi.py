"""The description of the service for programs: OpenAPI 3.1, made of the headers of the questions.

What no question changes stands in openapi.json beside it: the other paths, the refusals, the shapes of JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from copy import deepcopy
from importlib.metadata import version
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app

from shahr.formats import graph_formats, result_formats
from shahr.namespaces import SLUG, curie
from shahr.queries import Param, Query, asks_elsewhere, example, in_order
from shahr.web.headers import in_language
from shahr.web.language import language
from shahr.web.questions.pages import SAFE, respond
from shahr.web.questions.parameters import LONGEST, NAME, namespaces
from shahr.web.state import state

_REFUSALS = {
    "400": "BadRequest",
    "404": "NotFound",
    "406": "NotAcceptable",
    "413": "TooLarge",
    "429": "TooManyRequests",
    "503": "Unavailable",
    "504": "EndpointDown",
    "507": "OutOfMemory",
}

Json = dict[str, Any]


def blueprint() -> Blueprint:
    """Give the route of the description."""
    routes, described = Blueprint("openapi", __name__), Description()
    routes.add_url_rule("/openapi.json", "openapi", described.openapi)
    return routes


class Description:
    """The description in each language, made once for the questions that are served."""

    def __init__(self) -> None:
        self._fixed = read_fixed()
        self._made: tuple[Mapping[str, Query], dict[str, bytes]] = ({}, {})

    def openapi(self) -> Response:
        """The description, with the summaries of the questions in the language of the request."""
        questions, tongue = state().questions, language()
        known, made = self._made
        if known is not questions:
            made = {}
            self._made = (questions, made)
        if tongue not in made:
            routes = {rule.rule for rule in current_app.url_map.iter_rules()}
            document = description(self._fixed, questions.values(), tongue, routes)
            made[tongue] = json.dumps(document, ensure_ascii=False, indent=1).encode()
        return in_language(respond(made[tongue], "application/json", "openapi.json"))


def read_fixed() -> Json:
    """Read what no question changes."""
    fixed: Json = json.loads((Path(__file__).parent / "openapi.json").read_text(encoding="utf-8"))
    return fixed


def description(fixed_part: Json, questions: Iterable[Query], tongue: str, routes: Iterable[str]) -> Json:
    """Describe the service (OpenAPI 3.1): a path for each question, /sparql, and what else there is of `routes`.

    `tongue` is "en" or "fa", the language of summaries and labels.
    """
    document = deepcopy(fixed_part)
    there = {"/sparql", *routes}
    fixed = {path: item for path, item in document["paths"].items() if path in there}
    for operation in fixed["/sparql"].values():
        operation["responses"]["200"]["content"] = _graphs() | _tables({})
    document["info"]["version"] = version("shahr")
    document["paths"] = {
        f"/questions/{one.name}": {"get": _question(one, tongue)} for one in in_order(questions)
    } | fixed
    return document


def _question(one: Query, tongue: str) -> Json:
    labels = one.labels_in(tongue)
    examples = example(one)
    parameters = [_parameter(param, labels.get(param.name, param.name), examples[param.name]) for param in one.params]
    refusals = {code: _ref("responses", name) for code, name in _REFUSALS.items()}
    operation: Json = {
        "operationId": one.name,
        "summary": one.summary_in(tongue),
        "tags": ["questions"],
        "parameters": [*parameters, _format(), _ref("parameters", "lang")],
        "responses": {"200": {"description": "the rows", "content": _tables(labels)}, **refusals},
    }
    if asks_elsewhere(one):
        operation["description"] = (
            f"It also asks another endpoint; where this server may not: `shahr query {one.name}`."
        )
        operation["responses"]["403"] = _ref("responses", "Forbidden")
    return operation


def _parameter(param: Param, label: str, text: str) -> Json:
    return {
        "name": param.name,
        "in": "query",
        "required": True,
        "description": f"{label}: {_hint(param.kind)}",
        "schema": _schema(param.kind),
        "example": int(text) if param.kind == "integer" else text,
    }


def _hint(kind: str) -> str:
    hints = {"text": "any text", "integer": "a whole number", "month": "a month of the Jalali calendar"}
    node = f"an identifier ({kind}), its full IRI, or a name in English or Persian that nothing else of the kind has"
    return hints.get(kind, node)


def _schema(kind: str) -> Json:
    if kind == "integer":
        return {"type": "integer", "minimum": -(10**18) + 1, "maximum": 10**18 - 1}
    if kind == "month":
        return {"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"}
    if kind == "text":
        return {"type": "string", "maxLength": LONGEST}
    heads = [head for namespace in namespaces(kind) for head in (curie(namespace), namespace)]
    known = "|".join(head.replace(".", r"\.") for head in heads)
    return {"type": "string", "maxLength": LONGEST, "pattern": f"^(({known}){SLUG}|{NAME})$"}


def _format() -> Json:
    words = (
        f"the format, if Accept is not to choose it; {SAFE} is CSV for spreadsheets: with a byte order mark, and an "
        "apostrophe before text that a spreadsheet takes for a formula"
    )
    names = ["html", *(one.name for one in result_formats()), SAFE]
    return {"name": "format", "in": "query", "description": words, "schema": {"type": "string", "enum": names}}


def _tables(labels: Mapping[str, str]) -> Json:
    """A table in each of its formats, its columns named where they are known; the page for people is one of them."""
    table: Json = _ref("schemas", "Results")
    if labels:
        columns = {name: {**_ref("schemas", "Term"), "description": label} for name, label in labels.items()}
        row = {"type": "object", "properties": columns, "additionalProperties": False}
        table = {"allOf": [table, {"properties": {"results": {"properties": {"bindings": {"items": row}}}}}]}
    types = [media_type for one in result_formats() for media_type in one.media_types]
    return {name: {"schema": table if "json" in name else {"type": "string"}} for name in (*types, "text/html")}


def _graphs() -> Json:
    return {media_type: {"schema": {}} for one in graph_formats() for media_type in one.media_types}


def _ref(part: str, name: str) -> Json:
    return {"$ref": f"#/components/{part}/{name}"}
