"""Search for people and programs at /search, and the completion of names at /complete."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from shahr.errors import NotAcceptable, ProjectMissing, QueryError
from shahr.folding import visible
from shahr.formats import parse_accept
from shahr.search import Found, Hit, Index, Name, open_index, searchable_kinds
from shahr.web.addresses import address_of
from shahr.web.language import language, other_language
from shahr.web.settings import Settings
from shahr.web.site import site_of

ON_A_PAGE = 20
COMPLETIONS = 10
COMPLETED = "public, max-age=300"
_PAGE = re.compile(r"[1-9][0-9]{0,5}")


class CurrentIndex:
    """The index of the build that serves: when another build is linked, its index is opened."""

    def __init__(self) -> None:
        self._open: tuple[object, Index | None] = (None, None)

    def of(self, settings: Settings) -> Index | None:
        """Give the index, None where the graph of the project is not what is served, or was built without one."""
        if settings.dataset or settings.endpoint:
            return None
        for _again in range(2):  # the build may have gone between a look at the link and the opening
            path = (settings.project.current / "search.db").resolve()
            known, index = self._open
            if path == known:
                return index
            try:
                self._open = (path, open_index(path))
            except ProjectMissing:
                continue
        return self._open[1] if self._open[0] == path else None


def blueprint() -> Blueprint:
    """Give the routes of search and completion."""
    routes, current = Blueprint("searching", __name__), CurrentIndex()
    routes.add_url_rule("/search", "search", partial(search, current))
    routes.add_url_rule("/complete", "complete", partial(complete, current))
    return routes


def search(current: CurrentIndex) -> Response:
    """The page ?q=…&kind=…&page=…, the form alone without q; as JSON with ?format=json or by Accept."""
    given = _parameters("q", "kind", "page", "format")
    as_json, text, page = _wants_json(given.get("format", "")), visible(given.get("q", "")), _page(given)
    kinds, index = searchable_kinds(given.get("kind", "")), current.of(site_of(current_app).service.settings)
    found = index.search(text, kinds, ON_A_PAGE, (page - 1) * ON_A_PAGE) if index and text else None
    if found and page > _pages(found):
        raise NotFound(f"the results end at page {_pages(found)}")
    if as_json:
        return _json(_results(index, found, text, page))
    asked = {"text": text, "kind": given.get("kind", ""), "page": page, "size": ON_A_PAGE}
    named = {"label": label, "other_label": other_label, "address": address, "kind_names": kind_names()}
    pages = _pages(found) if found else 0
    html = render_template("search.html", index=index, found=found, pages=pages, **asked, **named)
    return _told(Response(html, content_type="text/html; charset=utf-8"))


def complete(current: CurrentIndex) -> Response:
    """The names that begin with ?q=…, of ?kind=…: a JSON list of at most ten with iri, curie, label and kind."""
    given = _parameters("q", "kind")
    text, kinds = visible(given.get("q", "")), searchable_kinds(given.get("kind", ""))
    if not text:
        raise QueryError("completion needs the parameter 'q', the beginning of a name")
    index = current.of(site_of(current_app).service.settings)
    if index is None:
        raise NotFound(_without_index())
    hits = index.complete(text, kinds, COMPLETIONS)
    answer = _json([{"iri": hit.iri, "curie": hit.curie, "label": label(hit).text, "kind": hit.kind} for hit in hits])
    answer.headers["Cache-Control"] = COMPLETED
    return answer


def label(hit: Hit) -> Name:
    """Give the label of a hit in the language of the request, else in the other, else in any, else its curie."""
    order = ("fa", "en", *hit.labels) if language() == "fa" else ("en", "fa", *hit.labels)
    return next((Name(hit.labels[tag], tag) for tag in order if tag in hit.labels), Name(hit.curie, ""))


def other_label(hit: Hit) -> Name | None:
    """Give the label of a hit in the language that the page is not in, unless it stands for a missing one."""
    tag = other_language()
    return Name(hit.labels[tag], tag) if tag in hit.labels and language() in hit.labels else None


def address(hit: Hit) -> str:
    """Give the address of the page about a hit."""
    return hit.iri if hit.kind == "question" else address_of(hit.iri) or "/"


def kind_names() -> dict[str, str]:
    """Give what kinds of things are called, in the language of the request."""
    return {
        "entity": _("All things"),
        "city": _("City"),
        "country": _("Country"),
        "place": _("Place"),
        "person": _("Person"),
        "organization": _("Organisation"),
        "post": _("Post"),
        "period": _("Period"),
        "article": _("Article"),
        "question": _("Question"),
        "concept": _("Concept"),
        "term": _("Term"),
        "fact": _("All facts"),
        "tenure": _("Term of office"),
        "membership": _("Membership"),
        "agreement": _("Agreement"),
        "event": _("Event"),
        "designation": _("Title of a city"),
        "affiliation": _("Affiliation"),
        "observation": _("Figure"),
        "statement": _("Statement"),
        "claim": _("Claim"),
    }


def _parameters(*known: str) -> dict[str, str]:
    """Give the parameters of the request; QueryError for one that is unknown or repeated."""
    for name, values in request.args.lists():
        if name not in (*known, "lang"):
            raise QueryError(f"there is no parameter {name[:40]!r} here, only {', '.join((*known, 'lang'))}")
        if len(values) > 1:
            raise QueryError(f"{name!r} is given more than once")
    return {name: value for name, value in request.args.items() if name != "lang"}


def _page(given: Mapping[str, str]) -> int:
    page = given.get("page", "1")
    if not _PAGE.fullmatch(page):
        raise QueryError("page is a whole number from 1 on")
    return int(page)


def _wants_json(format_name: str) -> bool:
    if format_name not in ("", "html", "json"):
        raise QueryError(f"format {format_name[:40]!r} is not one of html, json")
    wanted = parse_accept(request.headers.get("Accept", ""))
    best = format_name or wanted.best_match(["text/html", "application/json"])
    if not best:
        raise NotAcceptable("nothing in the Accept header can be given here: this comes as text/html, application/json")
    return best in ("json", "application/json")


def _pages(found: Found) -> int:
    return max(1, -(-found.total // ON_A_PAGE))


def _results(index: Index | None, found: Found | None, text: str, page: int) -> dict[str, Any]:
    """Give what a program reads of a page of results."""
    if index is None:
        raise NotFound(_without_index())
    if found is None:
        raise QueryError("search needs the parameter 'q', what to search for")
    sums = {"query": text, "total": found.total, "page": page, "pages": _pages(found), "kinds": dict(found.kinds)}
    return {**sums, "results": [_result(hit) for hit in found.hits]}


def _result(hit: Hit) -> dict[str, Any]:
    matched = {"field": hit.snippet_field, **vars(hit.snippet)} if hit.snippet else None
    about = {"iri": hit.iri, "curie": hit.curie, "address": address(hit), "kind": hit.kind}
    return {**about, "labels": dict(hit.labels), "matched": matched, "score": hit.score}


def _without_index() -> str:
    return "search needs the built graph with its index: serve a project, after `shahr run`"


def _json(content: object) -> Response:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return _told(Response(f"{text}\n", content_type="application/json"))


def _told(response: Response) -> Response:
    """Say that the answer differs by the language that is asked for."""
    response.vary.add("Accept-Language")
    return response
