from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from invented import PREFIXES, TEXT, article_turtle, write
from shahr.build import build
from shahr.errors import SourcesRefused
from shahr.paths import Project


def refusal(project: Project, tmp_path: Path) -> list[str]:
    """Build, and give the lines of the refusal; nothing may have been written."""
    with pytest.raises(SourcesRefused) as caught:
        build(project, tmp_path)
    assert not (tmp_path / "graph.nq").exists()
    return str(caught.value).split("\n")


def test_each_file_has_its_graph(project: Project, tmp_path: Path) -> None:
    count = build(project, tmp_path)
    lines = (tmp_path / "graph.nq").read_text(encoding="utf-8").splitlines()
    assert len(lines) == count
    assert lines == sorted(lines)
    graphs = {line.rpartition("<")[2] for line in lines}
    assert graphs == {
        f"https://w3id.org/shahr/graph/{name}> ." for name in ("ontology", "entities", "links", "first-paper")
    }


def test_the_same_sources_give_the_same_bytes(project: Project, tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    for out in (first, second):
        out.mkdir()
        build(project, out)
    assert (first / "graph.nq").read_bytes() == (second / "graph.nq").read_bytes()


ARTICLE = "data/articles/second-paper.ttl"
BAD: dict[str, tuple[str, str, str]] = {
    "syntax error": (ARTICLE, "city:a a city:b ;\n ; ]", "second-paper.ttl:12: is not Turtle: "),
    "undeclared property": (
        ARTICLE,
        "article:x a shahr:Article ;\n shahr:colour 1 .",
        "second-paper.ttl:12: shahr:colour is not declared in ontology/; correct it or declare it there",
    ),
    "undeclared class": (
        ARTICLE,
        "article:x a shahr:Artikle .",
        "second-paper.ttl:11: shahr:Artikle is not declared",
    ),
    "undeclared concept": (
        ARTICLE,
        "article:x shahr:status concept:in-forse .",
        "second-paper.ttl:11: concept:in-forse is not declared in ontology/",
    ),
    "missing entity": (
        ARTICLE,
        "article:x shahr:city city:gamma .",
        "second-paper.ttl:11: city:gamma is not described in any file; correct the name or describe it",
    ),
    "entity of the same letters": (
        ARTICLE,
        "article:x shahr:city city:alph .",
        "11: city:alph is not described",
    ),
    "missing entity, whole IRI": (
        ARTICLE,
        "article:x shahr:city <https://w3id.org/shahr/city/gamma> .",
        "second-paper.ttl:11: city:gamma is not described",
    ),
    "subject in two files": (
        "data/entities/more.ttl",
        "city:alpha a shahr:City .",
        "more.ttl:11: city:alpha is described in ",
    ),
    "passage in two files": (
        ARTICLE,
        "passage:first-paper-0-15 a shahr:Passage .",
        "passage:first-paper-0-15 is described in ",
    ),
    "concept described in data": (
        ARTICLE,
        "concept:in-force a skos:Concept .",
        "concept:in-force is described in ",
    ),
    "capital in a slug": (
        "data/entities/more.ttl",
        "city:Alpha a shahr:City .",
        "city:Alpha is not a good name: ",
    ),
    "double hyphen": (
        "data/entities/more.ttl",
        "city:al--pha a shahr:City .",
        "city:al--pha is not a good name: ",
    ),
    "unknown kind": (
        "data/entities/more.ttl",
        "<https://w3id.org/shahr/town/alpha> a shahr:City .",
        "is of no kind that data/ may describe",
    ),
    "blank node": (
        ARTICLE,
        "article:x shahr:city [ a shahr:City ] .",
        "shahr:city has a blank node at one end",
    ),
    "reserved graph name": (
        "data/articles/inferred.ttl",
        "article:x a shahr:Article .",
        "cannot name a graph",
    ),
    "graph name is no slug": (
        "data/articles/A paper.ttl",
        "article:x a shahr:Article .",
        "cannot name a graph",
    ),
    "two files for one graph": (
        "data/external/first-paper.ttl",
        "article:x a shahr:Article .",
        "first-paper.ttl: has the name of ",
    ),
}


@pytest.mark.parametrize("why", BAD)
def test_bad_sources_are_refused_in_one_sentence(why: str, project: Project, tmp_path: Path) -> None:
    name, body, message = BAD[why]
    write(project.root / name, PREFIXES + body)
    [line] = refusal(project, tmp_path)
    assert message in line


def unreadable(path: Path) -> None:
    path.unlink()
    path.mkdir()


def forbidden(path: Path) -> None:
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read every file")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (unreadable, "cannot be read: Is a directory"),
        (forbidden, "cannot be read: Permission denied"),
        (lambda path: path.write_bytes(b"\n\xff\xfe"), "cities.ttl:2: is not UTF-8 text"),
    ],
)
def test_unreadable_files_are_refused(
    spoil: Callable[[Path], None], message: str, project: Project, tmp_path: Path
) -> None:
    spoil(project.entities / "cities.ttl")
    [line] = refusal(project, tmp_path)
    assert message in line


def test_a_link_to_nobody_is_refused(project: Project, tmp_path: Path) -> None:
    row = "city:gamma\tskos:exactMatch\t\twd:Q3\tsemapv:ManualMappingCuration\n"
    with (project.links / "cities.sssom.tsv").open("a", encoding="utf-8") as file:
        file.write(row)
    [line] = refusal(project, tmp_path)
    assert "cities.sssom.tsv:8: city:gamma is not described" in line


def test_files_of_links_that_contradict_each_other_are_refused(project: Project, tmp_path: Path) -> None:
    text = (project.links / "cities.sssom.tsv").read_text(encoding="utf-8")
    denied = text.replace("skos:exactMatch\t\t", "skos:exactMatch\tNot\t", 1)
    (project.links / "others.sssom.tsv").write_text(denied, encoding="utf-8")
    [line] = refusal(project, tmp_path)
    assert "cities.sssom.tsv" in line
    assert "others.sssom.tsv" in line


def test_all_errors_come_at_once_but_twenty_at_most(project: Project, tmp_path: Path) -> None:
    cities = ", ".join(f"city:missing-{number}" for number in range(30))
    write(project.root / ARTICLE, PREFIXES + f"article:x shahr:city {cities} .")
    lines = refusal(project, tmp_path)
    assert len(lines) == 21
    assert lines[-1] == "… and 10 more"


def test_files_of_the_ontology_may_share_a_term(project: Project, tmp_path: Path) -> None:
    write(project.ontology / "shahr-rl.ttl", PREFIXES + "shahr:city a owl:FunctionalProperty .")
    assert build(project, tmp_path) > 0


def test_a_second_article_is_welcome(project: Project, tmp_path: Path) -> None:
    before = build(project, tmp_path)
    write(project.root / ARTICLE, article_turtle(TEXT + "۲", "second-paper", [(0, 6)]))
    assert build(project, tmp_path) == before + 12
