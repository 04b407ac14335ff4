"""The dumps: every format says the same to every parser, whatever the characters and names in it."""

from __future__ import annotations

import re
import sys
from hashlib import sha256
from io import BytesIO
from itertools import groupby
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, parse

from dumping import GRAPH, ISFAHAN, KAZAN, LABEL, TEXTS, build_of, hard, make
from readers import Reader, read_jsonldjs, read_n3, read_pyld, read_pyoxigraph, read_rapper, read_rdflib
from shahr.dataset import nquads
from shahr.errors import ReleaseError
from shahr.namespaces import SHAHR, graph_iri, iri, prefix_map
from shahr.release.rdf.contexts import read_context
from shahr.release.rdf.grouped import write_grouped
from shahr.release.rdf.headed import write_headed
from shahr.release.rdf.jsonld import write_jsonld
from shahr.release.rdf.rdfxml import write_rdfxml
from shahr.releases import Record

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

DATASETS = ("shahr.nq", "shahr.trig", "shahr.jsonld", "shahr-rdf12.trig")
UNIONS = ("shahr.nt", "shahr.ttl", "shahr.rdf")
READERS: list[tuple[str, Reader]] = [
    *((name, read_pyoxigraph) for name in DATASETS + UNIONS),
    *((name, read_rdflib) for name in ("shahr.nq", "shahr.trig", "shahr.jsonld", *UNIONS)),
    *((name, read_n3) for name in ("shahr.nq", "shahr.trig", "shahr-rdf12.trig", "shahr.nt", "shahr.ttl")),
    *((name, read_rapper) for name in ("shahr.nq", "shahr.trig", *UNIONS)),
    ("shahr.jsonld", read_jsonldjs),
    ("shahr.jsonld", read_pyld),
]
EVERY = pytest.mark.parametrize(("name", "reader"), READERS, ids=lambda one: getattr(one, "__name__", one))


@pytest.fixture(scope="module")
def shipped(built: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Record]:
    root = tmp_path_factory.mktemp("shipped")
    return root, make(built, root).record


