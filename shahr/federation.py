"""Questions that also ask another endpoint: the SERVICE block goes there, its rows come back as VALUES.

A block with `VALUES ?item { … }` in it names some items of Wikidata as an example, so that the file runs on any engine.
In their place go all those that the rest of the question finds in the graph that is asked, MOST in a request.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence

from pyoxigraph import BlankNode, NamedNode, Triple

from shahr.agent import WIKIDATA
from shahr.client import Client
from shahr.dataset import load_store
from shahr.engine import Limits
from shahr.engine.store import StoreEvaluator
from shahr.errors import EndpointError
from shahr.namespaces import BASE, iri
from shahr.paths import Project
from shahr.queries import bind_texts, fill, find_question
from shahr.solutions import Solutions, Term, read_solutions
from shahr.syntax import ServiceBlock, prologue, service_block, values_blocks, variable_query
from shahr.wikidata import batches, check_answer

Ask = Callable[[str], Solutions]  # sends a SELECT to the graph that a question is asked of
Rows = tuple[tuple[str, ...], list[tuple[Term | None, ...]]]  # names of variables, and terms in their order

_ITEM = "item"


def answer(
    project: Project,
    name: str,
    params: Mapping[str, str],
    endpoint: str | None = None,
    wikidata: str | None = None,
) -> Solutions:
    """Answer the question `name`, as its file stands where `params` is empty.

    It is asked of the built graph, or of the endpoint at `endpoint`; a SERVICE block is asked of `wikidata`, about the
    items that the graph which is asked has now. Raises QueryError (unknown question, bad parameter), ProjectMissing,
    EndpointError.
    """
    query = find_question(project, name)
    text = bind_texts(query, params) if params else query.text
    ask = Client(endpoint).select if endpoint else _asking(project)
    return ask(inline_service(text, wikidata or WIKIDATA, ask))


def inline_service(
    text: str, endpoint: str, ask: Ask | None = None, sleep: Callable[[float], None] = time.sleep
) -> str:
    """Ask `endpoint` for the SERVICE block of a query and put the rows there, if there is a block.

    `ask` asks the graph that the query is for which items it wants to know of; without it the block stays as it is.
    """
    block = service_block(text)
    if block is None:
        return text
    client = Client(endpoint, sleep=sleep)
    body = f"{prologue(text)}SELECT * WHERE {{{text[block.body_start : block.body_end]}}}"
    fillable = any(one.variables == (_ITEM,) for one in values_blocks(body))
    items = _items(text, block, ask) if ask and fillable else None
    found = _told(client, body) if items is None else _about(client, body, items)
    return f"{text[: block.start]}{_values(client.endpoint, *found)}{text[block.end :]}"


def _asking(project: Project) -> Ask:
    engine = StoreEvaluator(load_store(project.graph, project.inferred))
    return lambda text: read_solutions(engine.evaluate(text, [], [], "application/sparql-results+json", Limits()).body)


def _items(text: str, block: ServiceBlock, ask: Ask) -> list[NamedNode] | None:
    """Give the items that can join with a block, in order; None where the rest of the query says nothing of them."""
    rows = ask(variable_query(text, block, _ITEM)).rows
    terms = {term for row in rows for term in row if isinstance(term, NamedNode)}
    items = sorted((one for one in terms if one.value.startswith(iri("wd:Q"))), key=lambda item: item.value)
    return None if rows and not terms else items


def _about(client: Client, body: str, items: Sequence[NamedNode]) -> Rows:
    """Ask about items in as many requests as they need; none for none."""
    variables: tuple[str, ...] = ()
    rows: list[tuple[Term | None, ...]] = []
    for batch in batches(items):
        names, found = _told(client, fill(body, [_ITEM], [[item] for item in batch]))
        check_answer(client.endpoint, Solutions(names, found, b""), variables, _ITEM, set(batch))
        variables = variables or names
        order = [names.index(name) for name in variables]
        rows += [tuple(row[at] for at in order) for row in found]
    return variables or (_ITEM,), rows


def _told(client: Client, text: str) -> Rows:
    """Give the rows of one request, blank nodes as IRIs: the same node may stand in several rows."""
    found = client.select(text)
    scope = hashlib.sha256(f"{client.endpoint} {text}".encode()).hexdigest()[:16]
    return found.variables, [tuple(_named(term, scope) for term in row) for row in found.rows]


def _named(term: Term | None, scope: str) -> Term | None:
    """Give a blank node a name as Wikidata does itself for values that are there and unknown (RDF 1.1 Concepts, 3.5).

    Its label holds in one answer alone.
    """
    if not isinstance(term, BlankNode):
        return term
    return NamedNode(f"{BASE}.well-known/genid/{hashlib.sha256(f'{scope} {term.value}'.encode()).hexdigest()[:32]}")


def _values(endpoint: str, variables: Sequence[str], rows: Iterable[Sequence[Term | None]]) -> str:
    head = " ".join(f"?{name}" for name in variables)
    lines = (" ".join(_term(endpoint, term) for term in row) for row in rows)
    return f"VALUES ({head}) {{ {' '.join(f'({line})' for line in lines)} }}"


def _term(endpoint: str, term: Term | None) -> str:
    if isinstance(term, Triple):
        raise EndpointError(endpoint, f"the answer holds {term}, which cannot be asked for again")
    return "UNDEF" if term is None else str(term)
