"""Errors in the form that was asked for: a page, a small RDF document, else one line of text.

The form is that of the suffix of the address (.html, .ttl), else the best that the Accept header names; who accepts
anything gets text. RDF tells of addresses only: what is not there (404), and what was replaced (410).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from flask import render_template, request
from flask_babel import gettext as _
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, serialize
from werkzeug.exceptions import Gone, HTTPException, RequestHeaderFieldsTooLarge
from werkzeug.wrappers import Response

from shahr.dataset import nquads
from shahr.errors import ShahrError
from shahr.formats import HTML, Format, data_formats, parse_accept
from shahr.namespaces import BASE, iri
from shahr.turtle import turtle_of
from shahr.web.endpoint import content_type
from shahr.web.errors import reply_to
from shahr.web.labels import Labels, read_labels
from shahr.web.language import LONGEST, sentence_language
from shahr.web.messages import Reply

_HTTP = "http://www.w3.org/2011/http#"
_CODES = "http://www.w3.org/2011/http-statusCodes#"


class Replaced(Gone):
    """A node that the graph holds no more: `node` was replaced by `successors`, all of them IRIs."""

    def __init__(self, node: str, successors: Sequence[str]) -> None:
        super().__init__(f"this was replaced by {' and '.join(successors)}")
        self.node, self.successors = node, tuple(successors)


def refusal(error: ShahrError | HTTPException) -> Response:
    """Give an error as the response to the request in hand, in the form that it asks for, if its headers are read."""
    reply = reply_to(error)
    is_unread = isinstance(error, RequestHeaderFieldsTooLarge)
    form = None if is_unread else _form(request.path, request.headers.get("Accept", ""))
    if form == HTML:
        reply = _page(reply, error)
    elif isinstance(form, Format) and reply.status in (404, 410):
        reply = _replace(reply, form.media_types[0], _write(list(_triples(reply, error)), form))
    return Response(reply.body, reply.status, reply.headers)


def _form(path: str, accept: str) -> str | Format | None:
    """Give "text/html", a format of data, or None for text."""
    formats = data_formats()
    suffix = path.rpartition("/")[2].rpartition(".")[2]
    if suffix == "html" or suffix in formats:
        return formats.get(suffix, HTML)
    wanted = parse_accept(accept)
    named = {name.lower() for name in wanted.values()}
    offered: list[tuple[str, str | Format | None]] = [(HTML, HTML)]
    offered += [(one.media_types[0], one) for one in formats.values()]
    known = [(wanted.quality(name), form) for name, form in offered if name in named]
    best, form = max([*known, (wanted.quality("text/plain"), None)], key=lambda pair: pair[0])
    return form if best > 0 else None


def _replace(reply: Reply, media_type: str, body: bytes) -> Reply:
    others = [(name, text) for name, text in reply.headers if name != "Content-Type"]
    return Reply(reply.status, [("Content-Type", content_type(media_type)), *others], body)


def _page(reply: Reply, error: ShahrError | HTTPException) -> Reply:
    """Give an error as a page in the language of the request."""
    sentence = reply.body.decode().strip()
    generic = isinstance(error, HTTPException) and error.description == type(error).description
    successors = error.successors if isinstance(error, Replaced) else ()
    page = render_template(
        "error.html",
        status=reply.status,
        heading=_heading(reply.status),
        sentence="" if generic else sentence,
        sentence_language=sentence_language(sentence),
        successors=successors,
        labels=_labels(successors),
    )
    return _replace(reply, HTML, page.encode("utf-8", "replace"))


def _heading(status: int) -> str:
    headings: dict[int, str] = {
        400: _("This request cannot be read"),
        404: _("There is nothing at this address"),
        405: _("This address takes no such request"),
        406: _("This cannot be given in the format asked for"),
        410: _("This was replaced"),
        413: _("This is too large"),
        429: _("Too many requests"),
        503: _("There is no answer now"),
    }
    refused: str = _("This is refused") if status < 500 else _("There is no answer to this")
    return headings.get(status, refused)


def _labels(successors: Sequence[str]) -> Labels:
    """A page that tells of an error must not need the engine."""
    try:
        return read_labels(successors)
    except ShahrError:
        return Labels({})


def _triples(reply: Reply, error: ShahrError | HTTPException) -> Iterator[Triple]:
    """Say what became of an address in the terms of HTTP in RDF (W3C Note of 2017), or what replaces a node."""
    if isinstance(error, Replaced):
        for new in error.successors:
            yield Triple(NamedNode(error.node), NamedNode(iri("dcterms:isReplacedBy")), NamedNode(new))
        return
    address = BASE + quote(request.path.removeprefix("/"), safe="/")
    if len(address) > LONGEST:
        yield from _status(BlankNode("response"), reply.status)
        return
    node, asked, answer = (NamedNode(address + end) for end in ("", "#request", "#response"))
    kind, comment = NamedNode(iri("rdf:type")), NamedNode(iri("rdfs:comment"))
    yield Triple(node, comment, Literal("There is nothing at this address.", language="en"))
    yield Triple(node, comment, Literal("در این نشانی چیزی نیست.", language="fa"))
    yield Triple(asked, kind, NamedNode(_HTTP + "Request"))
    yield Triple(asked, NamedNode(_HTTP + "absoluteURI"), Literal(address))
    yield Triple(asked, NamedNode(_HTTP + "resp"), answer)
    yield from _status(answer, reply.status)


def _status(answer: NamedNode | BlankNode, status: int) -> Iterator[Triple]:
    """All that is said of an address too long to repeat."""
    yield Triple(answer, NamedNode(iri("rdf:type")), NamedNode(_HTTP + "Response"))
    yield Triple(answer, NamedNode(_HTTP + "sc"), NamedNode(_CODES + ("Gone" if status == 410 else "NotFound")))
    yield Triple(answer, NamedNode(_HTTP + "statusCodeValue"), Literal(str(status)))


def _write(triples: Sequence[Triple], chosen: Format) -> bytes:
    """JSON-LD comes without a context, which the graph would have to be asked for."""
    if chosen.name == "turtle":
        return turtle_of(triples).encode()
    if chosen.name in ("ntriples", "nquads"):
        return nquads(Quad(one.subject, one.predicate, one.object) for one in triples)
    assert isinstance(chosen.writer, RdfFormat)
    return serialize(triples, format=chosen.writer) or b""
