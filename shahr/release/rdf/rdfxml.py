"""RDF/XML that every XML parser takes, https://www.w3.org/TR/rdf-syntax-grammar/

XML 1.0 has no way to write most control characters, reads a bare CR as a line feed, and wants names it can cut in two.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import IO, cast
from xml.parsers import expat

from pyoxigraph import Literal, Quad, RdfFormat, Triple, serialize

from shahr.errors import ReleaseError
from shahr.namespaces import prefix_map
from shahr.release.folder import Sink

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NAME = re.compile(r".[^\W\d][\w.-]*")  # what an element can be called, behind a namespace


def write_rdfxml(triples: Iterable[Quad], sink: Sink) -> None:
    """Write triples, those of one subject one after another; ReleaseError for what XML cannot carry."""
    checked = _Checked(sink)
    try:
        serialize(_carried(triples), cast("IO[bytes]", checked), format=RdfFormat.RDF_XML, prefixes=prefix_map())
        checked.parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise ReleaseError(f"the graph cannot be written as RDF/XML ({error}): mend the name that is meant") from error


def _carried(triples: Iterable[Quad]) -> Iterator[Triple]:
    """Give what XML can carry, and stop at what it cannot."""
    names: set[str] = set()
    for one in triples:
        subject, predicate, value = one.subject, one.predicate.value, one.object
        if predicate not in names:
            _check_name(predicate)
            names.add(predicate)
        if isinstance(value, Literal) and (found := _NOT_XML.search(value.value)):
            raise ReleaseError(
                f"{subject} has {value} as {predicate}, and XML cannot carry U+{ord(found[0]):04X}: take it out there"
            )
        yield one.triple


def _check_name(predicate: str) -> None:
    reserved = predicate.startswith(prefix_map()["rdf"]) and predicate.rpartition("#")[2] in _RESERVED
    if reserved or not any(_NAME.fullmatch(predicate, start) for start in range(len(predicate))):
        raise ReleaseError(f"RDF/XML has no way to write the property {predicate}: give it a name that is a word")


# https://www.w3.org/TR/rdf-syntax-grammar/#section-Namespace: names that are syntax there, and no properties
_RESERVED = frozenset(("Description", "RDF", "ID", "about", "parseType", "resource", "nodeID", "datatype", "li"))


class _Checked:
    """Keeps a bare CR from becoming a line feed, and has every piece parsed on its way."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self.parser = expat.ParserCreate(namespace_separator=" ")

    def write(self, data: bytes) -> int:
        escaped = data.replace(b"\r", b"&#13;")
        self.parser.Parse(escaped, False)
        self._sink.write(escaped)
        return len(data)

    def flush(self) -> None:
        """Nothing waits here."""
