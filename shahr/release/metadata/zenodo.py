"""metadata/zenodo.json: what Zenodo asks for when the release is deposited there.

It is the body of a request to https://developers.zenodo.org/#depositions as it stands. It names no DOI, since Zenodo
gives one.
"""

from __future__ import annotations

import json
from html import escape
from typing import Any

from shahr.release.folder import Kind, ReleaseFolder
from shahr.release.metadata.naming import licence_name, release_iri
from shahr.release.metadata.statistics import Statistics
from shahr.releases import Record


def write_zenodo(folder: ReleaseFolder, record: Record, _found: Statistics) -> None:
    """Write the metadata of a deposit."""
    title = {"en": "Metadata for a deposit at Zenodo", "fa": "فراداده برای سپردن به زنودو"}
    kind = Kind("metadata", "application/json", title, ("https://developers.zenodo.org/#representation",))
    text = json.dumps({"metadata": deposit(record)}, ensure_ascii=False, indent=1)
    folder.write("metadata/zenodo.json", text.encode() + b"\n", kind)


def deposit(record: Record) -> dict[str, Any]:
    """Give what the deposit is called, who made it, and how it is related to other things."""
    about = record.about
    return {
        "upload_type": "dataset",
        "publication_date": record.issued,
        "title": about.title["en"],
        "creators": [{"name": about.creator["en"]}],
        "description": _description(record),
        "access_right": "open",
        "license": licence_name(about.licence).lower(),
        "keywords": [*about.keywords["en"], *about.keywords["fa"]],
        "related_identifiers": _related(record),
        "version": record.version,
        "language": "eng",  # Zenodo takes one; the description is in both
    }


def _description(record: Record) -> str:
    """Give title and description in both languages, as HTML."""
    about = record.about
    return (
        f"<p>{escape(about.description['en'])}</p>"
        f'<p dir="rtl" lang="fa"><strong>{escape(about.title["fa"])}</strong></p>'
        f'<p dir="rtl" lang="fa">{escape(about.description["fa"])}</p>'
        f"<p>SHA-256 (RDFC-1.0): <code>{record.canonical_hash}</code></p>"
    )


def _related(record: Record) -> list[dict[str, str]]:
    related = [("isIdenticalTo", release_iri(record.version), "dataset")]
    if record.previous:
        related.append(("isNewVersionOf", release_iri(record.previous), "dataset"))
    related.append(("isDocumentedBy", record.about.homepage, "other"))
    return [
        {"relation": relation, "identifier": name, "scheme": "url", "resource_type": kind}
        for relation, name, kind in related
    ]
