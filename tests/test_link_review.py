"""`shahr link review`: what people say of proposals, and what is kept of it."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from misbehaving import misbehaving
from shahr.cli import main
from shahr.link.review import Decision, accept
from shahr.link.rows import EXACT, with_proposals
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


def machine(project: Project) -> list[Mapping]:
    """Give the candidates: of Paris Q830149 and Q90 in this order, and of Seoul Q8684."""
    found = read_mapping_set(project.links / "wikidata.sssom.tsv").rows
    return [row for row in found if row.mapping_justification != MANUAL]


def links(project: Project) -> list[str]:
    return [link.object.rpartition("/")[2] for link in accepted_links(project)]


def test_a_proposal_is_no_link_before_somebody_accepts_it(project: Project, review: Run) -> None:
    assert links(project) == []
    said = "accepted: city:seoul wd:Q8684\nnext: `shahr run` builds the graph anew\n"
    assert review("city:seoul", "--accept", "Q8684").output == said
    assert links(project) == ["Q8684"]
    [row] = rows(project)
    assert (row.author_label, row.mapping_date, row.object_label) == ("Mina", date.today().isoformat(), "Seoul")
    assert row.comment == "reviewed: same name: Seoul, سئول; 2.1 km from our coordinates"
    assert row.confidence == 0.99
    assert "wd:Q8684" in [row.object_id for row in machine(project)]


def test_what_is_refused_has_a_row_that_says_so_beside_its_evidence(project: Project, review: Run) -> None:
    before = machine(project)
    assert review("city:paris", "--refuse", "wd:Q830149").output == "refused: city:paris wd:Q830149\n"
    [row] = rows(project, NOT)
    assert (row.subject_id, row.object_id, row.author_label) == ("city:paris", "wd:Q830149", "Mina")
    assert (row.object_label, row.confidence, row.comment) == ("Paris", 0.99, "refused in review")
    assert machine(project) == before
    assert links(project) == []
    assert "wd:Q830149" not in review(said="s\ns\n").output


def test_evidence_outlives_every_change_of_mind_and_the_comment_tells_of_each(project: Project, review: Run) -> None:
    before, today = machine(project), date.today().isoformat()
    why = f"reviewed: {before[2].comment}"
    review("city:seoul", "--accept", "Q8684", by="Mina")
    assert "next: `shahr run`" in review("city:seoul", "--refuse", "Q8684", by="Sara").output
    refused = f"refused in review; before: accepted by Mina on {today}: {why}"
    assert (rows(project), [row.comment for row in rows(project, NOT)]) == ([], [refused])
    review("city:seoul", "--accept", "Q8684", by="Ali")
    accepted = f"{why}; before: refused by Sara on {today}: {refused}"
    assert ([row.comment for row in rows(project)], rows(project, NOT)) == ([accepted], [])
    assert machine(project) == before
    assert links(project) == ["Q8684"]


def test_who_says_the_same_again_changes_nothing(project: Project, review: Run) -> None:
    path = project.links / "wikidata.sssom.tsv"
    for words, said in (("--accept", "accepted"), ("--refuse", "refused")):
        review("city:seoul", words, "Q8684")
        before = path.read_bytes()
        assert review("city:seoul", words, "Q8684").output == f"{said}: city:seoul wd:Q8684\n"
        assert path.read_bytes() == before


def test_a_new_search_keeps_the_evidence_of_what_was_refused(project: Project, review: Run) -> None:
    before = machine(project)
    review("city:paris", "--refuse", "Q830149")
    with misbehaving({"/sparql": honest(turtle(THERE))}) as server:
        command = ["--project", str(project.root), "link", "--endpoint", f"{server.address}/sparql"]
        assert CliRunner().invoke(main, command).exit_code == 0
    pairs = [(row.subject_id, row.object_id) for row in machine(project)]
    assert pairs == [(row.subject_id, row.object_id) for row in before]
    assert before[0] in machine(project)


def test_what_was_refused_while_the_search_went_on_is_not_proposed(project: Project, review: Run) -> None:
    mappings = read_mapping_set(project.links / "wikidata.sssom.tsv")
    new = machine(project)
    emptied = mappings.without(new).with_rows([replace(new[0], predicate_modifier=NOT, mapping_justification=MANUAL)])
    assert set(with_proposals(emptied, {"city:paris"}, new[:2]).rows) == {*emptied.rows, new[1]}


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
    assert (said.exit_code, "proposals left: 1\nnext: `shahr run`" in said.output) == (0, True)


def test_accepting_one_item_settles_the_others_of_the_entity(project: Project, review: Run) -> None:
    said = review(said="y\ny\n")
    assert [row.object_id for row in rows(project)] == ["wd:Q90", "wd:Q8684"]
    assert said.output.endswith("that was the last one\nnext: `shahr run` builds the graph anew\n")
    assert review().output == "no proposal is left\n"


def test_an_item_that_is_another_entity_by_now_is_asked_about_no_more(project: Project, review: Run) -> None:
    path = project.links / "wikidata.sssom.tsv"
    rival = replace(machine(project)[2], subject_id="city:paris")
    write_mapping_set(path, read_mapping_set(path).with_rows([rival]))
    review("city:seoul", "--accept", "Q8684")
    assert "city:paris = wd:Q8684" not in review(said="s\n" * 4).output


def test_nothing_is_locked_while_a_person_thinks_and_what_others_did_meanwhile_is_said(
    project: Project, review: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def think(*words: object, **options: object) -> str:
        accept(project, Decision("city:paris", "wd:Q830149", "Sara", "2026-11-22"))
        return "y"

    monkeypatch.setattr("click.prompt", think)
    said = review("city:paris")
    assert (said.exit_code, links(project)) == (0, ["Q830149"])
    assert "shahr: wd:Q830149 is the exact match of city:paris already" in said.output
    assert "shahr run" not in said.output


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


def test_a_link_to_geonames_is_in_the_way_of_none_to_wikidata(project: Project, review: Run) -> None:
    path = project.links / "wikidata.sssom.tsv"
    write_mapping_set(path, read_mapping_set(path).with_rows([Mapping("city:seoul", EXACT, "gn:1835848/", MANUAL)]))
    assert "city:seoul = wd:Q8684?" in review("city:seoul", said="y\n").output
    assert links(project) == ["Q8684", ""]  # the address of GeoNames ends with a slash


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


def test_an_item_that_no_run_proposed_is_accepted_with_a_word_on_it(project: Project, review: Run) -> None:
    assert review("city:paris", "--accept", "Q999").output.splitlines()[:2] == [
        "accepted: city:paris wd:Q999",
        "wd:Q999 was not proposed by any run: `shahr link check` will look at it",
    ]
    path = project.links / "wikidata.sssom.tsv"
    other = Mapping("city:seoul", "skos:closeMatch", "wd:Q998", MANUAL, object_label="Somewhere")
    write_mapping_set(path, read_mapping_set(path).with_rows([other]))
    review("city:paris", "--refuse", "Q998")
    assert [row.object_label for row in rows(project, NOT)] == ["Somewhere"]


def test_a_city_with_an_item_needs_no_excuse_any_more(project: Project, review: Run) -> None:
    excuse = '[[accepted-warnings]]\nsource = "shape:{}"\nnode = "city:{}"\nreason = "No item."\n'
    each = (("CityWikidata", "seoul"), ("CityGeoNames", "paris"))
    project.expectations.write_text("".join(excuse.format(*one) for one in each), encoding="utf-8")
    seoul, paris = (
        review(f"city:{name}", "--accept", id).output for name, id in (("seoul", "Q8684"), ("paris", "Q90"))
    )
    told = (
        "next: take the excuse of city:seoul (shape:CityWikidata) out of data/expectations.toml, for it has an item\n"
    )
    assert told in seoul
    assert "excuse" not in paris
    project.expectations.write_text("[[", encoding="utf-8")
    assert review("city:seoul", "--refuse", "Q8684").exit_code == 0


def test_an_item_that_was_found_takes_the_place_of_nothing_found(project: Project, review: Run) -> None:
    path = project.links / "wikidata.sssom.tsv"
    gap = Mapping("city:seoul", "skos:exactMatch", "sssom:NoTermFound", MANUAL)
    gap = replace(gap, mapping_date="2020-01-02", comment="no proof was found")
    write_mapping_set(path, read_mapping_set(path).with_rows([gap]))
    review("city:seoul", "--accept", "https://www.wikidata.org/wiki/Q8684")
    assert [row.object_id for row in rows(project)] == ["wd:Q8684"]
    assert rows(project)[0].comment.endswith("coordinates; before: nothing found on 2020-01-02: no proof was found")


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


def test_who_decides_is_asked_for_a_name_on_a_terminal(project: Project) -> None:
    ours, theirs = pty.openpty()
    words = ["--project", str(project.root), "link", "review", "city:seoul", "--accept", "Q8684"]
    environment = {name: text for name, text in os.environ.items() if name != "SHAHR_AUTHOR"}
    command = [sys.executable, "-c", "from shahr.cli import main; main()", *words]
    with subprocess.Popen(command, stdin=theirs, stdout=subprocess.DEVNULL, stderr=theirs, env=environment) as process:
        os.write(ours, b"Sara\n")
        assert process.wait(30) == 0
    os.close(ours)
    os.close(theirs)
    assert [row.author_label for row in rows(project)] == ["Sara"]


@pytest.mark.parametrize("by", [None, "", "   ", "\u200c\u202e", "…"], ids=ascii)
def test_who_decides_has_to_give_a_name(project: Project, review: Run, by: str | None) -> None:
    found = review("city:seoul", "--accept", "Q8684", *([] if by is None else ["--by", by]), by="")
    sentence = "shahr: who decides has to give a name: --by NAME, or SHAHR_AUTHOR in the environment\n"
    assert (found.exit_code, found.output, links(project)) == (1, sentence, [])


@pytest.mark.parametrize(
    ("by", "name"), [("A\u202el\x1b[2Ji\tR", "Al[2Ji R"), (" Mina ", "Mina"), ("علی\u200cرضا", "")], ids=ascii
)
def test_what_cannot_be_seen_is_no_part_of_a_name(project: Project, review: Run, by: str, name: str) -> None:
    said = review("city:seoul", "--accept", "Q8684", by=by)
    assert [row.author_label for row in rows(project)] == [name or by]
    assert (f"your name is written as {name}, without what cannot be seen" in said.output) == bool(name)
