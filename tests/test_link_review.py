"""`shahr link review`: what people say of proposals, and what is kept of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from misbehaving import misbehaving
from shahr.cli import main
from shahr.mappings import accepted_links
from shahr.paths import Project
from shahr.sssom import MANUAL, NOT, Mapping, read_mapping_set, write_mapping_set
from wikidatalike import Ours, Thing, honest, project_with, turtle

SEOUL = Ours("city/seoul", [("Seoul", "en"), ("سئول", "fa")], point=(37.566, 126.978))
PARIS = Ours("city/paris", [("Paris", "en"), ("پاریس", "fa")])
THERE = [
    Thing("Q8684", [("Seoul", "en"), ("سئول", "fa")], point=(37.55, 126.99), country="Q884"),
    Thing("Q884", [("South Korea", "en")], ("Q6256",)),
    Thing("Q90", [("Paris", "en")]),
    Thing("Q830149", [("Paris", "en")]),
]

Run = Callable[..., Result]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Seoul, for which one item is proposed, and Paris, for which there are two."""
    made = project_with(tmp_path / "p", [SEOUL, PARIS])
    with misbehaving({"/sparql": honest(turtle(THERE))}) as server:
        done = CliRunner().invoke(main, ["--project", str(made.root), "link", "--endpoint", f"{server.address}/sparql"])
    assert done.exit_code == 0, done.output
    return made


@pytest.fixture
def review(project: Project) -> Run:
    """Run `shahr link review` as somebody called Mina, with these answers to what is asked."""

    def run(*words: str, said: str = "", by: str = "Mina") -> Result:
        command = ["--project", str(project.root), "link", "review", *words, *(["--by", by] if by else [])]
        return CliRunner().invoke(main, command, input=said)

    return run


def rows(project: Project, modifier: str = "") -> list[Mapping]:
    """Give what people said: rows that accept, or those with Not."""
    found = read_mapping_set(project.links / "wikidata.sssom.tsv").rows
    return [row for row in found if row.mapping_justification == MANUAL and row.predicate_modifier == modifier]


def open_ones(project: Project) -> list[str]:
    found = read_mapping_set(project.links / "wikidata.sssom.tsv").rows
    return [row.object_id for row in found if row.mapping_justification != MANUAL]


def links(project: Project) -> list[str]:
    return [link.object.rpartition("/")[2] for link in accepted_links(project)]


def test_a_proposal_is_no_link_before_somebody_accepts_it(project: Project, review: Run) -> None:
    assert links(project) == []
    assert review("city:seoul", "--accept", "Q8684").output == "accepted: city:seoul wd:Q8684\n"
    assert links(project) == ["Q8684"]
    [row] = rows(project)
    assert (row.author_label, row.mapping_date, row.object_label) == ("Mina", date.today().isoformat(), "Seoul")
    assert row.comment == "reviewed: same name: Seoul, سئول; 2.1 km from our coordinates"
    assert "wd:Q8684" in open_ones(project)


def test_what_is_refused_becomes_a_row_that_says_so(project: Project, review: Run) -> None:
    assert review("city:paris", "--refuse", "wd:Q830149").exit_code == 0
    [row] = rows(project, NOT)
    assert (row.subject_id, row.object_id, row.author_label) == ("city:paris", "wd:Q830149", "Mina")
    told = "refused in review; was proposed by shahr link with confidence 0.4[0-9]*: one of 2 items with such a name"
    assert re.match(told, row.comment)
    assert open_ones(project) == ["wd:Q90", "wd:Q8684"]
    assert links(project) == []


def test_a_proposal_shows_both_sides_in_both_languages(review: Run) -> None:
    shown = review("city/seoul", said="q\n").output
    assert "city:seoul = wd:Q8684? (1 to go)" in shown
    assert "Seoul · سئول; city; 37.566, 126.978" in shown
    assert "Seoul · سئول; class Q515; country South Korea (Q884); 37.550, 126.990" in shown
    assert "https://www.wikidata.org/wiki/Q8684" in shown
    assert "confidence 0.99; same name: Seoul, سئول; 2.1 km from our coordinates" in shown


