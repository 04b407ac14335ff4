"""Dumps made outside a release, and a graph of all that is hard to write."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, serialize

from shahr.namespaces import BASE, SHAHR, graph_iri, iri
from shahr.paths import Project
from shahr.release.folder import ReleaseFolder
from shahr.release.making import Making
from shahr.release.quads import write_quads
from shahr.release.rdf.dumps import write_dumps
from shahr.releases import About, Record

GRAPH, ISFAHAN, KAZAN = NamedNode(graph_iri("one")), NamedNode(f"{BASE}city/isfahan"), NamedNode(f"{BASE}city/kazan")
LABEL = NamedNode(iri("rdfs:label"))
TEXTS = (
    *("", " ", "\t", "\n", "\r", "\r\n", " x ", '"', "'", '"""', "'''", "\\", "\\n", 'ends in "', "ends in \\"),
    *(
        "<&>]]><!--?>",
        "<http://a.example/> .",
        "_:b",
        "@en",
        "@id",
        "^^",
        " . ",
        "#",
        "\x7f",
        "\x85",
        "\u2028",
        "\ufeff",
    ),
    *("\ufffd", "نیم‌فاصله", "\u202eabc\u202c", "e\u0301", "\U00010348", "\U0010fffd", "\ue000", "{}", "%20", "{{{}}}"),
)
LEXICAL = (
    *(("xsd:integer", text) for text in ("1", "-5")),
    *(("xsd:double", text) for text in ("1.0E0", "-1.5E-7")),
    *(("xsd:boolean", text) for text in ("true", "1", "no")),
    *(("xsd:decimal", "1.0"), ("xsd:date", "2026-01-02"), ("xsd:nonNegativeInteger", "7"), ("rdf:JSON", '{"b" : 1}')),
    *(("rdf:HTML", "<b>x"), ("rdf:XMLLiteral", "<b>x</b>"), ("shahr:City", "x"), ("xsd:anyURI", "schema:x")),
)
ODD = (
    *("schema:confused", "geo:35.7,51.4", "label:x", "city:kazan", "City:kazan", "urn:x:y", "mailto:a@b.example"),
    *("http://a.example", "http://a.example/", "http://a.example/?q=a&b='c'", "http://a.example/(a)~b;c,d!$*+=:@"),
    *("http://a.example/a.", f"{BASE}city/", BASE, f"{SHAHR}City", "https://schema.org//x", "https://schema.org/"),
    *("http://a.example/شهر", "http://a.example/%D8%B4", f"{BASE}city/-a:b%20", iri("rdf:nil")),
)
PROPERTIES = (
    "rdfs:label",
    "skos:altLabel",
    "shahr:city",
    "shahr:startOffset",
    "shahr:gist",
    "schema:about",
    "rdf:value",
)


def making_of(build: Path, root: Path) -> Making:
    """Begin in the folder `root` what a release has of dumps; its files go to root/release."""
    for name in ("scratch", "release"):
        (root / name).mkdir(parents=True)
    counted = write_quads(build, root / "scratch", "0.1.0", None, "2026-01-02")
    record = Record(
        *("0.1.0", None, "2026-01-02", About({}, {}, {}, {}, "", "", ""), counted.quads, counted.triples),
        *(counted.canonical_hash, counted.triples_hash, counted.graphs),
    )
    files = root / "scratch" / "shahr.nq", root / "scratch" / "shahr.nt"
    return Making(Project.here(), ReleaseFolder(root / "release"), root / "scratch", build, *files, record, None)


def make(build: Path, root: Path) -> Making:
    """Write the dumps of a build in the folder `root`; they lie unpacked in root/plain as well."""
    making = making_of(build, root)
    write_dumps(making)
    (root / "plain").mkdir()
    for path in root.glob("release/data/*.gz"):
        (root / "plain" / path.stem).write_bytes(gzip.decompress(path.read_bytes()))
    return making


def hard(texts: Iterable[str]) -> Iterator[Quad]:
    """Give what is hard to write in two named graphs, the second with a name that is hard as well."""
    values: list[NamedNode | BlankNode | Literal] = [
        *(Literal(text) for text in texts),
        *(Literal(text, language=tag) for text in texts for tag in ("en", "fa-latn")),
        *(Literal(text, datatype=NamedNode(iri(name))) for name, text in LEXICAL),
        *(NamedNode(name) for name in ODD),
        *(BlankNode(name) for name in ("a", "b")),
    ]
    for place, graph in enumerate((NamedNode(graph_iri("hard")), NamedNode("geo:graph"))):
        for name in PROPERTIES:
            about = NamedNode(f"{BASE}city/{place}")
            yield from (Quad(about, NamedNode(iri(name)), value, graph) for value in values)
        yield from _names(graph)


def _names(graph: NamedNode) -> Iterator[Quad]:
    """Give odd names in every place, and nodes without names."""
    kind, near, first, rest = (
        NamedNode(name) for name in (iri("rdf:type"), "geo:near", iri("rdf:first"), iri("rdf:rest"))
    )
    a, b, nil = BlankNode("a"), BlankNode("b"), NamedNode(iri("rdf:nil"))
    for name in ODD:
        odd = NamedNode(name)
        yield from (Quad(odd, near, odd, graph), Quad(odd, kind, odd, graph), Quad(a, kind, odd, graph))
        yield Quad(odd, NamedNode(iri("rdfs:label")), Literal("x", language="en"), graph)
    yield from (Quad(odd, kind, term, graph) for term in (b, Literal("City")))
    yield from (Quad(a, first, b, graph), Quad(a, rest, b, graph), Quad(b, first, a, graph), Quad(b, rest, nil, graph))
    yield Quad(NamedNode(f"{BASE}city/typed"), near, Literal("x", datatype=NamedNode("geo:type")), graph)


def build_of(quads: Iterable[Quad], folder: Path, ontology: Path) -> Path:
    """Write a build of quads and the shipped ontology, which the context of JSON-LD is made from."""
    folder.mkdir(parents=True)
    own = b"".join(line for line in ontology.open("rb") if line.endswith(f"<{graph_iri('ontology')}> .\n".encode()))
    (folder / "graph.nq").write_bytes(own + (serialize(quads, format=RdfFormat.N_QUADS) or b""))
    (folder / "inferred.nq").touch()
    return folder
