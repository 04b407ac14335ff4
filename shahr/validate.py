"""The stage `validate`: SHACL shapes over the union, checks over the named graphs, counts that must hold."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyshacl
import rdflib
from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    QuerySolution,
    QuerySolutions,
    RdfFormat,
    Store,
    Triple,
    serialize,
)
from rdflib.namespace import SH

from shahr.dataset import load_store
from shahr.errors import ReportError, SourceError
from shahr.files import write_atomically
from shahr.namespaces import curie, graph_iri, iri
from shahr.paths import Project
from shahr.queries import Query, read_queries
from shahr.report import SEVERITIES, Report, Result, make_report
from shahr.turtle import parse_turtle


def validate(project: Project, out: Path) -> Report:
    """Validate out/graph.nq (checks see out/inferred.nq too) and write out/report.txt, .json and .ttl."""
    report = judge(project, out)
    write_atomically(out / "report.txt", report.text.encode())
    write_atomically(out / "report.json", report.json.encode())
    write_atomically(out / "report.ttl", report.turtle.encode())
    return report


def judge(project: Project, out: Path) -> Report:
    """Give the report on a build without writing it."""
    asserted, everything = load_store(out / "graph.nq"), load_store(out / "graph.nq", out / "inferred.nq")
    expectations = read_expectations(project.expectations)
    results = [
        *shape_results(default_graph(asserted), read_shapes(project.shapes)),
        *check_results(everything, read_queries(project.checks)),
        *count_results(asserted, expectations.get("counts", {})),
    ]
    graphs = _graphs_of_subjects(asserted)
    placed = (_placed(result, graphs) for result in results)
    return make_report(placed, accepted_warnings(expectations))


def read_shapes(folder: Path) -> rdflib.Graph:
    """Read all shapes of a folder into one graph."""
    triples = [triple for path in sorted(folder.glob("*.ttl")) for triple in parse_turtle(path)]
    return _rdflib_graph(triples)


def default_graph(store: Store) -> rdflib.Graph:
    """Give the union of a store for libraries that work on rdflib graphs."""
    return _rdflib_graph(quad.triple for quad in store.quads_for_pattern(None, None, None, DefaultGraph()))


def shape_results(data: rdflib.Graph, shapes: rdflib.Graph, meta_shacl: bool = True) -> list[Result]:
    """Validate a graph with pySHACL, and the shapes themselves with `meta_shacl`; ReportError for a bad shape."""
    try:
        _, report, text = pyshacl.validate(data, shacl_graph=shapes, meta_shacl=meta_shacl)
    except (pyshacl.errors.ShapeLoadError, pyshacl.errors.ReportableRuntimeError, re.error) as error:
        raise ReportError(f"a shape cannot be used: {_blamed(str(error))}") from error
    if not isinstance(report, rdflib.Graph):
        raise ReportError(f"pySHACL gave no report: {text.strip().splitlines()[-1]}")
    return [_shape_result(report, shapes, node) for node in report.objects(None, SH.result)]


def _blamed(complaint: str) -> str:
    """Take shape and reason out of pySHACL's report on a bad shapes graph, else its first line."""
    found = [re.search(rf"{key}: (.*)", complaint) for key in ("Focus Node", "Message")]
    return ", ".join(match[1] for match in found if match) or complaint.splitlines()[0]


def check_results(store: Store, checks: Sequence[Query]) -> list[Result]:
    """Run integrity queries; every row of one is a finding about its ?node."""
    return [result for check in checks for result in _check_results(store, check)]


def count_results(store: Store, counts: Mapping[str, Mapping[str, int]]) -> list[Result]:
    """Compare how many nodes have each class (curie, subclasses not counted) with its {min, max}."""
    return [result for name, bounds in counts.items() for result in _count_result(store, name, bounds)]


