"""The file of links, written by several processes at once, for the first time, and where nothing can be written."""

from __future__ import annotations

import fcntl
import os
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from misbehaving import misbehaving
from shahr.cli import main
from shahr.errors import SourceError
from shahr.gazetteer import open_gazetteer
from shahr.link.proposing import Found, write_proposals
from shahr.link.review import Decision, accept, refuse
from shahr.paths import Project
from shahr.sssom import read_mapping_set
from wikidatalike import Ours, Thing, honest, project_with, turtle

DAY = "2026-11-22"
AT_ONCE, EACH = 12, 5
PREFIXES = ("city", "semapv", "skos", "source", "wd")

Run = Callable[..., Result]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Seoul, without a file of links."""
    return project_with(tmp_path / "p", [Ours("city/seoul", [("Seoul", "en")])])


@pytest.fixture
def run(project: Project) -> Run:
    """Run `shahr link` with these words."""
    return lambda *words: CliRunner().invoke(main, ["--project", str(project.root), "link", *words])


def decide(project: Project, number: int) -> None:
    """Refuse some items that nobody else does; every third process looks for proposals besides, and finds none."""
    gazetteer = open_gazetteer(project.search)
    found = Found(tuple(gazetteer.of_kinds(["city"])), ())
    gazetteer.close()
    for one in range(EACH):
        refuse(project, Decision("city:seoul", f"wd:Q{number * 100 + one}", "Mina", DAY))
        if number % 3 == 0:
            write_proposals(project, found, DAY)


def test_no_decision_is_lost_among_many_at_once(project: Project) -> None:
    fork = get_context("fork")
    processes = [fork.Process(target=decide, args=(project, number)) for number in range(1, AT_ONCE + 1)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * AT_ONCE
    found = read_mapping_set(project.links / "wikidata.sssom.tsv").rows
    assert len({row.object_id for row in found}) == len(found) == AT_ONCE * EACH
    assert [path.name for path in project.links.iterdir()] == ["wikidata.sssom.tsv"]


def test_who_cannot_write_for_long_is_told_so(project: Project, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shahr.link.rows.WAIT", 0.05)
    descriptor = os.open(project.links, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    found = run("review", "city:seoul", "--accept", "Q8684", "--by", "Mina")
    os.close(descriptor)
    assert (found.exit_code, found.output.count("\n")) == (1, 1)
    assert "data/links: try again when it has finished" in found.output
    assert run("review", "city:seoul", "--accept", "Q8684", "--by", "Mina").exit_code == 0


def test_a_decision_that_cannot_be_written_lets_the_next_one_through(project: Project) -> None:
    with pytest.raises(SourceError):
        refuse(project, Decision("city:seoul", "no name", "Mina", DAY))
    refuse(project, Decision("city:seoul", "wd:Q1", "Mina", DAY))
    assert len(read_mapping_set(project.links / "wikidata.sssom.tsv").rows) == 1


@pytest.mark.parametrize("folder", [True, False], ids=["folder", "no folder"])
def test_a_file_that_is_not_there_is_made_with_the_header_of_the_shipped_one(
    project: Project, run: Run, folder: bool
) -> None:
    if not folder:
        project.links.rmdir()
    with misbehaving({"/sparql": honest(turtle([Thing("Q8684", [("Seoul", "en")])]))}) as server:
        assert run("--endpoint", f"{server.address}/sparql").exit_code == 0
    path = project.links / "wikidata.sssom.tsv"
    path.unlink()
    accept(project, Decision("city:seoul", "wd:Q8684", "Mina", DAY))
    accepted = read_mapping_set(path)
    shipped = read_mapping_set(Project.here().links / path.name).header
    texts = ("  ", "mapping_set_description")
    assert [line for line in accepted.header if not line.startswith(texts)] == [
        line for line in shipped if not line.startswith(texts)
    ]
    assert [line.split(":")[0].strip() for line in accepted.header if line.startswith("  ")] == [*PREFIXES]
    assert len(accepted.rows) == 1


@contextmanager
def full_disk() -> Iterator[None]:
    """Let no file grow: the system refuses to write, as on a disk that is full, and names no file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_named_by_the_file_that_found_no_room(project: Project, run: Run) -> None:
    with full_disk():
        refused = run("review", "city:seoul", "--refuse", "Q1", "--by", "Mina")
    assert refused.output == f"shahr: {project.links / 'wikidata.sssom.tsv'}: File too large\n"
    assert list(project.links.iterdir()) == []
    with misbehaving({"/sparql": honest(turtle([Thing("Q8684", [("Seoul", "en")])]))}) as server:
        with full_disk():
            failed = run("--endpoint", f"{server.address}/sparql")
        assert failed.output == f"shahr: {project.dist / 'link'}: File too large\n"
        assert run("--endpoint", f"{server.address}/sparql").exit_code == 0