def test_each_answer_is_written_before_the_next_is_asked(project: Project, review: Run) -> None:
    said = review(said="n\ny\n")  # and then nobody is there any more
    assert [row.object_id for row in rows(project, NOT)] == ["wd:Q90"]
    assert [row.object_id for row in rows(project)] == ["wd:Q830149"]
    assert (said.exit_code, said.output.endswith("proposals left: 1\n")) == (0, True)


def test_accepting_one_item_settles_the_others_of_the_entity(project: Project, review: Run) -> None:
    said = review(said="y\ny\n")
    assert [row.object_id for row in rows(project)] == ["wd:Q90", "wd:Q8684"]
    assert said.output.endswith("that was the last one\n")
    assert review().output == "no proposal is left\n"


def test_what_is_skipped_is_asked_the_next_time(project: Project, review: Run) -> None:
    before = (project.links / "wikidata.sssom.tsv").read_bytes()
    assert review(said="s\ns\ns\n").output.count("wikidata.org/wiki") == 3
    assert (project.links / "wikidata.sssom.tsv").read_bytes() == before


def test_a_second_exact_match_is_refused_with_a_sentence(project: Project, review: Run) -> None:
    review("city:paris", "--accept", "Q90")
    before = (project.links / "wikidata.sssom.tsv").read_bytes()
    for words in (("city:paris", "--accept", "Q830149"), ("city:seoul", "--accept", "Q90")):
        found = review(*words)
        assert found.exit_code == 1
        assert found.output.startswith(
            "shahr: wd:Q90 is the exact match of city:paris already: if that is wrong, refuse it first"
        )
        assert "(shahr link review city:paris --refuse Q90)" in found.output
    assert (project.links / "wikidata.sssom.tsv").read_bytes() == before


def test_the_last_word_on_a_pair_counts(project: Project, review: Run) -> None:
    review("city:paris", "--refuse", "Q90")
    review("city:paris", "--accept", "Q90")
    assert (links(project), rows(project, NOT)) == (["Q90"], [])
    review("city:paris", "--refuse", "Q90")
    assert (links(project), [row.object_id for row in rows(project, NOT)]) == ([], ["wd:Q90"])
    assert rows(project, NOT)[0].object_label == "Paris"


def test_an_item_that_was_not_proposed_has_the_label_that_the_endpoint_gave(project: Project, review: Run) -> None:
    review("city:paris", "--accept", "Q8684")
    review("city:paris", "--refuse", "Q1")
    assert [row.object_label for row in (*rows(project), *rows(project, NOT))] == ["Seoul", ""]


def test_an_item_that_was_found_takes_the_place_of_nothing_found(project: Project, review: Run) -> None:
    path = project.links / "wikidata.sssom.tsv"
    gap = Mapping("city:seoul", "skos:exactMatch", "sssom:NoTermFound", MANUAL)
    write_mapping_set(path, read_mapping_set(path).with_rows([gap]))
    review("city:seoul", "--accept", "https://www.wikidata.org/wiki/Q8684")
    assert [row.object_id for row in rows(project)] == ["wd:Q8684"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("city:atlantis", "--accept", "Q1"), "'city:atlantis' is no entity"),
        (("city:seoul", "--accept", "P31"), "'P31' is no item of Wikidata"),
        (("--accept", "Q1"), "name the entity"),
        (("city:seoul", "--accept", "Q1", "--refuse", "Q2"), "give one of --accept and --refuse"),
    ],
)
def test_what_cannot_be_decided_is_said_and_changes_nothing(
    project: Project, review: Run, words: tuple[str, ...], sentence: str
) -> None:
    before = (project.links / "wikidata.sssom.tsv").read_bytes()
    found = review(*words)
    assert found.exit_code != 0
    assert sentence in found.output
    assert (project.links / "wikidata.sssom.tsv").read_bytes() == before


def test_who_decides_has_to_give_a_name(project: Project, review: Run) -> None:
    review("city:seoul", "--accept", "Q8684", by="", said="Sara\n")
    assert [row.author_label for row in rows(project)] == ["Sara"]
    assert review("city:paris", "--accept", "Q90", by="").exit_code == 1
    assert links(project) == ["Q8684"]
