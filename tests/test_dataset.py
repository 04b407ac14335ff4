from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad

from shahr.dataset import load_store, nquads, quads_of, read_sources
from shahr.errors import ProjectMissing, SourceError
from shahr.paths import Project

A, B, P = NamedNode("urn:a"), NamedNode("urn:b"), NamedNode("urn:p")
G, H = NamedNode("urn:g"), NamedNode("urn:h")

quads = st.lists(
    st.builds(
        Quad,
        st.sampled_from([A, B, BlankNode("x"), BlankNode("y")]),
        st.just(P),
        st.sampled_from([A, BlankNode("x"), BlankNode("z"), Literal("آب\u2028\r\n"), Literal("x", language="fa")]),
        st.sampled_from([G, H]),
    ),
    max_size=8,
)


@given(quads, st.randoms())
def test_order_and_blank_names_leave_no_trace(some: list[Quad], random) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    names = {"x": BlankNode("u"), "y": BlankNode("v"), "z": BlankNode("w")}
    renamed = [
        Quad(
            names[q.subject.value] if isinstance(q.subject, BlankNode) else q.subject,
            q.predicate,
            names[q.object.value] if isinstance(q.object, BlankNode) else q.object,
            q.graph_name,
        )
        for q in some
    ]
    random.shuffle(renamed)
    assert nquads(renamed) == nquads(some)


def test_lines_are_sorted_and_single() -> None:
    written = nquads([Quad(B, P, A, G), Quad(A, P, Literal("1"), G), Quad(B, P, A, G)])
    assert written == b'<urn:a> <urn:p> "1" <urn:g> .\n<urn:b> <urn:p> <urn:a> <urn:g> .\n'


def test_the_default_graph_is_the_union_without_repeats(tmp_path: Path) -> None:
    first, second = tmp_path / "a.nq", tmp_path / "b.nq"
    first.write_bytes(nquads([Quad(A, P, B, G), Quad(A, P, B, H)]))
    second.write_bytes(nquads([Quad(A, P, B, H), Quad(B, P, A, H)]))
    store = load_store(first, second)
    assert len(list(store.quads_for_pattern(None, None, None, DefaultGraph()))) == 2
    assert len(list(store.quads_for_pattern(None, None, None, H))) == 2
    assert set(store.named_graphs()) == {G, H}


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ProjectMissing, match="shahr run"):
        load_store(tmp_path / "graph.nq")


def test_a_broken_file_is_placed(tmp_path: Path) -> None:
    path = tmp_path / "graph.nq"
    path.write_bytes(b"<urn:a> <urn:p> <urn:b> <urn:g> .\n<urn:a> <urn:p> .\n")
    with pytest.raises(SourceError, match=r"graph\.nq:2: is not N-Quads"):
        load_store(path)


def test_sources_go_to_their_graphs(project: Project) -> None:
    sources, errors = read_sources(project)
    assert errors == []
    assert {(source.graph, source.path.name) for source in sources} == {
        ("ontology", "shahr.ttl"),
        ("entities", "cities.ttl"),
        ("links", "cities.sssom.tsv"),
        ("first-paper", "first-paper.ttl"),
    }
    graphs = {str(quad.graph_name) for quad in quads_of(sources)}
    assert graphs == {f"<https://w3id.org/shahr/graph/{source.graph}>" for source in sources}


def test_blank_nodes_of_two_files_never_meet(project: Project) -> None:
    for name in ("one", "two"):
        (project.ontology / f"{name}.ttl").write_text(f"<urn:{name}> <urn:p> _:x .", encoding="utf-8")
    sources, _ = read_sources(project)
    ends = {quad.object for quad in quads_of(sources) if quad.predicate == P}
    assert len(ends) == 2


def test_a_folder_of_sources_that_is_not_there_is_empty_and_one_that_cannot_be_read_is_not(project: Project) -> None:
    assert not project.external.exists()
    project.external.write_bytes(b"no folder")
    with pytest.raises(NotADirectoryError, match="external"):
        read_sources(project)
