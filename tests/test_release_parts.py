"""What a release takes from the project: ontology, shapes, links, questions, report, licence."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import owlready2
import pytest
import rdflib
from pyoxigraph import Literal, NamedNode, QuerySolutions, RdfFormat, Store, Triple, parse
from rdflib.compare import isomorphic

from shahr.dataset import load_store
from shahr.errors import ReleaseError
from shahr.mappings import read_links
from shahr.namespaces import BASE, iri, prefix_map
from shahr.paths import Project
from shahr.queries import Query, asks_elsewhere, fill, parse_only, read_questions, without_header
from shahr.release import copies, questions
from shahr.release.copies import with_version
from shahr.release.folder import ReleaseFolder
from shahr.release.making import Making
from shahr.releases import Record, read_record

HERE = Project.here()
ONTOLOGIES = sorted(path.stem for path in HERE.ontology.glob("*.ttl"))
QUESTIONS = read_questions(HERE)
SPEX = "https://purl.expasy.org/sparql-examples/ontology#"
STAMPS = ("owl:versionInfo", "owl:versionIRI", "owl:priorVersion", "owl:backwardCompatibleWith", "dcterms:issued")
VERSIONS = {NamedNode(iri(name)) for name in STAMPS}


@pytest.fixture(scope="module")
def record(released: Path) -> Record:
    return read_record(released)


@pytest.fixture(scope="module")
def asked(released: Path) -> rdflib.Graph:
    return rdflib.Graph().parse(released / "questions" / "questions.ttl")


@pytest.fixture(scope="module")
def store(built: Path) -> Store:
    return load_store(built / "graph.nq", built / "inferred.nq")


def node(name: str) -> rdflib.URIRef:
    return rdflib.URIRef(name if name.startswith("http") else iri(name))


def test_every_file_of_the_sources_has_its_place_in_the_record(record: Record) -> None:
    paths = {one.path: one for one in record.files}
    wanted = {f"ontology/{name}.{suffix}" for name in ONTOLOGIES for suffix in ("ttl", "rdf")}
    wanted |= {f"shapes/{path.name}" for path in HERE.shapes.glob("*.ttl")}
    wanted |= {f"links/{path.name}" for path in HERE.links.glob("*.sssom.tsv")}
    wanted |= {f"questions/{one.path.name}" for one in QUESTIONS} | {"questions/questions.ttl"}
    wanted |= {"report/validation.ttl", "report/validation.txt", "LICENSE-DATA"}
    assert wanted <= set(paths)
    for name in wanted - {"LICENSE-DATA"}:
        assert paths[name].part == name.partition("/")[0]
        assert all(paths[name].title[language] for language in ("en", "fa"))


def test_shapes_questions_and_licence_are_those_of_the_project(released: Path) -> None:
    pairs = [(path, released / "shapes" / path.name) for path in HERE.shapes.glob("*.ttl")]
    pairs += [(one.path, released / "questions" / one.path.name) for one in QUESTIONS]
    pairs += [(HERE.root / "LICENSE-DATA", released / "LICENSE-DATA")]
    assert len(pairs) > 50
    assert [new.name for old, new in pairs if old.read_bytes() != new.read_bytes()] == []


@pytest.mark.parametrize("name", ONTOLOGIES)
def test_the_ontology_says_what_its_source_says_and_its_version(released: Path, name: str) -> None:
    source = rdflib.Graph().parse(HERE.ontology / f"{name}.ttl")
    written = rdflib.Graph().parse(released / "ontology" / f"{name}.ttl")
    ontologies = set(source.subjects(rdflib.RDF.type, rdflib.OWL.Ontology))
    for one in ontologies:
        assert list(written.objects(one, rdflib.OWL.versionInfo)) == [rdflib.Literal("0.1.0")]
        assert list(written.objects(one, rdflib.OWL.versionIRI)) == [node(f"{one}/0.1.0")]
    for stamp in map(node, STAMPS):
        assert set(written.subjects(stamp)) <= ontologies
        written.remove((None, stamp, None))
    assert isomorphic(source, written)


def test_an_ontology_names_the_version_before_it(released_again: Path) -> None:
    written = rdflib.Graph().parse(released_again / "ontology" / "shahr.ttl")
    assert list(written.subject_objects(rdflib.OWL.priorVersion)) == [(node(f"{BASE}ns"), node(f"{BASE}ns/0.1.0"))]


def test_versions_of_the_ontology_are_those_of_the_dataset(released: Path) -> None:
    there = {quad.triple for quad in parse(gunzip(released, "nq"), format=RdfFormat.N_QUADS)}
    found: set[Triple] = set()
    for name in ONTOLOGIES:
        found |= {one.triple for one in parse(path=released / "ontology" / f"{name}.ttl") if one.predicate in VERSIONS}
    assert found == {one for one in there if one.predicate in VERSIONS}
    assert len(found) >= 2


def gunzip(folder: Path, suffix: str) -> bytes:
    return gzip.decompress((folder / "data" / f"shahr.{suffix}.gz").read_bytes())


@pytest.mark.parametrize("name", ONTOLOGIES)
def test_the_ontology_in_rdf_xml_is_that_in_turtle_to_rdflib_and_owlready2(released: Path, name: str) -> None:
    turtle = rdflib.Graph().parse(released / "ontology" / f"{name}.ttl")
    assert isomorphic(turtle, rdflib.Graph().parse(released / "ontology" / f"{name}.rdf"))
    world = owlready2.World()
    opened = world.get_ontology((released / "ontology" / f"{name}.rdf").as_uri()).load(only_local=True)
    assert {one.iri for one in world.classes()} == {
        str(one) for one in turtle.subjects(rdflib.RDF.type, rdflib.OWL.Class)
    }
    assert len(opened.graph) == len(turtle)


@pytest.mark.parametrize("path", sorted(HERE.links.glob("*.sssom.tsv")), ids=lambda path: path.name)
def test_links_are_those_of_the_project_with_the_version_added(released: Path, path: Path) -> None:
    written = released / "links" / path.name
    assert read_links(written) == read_links(path)
    lines = written.read_text("utf-8").splitlines()
    assert lines.count('#mapping_set_version: "0.1.0"') == 1
    lines.remove('#mapping_set_version: "0.1.0"')
    assert lines == [one for one in path.read_text("utf-8").splitlines() if "mapping_set_version" not in one]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("#license: x\n", '#license: x\n#mapping_set_version: "2.0.0"\n'),
        ("#license: x\n#object_source: y\n", '#license: x\n#mapping_set_version: "2.0.0"\n#object_source: y\n'),
        ('#mapping_set_version: "1.0.0"\n#x: y\n', '#mapping_set_version: "2.0.0"\n#x: y\n'),
        ("# mapping_set_version: 1\n", '#mapping_set_version: "2.0.0"\n'),
        (
            "#curie_map:\n#  zone: z\n#license: x\n",
            '#curie_map:\n#  zone: z\n#license: x\n#mapping_set_version: "2.0.0"\n',
        ),
        ("", '#mapping_set_version: "2.0.0"\n'),
    ],
    ids=["at the end", "in the order of keys", "replaced", "replaced with a space", "not in the curie map", "alone"],
)
def test_the_version_comes_where_the_header_of_a_mapping_has_or_wants_it(header: str, expected: str) -> None:
    table = "subject_id\tobject_id\n#not a header\tmapping_set_version: 1\n"
    assert with_version(header + table, "2.0.0") == expected + table


def test_every_question_is_an_executable_with_names_in_both_languages(asked: rdflib.Graph) -> None:
    executables = set(asked.subjects(rdflib.RDF.type, node("sh:SPARQLSelectExecutable")))
    assert executables == {node(f"{BASE}questions/{one.name}") for one in QUESTIONS}
    assert executables == set(asked.subjects(rdflib.RDF.type, node("sh:SPARQLExecutable")))
    for question in QUESTIONS:
        one = node(f"{BASE}questions/{question.name}")
        texts = {rdflib.Literal(question.summary, "en"), rdflib.Literal(question.summary_fa, "fa")}
        assert set(asked.objects(one, rdflib.RDFS.label)) == set(asked.objects(one, rdflib.RDFS.comment)) == texts
        assert list(asked.objects(one, node("schema:target"))) == [node(f"{BASE}sparql")]
        assert str(asked.value(one, node("sh:select"))).strip() == without_header(question.text).strip()


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: one.name)
def test_what_the_executable_selects_is_what_the_question_answers(
    asked: rdflib.Graph, store: Store, question: Query
) -> None:
    one = node(f"{BASE}questions/{question.name}")
    text = str(asked.value(one, node("sh:select")))
    elsewhere = set(asked.objects(one, node(f"{SPEX}federatesWith")))
    assert bool(elsewhere) == asks_elsewhere(question)
    if elsewhere:
        assert elsewhere <= {node(found) for found in re.findall(r"<(https?://[^>]+)>", question.text)}
        parse_only(text)
    else:
        assert answers(store, text) == answers(store, question.text) != []


def answers(store: Store, text: str) -> list[str]:
    found = store.query(text)
    assert isinstance(found, QuerySolutions)
    return [str(row) for row in found]


def test_the_declared_prefixes_are_ours_and_make_a_query_run(asked: rdflib.Graph, store: Store) -> None:
    holder = set(asked.objects(None, node("sh:prefixes")))
    assert len(holder) == 1
    pairs = [
        (str(asked.value(one, node("sh:prefix"))), asked.value(one, node("sh:namespace")))
        for one in asked.objects(holder.pop(), node("sh:declare"))
    ]
    assert {name: str(space) for name, space in pairs} == prefix_map()
    assert {getattr(space, "datatype", None) for _, space in pairs} == {node("xsd:anyURI")}
    head = "".join(f"PREFIX {name}: <{space}>\n" for name, space in pairs)
    question = next(one for one in QUESTIONS if one.name == "sister-cities")
    assert answers(store, head + question.text) == answers(store, question.text)


def test_a_parameter_tells_its_variable_its_kind_and_the_example(asked: rdflib.Graph, store: Store) -> None:
    described = 0
    for question in (one for one in QUESTIONS if one.params):
        one = node(f"{BASE}questions/{question.name}")
        found = {variable(asked, param): param for param in asked.objects(one, node("sh:parameter"))}
        assert set(found) == {param.name for param in question.params}
        defaults = {name: asked.value(param, node("sh:defaultValue")) for name, param in found.items()}
        terms = [
            NamedNode(str(one)) if isinstance(one, rdflib.URIRef) else Literal(str(one)) for one in defaults.values()
        ]
        assert answers(store, fill(question.text, list(defaults), [terms])) == answers(store, question.text)
        for name, param in found.items():
            assert {getattr(one, "language", "") for one in asked.objects(param, node("sh:name"))} == {"en", "fa"}
            kinds = set(asked.objects(param, node("sh:class"))) | set(asked.objects(param, node("sh:datatype")))
            assert len(kinds) == 1
            if isinstance(defaults[name], rdflib.URIRef):
                assert store.query(f"ASK {{ <{defaults[name]}> a <{kinds.pop()}> }}")
            described += 1
    assert described >= 4


def variable(asked: rdflib.Graph, param: rdflib.term.Node) -> str:
    """Give the local name of a parameter's path, which is its variable (SHACL, 5.2.1)."""
    return str(asked.value(param, node("sh:path"))).rpartition("#")[2]