def read_expectations(path: Path) -> dict[str, Any]:
    """Read data/expectations.toml; SourceError where it is not TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SourceError(path, None, f"cannot be read as TOML: {error}") from error


def accepted_warnings(expectations: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """Give accepted warnings as (source, node) → reason; ReportError for one without a reason."""
    accepted = {}
    for entry in expectations.get("accepted-warnings", ()):
        if not all(str(entry.get(key, "")).strip() for key in ("source", "node", "reason")):
            raise ReportError(f"data/expectations.toml: an accepted warning needs source, node and reason: {entry}")
        accepted[iri(entry["source"]), iri(entry["node"])] = entry["reason"]
    return accepted


def _rdflib_graph(triples: Iterable[Any]) -> rdflib.Graph:
    data = serialize(triples, format=RdfFormat.N_TRIPLES) or b""
    return rdflib.Graph().parse(data=data, format="nt")


def _shape_result(report: rdflib.Graph, shapes: rdflib.Graph, result: rdflib.term.Node) -> Result:
    shape = _named(shapes, report.value(result, SH.sourceShape))
    value = report.value(result, SH.value)
    severity = str(report.value(result, SH.resultSeverity)).rpartition("#")[2].lower()
    focus = report.value(result, SH.focusNode)
    if severity not in SEVERITIES or not isinstance(focus, rdflib.URIRef):
        raise ReportError(
            f"{curie(str(shape))} cannot be reported: {severity} at {focus}; severities are "
            f"{', '.join(SEVERITIES)}, and what a shape targets has an IRI"
        )
    messages = {str(text.language): str(text) for text in shapes.objects(shape, SH.message)}  # type: ignore[attr-defined]
    return Result(severity, str(shape), str(focus), None if value is None else _shown(str(value)), messages)


def _named(shapes: rdflib.Graph, shape: rdflib.term.Node | None) -> rdflib.term.Node:
    """Give the shape that a nameless one is a part of, so that a report can point to it."""
    while isinstance(shape, rdflib.BNode):
        shape = next(shapes.subjects(None, shape), None)
    if shape is None:
        raise ReportError("a result comes from a shape that belongs to no shape with a name: give it an IRI")
    return shape


def _check_results(store: Store, check: Query) -> Iterator[Result]:
    severity = check.metadata.get("severity", "")
    if severity not in SEVERITIES:
        raise ReportError(f"{check.path}: a check needs a line `#+ severity:` with one of {', '.join(SEVERITIES)}")
    solutions = store.query(check.text)
    if not isinstance(solutions, QuerySolutions) or "node" not in _names(solutions):
        raise ReportError(f"{check.path}: a check is a SELECT with a variable ?node")
    names = _names(solutions)
    for row in solutions:
        yield _check_result(check, severity, names, row)


def _names(solutions: QuerySolutions) -> list[str]:
    return [variable.value for variable in solutions.variables]


def _check_result(check: Query, severity: str, names: Sequence[str], row: QuerySolution) -> Result:
    values = {name: _term(row[name]) for name in names if row[name] is not None}
    templates = {"en": check.metadata.get("message", ""), "fa": check.metadata.get("message-fa", "")}
    messages = {language: _filled(template, values) for language, template in templates.items()}
    node = row["node"]
    if not isinstance(node, NamedNode):
        raise ReportError(f"{check.path}: ?node is {node}, not an IRI")
    return Result(severity, iri(f"shape:{check.name}"), node.value, values.get("value"), messages)


def _filled(template: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        template = template.replace(f"{{{name}}}", value)
    return template


def _term(term: NamedNode | BlankNode | Literal | Triple) -> str:
    return curie(term.value) if isinstance(term, NamedNode) else getattr(term, "value", str(term))


def _shown(text: str) -> str:
    return curie(text) if text.startswith("http") else text


def _count_result(store: Store, name: str, bounds: Mapping[str, int]) -> Iterator[Result]:
    type_, class_ = NamedNode(iri("rdf:type")), NamedNode(iri(name))
    count = sum(1 for _ in store.quads_for_pattern(None, type_, class_, DefaultGraph()))
    low, high = bounds.get("min", 0), bounds.get("max")
    if count < low or (high is not None and count > high):
        en, fa = (f"{low} or more", f"دست‌کم {low}") if high is None else (f"{low} to {high}", f"{low} تا {high}")
        messages = {
            "en": f"{count} nodes of {name}, where {en} are expected: mend the data or the expectation",
            "fa": f"{count} گره از {name} هست و {fa} انتظار می‌رود: داده یا انتظار را درست کنید",
        }
        yield Result("violation", iri("shape:expected-count"), class_.value, str(count), messages)


def _graphs_of_subjects(store: Store) -> dict[str, str]:
    """Give for each subject the graph (curie) that describes it, articles and external sources first."""
    last = [graph_iri(name) for name in ("entities", "ontology", "links")]
    names = sorted((name for name in store.named_graphs()), key=lambda name: (name.value in last, name.value))
    placed: dict[str, str] = {}
    for name in names:
        for quad in store.quads_for_pattern(None, None, None, name):
            placed.setdefault(str(quad.subject), curie(name.value))
    return placed


def _placed(result: Result, graphs: Mapping[str, str]) -> Result:
    return replace(result, graph=graphs.get(f"<{result.node}>"))
