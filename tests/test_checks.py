"""Every check finds the nodes that its invalid cases name, and nothing in its valid ones.

An invalid case begins with `# expect:`, the offending nodes. A case is read beside the ontology.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, parse

from shahr.namespaces import curie, graph_iri
from shahr.paths import Project
from shahr.queries import Query, read_queries
from shahr.report import Result
from shahr.turtle import parse_turtle
from shahr.validate import check_results

CASES = Path(__file__).parent / "checks"


def cases(kind: str) -> list[str]:
    return sorted(path.relative_to(CASES).as_posix() for path in CASES.glob(f"*/{kind}/*.trig"))


@pytest.fixture(scope="module")
def checks() -> dict[str, Query]:
    return {check.name: check for check in read_queries(Project.here().checks)}


@pytest.fixture(scope="module")
def ontology() -> list[Quad]:
    triples = [triple for path in sorted(Project.here().ontology.glob("*.ttl")) for triple in parse_turtle(path)]
    graph = NamedNode(graph_iri("ontology"))
    return [Quad(triple.subject, triple.predicate, triple.object, graph) for triple in triples]


def found(case: str, checks: dict[str, Query], ontology: list[Quad]) -> list[Result]:
    """Run the check of a case on its quads, in a store whose default graph is the union."""
    quads = ontology + list(parse(path=CASES / case, format=RdfFormat.TRIG))
    store = Store()
    store.extend(quads)
    store.extend(Quad(quad.subject, quad.predicate, quad.object, DefaultGraph()) for quad in quads)
    return check_results(store, [checks[case.partition("/")[0]]])


@pytest.mark.parametrize("case", cases("invalid"))
def test_invalid_case_is_found(case: str, checks: dict[str, Query], ontology: list[Quad]) -> None:
    expected = re.search(r"^# expect: (.+)$", (CASES / case).read_text(encoding="utf-8"), re.MULTILINE)
    assert expected
    results = found(case, checks, ontology)
    assert {curie(result.node) for result in results} == set(expected[1].split(", "))
    assert all(text and not re.search(r"\{\w+\}", text) for result in results for text in result.messages.values())


@pytest.mark.parametrize("case", cases("valid"))
def test_valid_case_has_no_finding(case: str, checks: dict[str, Query], ontology: list[Quad]) -> None:
    assert found(case, checks, ontology) == []


@pytest.mark.parametrize("kind", ["valid", "invalid"])
def test_every_check_has_cases(kind: str, checks: dict[str, Query]) -> None:
    assert {case.partition("/")[0] for case in cases(kind)} == set(checks)


def test_every_check_speaks_both_languages(checks: dict[str, Query]) -> None:
    for check in checks.values():
        texts = [check.summary, check.summary_fa, check.metadata["message"], check.metadata["message-fa"]]
        assert all(texts), check.name
        assert all(re.search("[\u0600-\u06ff]", text) for text in texts[1::2]), check.name
        assert not any(re.search("[\u064a\u0643]", text) for text in texts), check.name