def test_the_report_is_that_of_the_build(released: Path) -> None:
    report = rdflib.Graph().parse(released / "report" / "validation.ttl")
    assert list(report.objects(None, node("sh:conforms"))) == [rdflib.Literal(True)]
    assert (released / "report" / "validation.txt").read_text("utf-8").startswith("conforms: yes")


@pytest.fixture
def makings(released: Path, tmp_path: Path) -> Iterator[Making]:
    """The same release in the making, as often as wanted; the build is that of the shipped sources."""
    quads = tmp_path / "shahr.nq"
    quads.write_bytes(gunzip(released, "nq"))
    (tmp_path / "report.ttl").write_bytes((released / "report" / "validation.ttl").read_bytes())
    (tmp_path / "report.txt").write_bytes((released / "report" / "validation.txt").read_bytes())
    record = read_record(released)

    def more() -> Iterator[Making]:
        for number in range(9):
            folder = ReleaseFolder(tmp_path / str(number))
            yield Making(HERE, folder, tmp_path, tmp_path, quads, quads, record, None)

    return more()


def test_two_releases_of_the_same_are_the_same_bytes(makings: Iterator[Making]) -> None:
    once, again = next(makings), next(makings)
    for making in (once, again):
        for write in (copies.write_ontology, copies.write_shapes, copies.write_links, copies.write_report):
            write(making)
        questions.write_questions(making)
    assert len(once.folder.files) > 60
    assert once.folder.files == again.folder.files


def test_without_a_licence_there_is_no_release(makings: Iterator[Making], tmp_path: Path) -> None:
    making = replace(next(makings), project=Project(tmp_path))
    with pytest.raises(ReleaseError, match="has no LICENSE-DATA: write there"):
        copies.write_licence(making)


def test_a_version_typed_in_a_source_gives_way_to_that_of_the_release(
    makings: Iterator[Making], tmp_path: Path
) -> None:
    making = replace(next(makings), project=Project(tmp_path / "project"))
    making.project.ontology.mkdir(parents=True)
    version, day = iri("owl:versionInfo"), iri("dcterms:issued")
    typed = f'<{BASE}ns> a <{iri("owl:Ontology")}> ; <{version}> "0.0.7" . <{BASE}ns#City> <{day}> "1999-01-01" .'
    (making.project.ontology / "shahr.ttl").write_text(typed, "utf-8")
    copies.write_ontology(making)
    written = rdflib.Graph().parse(making.folder.root / "ontology" / "shahr.ttl")
    assert [str(one) for one in written.objects(None, rdflib.OWL.versionInfo)] == ["0.1.0"]
    assert written.value(node("shahr:City"), node("dcterms:issued")) == rdflib.Literal("1999-01-01")
