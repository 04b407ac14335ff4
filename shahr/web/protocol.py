"""Reading a SPARQL 1.1 Protocol request: section 2.1, query operation."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

from flask import Request
from werkzeug.exceptions import BadRequest, Forbidden, RequestEntityTooLarge, UnsupportedMediaType

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
UPDATE = "application/sparql-update"


@dataclass(frozen=True)
class ProtocolRequest:
    """A query and the graphs it is asked of; `query` is None where a GET names none."""

    query: str | None
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]


def read_request(request: Request) -> ProtocolRequest:
    """Read a request; BadRequest, Forbidden (update) or UnsupportedMediaType say what is wrong."""
    fields = _pairs(_text(request.query_string, "the address"), "the address")
    if request.method == "POST":
        fields += _body_fields(request)
    if any(name == "update" for name, _ in fields):
        raise Forbidden("this graph is read only: updates are refused")
    query = _one_query([value for name, value in fields if name == "query"])
    if query is None and request.method == "POST":
        raise BadRequest("the request holds no query: send one as the form field query or as the body")
    return ProtocolRequest(query, _all(fields, "default-graph-uri"), _all(fields, "named-graph-uri"))


def _body_fields(request: Request) -> list[tuple[str, str]]:
    if request.mimetype == UPDATE:
        raise Forbidden("this graph is read only: updates are refused")
    if request.mimetype not in (FORM, DIRECT):
        raise UnsupportedMediaType(f"send the query as {DIRECT}, or as the field query of {FORM}")
    if request.mimetype_params.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        raise UnsupportedMediaType("send the query in UTF-8")
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise UnsupportedMediaType("send the body without Content-Encoding")
    text = _text(_body(request), "the body")
    return _pairs(text, "the body") if request.mimetype == FORM else [("query", text)]


def _body(request: Request) -> bytes:
    """A body of unknown length comes cut at the limit, without an error."""
    data, limit = request.get_data(), request.max_content_length
    if limit is not None and request.content_length is None and len(data) >= limit:
        raise RequestEntityTooLarge
    if request.content_length is not None and len(data) < request.content_length:
        raise BadRequest("the body is shorter than its Content-Length says")
    return data


def _one_query(queries: list[str]) -> str | None:
    if len(queries) > 1:
        raise BadRequest("the request holds two queries: send one")
    return queries[0] if queries else None


def _all(fields: list[tuple[str, str]], wanted: str) -> tuple[str, ...]:
    return tuple(value for name, value in fields if name == wanted)


def _text(data: bytes, where: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest(f"byte {error.start + 1} of {where} is not UTF-8") from error


def _pairs(text: str, where: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict")
    except UnicodeDecodeError as error:
        raise BadRequest(f"a percent-encoded value in {where} is not UTF-8") from error
