"""The media types of answers: one table, and the choice among them by an Accept header (RFC 9110, 12.5.1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import QueryResultsFormat, RdfFormat
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from shahr.errors import NotAcceptable

HTML = "text/html"
REMEMBERED = 1000


@dataclass(frozen=True)
class Format:
    """A format: its name in `?format=`, what readers call it, the engine's writer, its media type, then its aliases."""

    name: str
    title: str
    writer: QueryResultsFormat | RdfFormat
    media_types: tuple[str, ...]

    @property
    def is_xml(self) -> bool:
        """Tell whether answers are XML, which cannot carry every character."""
        return self.writer in (QueryResultsFormat.XML, RdfFormat.RDF_XML)


def result_formats() -> tuple[Format, ...]:
    """Give the formats of SELECT and ASK, the preferred one first."""
    return (
        Format("json", "JSON", QueryResultsFormat.JSON, ("application/sparql-results+json", "application/json")),
        Format("xml", "XML", QueryResultsFormat.XML, ("application/sparql-results+xml", "application/xml", "text/xml")),
        Format("csv", "CSV", QueryResultsFormat.CSV, ("text/csv",)),
        Format("tsv", "TSV", QueryResultsFormat.TSV, ("text/tab-separated-values",)),
    )


def graph_formats() -> tuple[Format, ...]:
    """Give the formats of CONSTRUCT and DESCRIBE, the preferred one first."""
    return (
        Format("turtle", "Turtle", RdfFormat.TURTLE, ("text/turtle", "application/x-turtle")),
        Format("ntriples", "N-Triples", RdfFormat.N_TRIPLES, ("application/n-triples", "text/plain")),
        Format("jsonld", "JSON-LD", RdfFormat.JSON_LD, ("application/ld+json", "application/json")),
        Format("rdfxml", "RDF/XML", RdfFormat.RDF_XML, ("application/rdf+xml", "application/xml", "text/xml")),
        Format("trig", "TriG", RdfFormat.TRIG, ("application/trig",)),
        Format("nquads", "N-Quads", RdfFormat.N_QUADS, ("application/n-quads",)),
    )


def data_formats() -> dict[str, Format]:
    """Give the formats of documents by the suffix of their address: "ttl" …, the preferred one first."""
    named = {one.name: one for one in graph_formats()}
    suffixes = {"ttl": "turtle", "nt": "ntriples", "jsonld": "jsonld", "rdf": "rdfxml", "nq": "nquads"}
    return {suffix: named[name] for suffix, name in suffixes.items()}


def negotiate(accept: str, formats: Iterable[Format]) -> tuple[str, Format]:
    """Choose (media type, format) for an Accept header; ties go to the first; NotAcceptable if none fits."""
    offered = list(formats)
    own = [(one.media_types[0], one) for one in offered]
    others = [(name, one) for one in offered for name in one.media_types[1:]]
    wanted = parse_accept(accept)
    best = max(own + others, key=lambda pair: wanted.quality(pair[0]))
    if wanted.quality(best[0]) <= 0:
        names = ", ".join(name for name, _ in own)
        raise NotAcceptable(f"nothing in the Accept header can be given here: this answer comes as {names}")
    return best


def prefers_page(accept: str, others: Iterable[str]) -> bool:
    """Tell whether an Accept header names HTML, and likes none of the media types `others` better.

    A page is only for who names it: `*/*` is what programs send that take whatever comes.
    """
    wanted = parse_accept(accept)
    if HTML not in map(str.lower, wanted.values()):
        return False
    page = wanted.quality(HTML)
    return page > 0 and page >= max(map(wanted.quality, others), default=0)


class Negotiator:
    """Negotiates among the same formats again and again: clients send few different Accept headers."""

    def __init__(self, formats: Iterable[Format]) -> None:
        self.formats = tuple(formats)
        self._chosen: dict[str, tuple[str, Format]] = {}

    def choose(self, accept: str) -> tuple[str, Format]:
        """Choose (media type, format); see negotiate."""
        chosen = self._chosen.get(accept)
        if chosen is None:
            chosen = negotiate(accept, self.formats)
            if len(self._chosen) >= REMEMBERED:
                self._chosen.clear()
            self._chosen[accept] = chosen
        return chosen


def parse_accept(accept: str) -> MIMEAccept:
    """Parse an Accept header, parameters other than q left out; an empty one accepts everything."""
    parsed = parse_accept_header(accept.strip() or "*/*", MIMEAccept)
    return MIMEAccept([(value.partition(";")[0].strip(), quality) for value, quality in parsed])
