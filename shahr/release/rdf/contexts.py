"""The JSON-LD context of a release, as the server gives it at /context.jsonld."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pyoxigraph import DefaultGraph, Quad, QueryResultsFormat, QuerySolutions, RdfFormat, Store, parse

from shahr.context import MEDIA_TYPE, make_context
from shahr.context import write_context as context_document
from shahr.namespaces import graph_iri
from shahr.queries import read_query
from shahr.release.folder import BUFFER, Kind
from shahr.release.making import Making
from shahr.solutions import read_solutions

_TITLE = {
    "en": "JSON-LD context: short names for classes and properties",
    "fa": "زمینهٔ JSON-LD: نام‌های کوتاه رده‌ها و ویژگی‌ها",
}
_QUERY = Path(__file__).with_name("queries") / "vocabulary.rq"


def write_context(making: Making) -> None:
    """Write context.jsonld of a release."""
    kind = Kind("ontology", MEDIA_TYPE, _TITLE, ("https://www.w3.org/TR/json-ld11/",))
    making.folder.write("context.jsonld", context_document(read_context(making.quads)), kind)


def read_context(quads: Path) -> dict[str, Any]:
    """Give the context for the ontology that stands in a file of canonical N-Quads."""
    store = Store()
    end = f" <{graph_iri('ontology')}> .\n".encode()
    with quads.open("rb", BUFFER) as file:
        text = b"".join(line for line in file if line.endswith(end))
    found = parse(text, format=RdfFormat.N_QUADS)
    store.bulk_extend(Quad(one.subject, one.predicate, one.object, DefaultGraph()) for one in found)
    rows = store.query(read_query(_QUERY).text)
    assert isinstance(rows, QuerySolutions)
    return make_context(read_solutions(rows.serialize(format=QueryResultsFormat.JSON) or b""))
