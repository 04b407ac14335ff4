"""Answering queries by asking another SPARQL 1.1 endpoint, with our own errors, formats and limits."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from contextlib import suppress

from pyoxigraph import (
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
)

from shahr.engine import Answer, Limits
from shahr.engine.connect import Connection, Response
from shahr.engine.writing import write_graph, write_results
from shahr.errors import Busy, EndpointDown, OutOfTime, QueryError, TooLarge
from shahr.formats import graph_formats, negotiate, result_formats
from shahr.queries import parse_only
from shahr.syntax import check_query, form

RESULTS = "application/sparql-results+json"
_RESULTS = (RESULTS, "application/json")
_GRAPHS = {
    "application/n-triples": RdfFormat.N_TRIPLES,
    "text/plain": RdfFormat.N_TRIPLES,
    "text/turtle": RdfFormat.TURTLE,
    "application/x-turtle": RdfFormat.TURTLE,
}
_WAIT = 5
_LONGEST_WAIT = 3600
_NODE_ID = re.compile(rb'("type"\s*:\s*"bnode"\s*,\s*"value"\s*:\s*")nodeID://')


class RemoteEvaluator:
    """An evaluator that asks the endpoint at the address `endpoint`; EndpointError if that is no address.

    The query is read here first, so that what is wrong with it is said with line and column, as ever.
    """

    def __init__(self, endpoint: str) -> None:
        self._connection = Connection(endpoint, "the endpoint behind this service")

    def evaluate(
        self, query: str, default_graphs: Sequence[str], named_graphs: Sequence[str], accepted: str, limits: Limits
    ) -> Answer:
        """Answer a query; see Evaluator. Of the limits those on time and on the result's size are kept here."""
        check_query(query)
        with suppress(RuntimeError, ValueError):  # a function that only the endpoint knows
            parse_only(query)
        fields = _fields(query, default_graphs, named_graphs)
        if form(query) in ("CONSTRUCT", "DESCRIBE"):
            media_type, chosen = negotiate(accepted, graph_formats())
            triples = self._graph(fields, limits)
            return Answer("graph", media_type, write_graph(triples, chosen, limits.result))
        media_type, chosen = negotiate(accepted, result_formats())
        response = ask(self._connection, fields, RESULTS, limits)
        try:
            body = write_results(_results(self._connection.name, response, form(query)), chosen, limits.result)
        except (SyntaxError, ValueError) as error:  # rows are read as they are written
            raise _unreadable(self._connection.name, "SPARQL results in JSON", error) from error
        return Answer("results", media_type, body)

    def _graph(self, fields: Sequence[tuple[str, str]], limits: Limits) -> list[Triple]:
        response = ask(self._connection, fields, "application/n-triples, text/turtle;q=0.9, text/plain;q=0.5", limits)
        if response.media_type not in _GRAPHS:
            raise _wrong_type(self._connection.name, response)
        try:
            return list(dict.fromkeys(quad.triple for quad in parse(response.body, _GRAPHS[response.media_type])))
        except (SyntaxError, ValueError) as error:
            raise _unreadable(self._connection.name, "Turtle or N-Triples", error) from error


def ask(connection: Connection, fields: Sequence[tuple[str, str]], accept: str, limits: Limits) -> Response:
    """Send a query, and give the response if it is a whole answer.

    QueryError where the endpoint refuses the query, Busy, OutOfTime, TooLarge where it says that it has cut its
    answer, EndpointDown for everything else. Virtuoso says so in headers of its own.
    """
    response = connection.post(fields, accept, limits)
    if response.status != 200:
        _refuse(connection.name, response)
    if response.headers.get("x-sql-state"):
        raise OutOfTime(round(response.seconds, 1))
    if "x-sparql-maxrows" in response.headers:
        raise TooLarge(len(response.body))
    return response


def read_results(name: str, response: Response) -> QuerySolutions | QueryBoolean:
    """Begin to read results in JSON; rows are read later, with a SyntaxError or ValueError if they are broken.

    EndpointDown if they are not JSON at all. Virtuoso's labels of blank nodes are not labels, and are mended.
    """
    if response.media_type not in _RESULTS:
        raise _wrong_type(name, response)
    try:
        found = parse_query_results(_NODE_ID.sub(rb"\1", response.body), format=QueryResultsFormat.JSON)
        if isinstance(found, QueryBoolean):
            json.loads(response.body)  # the parser stops after the boolean, whatever comes then
    except (SyntaxError, ValueError) as error:
        raise _unreadable(name, "SPARQL results in JSON", error) from error
    assert not isinstance(found, RdfFormat)
    return found


def first_line(body: bytes) -> str:
    """Give the first line of what an endpoint says, without control characters, of at most 200 characters."""
    lines = body[:4096].decode("utf-8", "replace").strip().splitlines() or ["it gives no reason"]
    return "".join(letter if letter.isprintable() else " " for letter in lines[0])[:200].strip()


def _results(name: str, response: Response, wanted: str) -> QuerySolutions | QueryBoolean:
    found = read_results(name, response)
    if wanted == "ASK" and isinstance(found, QuerySolutions):
        return _truth(name, found)
    if (wanted == "ASK") != isinstance(found, QueryBoolean):
        raise EndpointDown(f"{name} gave a boolean to a {wanted}")
    return found


def _truth(name: str, found: QuerySolutions) -> QueryBoolean:
    """Virtuoso 7 answers an ASK with one row if it is true, and no row if not."""
    if [one.value for one in found.variables] != ["__ASK_RETVAL"]:
        raise EndpointDown(f"{name} gave rows to an ASK")
    text = json.dumps({"head": {}, "boolean": any(True for _ in found)})
    truth = parse_query_results(text, format=QueryResultsFormat.JSON)
    assert isinstance(truth, QueryBoolean)
    return truth


def _fields(query: str, default_graphs: Sequence[str], named_graphs: Sequence[str]) -> list[tuple[str, str]]:
    """Give the form of a query (SPARQL 1.1 Protocol, 2.1.2)."""
    graphs = [("default-graph-uri", iri) for iri in default_graphs] + [("named-graph-uri", iri) for iri in named_graphs]
    try:
        return [("query", query), *((name, NamedNode(iri).value) for name, iri in graphs)]
    except ValueError as error:
        raise QueryError(f"the name of a graph must be a whole IRI: {error}") from error


def _refuse(name: str, response: Response) -> None:
    """Raise what a status other than 200 means."""
    if response.status == 206:
        raise TooLarge(len(response.body))
    if response.status in (429, 503):
        raise Busy(_wait(response.headers.get("retry-after", "")))
    if response.status in (408, 504):
        raise OutOfTime(round(response.seconds, 1))
    if response.status in (400, 413, 414, 422):
        raise QueryError(f"{name} refuses the query: {first_line(response.body)}")
    raise EndpointDown(f"{name} answered with status {response.status}")


def _wait(retry_after: str) -> int:
    seconds = int(retry_after) if retry_after.isascii() and retry_after.isdigit() and len(retry_after) < 10 else _WAIT
    return max(1, min(seconds, _LONGEST_WAIT))


def _wrong_type(name: str, response: Response) -> EndpointDown:
    shown = first_line(response.media_type.encode()) if response.media_type else "no media type"
    return EndpointDown(f"{name} answered with {shown} where results or a graph were asked for")


def _unreadable(name: str, what: str, error: Exception) -> EndpointDown:
    return EndpointDown(f"{name} broke off, or its answer is not {what} ({first_line(str(error).encode())})")
