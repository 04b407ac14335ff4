"""The stage `reason`: runs the rules of queries/rules over the graph until nothing new follows."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, QueryTriples, Store, Triple

from shahr.dataset import load_store, nquads
from shahr.errors import RuleError
from shahr.files import write_atomically
from shahr.namespaces import graph_iri
from shahr.paths import Project
from shahr.queries import Query, read_queries

ROUND_LIMIT = 50


def reason(project: Project, out: Path) -> int:
    """Derive out/inferred.nq from out/graph.nq; gives the number of triples in the inferred graph.

    RuleError where the rules do not come to an end, or one makes a blank node, which no two runs would name alike.
    """
    store = load_store(out / "graph.nq")
    inferred = materialize(store, read_queries(project.rules))
    write_atomically(out / "inferred.nq", nquads(inferred))
    return len(inferred)


def materialize(store: Store, rules: Iterable[Query]) -> set[Quad]:
    """Add to the default graph all that CONSTRUCT rules derive from it, and give it as quads of graph:inferred."""
    rules = list(rules)
    inferred: set[Quad] = set()
    for _ in range(ROUND_LIMIT):
        new = {quad for rule in rules for quad in _derive(store, rule)} - inferred
        if not new:
            return inferred
        inferred |= new
        store.extend(_placed(quad.triple, DefaultGraph()) for quad in new)
    raise RuleError(
        f"the rules still derive something new after {ROUND_LIMIT} rounds; the last round began with "
        f"{min(map(str, new))}: look for a rule that makes new names from its own results"
    )


def _derive(store: Store, rule: Query) -> Iterable[Quad]:
    """Give what one rule says that the default graph does not hold yet."""
    graph = NamedNode(graph_iri("inferred"))
    triples = store.query(rule.text)
    if not isinstance(triples, QueryTriples):
        raise RuleError(f"{rule.path}: a rule is a CONSTRUCT query")
    for triple in triples:
        if isinstance(triple.subject, BlankNode) or isinstance(triple.object, BlankNode):
            raise RuleError(f"{rule.path}: derives {triple}, but the inferred graph holds no blank nodes")
        if _placed(triple, DefaultGraph()) not in store:
            yield _placed(triple, graph)


def _placed(triple: Triple, graph: NamedNode | DefaultGraph) -> Quad:
    return Quad(triple.subject, triple.predicate, triple.object, graph)
