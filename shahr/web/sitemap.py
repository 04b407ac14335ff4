"""What search engines are told: /robots.txt, and all pages with their alternates (https://www.sitemaps.org/protocol.html).

A sitemap may hold 50,000 addresses. Where there are more, /sitemap.xml is an index of numbered parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from threading import Lock

from flask import Blueprint, Response, render_template
from pyoxigraph import Literal
from werkzeug.exceptions import NotFound

from shahr.namespaces import BASE
from shahr.web.addresses import address_of, base_address, slug_of
from shahr.web.dumps.shelf import ROOT, address
from shahr.web.listing import KINDS
from shahr.web.receipts import first_column
from shahr.web.state import page_query, shelf, state

MOST = 50_000  # pages of a part
NODES = 40_000  # in a part; sitemap.rq finds as many
PAGES = ("/", "/questions", "/sparql", "/ns.html", "/shapes.html", "/concept.html", "/graph.html")
CLOSED = ("/search", "/complete", "/sparql?query=", "/sparql?*query=", "/metrics", "/health")


@dataclass(frozen=True)
class Entry:
    """A page: its address in the site, and the ISO date of its last change where that is known."""

    path: str
    changed: str = ""


Part = Callable[[], Iterable[Entry]]


def blueprint() -> Blueprint:
    """Give the routes."""
    routes, parts = Blueprint("sitemap", __name__), _Parts()
    routes.add_url_rule("/robots.txt", "robots", robots)
    routes.add_url_rule("/sitemap.xml", "sitemap", parts.sitemap)
    routes.add_url_rule("/sitemap-<int:number>.xml", "part", parts.part)
    return routes


def robots() -> Response:
    """Let robots read all but what is made anew for each reader (RFC 9309)."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED), "Allow: /", ""]
    lines.append(f"Sitemap: {base_address()}sitemap.xml")
    return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


class _Parts:
    """The sitemaps of one application, which keeps where its parts begin as long as the build stays."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: tuple[str, list[str]] = ("", [])

    def sitemap(self) -> Response:
        """Give all pages, or the index of the parts."""
        parts = self._all()
        if len(parts) == 1:
            return _xml("sitemap.xml", entries=parts[0]())
        return _xml("sitemap-index.xml", numbers=range(1, len(parts) + 1))

    def part(self, number: int) -> Response:
        """Give one of several parts, counted from 1; NotFound."""
        parts = self._all()
        if len(parts) == 1 or not 1 <= number <= len(parts):
            raise NotFound
        return _xml("sitemap.xml", entries=parts[number - 1]())

    def _all(self) -> list[Part]:
        """Give all parts; pages that are about no node share the first one where they fit in."""
        others, starts = list(_others()), self._starts()
        if len(others) <= MOST - NODES:
            return [partial(_entries, others, starts[0]), *(partial(_entries, [], start) for start in starts[1:])]
        apart = [partial(iter, others[start : start + MOST]) for start in range(0, len(others), MOST)]
        return [*apart, *(partial(_entries, [], start) for start in starts)]

    def _starts(self) -> list[str]:
        """Give for each part the node behind which it begins."""
        version = state().version
        with self._lock:
            known, starts = self._kept
        if known != version:
            starts = [""]
            while len(nodes := _nodes(starts[-1])) == NODES:
                starts.append(nodes[-1])
            with self._lock:
                self._kept = version, starts
        return starts


def _nodes(after: str) -> list[str]:
    return first_column(page_query("sitemap").filled(["base", "after"], [[Literal(BASE), Literal(after)]]))


def _entries(others: Iterable[Entry], after: str) -> Iterator[Entry]:
    """The pages of a part: some others, and those about the nodes behind one."""
    yield from others
    yield from (Entry(path) for path in _pages_of(_nodes(after)))


def _others() -> Iterator[Entry]:
    yield from map(Entry, PAGES)
    yield from (Entry(f"/{kind}.html") for kind in KINDS)
    yield from (Entry(f"/questions/{name}") for name in sorted(state().questions))
    yield from (Entry(path) for path in _pages_of(sorted(name for name, _size in state().summary.graphs)))
    releases = shelf().releases
    yield Entry(ROOT, releases[0].issued if releases else "")
    yield from (Entry(address(one.version, ""), one.issued) for one in releases)


def _pages_of(nodes: Iterable[str]) -> Iterator[str]:
    """Give the pages about nodes; what has a name below that of another, as a position has, is on its page."""
    for node in nodes:
        page = address_of(node)
        if slug_of(node) and page and node == BASE + page[1:].removesuffix(".html"):
            yield page


def _xml(template: str, entries: Iterable[Entry] = (), numbers: Sequence[int] = ()) -> Response:
    text = render_template(template, base=base_address().removesuffix("/"), entries=entries, numbers=numbers)
    return Response(text, content_type="application/xml; charset=utf-8")
