"""Answering queries from a store in this process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, QueryBoolean, QuerySolutions, QueryTriples, Store

from shahr.engine import Answer, Limits
from shahr.engine.writing import write_graph, write_results
from shahr.errors import QueryError
from shahr.formats import Negotiator, graph_formats, result_formats
from shahr.queries import syntax_error
from shahr.syntax import check_query, dataset_clauses, is_plain, names_graphs

Node = NamedNode | BlankNode | DefaultGraph
Result = QuerySolutions | QueryBoolean | QueryTriples


class StoreEvaluator:
    """An evaluator over a store whose default graph is the union of its named graphs."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._results, self._graphs = Negotiator(result_formats()), Negotiator(graph_formats())

    def evaluate(
        self, query: str, default_graphs: Sequence[str], named_graphs: Sequence[str], accepted: str, limits: Limits
    ) -> Answer:
        """Answer a query; see Evaluator. Of the limits only that on the result's size is kept here."""
        plain = is_plain(query)
        if not plain:
            check_query(query)
        try:
            return self._answer(query, default_graphs, named_graphs, accepted, limits.result)
        except SyntaxError as error:
            if plain:
                check_query(query)  # it knows better than the parser what an update is
            raise syntax_error(error) from error
        except (RuntimeError, ValueError) as error:  # an unknown function, say: the parser takes it
            raise QueryError(f"the engine cannot answer this query: {' '.join(str(error).split())}") from error

    def _answer(
        self, query: str, default_graphs: Sequence[str], named_graphs: Sequence[str], accepted: str, limit: int
    ) -> Answer:
        result = self._run(query, default_graphs, named_graphs)
        if isinstance(result, QueryTriples):
            media_type, chosen = self._graphs.choose(accepted)
            return Answer("graph", media_type, write_graph(list(result), chosen, limit))
        media_type, chosen = self._results.choose(accepted)
        return Answer("results", media_type, write_results(result, chosen, limit))

    def _run(self, query: str, default_graphs: Sequence[str], named_graphs: Sequence[str]) -> Result:
        default, named = list(default_graphs), list(named_graphs)
        if not default and not named:
            if not names_graphs(query):
                return _query(self.store, query, None, None)
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
    return store.query(query, default_graph=_listed(default), named_graphs=_listed(named))


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


def _listed(nodes: Sequence[Node] | None) -> list[Any] | None:
    return None if nodes is None else list(nodes)
