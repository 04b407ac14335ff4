"""Answering queries from a store in this process, behind a method that a killable worker can offer too."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol
from xml.parsers import expat

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    Triple,
    serialize,
)

from shahr.errors import NotAcceptable, QueryError
from shahr.formats import Format, graph_formats, negotiate, result_formats
from shahr.namespaces import prefix_map
from shahr.queries import syntax_error
from shahr.syntax import check_query, dataset_clauses

Node = NamedNode | BlankNode | DefaultGraph
Result = QuerySolutions | QueryBoolean | QueryTriples

_NOT_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")


@dataclass(frozen=True)
class Answer:
    """A whole answer: kind is "results" (SELECT, ASK) or "graph" (CONSTRUCT, DESCRIBE)."""

    kind: Literal["results", "graph"]
    media_type: str
    body: bytes


class Engine(Protocol):
    """Whatever answers queries: this process, a worker, another endpoint."""

    def evaluate(self, query: str, default_graphs: Sequence[str], named_graphs: Sequence[str], accepted: str) -> Answer:
        """Answer a SPARQL 1.1 query in a media type that the Accept header `accepted` allows.

        Graphs given here beat FROM (SPARQL 1.1 Protocol, 2.1.4). QueryError for a query that cannot be read
        or is refused, NotAcceptable where no media type fits or the chosen one cannot carry the answer.
        """


class LocalEngine:
    """An engine over a store whose default graph is the union of its named graphs."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def evaluate(self, query: str, default_graphs: Sequence[str], named_graphs: Sequence[str], accepted: str) -> Answer:
        """Answer a query; see Engine."""
        check_query(query)
        try:
            return self._answer(query, default_graphs, named_graphs, accepted)
        except RuntimeError as error:  # an unknown function, say: the parser takes it, the evaluator does not
            raise QueryError(f"the engine cannot answer this query: {' '.join(str(error).split())}") from error

    def _answer(self, query: str, default_graphs: Sequence[str], named_graphs: Sequence[str], accepted: str) -> Answer:
        result = self._run(query, default_graphs, named_graphs)
        if isinstance(result, QueryTriples):
            media_type, chosen = negotiate(accepted, graph_formats())
            return Answer("graph", media_type, _write_graph(list(result), chosen))
        media_type, chosen = negotiate(accepted, result_formats())
        return Answer("results", media_type, _write_results(result, chosen))

    def _run(self, query: str, default_graphs: Sequence[str], named_graphs: Sequence[str]) -> Result:
        default, named = list(default_graphs), list(named_graphs)
        if not default and not named:
            default, named = dataset_clauses(query)
            if len(set(default)) < 2:  # Oxigraph reads FROM well, but for two graphs with a triple in common
                return _query(self.store, query, None, None)
        nodes, others = _nodes(default), _nodes(named)
        if len(nodes) > 1:
            return _query(_merged(self.store, nodes, others), query, [DefaultGraph()], others)
        return _query(self.store, query, nodes, others)


def _query(
    store: Store,
    query: str,
    default: list[NamedNode] | list[DefaultGraph] | None,
    named: list[NamedNode] | None,
) -> Result:
    try:
        return store.query(query, default_graph=_listed(default), named_graphs=_listed(named))
    except SyntaxError as error:
        raise syntax_error(error) from error
    except ValueError as error:
        raise QueryError(f"the engine cannot answer this query: {error}") from error


def _nodes(iris: Sequence[str]) -> list[NamedNode]:
    try:
        return [NamedNode(iri) for iri in dict.fromkeys(iris)]
    except ValueError as error:
        raise QueryError(f"the name of a graph must be a whole IRI: {error}") from error


def _merged(store: Store, default: Sequence[NamedNode], named: Sequence[NamedNode]) -> Store:
    """Oxigraph repeats a triple that stands in two graphs of FROM; a store of their union counts it once."""
    merged = Store()
    for graph in default:
        quads = store.quads_for_pattern(None, None, None, graph)
        merged.extend(Quad(quad.subject, quad.predicate, quad.object, DefaultGraph()) for quad in quads)
    for graph in named:
        merged.extend(store.quads_for_pattern(None, None, None, graph))
    return merged


def _write_results(result: QuerySolutions | QueryBoolean, chosen: Format) -> bytes:
    assert isinstance(chosen.writer, QueryResultsFormat)
    return _carried(result.serialize(format=chosen.writer) or b"", chosen)


def _write_graph(triples: Sequence[Triple], chosen: Format) -> bytes:
    assert isinstance(chosen.writer, RdfFormat)
    if chosen.writer not in (RdfFormat.TURTLE, RdfFormat.TRIG):
        try:
            return _carried(serialize(triples, format=chosen.writer) or b"", chosen)
        except (OSError, ValueError) as error:
            raise NotAcceptable(f"{chosen.name} cannot carry this graph ({error}): ask for Turtle instead") from error
    written = serialize(triples, format=chosen.writer, prefixes=_used_prefixes(triples)) or b""
    lines = written.split(b"\n")
    head = sum(line.startswith(b"@prefix ") for line in lines)
    return b"\n".join(sorted(lines[:head]) + lines[head:])  # the engine writes prefixes in no fixed order


def _used_prefixes(triples: Sequence[Triple]) -> dict[str, str]:
    used = "\n".join(map(str, triples))
    return {prefix: namespace for prefix, namespace in prefix_map().items() if f"<{namespace}" in used}


def _carried(body: bytes, chosen: Format) -> bytes:
    """XML 1.0 has no way to write most control characters, and would read a bare CR as a line feed."""
    if not chosen.is_xml:
        return body
    if _NOT_XML.search(body):
        raise NotAcceptable("the answer holds a control character that XML cannot carry: ask for JSON or TSV instead")
    escaped = body.replace(b"\r", b"&#13;")
    try:
        expat.ParserCreate(namespace_separator=" ").Parse(escaped, True)
    except expat.ExpatError as error:
        raise NotAcceptable(f"the answer cannot be written as XML ({error}): ask for another format") from error
    return escaped


def _listed(nodes: Sequence[Node] | None) -> list[Any] | None:
    return None if nodes is None else list(nodes)
