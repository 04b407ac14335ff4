"""Checks, counts, accepted warnings and the three forms of one report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import RdfFormat, Store
from rdflib.namespace import RDF, SH

from shahr.errors import ReportError, SourceError
from shahr.namespaces import iri
from shahr.paths import Project
from shahr.queries import Query, read_query
from shahr.report import Report, Result, make_report
from shahr.validate import (
    accepted_warnings,
    check_results,
    count_results,
    read_expectations,
    shape_results,
    validate,
)

CHECK = """#+ summary: Cities must not be lonely.
#+ severity: {severity}
#+ message: Give {{node}} a friend, not {{value}}.
#+ message-fa: به {{node}} دوستی بدهید.
SELECT ?node ?value WHERE {{ ?node <urn:lonely> ?value }}
"""
SHAPES = """
PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX shape: <https://w3id.org/shahr/shapes#>
shape:Lonely a sh:NodeShape ; sh:targetSubjectsOf <urn:lonely> ; sh:property shape:LonelyName .
shape:LonelyName a sh:PropertyShape ; sh:path <urn:name> ; sh:minCount 1 ; sh:severity sh:Warning ;
  sh:message "Give it a name."@en, "به آن نامی بدهید."@fa .
"""
WARNING = Result("warning", iri("shape:LonelyName"), iri("city:alpha"), None, {"en": "Give it a name."})


@pytest.fixture
def store() -> Store:
    store = Store()
    store.load(f"<{iri('city:alpha')}> <urn:lonely> <{iri('city:beta')}> .".encode(), format=RdfFormat.N_TRIPLES)
    return store


def check(folder: Path, text: str) -> Query:
    path = folder / "lonely.rq"
    path.write_text(text, encoding="utf-8")
    return read_query(path)


def test_a_row_of_a_check_is_a_finding(tmp_path: Path, store: Store) -> None:
    (found,) = check_results(store, [check(tmp_path, CHECK.format(severity="violation"))])
    assert found == Result("violation", iri("shape:lonely"), iri("city:alpha"), "city:beta")
    assert found.messages == {"en": "Give city:alpha a friend, not city:beta.", "fa": "به city:alpha دوستی بدهید."}


@pytest.mark.parametrize(
    ("severity", "body", "complaint"),
    [
        ("grave", "SELECT ?node WHERE { ?node <urn:lonely> ?value }", "severity"),
        ("info", "SELECT ?thing WHERE { ?thing <urn:lonely> ?value }", r"\?node"),
        ("info", "ASK { ?s ?p ?o }", "SELECT"),
        ("info", "SELECT ?node WHERE { ?s <urn:lonely> ?value BIND(1 AS ?node) }", "not an IRI"),
    ],
)
def test_a_bad_check_is_refused(tmp_path: Path, store: Store, severity: str, body: str, complaint: str) -> None:
    bad = check(tmp_path, f"#+ summary: No.\n#+ severity: {severity}\n{body}\n")
    with pytest.raises(ReportError, match=complaint):
        check_results(store, [bad])


def test_a_shape_gives_its_messages_and_name() -> None:
    data = rdflib.Graph().parse(data=f"<{iri('city:alpha')}> <urn:lonely> 1 .")
    (found,) = shape_results(data, rdflib.Graph().parse(data=SHAPES))
    assert found == WARNING
    assert found.messages["fa"] == "به آن نامی بدهید."


def test_a_shape_that_is_none_is_refused() -> None:
    bad = SHAPES.replace("sh:minCount 1", 'sh:minCount "one"')
    with pytest.raises(ReportError, match="shape:LonelyName"):
        shape_results(rdflib.Graph(), rdflib.Graph().parse(data=bad))


@pytest.mark.parametrize(("bounds", "fine"), [({"min": 2}, False), ({"max": 0}, False), ({"min": 1, "max": 1}, True)])
def test_counts(bounds: dict[str, int], fine: bool) -> None:
    store = Store()
    line = f"<{iri('city:alpha')}> <{iri('rdf:type')}> <{iri('shahr:City')}> ."
    store.load(line.encode(), format=RdfFormat.N_TRIPLES)
    assert (count_results(store, {"shahr:City": bounds}) == []) is fine


def test_an_accepted_warning_does_not_fail_and_keeps_its_reason() -> None:
    report = make_report([WARNING], {(WARNING.source, WARNING.node): "It has none."})
    assert report.conforms
    assert "It has none." in report.text
    assert make_report([WARNING], {}).failures == (WARNING,)


def test_a_violation_cannot_be_accepted() -> None:
    violation = Result("violation", *(WARNING.source, WARNING.node))
    assert not make_report([violation], {(WARNING.source, WARNING.node): "Please."}).conforms


def test_an_acceptance_that_fits_nothing_fails() -> None:
    report = make_report([], {(WARNING.source, WARNING.node): "It was once."})
    assert [result.messages["en"][:19] for result in report.failures] == ["an accepted warning"]


def test_info_does_not_fail() -> None:
    assert make_report([Result("info", *(WARNING.source, WARNING.node))], {}).conforms


def test_the_three_forms_tell_the_same() -> None:
    report = make_report([WARNING, Result("info", iri("shape:Other"), iri("city:beta"), "5")], {})
    assert json.loads(report.json)["counts"] == {"violation": 0, "warning": 1, "info": 1, "accepted": 0}
    graph = rdflib.Graph().parse(data=report.turtle)
    assert len(list(graph.subjects(RDF.type, SH.ValidationResult))) == 2
    assert graph.value(None, SH.conforms, rdflib.Literal(False)) is not None
    assert "conforms: no; 0 violation, 1 warning, 1 info" in report.text


@pytest.mark.parametrize("text", ["counts = [", 'x = "\xff"'])
def test_expectations_that_are_no_toml(tmp_path: Path, text: str) -> None:
    path = tmp_path / "expectations.toml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(SourceError, match="TOML"):
        read_expectations(path)


def test_an_acceptance_needs_a_reason() -> None:
    entry = {"source": "shape:LonelyName", "node": "city:alpha", "reason": " "}
    with pytest.raises(ReportError, match="reason"):
        accepted_warnings({"accepted-warnings": [entry]})


@pytest.fixture(scope="module")
def shipped(built: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Report]:
    """The report on the shipped data, and where it was written."""
    out = tmp_path_factory.mktemp("validated")
    for name in ("graph.nq", "inferred.nq"):
        (out / name).write_bytes((built / name).read_bytes())
    return out, validate(Project.here(), out)


def test_the_shipped_data_conform(shipped: tuple[Path, Report]) -> None:
    report = shipped[1]
    assert report.failures == ()
    assert report.counts()["violation"] == report.counts()["warning"] == 0


def test_the_report_is_written_in_three_forms(shipped: tuple[Path, Report]) -> None:
    out, report = shipped
    assert (out / "report.txt").read_text(encoding="utf-8") == report.text
    assert json.loads((out / "report.json").read_text(encoding="utf-8"))["conforms"] is True
    graph = rdflib.Graph().parse(out / "report.ttl")
    assert graph.value(None, SH.conforms, rdflib.Literal(True)) is not None
