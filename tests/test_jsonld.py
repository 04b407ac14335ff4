"""JSON-LD of the whole dataset: short names, a node a line, and nothing that reads back as something else."""

from __future__ import annotations

import json
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyld import jsonld
from pyoxigraph import (
    BaseDirection,
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Triple,
    parse,
)

from dumping import GRAPH, ISFAHAN, KAZAN, LABEL, LEXICAL, ODD, PROPERTIES, TEXTS, making_of
from shahr.context import make_context
from shahr.dataset import load_store, nquads
from shahr.errors import ReleaseError
from shahr.namespaces import BASE, SHAHR, iri
from shahr.queries import read_query
from shahr.release.rdf.contexts import read_context, write_context
from shahr.release.rdf.jsonld import write_jsonld
from shahr.solutions import read_solutions


@pytest.fixture(scope="module")
def context(built: Path) -> dict[str, Any]:
    return read_context(built / "graph.nq")


def document_of(quads: Iterable[Quad], context: dict[str, Any]) -> dict[str, Any]:
    sink = BytesIO()
    write_jsonld(quads, sink, context)
    document: dict[str, Any] = json.loads(sink.getvalue())
    return document


def test_the_context_is_what_the_server_gives(built: Path, context: dict[str, Any]) -> None:
    text = read_query(Path(__file__).parent.parent / "shahr" / "web" / "queries" / "vocabulary.rq").text
    rows = load_store(built / "graph.nq", built / "inferred.nq").query(text)
    assert isinstance(rows, QuerySolutions)
    assert context == make_context(read_solutions(rows.serialize(format=QueryResultsFormat.JSON) or b""))


def test_the_context_lies_in_the_release(built: Path, context: dict[str, Any], tmp_path: Path) -> None:
    making = making_of(built, tmp_path)
    write_context(making)
    assert json.loads((tmp_path / "release" / "context.jsonld").read_bytes()) == {"@context": context}
    assert [(file.path, file.part) for file in making.folder.files] == [("context.jsonld", "ontology")]


def test_a_program_finds_short_names_in_the_named_graph(context: dict[str, Any]) -> None:
    twinned, offset = NamedNode(f"{SHAHR}twinnedWith"), NamedNode(f"{SHAHR}startOffset")
    number = Literal("7", datatype=NamedNode(iri("xsd:nonNegativeInteger")))
    quads = [
        Quad(ISFAHAN, NamedNode(iri("rdf:type")), NamedNode(f"{SHAHR}City"), GRAPH),
        *(
            Quad(ISFAHAN, LABEL, Literal(text, language=tag), GRAPH)
            for text, tag in (("Isfahan", "en"), ("اصفهان", "fa"))
        ),
        Quad(ISFAHAN, LABEL, Literal("x"), GRAPH),
        *(Quad(ISFAHAN, twinned, city, GRAPH) for city in (KAZAN, BlankNode("b"))),
        *(Quad(ISFAHAN, offset, one, GRAPH) for one in (number, Literal("7"))),
    ]
    assert document_of(quads, context)["@graph"] == [
        {
            "@id": GRAPH.value,
            "@graph": [
                {
                    "@id": ISFAHAN.value,
                    "@type": "City",
                    "label": {"en": "Isfahan", "fa": "اصفهان"},
                    "rdfs:label": "x",
                    "twinnedWith": [KAZAN.value, "_:b"],
                    "startOffset": ["7", {"@value": "7"}],
                }
            ],
        }
    ]


def test_a_node_stands_on_a_line_and_the_default_graph_beside_the_others(context: dict[str, Any]) -> None:
    sink = BytesIO()
    graphs = (DefaultGraph(), BlankNode("g"), GRAPH)
    quads = [Quad(city, LABEL, Literal("x", language="en"), graph) for graph in graphs for city in (ISFAHAN, KAZAN)]
    write_jsonld(quads, sink, context)
    lines = sink.getvalue().decode().split("\n")
    assert sum(line.startswith(f'{{"@id": "{BASE}city/') for line in lines) == len(quads)
    assert nquads(parse(sink.getvalue(), format=RdfFormat.JSON_LD)) == nquads(quads)


def test_an_empty_dataset_is_a_document_as_well(context: dict[str, Any]) -> None:
    assert document_of([], context) == {"@context": context, "@graph": []}


def test_the_direction_of_a_text_is_carried_and_a_triple_term_refused(context: dict[str, Any]) -> None:
    text = Literal("متن", language="fa", direction=BaseDirection.RTL)
    (graph,) = document_of([Quad(ISFAHAN, LABEL, text, GRAPH)], context)["@graph"]
    written = {"@value": "متن", "@language": "fa", "@direction": "rtl"}
    assert graph["@graph"] == [{"@id": ISFAHAN.value, "rdfs:label": written}]
    with pytest.raises(ReleaseError, match="triple"):
        document_of([Quad(ISFAHAN, LABEL, Triple(ISFAHAN, LABEL, text), GRAPH)], context)


NODES = st.sampled_from([*map(NamedNode, ODD), ISFAHAN, BlankNode("a"), BlankNode("b")])
TERMS = st.one_of(
    NODES,
    st.builds(Literal, st.sampled_from(TEXTS)),
    st.builds(lambda text, tag: Literal(text, language=tag), st.sampled_from(TEXTS), st.sampled_from(["en", "fa"])),
    st.builds(lambda pair: Literal(pair[1], datatype=NamedNode(iri(pair[0]))), st.sampled_from(LEXICAL)),
)
NAMES = st.sampled_from([NamedNode(iri(name)) for name in (*PROPERTIES, "rdf:type", "rdf:first", "rdf:rest")])
GRAPHS = st.sampled_from([GRAPH, DefaultGraph(), NamedNode("geo:graph"), BlankNode("a")])


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.builds(Quad, NODES, NAMES, TERMS, GRAPHS), max_size=8))
def test_two_libraries_read_any_dataset_back(context: dict[str, Any], quads: list[Quad]) -> None:
    ordered = sorted(quads, key=lambda quad: (str(quad.graph_name), str(quad)))
    document = document_of(ordered, context)
    other = jsonld.to_rdf(document, {"format": "application/n-quads"})
    assert nquads(parse(json.dumps(document).encode(), format=RdfFormat.JSON_LD)) == nquads(quads)
    assert nquads(parse(other.encode(), format=RdfFormat.N_QUADS)) == nquads(quads)
