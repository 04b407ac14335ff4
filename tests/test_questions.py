"""Each question gives the rows that the articles say it must: on pyoxigraph, on rdflib, and over HTTP.

The rows in tests/queries were written by reading the articles. Questions that join Wikidata ask tests/wikidata.ttl.
"""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import NamedNode, RdfFormat, Store, parse, serialize

from server import create_app
from shahr.federation import answer, inline_service
from shahr.namespaces import curie
from shahr.paths import Project
from shahr.queries import Query, read_questions
from shahr.solutions import Solutions, read_solutions
from shahr.syntax import service_block
from tiny import running

HERE = Path(__file__).parent
QUESTIONS = read_questions(Project.here())
NAMES = [question.name for question in QUESTIONS]


@pytest.fixture(scope="module")
def project(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The shipped questions over the shipped graph, built apart from dist/."""
    root = tmp_path_factory.mktemp("project")
    (root / "ontology").mkdir()
    shutil.copytree(Project.here().questions.parent, root / "queries")
    (root / "dist").mkdir()
    for name in ("graph.nq", "inferred.nq"):
        shutil.copy(built / name, root / "dist" / name)
    return Project.at(root)


@pytest.fixture(scope="module")
def endpoint(project: Project) -> Iterator[str]:
    """The server over the shipped graph."""
    with running(create_app({"PROJECT": project})) as address:
        yield f"{address}/sparql"


@pytest.fixture(scope="module")
def wikidata(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Our own server over a few Wikidata-shaped triples stands in for the query service."""
    there = Project(tmp_path_factory.mktemp("wikidata"))
    (there.root / "ontology").mkdir()
    there.dist.mkdir()
    sample = parse(path=HERE / "wikidata.ttl", format=RdfFormat.TURTLE)
    store = Store()
    graph = NamedNode("https://example.org/sample")
    for quad in sample:
        store.add(type(quad)(quad.subject, quad.predicate, quad.object, graph))
    there.graph.write_bytes(serialize(store, format=RdfFormat.N_QUADS) or b"")
    there.inferred.write_bytes(b"")
    with running(create_app({"PROJECT": there})) as address:
        yield f"{address}/sparql"


@pytest.fixture(scope="module")
def union(project: Project) -> rdflib.Dataset:
    """The dataset in rdflib, its default graph the union of all graphs."""
    dataset = rdflib.Dataset(default_union=True)
    for path in (project.graph, project.inferred):
        dataset.parse(path, format="nquads")
    return dataset


def expected(name: str) -> tuple[list[str], list[list[str]]]:
    with (HERE / "queries" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    return head, rows


def shown(solutions: Solutions) -> tuple[list[str], list[list[str]]]:
    rows = [["" if term is None else written(term) for term in row] for row in solutions.rows]
    return list(solutions.variables), rows


def written(term: object) -> str:
    return curie(term.value) if isinstance(term, NamedNode) else str(getattr(term, "value", term))


@pytest.mark.parametrize("name", NAMES)
def test_pyoxigraph_gives_the_expected_rows(project: Project, wikidata: str, name: str) -> None:
    assert shown(answer(project, name, {}, wikidata=wikidata)) == expected(name)


@pytest.mark.parametrize("name", NAMES)
def test_the_running_server_gives_them_to_sparqlwrapper(
    project: Project, endpoint: str, wikidata: str, name: str
) -> None:
    assert shown(answer(project, name, {}, endpoint=endpoint, wikidata=wikidata)) == expected(name)


@pytest.mark.parametrize("question", QUESTIONS, ids=NAMES)
def test_rdflib_gives_the_same_rows(union: rdflib.Dataset, wikidata: str, question: Query) -> None:
    result = union.query(inline_service(question.text, wikidata)).serialize(format="json")
    assert shown(read_solutions(result or b"")) == expected(question.name)


@pytest.mark.parametrize("question", [one for one in QUESTIONS if one.params], ids=lambda question: question.name)
def test_its_example_given_as_parameters_gives_the_same_rows(project: Project, wikidata: str, question: Query) -> None:
    example = answer(project, question.name, {}, wikidata=wikidata)
    assert example.rows, "an example that finds nothing shows nothing"
    first = dict(zip(example.variables, example.rows[0], strict=True))
    given = {param.name: str(getattr(first[param.name], "value", "")) for param in question.params}
    rows = answer(project, question.name, given, wikidata=wikidata).rows
    same = [row for row in example.rows if all(term_is(row, example, key, value) for key, value in given.items())]
    assert rows == same


def term_is(row: tuple[object, ...], solutions: Solutions, name: str, value: str) -> bool:
    return getattr(row[solutions.variables.index(name)], "value", None) == value


@pytest.mark.parametrize("question", [one for one in QUESTIONS if service_block(one.text)], ids=lambda one: one.name)
def test_wikidata_is_asked_for_all_items_that_can_join(union: rdflib.Dataset, question: Query) -> None:
    """The ids inside SERVICE stand in the file, since engines send its body unbound; new links must get there."""
    block = service_block(question.text)
    assert block is not None
    asked = set(re.findall(r"wd:Q\d+", question.text[block.start : block.end]))
    local = question.text[: block.start] + re.split(r"GROUP BY|ORDER BY", question.text[block.end :])[0]
    items = union.query(re.sub(r"SELECT.*?WHERE", "SELECT DISTINCT ?item WHERE", local, flags=re.DOTALL))
    linked = {curie(str(row[0])) for row in items if row[0] is not None}  # type: ignore[index]
    assert {item for item in linked if item.startswith("wd:")} <= asked


def test_every_question_of_the_inventory_is_there() -> None:
    assert sorted(int(question.metadata["number"]) for question in QUESTIONS) == list(range(1, 38))


def test_every_expectation_belongs_to_a_question() -> None:
    assert sorted(path.stem for path in (HERE / "queries").glob("*.csv")) == NAMES
