"""The reconciliation service at /reconcile (0.2) and /reconcile/1.0 (the draft of 1.0): its routes, and its errors.

All of it is open to scripts of any site. Errors are JSON, {"error": sentence}, in the language of the request. There is
no JSONP, which 0.2 leaves to the service: a browser that is not too old for us needs none.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, Response, g, request
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest, HTTPException

from shahr.errors import ShahrError
from shahr.web.currentindex import Names, names_or_404
from shahr.web.errors import reply_to
from shahr.web.headers import in_language
from shahr.web.language import LANGUAGES, sentence_language
from shahr.web.reconcile import preview, suggesting
from shahr.web.reconcile.calls import read_batch, read_extension, read_queries
from shahr.web.reconcile.candidates import results, results_10
from shahr.web.reconcile.extending import Extended, proposal
from shahr.web.reconcile.manifest import ROOT, ROOT_10, manifest, manifest_10
from shahr.web.reconcile.matching import Reconciler
from shahr.web.reconcile.parts import Part
from shahr.web.reconcile.turns import Turns
from shahr.web.reconcile.vocabulary import CurrentVocabulary, Vocabulary

NAME = "reconcile"
METHODS = "GET, HEAD, POST, OPTIONS"
HEADERS = "Accept, Accept-Language, Content-Type, If-None-Match"

Json = dict[str, Any]
Service = Callable[[Names, Vocabulary], Json]


def blueprint() -> Blueprint:
    """Give the routes of both versions."""
    routes, current, turns = Blueprint(NAME, __name__), CurrentVocabulary(), Turns()

    def add(path: str, name: str, service: Service, *methods: str) -> None:
        view = partial(_answer, service, current)
        routes.add_url_rule(path, name, view, methods=methods or ["GET"], strict_slashes=False)

    add(ROOT, "root", partial(root, turns), "GET", "POST")
    add(f"{ROOT}/properties", "properties", partial(propose, tagged=False))
    add(f"{ROOT}/properties/<any({', '.join(LANGUAGES)}):lang>", "properties_in", partial(propose, tagged=False))
    add(ROOT_10, "root_10", lambda _names, known: manifest_10(known))
    add(f"{ROOT_10}/match", "match_10", partial(match_10, turns), "POST")
    add(f"{ROOT_10}/extend", "extend_10", partial(extend_10, turns), "POST")
    add(f"{ROOT_10}/extend/propose", "propose_10", partial(propose, tagged=True))
    for part in (suggesting, preview):
        part.add_routes(routes, ROOT, "0.2", current)
        part.add_routes(routes, ROOT_10, "1.0", current)
    routes.url_value_preprocessor(_choose_language)
    routes.register_error_handler(HTTPException, refusal)
    routes.register_error_handler(ShahrError, refusal)
    routes.after_request(_allow)
    return routes


def root(turns: Turns, names: Names, known: Vocabulary) -> Json:
    """The manifest of 0.2; with `queries` the candidates for a batch, with `extend` values, by GET or a form."""
    given = request.values
    if "callback" in given:
        raise BadRequest(_("answers come as JSON for any site (CORS), not by '%(name)s'", name="callback"))
    asked = [name for name in ("queries", "extend") if name in given]
    if len(asked) > 1 or any(len(given.getlist(name)) > 1 for name in asked):
        raise BadRequest(_("give '%(one)s' or '%(other)s', once", one="queries", other="extend"))
    if asked:
        service = match if asked == ["queries"] else extend
        return turns.take(lambda: service(given[asked[0]], names, known))
    if "query" in given:
        sentence = _("a single '%(one)s' is not taken: send a batch as '%(other)s'", one="query", other="queries")
        raise BadRequest(sentence)
    if request.method == "POST":
        raise BadRequest(_("send a form with '%(one)s' or '%(other)s'", one="queries", other="extend"))
    return manifest(known)


def match(batch: str, names: Names, known: Vocabulary) -> Json:
    """Give the candidates for a batch of queries, by its keys."""
    asked = read_batch(batch, known)
    found = Reconciler(names).match(list(asked.values()))
    answers = results(found, names.gazetteer, known)
    return {key: {"result": answer} for key, answer in zip(asked, answers, strict=True)}


def extend(query: str, names: Names, known: Vocabulary) -> Json:
    """Give the values that a query asks for."""
    return Extended(read_extension(query, known), names.gazetteer, known).as_0_2()


def match_10(turns: Turns, names: Names, known: Vocabulary) -> Json:
    """The candidates for a batch of queries in JSON, in its order."""

    def work() -> Json:
        found = Reconciler(names).match(read_queries(body, known))
        return {"results": [{"candidates": answer} for answer in results_10(found, names.gazetteer, known)]}

    body = _body()
    return turns.take(work)


def extend_10(turns: Turns, names: Names, known: Vocabulary) -> Json:
    """The values that a query in JSON asks for."""
    body = _body()
    return turns.take(lambda: Extended(read_extension(body, known), names.gazetteer, known).as_1_0())


def propose(_names: Names, known: Vocabulary, tagged: bool) -> Json:
    """The properties that entities of ?type=… have, of any type without one, at most ?limit=…."""
    wanted, limit = request.args.get("type", ""), Part(request.args.get("limit"), "limit")
    type = known.type(wanted, "type") if wanted else ""
    return proposal(known, type, None if limit.is_absent else limit.number(0), tagged)


def refusal(error: HTTPException | ShahrError) -> Response:
    """Give an error as JSON: one sentence, and the status and headers that it has everywhere."""
    reply = reply_to(error)
    sentence = reply.body.decode().strip()
    answer = _json({"error": sentence})
    answer.status_code = reply.status
    answer.headers["Content-Language"] = sentence_language(sentence)
    answer.headers.extend((name, text) for name, text in reply.headers if name != "Content-Type")
    return answer


def _answer(service: Service, current: CurrentVocabulary, **_parts: str) -> Response:
    names = names_or_404()
    return in_language(_json(service(names, current.of(names.gazetteer))))


def _json(content: object) -> Response:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return Response(f"{text}\n", content_type="application/json")


def _body() -> str:
    try:
        return request.get_data().decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest(_("the body is not in %(encoding)s", encoding="UTF-8")) from error


def _choose_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """A language in the path is that of the request, before anything asks for it."""
    if values and "lang" in values:
        g.language = values["lang"]


def _allow(response: Response) -> Response:
    """Answer what a browser asks before it sends a request of another site (CORS)."""
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = METHODS
        response.headers["Access-Control-Allow-Headers"] = HEADERS
        response.headers["Access-Control-Max-Age"] = "86400"
    return response
