"""What stands behind the IRIs of Shahr: 303 to the page or to the data by Accept, and the data themselves.

`/city/isfahan` names a city, which no server can send; `/city/isfahan.html` is a page about it and
`/city/isfahan.ttl` are the data (Cool URIs for the Semantic Web, 4.2). The pages are made by others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from flask import Blueprint, request
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from shahr.context import MEDIA_TYPE
from shahr.errors import NotAcceptable
from shahr.formats import HTML, Format, data_formats, negotiate, parse_accept, prefers_page
from shahr.namespaces import BASE, GRAPH, SLUG
from shahr.web.addresses import KINDS
from shahr.web.documents import Library, check_node
from shahr.web.dumps.shelf import address
from shahr.web.endpoint import content_type
from shahr.web.language import link
from shahr.web.state import shelf

WHOLES = ("ns", "shapes", "concept", "graph")
# files of the ontology by the ends of their IRIs
PARTS = {"": "shahr", "rl": "shahr-rl", "alignments": "alignments", "concepts": "concepts"}
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
LONGEST = 200  # characters of a slug
_SLUG = re.compile(SLUG)
_DOCUMENT = re.compile(rf"/((?:{'|'.join(KINDS)})/{SLUG}|{'|'.join(WHOLES)})\.([a-z]+)")


def blueprint() -> Blueprint:
    """Give the routes of IRIs and of data, and `data_formats` to templates."""
    routes = Blueprint("dereference", __name__)
    routes.add_app_template_global(data_formats, "data_formats")
    routes.before_app_request(see_dataset)
    views, suffixes = _Views(Library()), ", ".join(data_formats())
    routes.add_url_rule("/context.jsonld", "context", views.context)
    routes.add_url_rule(f"/<any({', '.join(WHOLES)}):name>", "see_whole", views.see_whole)
    routes.add_url_rule(f"/<any({', '.join(WHOLES)}):name>.<any({suffixes}):suffix>", "whole", views.whole)
    routes.add_url_rule(f"/<any({', '.join(KINDS)}):kind>/<slug>", "see_node", views.see_node)
    routes.add_url_rule(f"/<any({', '.join(KINDS)}):kind>/<slug>.<any({suffixes}):suffix>", "node", views.node)
    routes.add_url_rule(f"/<any({', '.join(KINDS)}):kind>/<slug>/<path:below>", "see_part", views.see_part)
    routes.add_url_rule("/ns/<path:below>", "see_module", views.see_module)
    return routes


def link_header(path: str) -> str | None:
    """Give the Link header (RFC 8288) of a page or document about an IRI of ours, None for any other path."""
    found = _DOCUMENT.fullmatch(path)
    types = {"html": HTML} | {suffix: one.media_types[0] for suffix, one in data_formats().items()}
    if found is None or found[2] not in types:
        return None
    links = [f'<{BASE}{found[1]}>; rel="canonical"']
    others = ((suffix, name) for suffix, name in types.items() if suffix != found[2])
    links += [f'</{found[1]}.{suffix}>; rel="alternate"; type="{name}"' for suffix, name in others]
    return ", ".join([*links, f'<{LICENCE}>; rel="license"', '</ns>; rel="describedby"'])


def see_dataset() -> Response | None:
    """Send who wants data from the IRI of the whole graph, which is `/`, to where it is described; else None.

    That is the catalogue, or the list of the graphs where there is no release. They must name a format of data: who
    takes anything gets the start page.
    """
    if request.path != "/" or request.method not in ("GET", "HEAD") or not names_data(data_formats().values()):
        return None
    return see("/catalog" if shelf().releases else "/graph")


def names_data(formats: Iterable[Format]) -> bool:
    """Tell whether the request names the media type of a format of data, and likes a page no better."""
    accept = request.headers.get("Accept", "")
    named = set(map(str.lower, parse_accept(accept).values()))
    types = {one.media_types[0] for one in formats}
    return bool(types & named) and not prefers_page(accept, types)


def see(path: str, formats: Mapping[str, Format] | None = None, page: str | None = None) -> Response:
    """Send to `path` with the suffix of the best of some formats, by default all (RFC 9110, 15.4.4).

    Who wants a page is sent to `page`, by default `path` with ".html". NotAcceptable where no format is taken.
    """
    suffix = _best_suffix(request.headers.get("Accept", ""), data_formats() if formats is None else formats)
    target = link(page if page and suffix == "html" else f"{path}.{suffix}")
    response = Response(f"see {target}\n", 303, content_type="text/plain; charset=utf-8")
    response.headers["Location"] = target
    response.vary.update(("Accept", "Accept-Language"))
    return response


def data_response(body: bytes, media_type: str) -> Response:
    """Give a document of data."""
    response = Response(body, content_type=content_type(media_type))
    response.headers["Cache-Control"] = "no-cache"
    return response


class _Views:
    """What answers at the routes."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def see_node(self, kind: str, slug: str) -> Response:
        """Send to the page or the data about a node or graph."""
        check_node(_named(kind, slug))
        return see(f"/{kind}/{slug}")

    def see_part(self, kind: str, slug: str, below: str) -> Response:
        """Send to the page or the data about a node for what has a name below its own: the position of a passage."""
        check_node(f"{_named(kind, slug)}/{_slug(below)}")
        return see(f"/{kind}/{slug}")

    def see_module(self, below: str) -> Response:
        """Send to the ontology for a part of it, and for a version of one to its file in a release, or to its page."""
        if len(below) > LONGEST:
            raise NotFound
        part, _slash, version = below.rpartition("/")
        path = f"ontology/{PARTS.get(part, '')}"
        formats = {suffix: one for suffix, one in data_formats().items() if shelf().offer(version, f"{path}.{suffix}")}
        if formats:
            return see(address(version, path), formats, address(version, ""))
        check_node(f"{BASE}ns/{below}")
        return see("/ns")

    def see_whole(self, name: str) -> Response:
        """Send to the page or the data about ontology, shapes, concepts or graphs."""
        return see(f"/{name}")

    def node(self, kind: str, slug: str, suffix: str) -> Response:
        """Give the data about a node, or those of a graph."""
        name = _named(kind, slug)
        write = self._library.graph if kind == GRAPH.removeprefix(BASE)[:-1] else self._library.node
        return data_response(write(name, _suffix(suffix)), data_formats()[suffix].media_types[0])

    def whole(self, name: str, suffix: str) -> Response:
        """Give the ontology, the shapes, the concepts or the list of graphs."""
        return data_response(self._library.whole(name, _suffix(suffix)), data_formats()[suffix].media_types[0])

    def context(self) -> Response:
        """Give the JSON-LD context, which may be kept for an hour."""
        response = data_response(self._library.context(), MEDIA_TYPE)
        response.headers["Cache-Control"] = "public, max-age=3600"
        return response


def _named(kind: str, slug: str) -> str:
    return f"{BASE}{kind}/{_slug(slug)}"


def _slug(text: str) -> str:
    if len(text) > LONGEST or not _SLUG.fullmatch(text):
        raise NotFound
    return text


def _suffix(text: str) -> str:
    if text not in data_formats():
        raise NotFound
    return text


def _best_suffix(accept: str, formats: Mapping[str, Format]) -> str:
    """Choose for an Accept header: a page for who names HTML and likes no format of data better, else data."""
    if prefers_page(accept, (name for one in formats.values() for name in one.media_types)):
        return "html"
    try:
        chosen = negotiate(accept, formats.values())[1]
    except NotAcceptable as error:
        names = ", ".join([HTML, *(one.media_types[0] for one in formats.values())])
        sentence = _(
            "nothing in the header %(header)s can be given here: this comes as %(listed)s",
            header="Accept",
            listed=names,
        )
        raise NotAcceptable(sentence) from error
    return next(suffix for suffix, one in formats.items() if one is chosen)
