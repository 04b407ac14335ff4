"""Every shape with a severity fires on its invalid cases, by name, and stays silent on its valid ones.

A case begins with `# expect:` (the shapes that must fire, and no others) and `# focus:` (the node they fire on).
"""

from __future__ import annotations

import re
from pathlib import Path

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
    for predicate in NEEDED:
        for triple in whole.triples((None, predicate, None)):
            needed.add(triple)
    return needed


def fired(path: Path, shapes: rdflib.Graph, ontology: rdflib.Graph) -> set[str]:
    """Validate the focus node of a case and name the shapes that fire on it."""
    (focus,) = header(path, "focus")
    data = (ontology + rdflib.Graph()).parse(path)
    assert (rdflib.URIRef(iri(focus)), RDF.type, None) in data
    results = shape_results(data, shapes, [iri(focus)])
    return {curie(result.source) for result in results if result.node == iri(focus)}


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
            texts = sorted(shapes.objects(shape, predicate))
            assert [getattr(text, "language", None) for text in texts] in (["en", "fa"], ["fa", "en"]), shape
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