@pytest.fixture(autouse=True)
def as_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rdflib would write "01" as "1"."""
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)


def digest_of(record: Record, name: str) -> str:
    return record.triples_hash if name in UNIONS else record.canonical_hash


@EVERY
def test_every_parser_reads_the_same_from_every_format(shipped: tuple[Path, Record], name: str, reader: Reader) -> None:
    root, record = shipped
    assert sha256(reader(root / "plain" / name)).hexdigest() == digest_of(record, name)


def test_both_packings_hold_the_same_bytes(shipped: tuple[Path, Record]) -> None:
    root = shipped[0]
    assert sorted(path.name for path in root.glob("release/data/*.zst")) == sorted(
        f"{n}.zst" for n in DATASETS + UNIONS
    )
    for path in root.glob("release/data/*.zst"):
        assert zstd.decompress(path.read_bytes()) == (root / "plain" / path.stem).read_bytes()


def test_the_same_input_gives_the_same_bytes(shipped: tuple[Path, Record], built: Path, tmp_path: Path) -> None:
    again = make(built, tmp_path)
    for file in again.folder.files:
        assert (shipped[0] / "release" / file.path).read_bytes() == (tmp_path / "release" / file.path).read_bytes()


def test_prefixes_come_in_their_order_and_subjects_of_one_node_once(shipped: tuple[Path, Record]) -> None:
    text = (shipped[0] / "plain" / "shahr.ttl").read_text(encoding="utf-8")
    head, _, body = text.partition("\n\n")
    assert head.split("\n") == [f"@prefix {name}: <{space}> ." for name, space in prefix_map().items()]
    subjects = re.findall(r"^([^\s@#][^\s]*) ", body, re.MULTILINE)
    assert len(subjects) == len(set(subjects)) > 900


# What is hard to write: characters, datatypes, and names that look like others.


@pytest.fixture(scope="module")
def nasty(built: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Record]:
    root = tmp_path_factory.mktemp("nasty")
    return root, make(build_of(hard(TEXTS), root / "build", built / "graph.nq"), root / "made").record


@EVERY
def test_what_is_hard_to_write_survives_every_format(nasty: tuple[Path, Record], name: str, reader: Reader) -> None:
    root, record = nasty
    assert sha256(reader(root / "made" / "plain" / name)).hexdigest() == digest_of(record, name)


VARIED = (
    *(("xsd:integer", text) for text in ("01", "+1", "-0")),
    *(("xsd:double", text) for text in ("1E0", "1.0", "INF", "NaN")),
)


def test_forms_that_some_parsers_change_are_written_as_they_are(built: Path, tmp_path: Path) -> None:
    """Rdflib writes numbers in Turtle anew and fails at names that end in a dot; JSON-LD libraries change doubles."""
    values: list[NamedNode | Literal] = [
        NamedNode("https://schema.org/x."),
        *(Literal(x, datatype=NamedNode(iri(name))) for name, x in VARIED),
    ]
    quads = [Quad(ISFAHAN, NamedNode(f"{SHAHR}{name}"), one, GRAPH) for one in values for name in ("gist", "value")]
    record = make(build_of(quads, tmp_path / "build", built / "graph.nq"), tmp_path / "made").record
    others = [("shahr.ttl", read_n3), ("shahr.ttl", read_rapper), ("shahr.rdf", read_rapper)]
    for name, reader in [*((name, read_pyoxigraph) for name in DATASETS + UNIONS), *others]:
        assert sha256(reader(tmp_path / "made" / "plain" / name)).hexdigest() == digest_of(record, name), (name, reader)


CONTROLS = "".join(map(chr, (*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF)))


@pytest.mark.parametrize("reader", [read_pyoxigraph, read_n3, read_jsonldjs, read_pyld], ids=lambda one: one.__name__)
def test_control_characters_survive_where_the_format_can_carry_them(
    built: Path, tmp_path: Path, reader: Reader
) -> None:
    quads = [Quad(ISFAHAN, LABEL, Literal(CONTROLS + end, language=tag), GRAPH) for end in "ab" for tag in ("en", "fa")]
    names = ["shahr.trig"] if reader is read_n3 else ["shahr.jsonld"]
    for name in [*names, "shahr.trig"] if reader is read_pyoxigraph else names:
        with (tmp_path / name).open("wb") as file:
            if name == "shahr.trig":
                write_headed(quads, file, RdfFormat.TRIG)
            else:
                write_jsonld(quads, file, read_context(built / "graph.nq"))
        assert reader(tmp_path / name) == nquads(quads)


# RDF/XML


@pytest.mark.parametrize("character", ["\x00", "\x1f", "\ufffe"])
def test_what_xml_cannot_carry_is_refused_with_its_node(character: str) -> None:
    with pytest.raises(ReleaseError, match=rf"isfahan.*label.*U\+{ord(character):04X}"):
        write_rdfxml([Quad(ISFAHAN, LABEL, Literal(f"a{character}b"))], BytesIO())


@pytest.mark.parametrize("name", ["http://a.example/1", "http://a.example/", "urn:1", iri("rdf:li"), iri("rdf:about")])
def test_a_property_that_no_element_can_be_called_is_refused(name: str) -> None:
    with pytest.raises(ReleaseError, match=re.escape(name)):
        write_rdfxml([Quad(ISFAHAN, NamedNode(name), Literal("x"))], BytesIO())


def test_a_release_of_what_xml_cannot_carry_is_not_made(built: Path, tmp_path: Path) -> None:
    quads = [Quad(ISFAHAN, LABEL, Literal("\x0b", language="en"), GRAPH)]
    with pytest.raises(ReleaseError, match="take it out"):
        make(build_of(quads, tmp_path / "build", built / "graph.nq"), tmp_path / "made")


# The order of all


def test_graphs_come_one_after_another_and_the_default_graph_first(tmp_path: Path) -> None:
    graphs: list[NamedNode | DefaultGraph] = [
        DefaultGraph(),
        *(NamedNode(graph_iri(name)) for name in ("a", "a-b", "b")),
    ]
    values = (Literal("a b> .", language="en"), NamedNode("https://z.example/"))
    quads = [Quad(city, LABEL, value, one) for one in graphs for city in (ISFAHAN, KAZAN) for value in values]
    (tmp_path / "all.nq").write_bytes(nquads(quads))
    grouped = write_grouped(tmp_path / "all.nq", tmp_path)
    read = list(parse(path=grouped, format=RdfFormat.N_QUADS))
    assert [name for name, _ in groupby(quad.graph_name for quad in read)] == [
        graphs[0],
        graphs[2],
        graphs[1],
        graphs[3],
    ]
    assert nquads(read) == nquads(quads)
