"""The graph in every format of RDF, compressed."""

from __future__ import annotations

import shutil
from itertools import chain
from pathlib import Path

from pyoxigraph import RdfFormat, parse

from shahr.release.folder import Kind
from shahr.release.making import Making
from shahr.release.rdf.contexts import read_context
from shahr.release.rdf.grouped import write_grouped
from shahr.release.rdf.headed import write_headed
from shahr.release.rdf.jsonld import write_jsonld
from shahr.release.rdf.rdfxml import write_rdfxml
from shahr.release.rdf.reified import write_reified

_VERSION = b'VERSION "1.2"\n'  # https://www.w3.org/TR/rdf12-trig/#sec-version
_DATASET = "the whole dataset with its named graphs", "همهٔ مجموعه‌داده با گراف‌های نام‌دارش"
_UNION = "all triples, without named graphs", "همهٔ سه‌تایی‌ها، بی گراف‌های نام‌دار"
_REIFIED = "the dataset, and which fact says which triple", "مجموعه‌داده، و این‌که هر سه‌تایی را کدام واقعیت می‌گوید"


def write_dumps(making: Making) -> None:
    """Write data/shahr.* of a release: nq, trig, jsonld hold named graphs; nt, ttl, rdf the union of all."""
    grouped = write_grouped(making.quads, making.scratch)
    _write_lines(making)
    _write_turtle(making)
    _write_trig(making, grouped)
    _write_rdf12(making, grouped)
    kind = _kind("application/rdf+xml", "RDF/XML", _UNION, "rdf-syntax-grammar/")
    with making.folder.packed("data/shahr.rdf", kind) as sink:
        write_rdfxml(parse(path=making.triples, format=RdfFormat.N_TRIPLES), sink)
    kind = _kind("application/ld+json", "JSON-LD", _DATASET, "json-ld11/")
    with making.folder.packed("data/shahr.jsonld", kind) as sink:
        write_jsonld(parse(path=grouped, format=RdfFormat.N_QUADS), sink, read_context(making.quads))


def _write_lines(making: Making) -> None:
    """Pack the two files that are there already."""
    nquads = _kind("application/n-quads", "N-Quads", _DATASET, "n-quads/", "rdf-canon/")
    ntriples = _kind("application/n-triples", "N-Triples", _UNION, "n-triples/", "rdf-canon/")
    for name, path, kind in (("nq", making.quads, nquads), ("nt", making.triples, ntriples)):
        with path.open("rb") as file, making.folder.packed(f"data/shahr.{name}", kind) as sink:
            shutil.copyfileobj(file, sink)


def _write_turtle(making: Making) -> None:
    with making.folder.packed("data/shahr.ttl", _kind("text/turtle", "Turtle", _UNION, "turtle/")) as sink:
        quads = parse(path=making.triples, format=RdfFormat.N_TRIPLES)
        write_headed((quad.triple for quad in quads), sink, RdfFormat.TURTLE)


def _write_trig(making: Making, grouped: Path) -> None:
    with making.folder.packed("data/shahr.trig", _kind("application/trig", "TriG", _DATASET, "trig/")) as sink:
        write_headed(parse(path=grouped, format=RdfFormat.N_QUADS), sink, RdfFormat.TRIG)


def _write_rdf12(making: Making, grouped: Path) -> None:
    kind = _kind("application/trig", "TriG 1.2", _REIFIED, "rdf12-trig/", "rdf12-concepts/")
    reified = write_reified(making.triples, making.scratch)
    with making.folder.packed("data/shahr-rdf12.trig", kind) as sink:
        quads = chain.from_iterable(parse(path=path, format=RdfFormat.N_QUADS) for path in (grouped, reified))
        write_headed(quads, sink, RdfFormat.TRIG, _VERSION)


def _kind(media_type: str, name: str, about: tuple[str, str], *standards: str) -> Kind:
    english, persian = about
    titles = {"en": f"{name}: {english}", "fa": f"{name}: {persian}"}
    return Kind("data", media_type, titles, tuple(f"https://www.w3.org/TR/{one}" for one in standards))
