"""The SPARQL endpoint, /sparql."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from shahr.formats import graph_formats, negotiate, parse_accept
from shahr.web.description import describe
from shahr.web.headers import content_type
from shahr.web.protocol import read_request
from shahr.web.state import state

METHODS = "GET, HEAD, POST, OPTIONS"


def blueprint() -> Blueprint:
    """Give the routes of the endpoint."""
    routes = Blueprint("sparql", __name__)
    routes.add_url_rule("/sparql", "query", query, methods=["GET", "POST"], provide_automatic_options=False)
    routes.add_url_rule("/sparql", "options", options, methods=["OPTIONS"])
    return routes


def query() -> BaseResponse:
    """Answer a query; without one describe the service, or lead a browser to the start page."""
    asked = read_request(request)
    accept = request.headers.get("Accept", "")
    if asked.query is None:
        return _without_query(accept)
    if "text/html" in parse_accept(accept).values():
        accept = "application/json"  # a browser would take XML, and show it as one long line
    answer = state().engine.evaluate(asked.query, asked.default_graphs, asked.named_graphs, accept)
    return Response(answer.body, content_type=content_type(answer.media_type))


def options() -> BaseResponse:
    """Say which methods there are, to a client or to a browser's CORS check."""
    headers = {"Allow": METHODS, "Access-Control-Allow-Methods": METHODS}
    headers |= {"Access-Control-Allow-Headers": "Accept, Content-Type", "Access-Control-Max-Age": "86400"}
    return Response(status=204, headers=headers)


def _without_query(accept: str) -> BaseResponse:
    wanted = parse_accept(accept)
    best = max(wanted.quality(name) for one in graph_formats() for name in one.media_types)
    if "text/html" in wanted.values() and wanted.quality("text/html") >= best:
        return redirect("/", 303)
    media_type, chosen = negotiate(accept, graph_formats())
    body = describe(request.base_url, state().graphs, chosen)
    return Response(body, content_type=content_type(media_type))
