"""Questions that also ask another endpoint: the SERVICE block goes there, its rows come back as VALUES."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from pyoxigraph import BlankNode, Triple

from shahr.agent import WIKIDATA
from shahr.client import Client
from shahr.dataset import load_store
from shahr.engine import Limits
from shahr.engine.store import StoreEvaluator
from shahr.errors import EndpointError
from shahr.paths import Project
from shahr.queries import bind_texts, find_question
from shahr.solutions import Solutions, Term, read_solutions
from shahr.syntax import prologue, service_block


def answer(
    project: Project,
    name: str,
    params: Mapping[str, str],
    endpoint: str | None = None,
    wikidata: str | None = None,
) -> Solutions:
    """Answer the question `name`, as its file stands where `params` is empty.

    It is asked of the built graph, or of the endpoint at `endpoint`; a SERVICE block is asked of `wikidata`.
    Raises QueryError (unknown question, bad parameter), ProjectMissing, EndpointError.
    """
    query = find_question(project, name)
    text = inline_service(bind_texts(query, params) if params else query.text, wikidata or WIKIDATA)
    if endpoint:
        return Client(endpoint).select(text)
    engine = StoreEvaluator(load_store(project.graph, project.inferred))
    return read_solutions(engine.evaluate(text, [], [], "application/sparql-results+json", Limits()).body)


def inline_service(text: str, endpoint: str, sleep: Callable[[float], None] = time.sleep) -> str:
    """Ask `endpoint` for the SERVICE block of a query and put the rows there, if there is a block."""
    block = service_block(text)
    if block is None:
        return text
    body = text[block.body_start : block.body_end]
    client = Client(endpoint, sleep=sleep)
    found = client.select(f"{prologue(text)}SELECT * WHERE {{{body}}}")
    return f"{text[: block.start]}{_values(client.endpoint, found)}{text[block.end :]}"


def _values(endpoint: str, found: Solutions) -> str:
    head = " ".join(f"?{name}" for name in found.variables)
    rows = (" ".join(_term(endpoint, term) for term in row) for row in found.rows)
    return f"VALUES ({head}) {{ {' '.join(f'({row})' for row in rows)} }}"


def _term(endpoint: str, term: Term | None) -> str:
    if isinstance(term, BlankNode | Triple):
        raise EndpointError(endpoint, f"the answer holds {term}, which cannot be asked for again")
    return "UNDEF" if term is None else str(term)
