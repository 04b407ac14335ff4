"""Reading a SPARQL 1.1 Protocol request: section 2.1, query operation."""

from __future__ import annotations

import re
from binascii import a2b_qp
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from werkzeug.exceptions import BadRequest, Forbidden, UnsupportedMediaType
from werkzeug.http import parse_options_header

from shahr.web.messages import Request

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
UPDATE = "application/sparql-update"
FIELDS = 2000
SLOW = 64 * 1024  # bytes: a longer text with odd escapes would take long to decode


@dataclass(frozen=True, slots=True)
class ProtocolRequest:
    """A query and the graphs it is asked of; `query` is None where a GET names none, `timeout` in seconds."""

    query: str | None
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    timeout: float | None = None


def read_request(request: Request) -> ProtocolRequest:
    """Read a request; BadRequest, Forbidden (update) or UnsupportedMediaType say what is wrong.

    Beyond the protocol it may hold `timeout`, the seconds after which the answer is of no use any more.
    """
    fields = _pairs(request.query_string, "the address")
    if request.method == "POST":
        fields += _body_fields(request)
    if any(name == "update" for name, _ in fields):
        raise Forbidden("this graph is read only: updates are refused")
    query = _one([value for name, value in fields if name == "query"], "two queries")
    if query is None and request.method == "POST":
        raise BadRequest("the request holds no query: send one as the form field query or as the body")
    timeout = _one([value for name, value in fields if name == "timeout"], "two values of timeout")
    graphs = _all(fields, "default-graph-uri"), _all(fields, "named-graph-uri")
    return ProtocolRequest(query, *graphs, None if timeout is None else _seconds(timeout))


def _body_fields(request: Request) -> list[tuple[str, str]]:
    media_type, parameters = parse_options_header(request.headers.get("content-type"))
    media_type = media_type.lower()
    if media_type == UPDATE:
        raise Forbidden("this graph is read only: updates are refused")
    if media_type not in (FORM, DIRECT):
        raise UnsupportedMediaType(f"send the query as {DIRECT}, or as the field query of {FORM}")
    if parameters.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        raise UnsupportedMediaType("send the query in UTF-8")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType("send the body without Content-Encoding")
    text = _text(request.body)
    return _pairs(text, "the body") if media_type == FORM else [("query", text)]


def _seconds(text: str) -> float:
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?([eE][+-]?[0-9])?", text, re.ASCII) is None or not float(text):
        raise BadRequest("timeout is the number of seconds to wait, such as 2.5")
    return float(text)


def _one(values: list[str], many: str) -> str | None:
    if len(values) > 1:
        raise BadRequest(f"the request holds {many}: send one")
    return values[0] if values else None


def _all(fields: list[tuple[str, str]], wanted: str) -> tuple[str, ...]:
    return tuple(value for name, value in fields if name == wanted)


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest(f"byte {error.start + 1} of the body is not UTF-8") from error


def _pairs(text: str, where: str) -> list[tuple[str, str]]:
    """Read an urlencoded form (URL Standard, 5.1), strictly in UTF-8."""
    if text.count("&") >= FIELDS:
        raise BadRequest(f"{where} holds more than {FIELDS} fields")
    try:
        parts = [part.partition("=") for part in text.split("&") if part]
        return [(unquote_plus(name), unquote_plus(value)) for name, _, value in parts]
    except UnicodeError as error:
        raise BadRequest(f"a value in {where} is not UTF-8") from error


def unquote_plus(text: str) -> str:
    """Decode `+` and percent-encoding, as urllib.parse does; UnicodeError where that gives no UTF-8.

    Quoted-printable differs from it by `=` for `%` and by soft line breaks, and Python decodes that in C: a
    twentieth of the time, which is a tenth of a small query's. An escape that is none leaves the length wrong; in
    a long text that is BadRequest.
    """
    data = text.replace("+", " ").encode("utf-8")
    escapes = data.count(b"%")
    if escapes and b"\n" not in data and b"\r" not in data:
        decoded = a2b_qp(data.replace(b"=", b"=3D").replace(b"%", b"="))
        if len(decoded) == len(data) - 2 * escapes:
            return decoded.decode("utf-8")
    if not escapes:
        return data.decode("utf-8")
    if len(data) > SLOW:
        raise BadRequest("a long value holds a % that begins no escape: write it as %25")
    return unquote_to_bytes(data).decode("utf-8")
