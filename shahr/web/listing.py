"""Lists: the nodes of a kind, the named graphs, and what each graph describes."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext as _
from pyoxigraph import Literal, NamedNode
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.wrappers import Response

from shahr.namespaces import BASE, ENTITY_PREFIXES, FACT_PREFIXES, GRAPH, SOURCE_PREFIXES
from shahr.web.addresses import is_own, slug_of
from shahr.web.documents import check_node
from shahr.web.kinds import title_of
from shahr.web.labels import read_labels
from shahr.web.language import link
from shahr.web.receipts import first_column
from shahr.web.state import page_query, state

KINDS = (*ENTITY_PREFIXES, *SOURCE_PREFIXES, *FACT_PREFIXES)
MOST = 200
LONGEST = 300  # characters of an IRI


def blueprint() -> Blueprint:
    """Give the routes of the lists."""
    routes = Blueprint("listing", __name__)
    routes.add_url_rule(f"/<any({', '.join(KINDS)}):kind>", "see_kind", see_kind)
    routes.add_url_rule(f"/<any({', '.join(KINDS)}):kind>.html", "kind", kind_page)
    routes.add_url_rule("/graph.html", "graphs", graphs)
    routes.add_url_rule("/graph/<name>.html", "graph", graph)
    return routes


def see_kind(kind: str) -> Response:
    """Send to the list of a kind: `/city` is no IRI of the graph, but people shorten addresses."""
    return redirect(link(f"/{kind}.html"), 303)


def kind_page(kind: str) -> str:
    """The nodes of a kind, 200 a page; `?after=` goes on behind one."""
    base = f"{BASE}{kind}/"
    query = page_query("listing").filled(["base", "after"], [[Literal(base), Literal(_after() or base)]])
    return _page(title_of(kind), query, f"/{kind}.html")


def graphs() -> str:
    """The named graphs with their sizes, where the service knows them."""
    summary = state().summary
    labels = read_labels(name for name, _size in summary.graphs)
    return render_template("graphs.html", sizes=summary.graphs, known=summary.triples is not None, labels=labels)


def graph(name: str) -> str:
    """What a graph describes, 200 nodes a page."""
    node = GRAPH + name
    size = _size(node)
    query = page_query("subjects").filled(["graph", "after"], [[NamedNode(node), Literal(_after())]])
    return _page("", query, f"/graph/{name}.html", node, size)


def _size(graph: str) -> int | None:
    """Give the triples of a graph, None where an endpoint behind us does not tell them; NotFound, or Replaced."""
    summary = state().summary
    known = dict(summary.graphs)
    if summary.triples is None and slug_of(graph):
        check_node(graph)
    elif graph not in known:
        raise NotFound(_("Shahr has no graph of this name"))
    return known.get(graph)


def _page(title: str, query: str, path: str, graph: str = "", size: int | None = None) -> str:
    found = first_column(query)
    nodes = found[:MOST]
    return render_template(
        "listing.html",
        title=title,
        nodes=nodes,
        labels=read_labels([*nodes, graph] if graph else nodes),
        path=path,
        following=nodes[-1] if len(found) > MOST else None,
        graph=graph,
        size=size,
    )


def _after() -> str:
    """Give the node behind which a list goes on."""
    texts = request.args.getlist("after")
    if texts and (len(texts) > 1 or not is_own(texts[0]) or len(texts[0]) > LONGEST):
        raise BadRequest(_("write %(name)s= once, with the IRI that ends the list before", name="after"))
    return texts[0] if texts else ""
