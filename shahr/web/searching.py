"""Search for people and programs at /search, and the completion of names at /complete."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest, NotFound

from shahr.errors import NothingToSearch, TextTooLong, TooManyWords, UnknownKind
from shahr.folding import visible
from shahr.search import LONGEST, MOST_WORDS, Found, Hit, Index, searchable_kinds
from shahr.web.addresses import address_of
from shahr.web.currentindex import current_names, without_index
from shahr.web.headers import in_language
from shahr.web.labels import Labels
from shahr.web.language import LANGUAGES
from shahr.web.wanted import wants_json

ON_A_PAGE = 20
COMPLETIONS = 10
COMPLETED = "public, max-age=300"
_PAGE = re.compile(r"[1-9][0-9]{0,5}")


def blueprint() -> Blueprint:
    """Give the routes of search and completion."""
    routes = Blueprint("searching", __name__)
    routes.add_url_rule("/search", "search", search)
    routes.add_url_rule("/complete", "complete", complete)
    return routes


def search() -> Response:
    """The page ?q=…&kind=…&page=…, the form alone without q; as JSON with ?format=json or by Accept."""
    given = _parameters("q", "kind", "page", "format")
    as_json, text, page = wants_json(), visible(given.get("q", "")), _page(given)
    index = _index()
    with _translated():
        kinds = searchable_kinds(given.get("kind", ""))
        found = index.search(text, kinds, ON_A_PAGE, (page - 1) * ON_A_PAGE) if index and text else None
    if found and page > _pages(found):
        raise NotFound(_("the results end at page %(last)s", last=_pages(found)))
    if as_json:
        return _json(_results(index, found, text, page))
    asked = {"text": text, "kind": given.get("kind", ""), "page": page, "size": ON_A_PAGE}
    named = {"labels": labels_of(found.hits if found else []), "address": address, "kind_names": kind_names()}
    pages = _pages(found) if found else 0
    html = render_template("search.html", index=index, found=found, pages=pages, **asked, **named)
    return Response(html, content_type="text/html; charset=utf-8")


def complete() -> Response:
    """The names that begin with ?q=…, of ?kind=…: a JSON list of at most ten with iri, curie, label and kind."""
    given = _parameters("q", "kind")
    text, index = visible(given.get("q", "")), _index()
    if not text:
        raise BadRequest(_("completion needs the parameter '%(name)s', the beginning of a name", name="q"))
    if index is None:
        raise NotFound(without_index())
    with _translated():
        hits = index.complete(text, searchable_kinds(given.get("kind", "")), COMPLETIONS)
    labels = labels_of(hits)
    answer = in_language(_json([_completion(hit, labels.of(hit.iri).text) for hit in hits]))
    answer.headers["Cache-Control"] = COMPLETED
    return answer


def labels_of(hits: Iterable[Hit]) -> Labels:
    """Give the labels of hits in the languages that pages are in, or in any where they have none of those."""
    return Labels(
        {hit.iri: {tag: hit.labels[tag] for tag in LANGUAGES if tag in hit.labels} or hit.labels for hit in hits}
    )


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
    """Give the parameters of the request; BadRequest for one that is unknown or repeated."""
    for name, values in request.args.lists():
        if name not in (*known, "lang"):
            listed = ", ".join((*known, "lang"))
            raise BadRequest(_("there is no parameter '%(name)s' here, only %(listed)s", name=name[:40], listed=listed))
        if len(values) > 1:
            raise BadRequest(_("'%(name)s' is given more than once", name=name))
    return {name: value for name, value in request.args.items() if name != "lang"}


def _page(given: Mapping[str, str]) -> int:
    page = given.get("page", "1")
    if not _PAGE.fullmatch(page):
        raise BadRequest(_("'%(name)s' is a whole number from 1 on", name="page"))
    return int(page)


@contextmanager
def _translated() -> Iterator[None]:
    """Say in the language of the request why something cannot be searched for."""
    try:
        yield
    except UnknownKind as error:
        sentence = _("%(name)s '%(value)s' is not one of %(listed)s", name="kind", value=error.name, listed=error.known)
        raise BadRequest(sentence) from error
    except TextTooLong as error:
        sentence = _("the text to search for is longer than %(most)s characters: write less", most=LONGEST)
        raise BadRequest(sentence) from error
    except TooManyWords as error:
        raise BadRequest(_("there are more than %(most)s words to search for: write fewer", most=MOST_WORDS)) from error
    except NothingToSearch as error:
        raise BadRequest(_("there is nothing to search for: write a letter or a digit at least")) from error


def _pages(found: Found) -> int:
    return max(1, -(-found.total // ON_A_PAGE))


def _results(index: Index | None, found: Found | None, text: str, page: int) -> dict[str, Any]:
    """Give what a program reads of a page of results."""
    if index is None:
        raise NotFound(without_index())
    if found is None:
        raise BadRequest(_("search needs the parameter '%(name)s', what to search for", name="q"))
    sums = {"query": text, "total": found.total, "page": page, "pages": _pages(found), "kinds": dict(found.kinds)}
    return {**sums, "results": [_result(hit) for hit in found.hits]}


def _result(hit: Hit) -> dict[str, Any]:
    matched = {"field": hit.snippet_field, **vars(hit.snippet)} if hit.snippet else None
    about = {"iri": hit.iri, "curie": hit.curie, "address": address(hit), "kind": hit.kind}
    return {**about, "labels": dict(hit.labels), "matched": matched, "score": hit.score}


def _completion(hit: Hit, label: str) -> dict[str, str]:
    return {"iri": hit.iri, "curie": hit.curie, "label": label, "kind": hit.kind}


def _index() -> Index | None:
    names = current_names()
    return names.index if names else None


def _json(content: object) -> Response:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return Response(f"{text}\n", content_type="application/json")
