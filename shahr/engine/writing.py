"""Writing whole answers: in every format of shahr.formats, never larger than the limit, never broken XML."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from xml.parsers import expat

from pyoxigraph import QueryBoolean, QueryResultsFormat, QuerySolutions, RdfFormat, Triple, serialize

from shahr.errors import NotAcceptable, TooLarge
from shahr.formats import Format
from shahr.namespaces import prefix_map

_NOT_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")


class _Spool(io.BytesIO):
    """A buffer that refuses to grow over its limit, so that the engine stops in the middle of a large answer."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.left = limit
        self.limit = limit

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.left -= len(data)
        if self.left < 0:
            raise TooLarge(self.limit)
        return super().write(data)


def write_results(result: QuerySolutions | QueryBoolean, chosen: Format, limit: int) -> bytes:
    """Write the rows of a SELECT or the truth of an ASK; TooLarge over `limit` bytes, NotAcceptable in XML."""
    assert isinstance(chosen.writer, QueryResultsFormat)
    spool = _Spool(limit)
    result.serialize(spool, format=chosen.writer)
    return _carried(spool.getvalue(), chosen)


def write_graph(triples: Sequence[Triple], chosen: Format, limit: int) -> bytes:
    """Write a graph; TooLarge over `limit` bytes, NotAcceptable where the format cannot carry it."""
    assert isinstance(chosen.writer, RdfFormat)
    spool = _Spool(limit)
    if chosen.writer not in (RdfFormat.TURTLE, RdfFormat.TRIG):
        try:
            serialize(triples, spool, format=chosen.writer)
        except (OSError, ValueError) as error:
            raise NotAcceptable(f"{chosen.name} cannot carry this graph ({error}): ask for Turtle instead") from error
        return _carried(spool.getvalue(), chosen)
    serialize(triples, spool, format=chosen.writer, prefixes=_used_prefixes(triples))
    lines = spool.getvalue().split(b"\n")
    head = sum(line.startswith(b"@prefix ") for line in lines)
    return b"\n".join(sorted(lines[:head]) + lines[head:])  # the engine writes prefixes in no fixed order


def _used_prefixes(triples: Sequence[Triple]) -> dict[str, str]:
    used = "\n".join(map(str, triples))
    return {prefix: namespace for prefix, namespace in prefix_map().items() if f"<{namespace}" in used}


def _carried(body: bytes, chosen: Format) -> bytes:
    """XML 1.0 has no way to write most control characters, and would read a bare CR as a line feed."""
    if not chosen.is_xml:
        return body
    if _NOT_XML.search(body):
        raise NotAcceptable("the answer holds a control character that XML cannot carry: ask for JSON or TSV instead")
    escaped = body.replace(b"\r", b"&#13;")
    try:
        expat.ParserCreate(namespace_separator=" ").Parse(escaped, True)
    except expat.ExpatError as error:
        raise NotAcceptable(f"the answer cannot be written as XML ({error}): ask for another format") from error
    return escaped
