"""Every shape with a severity fires on its invalid cases, by name, and stays silent on its valid ones.

A case begins with `# expect:` (the shapes that must fire, and no others) and `# focus:` (the node they fire on).
"""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path

import pyshacl
import pytest
import rdflib
from rdflib.namespace import RDF, RDFS, SH

from shahr.namespaces import curie, iri
from shahr.paths import Project
from shahr.validate import read_shapes, shape_results

CASES = Path(__file__).parent / "shapes"
NEEDED = (RDF.type, RDFS.subClassOf, rdflib.SKOS.inScheme)


def cases(kind: str) -> list[str]:
    return sorted(path.relative_to(CASES).as_posix() for path in CASES.glob(f"*/{kind}/*.ttl"))


def header(path: Path, key: str) -> set[str]:
    found = re.search(rf"^# {key}: (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert found, f"{path} has no line `# {key}:`"
    return set(found[1].split(", "))


@pytest.fixture(scope="module")
def shapes() -> rdflib.Graph:
    return read_shapes(Project.here().shapes)


@pytest.fixture(scope="module")
def ontology() -> rdflib.Graph:
    whole = rdflib.Graph()
    for path in sorted(Project.here().ontology.glob("*.ttl")):
        whole.parse(path)
    needed = rdflib.Graph()
    for triple in chain.from_iterable(whole.triples((None, predicate, None)) for predicate in NEEDED):
        if triple[2] != rdflib.SKOS.Concept:  # no case needs the hundred concepts to be validated beside it
            needed.add(triple)
    return needed


def targeting(shapes: rdflib.Graph, data: rdflib.Graph, node: rdflib.URIRef) -> set[rdflib.term.Node]:
    """Find the shapes that target a node, by its classes and their superclasses or by its properties."""
    classes = {
        wider for kind in data.objects(node, RDF.type) for wider in data.transitive_objects(kind, RDFS.subClassOf)
    }
    by_class = {shape for kind in classes for shape in shapes.subjects(SH.targetClass, kind)}
    return by_class | {
        shape for used in set(data.predicates(node)) for shape in shapes.subjects(SH.targetSubjectsOf, used)
    }


def part(shapes: rdflib.Graph, roots: set[rdflib.term.Node]) -> rdflib.Graph:
    """Cut out the shapes that some shapes are made of: a case then takes milliseconds."""
    found, todo = rdflib.Graph(), set(roots)
    while todo:
        for triple in list(shapes.triples((todo.pop(), None, None))):
            if triple not in found:
                found.add(triple)
                todo.add(triple[2])
    return found


def fired(path: Path, shapes: rdflib.Graph, ontology: rdflib.Graph) -> set[str]:
    """Validate a case and name the shapes that fire on its focus node."""
    (name,) = header(path, "focus")
    focus = rdflib.URIRef(iri(name))
    data = (ontology + rdflib.Graph()).parse(path)
    assert (focus, RDF.type, None) in data
    needed = part(shapes, targeting(shapes, data, focus))
    _, report, _ = pyshacl.validate(data, shacl_graph=needed, inplace=True)
    results = [result for result in report.objects(None, SH.result) if report.value(result, SH.focusNode) == focus]
    return {curie(str(report.value(result, SH.sourceShape))) for result in results}


@pytest.mark.parametrize("case", cases("invalid"))
def test_invalid_case_fires(case: str, shapes: rdflib.Graph, ontology: rdflib.Graph) -> None:
    path = CASES / case
    expected = header(path, "expect")
    assert f"shape:{case.partition('/')[0]}" in expected
    assert fired(path, shapes, ontology) == expected


@pytest.mark.parametrize("case", cases("valid"))
def test_valid_case_is_silent(case: str, shapes: rdflib.Graph, ontology: rdflib.Graph) -> None:
    assert f"shape:{case.partition('/')[0]}" not in fired(CASES / case, shapes, ontology)


def test_every_shape_has_cases(shapes: rdflib.Graph) -> None:
    names = {curie(str(shape)).removeprefix("shape:") for shape in shapes.subjects(SH.severity)}
    for kind in ("valid", "invalid"):
        assert {case.partition("/")[0] for case in cases(kind)} == names


def test_every_shape_speaks_both_languages(shapes: rdflib.Graph) -> None:
    for shape in shapes.subjects(SH.severity):
        for predicate in (RDFS.label, SH.message):
            texts = list(shapes.objects(shape, predicate))
            assert sorted(getattr(text, "language", "") for text in texts) == ["en", "fa"], shape
            assert not any(re.search("[\u064a\u0643]", text) for text in map(str, texts)), shape


def test_shapes_are_core_and_named(shapes: rdflib.Graph) -> None:
    beyond_core = (SH.sparql, SH.js, SH.rule, SH.target)
    assert not [triple for predicate in beyond_core for triple in shapes.triples((None, predicate, None))]
    targeted = {shape for predicate in (SH.targetClass, SH.targetSubjectsOf) for shape in shapes.subjects(predicate)}
    silent = [
        shape for shape in shapes.subjects(RDF.type, SH.PropertyShape) if (shape, SH.severity, None) not in shapes
    ]
    assert targeted
    assert all(isinstance(shape, rdflib.URIRef) for shape in targeted)
    assert not silent


def test_shapes_are_themselves_valid(shapes: rdflib.Graph) -> None:
    assert shape_results(rdflib.Graph(), shapes) == []
