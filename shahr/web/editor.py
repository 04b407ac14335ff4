"""The page for people at /sparql: a form for a query, and its answer or its error below; no script is needed."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from flask import Blueprint, Response, render_template, request
from pyoxigraph import NamedNode, QueryBoolean, QueryResultsFormat, parse_query_results
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from shahr.engine import Answer
from shahr.errors import EngineError, QueryError, ShahrError
from shahr.formats import graph_formats, result_formats
from shahr.namespaces import prefix_map
from shahr.queries import Query, asks_elsewhere, in_order, without_header
from shahr.solutions import Solutions
from shahr.web.description import usable_address
from shahr.web.errors import reply_to
from shahr.web.labels import Labels, read_labels
from shahr.web.messages import Reply, Request
from shahr.web.protocol import ProtocolRequest, read_request
from shahr.web.state import page_query, state

LONGEST = 1000


@dataclass(frozen=True)
class Extract:
    """What a page shows of an answer: a table, a truth or lines of Turtle; `more` where that is not all of it."""

    table: Solutions | None = None
    truth: bool | None = None
    turtle: str | None = None
    more: bool = False


@dataclass(frozen=True)
class Failure:
    """Why there is no answer: the HTTP status, a sentence, and where in the query, as text before, at and after."""

    status: int
    sentence: str
    line: int | None = None
    excerpt: tuple[str, str, str] | None = None


def blueprint() -> Blueprint:
    """Give the route of the page, for requests that prefer HTML."""
    routes = Blueprint("editor", __name__)
    routes.add_url_rule("/sparql", "sparql_page", sparql_page, methods=["GET", "POST"])
    return routes


def sparql_page() -> BaseResponse:
    """Show the editor, with the query of the request and its answer; an error keeps its status and headers."""
    asked = ProtocolRequest(None, (), ())
    try:
        asked = read_request(_message())
        found = None if asked.query is None else extract(_answer(asked, asked.query))
        return Response(page(asked, found))
    except (ShahrError, HTTPException) as error:
        reply = reply_to(error)
        if reply.status == 500:
            raise  # for the log
        response = Response(page(asked, None, _failure(reply, error, asked.query or "")), reply.status)
        response.headers.extend([header for header in reply.headers if header[0] != "Content-Type"])
        return response


def page(asked: ProtocolRequest, found: Extract | None = None, failure: Failure | None = None) -> str:
    """Give the page for a query with what was found, or with its failure, or for no query at all."""
    query = without_header(page_query("example").text) if asked.query is None else asked.query
    graphs = _graphs(asked.default_graphs)
    return render_template(
        "editor.html",
        query=query,
        asked=asked,
        found=found,
        failure=failure,
        rows=min(max(query.count("\n") + 2, 8), 24),
        longest=LONGEST,
        graphs=graphs,
        prefixes=prefix_map(),
        examples=_examples(),
        labels=_labels(found),
        commands=_commands(asked, found),
    )


def extract(answer: Answer) -> Extract:
    """Read as much of an answer (SPARQL JSON, or Turtle) as a page shows."""
    if answer.kind == "graph":
        lines = answer.body.decode().split("\n")
        return Extract(turtle="\n".join(lines[:LONGEST]), more=len(lines) > LONGEST)
    parsed = parse_query_results(answer.body, format=QueryResultsFormat.JSON)
    if isinstance(parsed, QueryBoolean):
        return Extract(truth=bool(parsed))
    rows = [tuple(row) for row in islice(parsed, LONGEST + 1)]
    variables = tuple(one.value for one in parsed.variables)
    return Extract(Solutions(variables, rows[:LONGEST], answer.body), more=len(rows) > LONGEST)


def _answer(asked: ProtocolRequest, query: str) -> Answer:
    accept = f"{result_formats()[0].media_types[0]}, {graph_formats()[0].media_types[0]}"
    return state().evaluate(query, asked.default_graphs, asked.named_graphs, accept, asked.timeout)


def _message() -> Request:
    """Give the request to Flask as one that read_request takes."""
    query_string = request.query_string.decode("utf-8", "surrogateescape")
    headers = {name.lower(): value for name, value in request.headers}
    sender = request.remote_addr or "", request.host_url.removesuffix("/")
    return Request(request.method, request.path, query_string, headers, request.get_data(), *sender)


def _failure(reply: Reply, error: ShahrError | HTTPException, query: str) -> Failure:
    sentence = reply.body.decode().strip()
    if not isinstance(error, QueryError) or error.line is None:
        return Failure(reply.status, sentence)
    return Failure(reply.status, sentence, error.line, _excerpt(query, error.line, error.column))


def _excerpt(query: str, line: int, column: int | None) -> tuple[str, str, str]:
    """Cut a line at the word that ends at a column: there the parser gave up, which may be behind the fault."""
    text = "".join(query.split("\n")[line - 1 : line]).rstrip("\r")
    if column is None:
        return "", text, ""
    before, at = text[: column - 1], text[column - 1 : column]
    word = len(before) - len(before.split(" ")[-1])
    return text[:word], f"{text[word : column - 1]}{at.strip() or '␣' if at else '⏎'}", text[column:]


def _labels(found: Extract | None) -> Labels:
    """Labels are a help, and their want no reason to withhold the rows; a graph that is asked for may be no IRI."""
    rows = found.table.rows if found and found.table else []
    nodes = {term.value for row in rows for term in row if isinstance(term, NamedNode)}
    try:
        return read_labels(nodes | {graph for graph, _size in state().summary.graphs})
    except EngineError:
        return Labels({})


def _graphs(chosen: Sequence[str]) -> list[tuple[str, bool]]:
    """The graphs that can be ticked, as (IRI, ticked): those of the dataset, and any other that was asked for."""
    known = dict.fromkeys((*(graph for graph, _ in state().summary.graphs), *chosen))
    return [(graph, graph in chosen) for graph in known]


def _examples() -> list[tuple[Query, str]]:
    """Our questions that need no other endpoint, each with the text to ask."""
    numbered = in_order(state().questions.values())
    return [(one, without_header(one.text)) for one in numbered if not asks_elsewhere(one)]


def _commands(asked: ProtocolRequest, found: Extract | None) -> list[tuple[str, str]]:
    """Lines for a shell that fetch the whole answer, each after the name of its format."""
    if found is None:
        return []
    graphs = [("default-graph-uri", graph) for graph in asked.default_graphs]
    graphs += [("named-graph-uri", graph) for graph in asked.named_graphs]
    fields = "".join(f" --data-urlencode {shlex.quote(f'{name}={graph}')}" for name, graph in graphs)
    address = shlex.quote(usable_address(request.base_url))
    offered = result_formats() if found.turtle is None else graph_formats()
    return [
        (one.name, f"curl --fail -H 'Accept: {one.media_types[0]}' --data-urlencode query@query.rq{fields} {address}")
        for one in offered
    ]
