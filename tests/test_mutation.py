"""Faults put into the shipped data are found by shapes and checks; `python tests/mutation.py` prints the figures."""

from __future__ import annotations

import shutil
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, serialize

from mutant_operators import structural
from mutants import Mutant, make_mutants
from mutation import EACH, KNOWN_SURVIVORS, VALID_DATA, Judge, Verdict, known, survivors, table
from shahr.dataset import read_nquads
from shahr.namespaces import curie, graph_iri, iri
from shahr.paths import Project
from shahr.verify import verify
from valid_mutants import digest_other, valid_data


@pytest.fixture(scope="module")
def judge(built: Path) -> Judge:
    return Judge(Project.here(), built)


@pytest.fixture(scope="module")
def verdicts(judge: Judge) -> list[Verdict]:
    """What became of the structural mutants."""
    return judge.judge(make_mutants(judge.world, structural(), EACH))


def test_structural_mutants_are_killed(verdicts: list[Verdict]) -> None:
    killed = len(verdicts) - len(survivors(verdicts))
    assert len(verdicts) >= 500
    assert killed / len(verdicts) >= 0.95, table(verdicts)


def test_every_operator_finds_work(verdicts: list[Verdict]) -> None:
    assert {verdict.mutant.operator for verdict in verdicts} == set(structural())


def test_survivors_are_known(verdicts: list[Verdict]) -> None:
    assert [f"{one.pattern}: {curie(one.node)}" for one in survivors(verdicts) if not known(one)] == []


@pytest.mark.parametrize("pattern", KNOWN_SURVIVORS)
def test_known_survivors_still_survive(judge: Judge, pattern: str) -> None:
    """An entry that is killed by now, or that no fault falls under, is to be deleted."""
    operator = pattern.split()[0]
    operators = {name: one for name, one in structural().items() if fnmatchcase(name, operator)}
    mutants = [one for one in make_mutants(judge.world, operators, 10_000) if known(one) == pattern]
    assert any(survivors(judge.judge([one])) for one in mutants)


def test_data_without_a_fault_are_not_killed(judge: Judge) -> None:
    names = ("passage:hamshahri-265240-1114-1141", "city:isfahan", "agreement:isfahan-kazan-twinning")
    nothing = [Mutant("none", "", "", iri(name), (), ()) for name in names]
    assert survivors(judge.judge(nothing)) == nothing


def test_data_are_as_they_were(judge: Judge, verdicts: list[Verdict], built: Path) -> None:
    fresh = Judge(Project.here(), built)
    assert len(judge.data) == len(fresh.data)
    assert len(judge.asserted) == len(fresh.asserted)
    assert len(judge.everything) == len(fresh.everything)
    assert judge.world.nodes == fresh.world.nodes


def test_mutants_are_the_same_on_every_run(judge: Judge, built: Path) -> None:
    operators = {name: one for name, one in structural().items() if name in ("single-doubled", "cardinality")}
    assert make_mutants(judge.world, operators, 3) == make_mutants(Judge(Project.here(), built).world, operators, 3)


def test_mutants_that_leave_valid_data_have_a_reason() -> None:
    assert set(VALID_DATA) == set(valid_data())


def test_other_digests_are_refuted_by_verify(judge: Judge, built: Path, tmp_path: Path, articles_dir: Path) -> None:
    mutants = make_mutants(judge.world, {"digest-other": digest_other}, 2)
    for mutant in mutants:
        failures = verify(_project_with(mutant, built, tmp_path), articles_dir).failures
        assert any(curie(mutant.node) in failure for failure in failures), mutant.pattern


def _project_with(mutant: Mutant, built: Path, folder: Path) -> Project:
    """Write the articles' files, one of them with the fault."""
    project = Project(folder)
    shutil.copytree(Project.here().articles, project.articles, dirs_exist_ok=True)
    graph = (mutant.removed + mutant.added)[0].graph_name
    quads = [
        quad for quad in read_nquads(built / "graph.nq") if quad.graph_name == graph and quad not in mutant.removed
    ]
    triples = [quad.triple for quad in [*quads, *mutant.added]]
    name = str(graph).strip("<>").removeprefix(graph_iri(""))
    (project.articles / f"{name}.ttl").write_bytes(serialize(triples, format=RdfFormat.N_TRIPLES) or b"")
    return project
