"""The graph in every format of RDF, compressed."""

from __future__ import annotations

import shutil
from pathlib import Path

from shahr.release.folder import Kind
from shahr.release.making import Making

_RDF11 = "https://www.w3.org/TR/"


def write_dumps(making: Making) -> None:
    """Write data/shahr.* of a release."""
    _copy(
        making,
        making.quads,
        "data/shahr.nq",
        _kind("application/n-quads", "Canonical N-Quads", "N-Quads کانونی", "n-quads/"),
    )
    _copy(
        making, making.triples, "data/shahr.nt", _kind("application/n-triples", "N-Triples", "N-Triples", "n-triples/")
    )


def _kind(media_type: str, english: str, persian: str, standard: str) -> Kind:
    return Kind("data", media_type, {"en": english, "fa": persian}, (_RDF11 + standard,))


def _copy(making: Making, path: Path, name: str, kind: Kind) -> None:
    with path.open("rb") as file, making.folder.packed(name, kind) as sink:
        shutil.copyfileobj(file, sink)
