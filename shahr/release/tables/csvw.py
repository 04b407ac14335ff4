"""What the columns of the tables mean: Metadata Vocabulary for Tabular Data, https://www.w3.org/TR/tabular-metadata/

A column of one value that hangs on the row by one property says so by propertyUrl, and a program can make the very
triple of the graph of it. Where that cannot be (several nodes in a cell, a path of several steps) the column is left
out of such a conversion; the triples are in data/.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from pyoxigraph import Literal, NamedNode, Store

from shahr.namespaces import iri
from shahr.queries import Query
from shahr.release.making import Making
from shahr.release.metadata.naming import release_iri
from shahr.release.tables.columns import ROW, Column
from shahr.releases import Texts

SEPARATOR = "|"
_NAME = re.compile(r"[a-z]+:[A-Za-z]+")
_DIALECT = {"encoding": "utf-8", "lineTerminators": ["\r\n"], "delimiter": ",", "quoteChar": '"', "header": True}
_DATATYPES: dict[str, object] = {"date": {"base": "date", "format": "yyyy-MM-dd"}}


def describe_tables(making: Making, store: Store, tables: Iterable[tuple[Query, Sequence[Column]]]) -> bytes:
    """Write the metadata of tables, each a query and its columns; `store` holds what the ontology says."""
    group = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "dc:title": _texts(making.about.title),
        "dc:description": _texts(making.about.description),
        "dc:creator": _texts(making.about.creator),
        "dc:license": {"@id": making.about.licence},
        "dc:issued": {"@value": making.record.issued, "@type": "xsd:date"},
        "dc:isPartOf": {"@id": release_iri(making.version)},
        "schema:version": making.version,
        "dialect": _DIALECT,
        "tables": [_table(query, columns, store) for query, columns in tables],
    }
    return json.dumps(group, ensure_ascii=False, indent=1).encode() + b"\n"


def _table(query: Query, columns: Sequence[Column], store: Store) -> dict[str, Any]:
    type_ = {"virtual": True, "propertyUrl": iri("rdf:type"), "valueUrl": iri(query.metadata["class"])}
    return {
        "url": f"{query.name}.csv",
        "dc:title": _texts({"en": query.summary, "fa": query.summary_fa}),
        "tableSchema": {
            "aboutUrl": f"{{+{ROW}}}",
            "primaryKey": ROW,
            "rowTitles": ["label_en", "label_fa"],
            "columns": [*(_column(column, store) for column in columns), {"name": "type", **type_}],
        },
    }


def _column(column: Column, store: Store) -> dict[str, Any]:
    described: dict[str, Any] = {"name": column.name, "titles": {"und": column.name, **column.title}}
    if defined := _definition(store, column):
        described["dc:description"] = _texts(defined)
    described["datatype"] = _DATATYPES.get(column.datatype, column.datatype)
    if column.language:
        described |= {"lang": column.language, "textDirection": "rtl" if column.language == "fa" else "ltr"}
    if column.many:
        described["separator"] = SEPARATOR
    return described | _triple(column)


def _triple(column: Column) -> dict[str, Any]:
    """Say which triple a cell makes."""
    if column.name == ROW:
        return {"required": True, "suppressOutput": True}
    if not _NAME.fullmatch(column.path) or (column.many and column.datatype == "anyURI"):
        return {"suppressOutput": True}
    value = {"valueUrl": f"{{+{column.name}}}"} if column.datatype == "anyURI" else {}
    return {"propertyUrl": iri(column.path), **value}


def _definition(store: Store, column: Column) -> Texts:
    """Give what the ontology says of the last property on the way to the values."""
    names = _NAME.findall(column.path)
    if not names or column.language or "^" in column.path:
        return {}
    found = store.quads_for_pattern(NamedNode(iri(names[-1])), NamedNode(iri("skos:definition")), None)
    texts = (one.object for one in found)
    return dict(sorted((one.language, one.value) for one in texts if isinstance(one, Literal) and one.language))


def _texts(texts: Texts) -> list[dict[str, str]]:
    return [{"@value": text, "@language": language} for language, text in texts.items()]
