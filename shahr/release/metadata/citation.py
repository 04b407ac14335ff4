"""How to cite a release: CITATION.cff, in words, and for BibTeX."""

from __future__ import annotations

import json

from shahr.release.folder import Kind, ReleaseFolder
from shahr.release.metadata.naming import licence_name, release_iri
from shahr.release.metadata.statistics import Statistics
from shahr.releases import Record, Texts

_MESSAGE = "If you use these data, please cite them as below."


def write_citation(folder: ReleaseFolder, record: Record, _found: Statistics) -> None:
    """Write CITATION.cff, Citation File Format 1.2.0, https://doi.org/10.5281/zenodo.5171937."""
    title = {"en": "How to cite (Citation File Format)", "fa": "شیوهٔ ارجاع (Citation File Format)"}
    standards = ("https://citation-file-format.github.io/",)
    folder.write("CITATION.cff", cff(record), Kind("metadata", "application/yaml", title, standards))


def cff(record: Record) -> bytes:
    """Give CITATION.cff: YAML whose values are written as in JSON, which YAML includes."""
    about = record.about
    said = {
        "cff-version": "1.2.0",
        "message": _MESSAGE,
        "type": "dataset",
        "title": about.title["en"],
        "abstract": about.description["en"],
        "version": record.version,
        "date-released": record.issued,
        "authors": [{"name": about.creator["en"], "website": about.homepage}],
        "url": release_iri(record.version),
        "license": licence_name(about.licence),
        "keywords": [*about.keywords["en"], *about.keywords["fa"]],
    }
    return "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in said.items()).encode()


def in_words(record: Record) -> Texts:
    """Give the citation as a sentence in each language."""
    about, year, address = record.about, record.issued[:4], release_iri(record.version)
    return {
        "en": f"{about.creator['en']} ({year}). {about.title['en']}, version {record.version} [data set]. {address}",
        "fa": f"{about.creator['fa']} ({year}). {about.title['fa']}، نسخهٔ {record.version} [مجموعه‌داده]. {address}",
    }


def bibtex(record: Record) -> str:
    """Give the citation as an entry of BibTeX; the names of organisations stand in braces, so as to stay whole."""
    fields = {
        "author": f"{{{record.about.creator['en']}}}",
        "title": f"{{{record.about.title['en']}}}",
        "version": record.version,
        "year": record.issued[:4],
        "url": release_iri(record.version),
    }
    body = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@misc{{shahr-{record.version},\n{body}}}"
