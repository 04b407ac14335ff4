"""`--storage disk`: the same answers as from memory, kept for the next start, and no files that it cannot take."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Store, parse

from hostile import RESULTS, Heard, ask, check_refused, endless, health, ordinary, request, ring
from serving import SHAHR, Server, serving
from shahr.engine.disk import prepare
from shahr.engine.loading import load_files
from shahr.engine.summary import summarise
from shahr.errors import SourceError
from shahr.paths import Project
from tiny import tiny_project

OPTIONS = "--workers 1 --children 2 --client-seconds 0 --client-errors 0 --timeout 2"
HARD = r"""
<urn:s> <urn:p> "a \"b\" <c> <urn:g> .\n" <urn:one> .
<urn:s> <urn:p> "twice" <urn:one> .
<urn:s> <urn:p> "twice" <urn:two> .
<urn:s> <urn:p> "in no graph" .
<urn:s> <urn:p> _:b <urn:two> .
_:b <urn:p> "خانه‌هنر"@fa <urn:two> .
<urn:s> <urn:p> "ends like a graph <urn:x> ." .
<urn:s> <urn:p> <urn:one> <urn:one> .
"""
LINES = {
    "an IRI in no graph": "<urn:s> <urn:p> <urn:o> .",
    "a datatype in no graph": '<urn:s> <urn:p> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .',
    "a graph without a name": "<urn:s> <urn:p> <urn:o> _:g .",
    "more spaces": "<urn:s>  <urn:p>  <urn:o>  <urn:g>  .",
    "no spaces": "<urn:s><urn:p><urn:o><urn:g>.",
    "tabs": "<urn:s>\t<urn:p>\t<urn:o>\t<urn:g>\t.",
    "a comment": "<urn:s> <urn:p> <urn:o> <urn:g> . # <urn:x> .",
    "a comment alone": "# <urn:s> <urn:p> <urn:o> <urn:g> .",
    "Windows": "<urn:s> <urn:p> <urn:o> <urn:g> .\r",
    "an escape in a name": r"<urn:s> <urn:p> <urn:o> <urn:\u0067> .",
}
QUERIES = [
    "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }",
    "SELECT ?s ?p ?o { ?s ?p ?o FILTER(!ISBLANK(?s) && !ISBLANK(?o)) } ORDER BY ?s ?p ?o",
    "SELECT ?g ?s ?p ?o { GRAPH ?g { ?s ?p ?o } FILTER(!ISBLANK(?s) && !ISBLANK(?o)) } ORDER BY ?g ?s ?p ?o",
    "SELECT ?o { ?s ?p ?b . ?b <urn:p> ?o } ORDER BY ?o",
    "SELECT ?s ?p ?o FROM <urn:two> FROM <urn:one> { ?s ?p ?o FILTER(!ISBLANK(?s) && !ISBLANK(?o)) } ORDER BY ?p ?o",
    "ASK { <urn:s> <urn:p> <urn:one> }",
]


def serve(folder: Path, storage: str, text: str) -> Project:
    """Write a project whose graph is `text`."""
    project = tiny_project(folder / storage)
    project.graph.write_text(text, encoding="utf-8")
    return project


@pytest.fixture(scope="module", params=["hard", "ring"])
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Server]]:
    """The same graph served from disk and from memory."""
    folder = tmp_path_factory.mktemp("both")
    text = HARD if request.param == "hard" else ring(folder / "ring.nq").read_text(encoding="utf-8")
    projects = [serve(folder, storage, text).root for storage in ("disk", "memory")]
    with (
        serving(*OPTIONS.split(), "--storage", "disk", project=projects[0]) as disk,
        serving(*OPTIONS.split(), project=projects[1]) as memory,
    ):
        yield disk, memory


def heard(server: Server, query: str) -> tuple[int, bytes]:
    answer = ask(server, query)
    return answer.status, answer.body


@pytest.mark.parametrize("query", QUERIES)
def test_answers_are_the_same_as_from_memory(both: tuple[Server, Server], query: str) -> None:
    from_disk, from_memory = (heard(server, query) for server in both)
    assert from_disk[0] == 200
    assert from_disk == from_memory


def test_the_description_tells_the_same_of_the_dataset(both: tuple[Server, Server]) -> None:
    def figures(server: Server) -> list[str]:
        found = request(server, "GET", "/sparql", headers={"Accept": "application/n-triples"})
        triples = parse(found.body, RdfFormat.N_TRIPLES)
        return sorted(str(one.object) for one in triples if one.predicate.value.endswith(("#name", "void#triples")))

    assert figures(both[0]) == figures(both[1])
    assert health(both[0])["triples"] == health(both[1])["triples"]


def test_limits_hold_on_disk_too(both: tuple[Server, Server]) -> None:
    if health(both[0])["triples"] == 1600:  # the other graph is too small for a query without end
        check_refused(ask(both[0], endless()), {503})
        assert ordinary(both[0]).seconds < 1


def test_an_answer_has_an_etag_on_disk_too(both: tuple[Server, Server]) -> None:
    def get(*tag: str) -> Heard:
        headers = {"Accept": RESULTS} | ({"If-None-Match": tag[0]} if tag else {})
        return request(both[0], "GET", "/sparql?query=ASK%20%7B%7D", headers=headers)

    assert get(get().headers["ETag"]).status == 304


def test_a_second_start_takes_the_store_that_is_there(tmp_path: Path) -> None:
    project = serve(tmp_path, "disk", HARD)
    answers, times = [], []
    for _ in range(2):
        with serving(*OPTIONS.split(), "--storage", "disk", project=project.root) as server:
            answers.append(heard(server, QUERIES[2]))
            (summary,) = (project.dist / "stores").glob("*/summary.json")
            times.append((summary.stat().st_mtime_ns, summary.stat().st_ino))
    assert times[0] == times[1]
    assert answers[0] == answers[1]


def test_a_store_that_was_not_finished_is_built_again(tmp_path: Path) -> None:
    data = ring(tmp_path / "ring.nq")
    store, summary = prepare(tmp_path / "stores", [data])
    (store.parent / "summary.json").unlink()
    again, other = prepare(tmp_path / "stores", [data])
    assert (again, other) == (store, summary)
    assert (store.parent / "summary.json").is_file()


def test_only_the_store_in_use_and_the_one_before_stay(tmp_path: Path) -> None:
    data = tmp_path / "data.nq"
    for number in range(4):
        data.write_text(f"<urn:s> <urn:p> <urn:o{number}> <urn:g> .\n")
        store, summary = prepare(tmp_path / "stores", [data])
        assert store.is_dir()
        assert summary["triples"] == 1
    assert len(list((tmp_path / "stores").iterdir())) == 2


@pytest.mark.parametrize("name", LINES)
def test_every_way_to_write_a_line_is_read_as_from_memory(tmp_path: Path, name: str) -> None:
    data = tmp_path / "data.nq"
    data.write_text(f"{LINES[name]}\n", encoding="utf-8", newline="")
    place, summary = prepare(tmp_path / "stores", [data])
    memory = Store()
    load_files(memory, [data])
    assert summary["triples"] == summarise(memory, "").triples
    disk = Store.read_only(str(place))
    query = "SELECT ?s ?p ?o { ?s ?p ?o }"
    assert [str(row) for row in disk.query(query)] == [str(row) for row in memory.query(query)]  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["data.ttl", "data.trig", "data.nt"])
def test_what_is_no_nquads_is_refused_in_a_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("<urn:s> <urn:p> <urn:o> .\n")
    project = tiny_project(tmp_path / "project")
    place = ["--project", str(project.root), "serve", "--port", "0", "--dataset", str(tmp_path / name)]
    command = [str(SHAHR), *place, "--storage", "disk"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("shahr: ")
    assert "N-Quads" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_broken_file_is_named_and_no_store_is_left(tmp_path: Path) -> None:
    data = tmp_path / "data.nq"
    data.write_text('<urn:s> <urn:p> "open .\n')
    with pytest.raises(SourceError, match=r"data\.nq") as caught:
        prepare(tmp_path / "stores", [data])
    assert len(str(caught.value).splitlines()) == 1
    assert not list((tmp_path / "stores").glob("*/summary.json"))
