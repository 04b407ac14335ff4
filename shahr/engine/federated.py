"""SERVICE: each block is asked of its endpoint, its rows come back as VALUES, and the engine answers the rest."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolutions, Triple

from shahr.engine import Answer, Engine, Limits
from shahr.engine.connect import Connection, parse_address
from shahr.engine.guard import Guard, IsAllowed, Resolve, is_public, look_up
from shahr.engine.remote import RESULTS, ask, read_results
from shahr.errors import Busy, EndpointDown, EndpointError, NotAcceptable, OutOfTime, QueryError, TooLarge
from shahr.syntax import MOST_CALLS, ServiceCall, prologue, service_calls
from shahr.tokens import place

Fetch = Callable[[str, str, Limits], Awaitable[bytes]]
VALUES = "application/sparql-query"


class FederatedEngine:
    """An engine before `inner` that takes SERVICE blocks to the hosts in `allowed` ("host" or "host:port").

    `fetch(endpoint, query, limits)` gives the rows of a SELECT as ServiceFetcher does, from a process that can be
    killed. EndpointError for an entry of `allowed` that is no host.
    """

    def __init__(self, inner: Engine, fetch: Fetch, allowed: Sequence[str]) -> None:
        self._inner = inner
        self._fetch = fetch
        self._guard = Guard(allowed)

    async def evaluate(
        self, query: str, default_graphs: Sequence[str], named_graphs: Sequence[str], accepted: str, limits: Limits
    ) -> Answer:
        """Answer a query; see Evaluator. All that is fetched and the rest share limits.seconds."""
        deadline = time.monotonic() + limits.seconds
        try:
            whole = await self._filled(query, limits, deadline)
            left = replace(limits, seconds=_left(deadline))
            return await self._inner.evaluate(whole, default_graphs, named_graphs, accepted, left)
        except OutOfTime as error:
            raise OutOfTime(limits.seconds) from error

    async def _filled(self, query: str, limits: Limits, deadline: float) -> str:
        """Give the query with VALUES for its SERVICE blocks."""
        if "service" not in query.lower():
            return query
        calls, head = await asyncio.to_thread(_cut, query)  # a long query takes long to cut
        for call in calls:
            self._check(query, call)
        share = limits.result // MOST_CALLS
        rows = []
        for call in calls:
            rows.append(await self._rows(query, head, call, replace(limits, seconds=_left(deadline), result=share)))
        return _spliced(query, calls, rows)

    def _check(self, query: str, call: ServiceCall) -> None:
        try:
            self._guard.check(parse_address(call.endpoint))
        except (EndpointError, QueryError) as error:
            raise QueryError(str(error), *place(query, call.block.start)) from error

    async def _rows(self, query: str, head: str, call: ServiceCall, limits: Limits) -> str:
        """Ask for one block; where it fails and is SILENT, one row without bindings (Federated Query, 2.4)."""
        body = query[call.block.body_start : call.block.body_end]
        try:
            return (await self._fetch(call.endpoint, f"{head}SELECT * WHERE {{{body}}}", limits)).decode()
        except NotAcceptable as error:
            raise QueryError(str(error), *place(query, call.block.start)) from error
        except (EndpointDown, OutOfTime, Busy, TooLarge, QueryError):
            if not call.silent:
                raise
            return "{}"


def _cut(query: str) -> tuple[list[ServiceCall], str]:
    """Give the SERVICE blocks of a query, and its prologue."""
    return service_calls(query), prologue(query)


class ServiceFetcher:
    """An evaluator for a child process: asks the one endpoint that stands in `default_graphs`.

    Its answer is no document but a VALUES block with the rows, to stand in the place of the SERVICE block.
    `is_allowed` and `resolve` are the Guard's.
    """

    def __init__(self, allowed: Sequence[str], is_allowed: IsAllowed = is_public, resolve: Resolve = look_up) -> None:
        self._guard = Guard(allowed, is_allowed, resolve)

    def evaluate(
        self, query: str, default_graphs: Sequence[str], named_graphs: Sequence[str], accepted: str, limits: Limits
    ) -> Answer:
        """Ask default_graphs[0]; see Evaluator. NotAcceptable for rows with blank nodes or triples in them."""
        endpoint = default_graphs[0]
        name = f"the SERVICE host {parse_address(endpoint).host}"
        connection = Connection(endpoint, name, self._guard.dial)
        try:
            response = ask(connection, [("query", query)], RESULTS, limits)
        finally:
            connection.close()
        found = read_results(name, response)
        if not isinstance(found, QuerySolutions):
            raise EndpointDown(f"{name} gave a boolean to a SELECT")
        try:
            values = values_block(found)
        except (SyntaxError, ValueError) as error:
            raise EndpointDown(f"{name} broke off, or its answer is not SPARQL results in JSON") from error
        return Answer("results", VALUES, values.encode())


def values_block(found: QuerySolutions) -> str:
    """Write rows as VALUES; NotAcceptable for a blank node or a triple, which cannot be asked for again."""
    head = " ".join(f"?{one.value}" for one in found.variables)
    rows = (" ".join(map(_term, row)) for row in found)
    return f"VALUES ({head}) {{ {' '.join(f'({row})' for row in rows)} }}"


def _term(term: NamedNode | Literal | BlankNode | Triple | None) -> str:
    """A # or ' in an IRI is escaped, so that no reader of tokens can take the < before it for an operator."""
    if isinstance(term, BlankNode | Triple):
        raise NotAcceptable("a SERVICE block gave a blank node or a triple, and neither can be asked for again")
    if isinstance(term, NamedNode):
        return str(term).replace("#", "\\u0023").replace("'", "\\u0027")
    return "UNDEF" if term is None else str(term)


def _spliced(query: str, calls: Sequence[ServiceCall], rows: Sequence[str]) -> str:
    """Put rows in the places of the blocks; what stands after a block keeps its line, and its column if it can."""
    parts, at = [], 0
    for call, values in zip(calls, rows, strict=True):
        block = query[call.block.start : call.block.end]
        _, newline, last = block.rpartition("\n")
        parts += [query[at : call.block.start], values, "\n" * block.count("\n"), " " * len(last) if newline else ""]
        at = call.block.end
    return "".join([*parts, query[at:]])


def _left(deadline: float) -> float:
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise OutOfTime(0)
    return seconds
