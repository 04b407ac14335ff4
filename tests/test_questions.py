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

from endpoints import oxigraph_read_only
from misbehaving import misbehaving, rows
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
FEDERATED = [question for question in QUESTIONS if service_block(question.text)]
WD = "http://www.wikidata.org/entity/"
NAMELESS = """
wd:Q42053 p:P190 wds:nameless-1 . wds:nameless-1 ps:P190 _:twin ; wikibase:rank wikibase:NormalRank .
wd:Q42053 p:P6 wds:nameless-2 . wd:Q900 wdt:P463 _:network .
wds:nameless-2 ps:P6 _:mayor ; wikibase:rank wikibase:NormalRank ; pq:P580 _:start ; pq:P582 _:end .
wds:Q181578-invented-1 pq:P580 _:day .
"""


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
def nameless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Another engine over the same triples, and over some values that are unknown and have no name there."""
    turtle = (HERE / "wikidata.ttl").read_bytes() + NAMELESS.encode()
    with oxigraph_read_only(turtle, tmp_path_factory.mktemp("nameless")) as address:
        yield address


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


@pytest.mark.parametrize("question", FEDERATED, ids=lambda one: one.name)
def test_the_items_in_the_file_are_those_that_wikidata_is_asked_about(project: Project, question: Query) -> None:
    """The file runs on any engine with its own list, so that must not fall behind the links."""
    with misbehaving({"/": rows("item")}) as server:
        answer(project, question.name, {}, wikidata=f"{server.address}/")
    block = service_block(question.text)
    assert block is not None
    listed = set(re.findall(r"wd:Q[0-9]+", question.text[block.start : block.end]))
    sent = {curie(f"{WD}{item}") for asked in server.requests for item in re.findall(f"<{WD}(Q[0-9]+)>", asked.query)}
    lacking, needless = " ".join(sorted(sent - listed)), " ".join(sorted(listed - sent))
    assert not lacking, f"add {lacking} to VALUES ?item in queries/wikidata/{question.name}.rq"
    assert not needless, f"take {needless} out of VALUES ?item in queries/wikidata/{question.name}.rq"


@pytest.mark.parametrize("question", FEDERATED, ids=lambda one: one.name)
def test_values_that_are_unknown_may_be_blank_nodes(project: Project, nameless: str, question: Query) -> None:
    head, known = expected(question.name)
    found = shown(answer(project, question.name, {}, wikidata=nameless))
    more = [row for row in found[1] if row not in known]
    assert (found[0], [row for row in found[1] if row in known]) == (head, known)
    if question.name == "mayors-over-time-on-wikidata":  # it tells of somebody, and not whom
        ((city, mayor, *others),) = more
        assert (city, others) == ("city:isfahan", ["", "", "", "", "Wikidata"])
        assert "/.well-known/genid/" in mayor
    else:
        assert more == []


def test_every_question_of_the_inventory_is_there() -> None:
    assert sorted(int(question.metadata["number"]) for question in QUESTIONS) == list(range(1, 38))


def test_every_expectation_belongs_to_a_question() -> None:
    assert sorted(path.stem for path in (HERE / "queries").glob("*.csv")) == NAMES
