"""metadata/croissant.json: the release for portals and readers of tables. http://mlcommons.org/croissant/1.0"""

from __future__ import annotations

import json
from typing import Any

from shahr.release.folder import Kind, ReleaseFolder
from shahr.release.metadata.citation import bibtex
from shahr.release.metadata.naming import file_iri, release_iri
from shahr.release.metadata.statistics import Statistics
from shahr.releases import LANGUAGES, Record, ReleaseFile

CROISSANT = "http://mlcommons.org/croissant/1.0"
TABLES = "tables/csv-metadata.json"
_TERMS = (
    *("citeAs", "column", "extract", "field", "fileProperty", "fileObject", "fileSet", "format", "includes"),
    *("isLiveDataset", "jsonPath", "key", "md5", "parentField", "path", "recordSet", "references", "regex"),
    *("repeated", "replace", "separator", "source", "subField", "transform"),
)
_TYPES = {
    "anyURI": "sc:URL",
    "boolean": "sc:Boolean",
    "date": "sc:Date",
    "dateTime": "sc:DateTime",
    "decimal": "sc:Float",
    "double": "sc:Float",
    "integer": "sc:Integer",
    "nonNegativeInteger": "sc:Integer",
}


def write_croissant(folder: ReleaseFolder, record: Record, _found: Statistics) -> None:
    """Write the description of a release; that of its tables comes from their own metadata."""
    path = folder.root / TABLES
    tables = json.loads(path.read_bytes())["tables"] if path.is_file() else []
    title = {"en": "The release for data portals (Croissant)", "fa": "این انتشار برای درگاه‌های داده (Croissant)"}
    text = json.dumps(croissant(record, tables), ensure_ascii=False, indent=1)
    kind = Kind("metadata", "application/ld+json", title, (CROISSANT,))
    folder.write("metadata/croissant.json", text.encode() + b"\n", kind)


def croissant(record: Record, tables: list[dict[str, Any]]) -> dict[str, Any]:
    """Describe a release; `tables` are those of CSV on the Web, https://www.w3.org/TR/tabular-metadata/."""
    about, makers = record.about, _makers(record)
    return {
        "@context": _context(),
        "@type": "sc:Dataset",
        "@id": release_iri(record.version),
        "conformsTo": CROISSANT,
        "name": about.title["en"],
        "alternateName": {"@language": "fa", "@value": about.title["fa"]},
        "description": f"{about.description['en']}\n\n{about.description['fa']}",
        "url": release_iri(record.version),
        "license": about.licence,
        "version": record.version,
        "dateCreated": about.created,
        "datePublished": record.issued,
        "dateModified": record.issued,
        "creator": makers,
        "publisher": makers,
        "inLanguage": LANGUAGES,
        "keywords": [*about.keywords["en"], *about.keywords["fa"]],
        "citeAs": bibtex(record),
        "isLiveDataset": False,
        "distribution": [_file(record, one) for one in record.files if one.part != "metadata"],
        "recordSet": [_record_set(one) for one in tables],
    }


def _context() -> dict[str, Any]:
    """Give the context that appendix 1 of the specification recommends, as far as its terms are needed."""
    own: dict[str, Any] = {name: f"cr:{name}" for name in _TERMS} | {
        "@language": "en",
        "@vocab": "https://schema.org/",
        "conformsTo": "dct:conformsTo",
        "cr": "http://mlcommons.org/croissant/",
        "data": {"@id": "cr:data", "@type": "@json"},
        "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
        "dct": "http://purl.org/dc/terms/",
        "examples": {"@id": "cr:examples", "@type": "@json"},
        "sc": "https://schema.org/",
    }
    return dict(sorted(own.items()))


def _makers(record: Record) -> dict[str, str]:
    return {"@type": "sc:Organization", "name": record.about.creator["en"], "url": record.about.homepage}


def _file(record: Record, file: ReleaseFile) -> dict[str, Any]:
    packed = {"": file.media_type.partition(";")[0]}.get(file.compression, f"application/{file.compression}")
    return {
        "@type": "cr:FileObject",
        "@id": file.path,
        "name": file.path,
        "description": f"{file.title['en']} / {file.title['fa']}",
        "contentUrl": file_iri(record.version, file.path),
        "contentSize": f"{file.bytes} B",
        "encodingFormat": packed,
        "sha256": file.sha256,
    }


def _record_set(table: dict[str, Any]) -> dict[str, Any]:
    """Describe the rows of one table."""
    path = f"tables/{table['url']}"
    name = path.removesuffix(".csv")
    columns = [one for one in table["tableSchema"]["columns"] if not one.get("virtual")]
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name.removeprefix("tables/"),
        "key": {"@id": f"{name}/{table['tableSchema']['primaryKey']}"},
        "field": [_field(name, path, one) for one in columns],
    }


def _field(table: str, path: str, column: dict[str, Any]) -> dict[str, Any]:
    """Describe one column; one with a separator has a list in each cell."""
    said: dict[str, Any] = {
        "@type": "cr:Field",
        "@id": f"{table}/{column['name']}",
        "name": column["name"],
        "description": _description(column),
        "dataType": _TYPES.get(_datatype(column), "sc:Text"),
    }
    source: dict[str, Any] = {"fileObject": {"@id": path}, "extract": {"column": column["name"]}}
    if separator := column.get("separator"):
        said["repeated"] = True
        source["transform"] = {"separator": separator}
    return said | {"source": source}


def _datatype(column: dict[str, Any]) -> str:
    """Give the name of the datatype, which stands alone or with a format."""
    found = column.get("datatype", "string")
    return str(found.get("base", "string") if isinstance(found, dict) else found)


def _description(column: dict[str, Any]) -> str:
    """Give the titles of a column in both languages."""
    return " / ".join(column["titles"][language] for language in LANGUAGES)
