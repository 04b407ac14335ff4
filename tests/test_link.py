"""`shahr link`: what it proposes, what it leaves alone, and what it does with endpoints that fail."""

from __future__ import annotations

import fcntl
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from endpoints import free_port, oxigraph_read_only
from misbehaving import Reply, hang, misbehaving, pour, response, rows
from shahr.cli import main
from shahr.client import Client
from shahr.link.asking import open_client
from shahr.link.labels import labels_of, texts
from shahr.paths import Project
from shahr.sssom import COMPOSITE, LEXICAL, Mapping, read_mapping_set
from wikidatalike import (
    BIG_CITY,
    CITY,
    COUNTRY,
    HUMAN,
    SAMPLE,
    SONG,
    Ours,
    Thing,
    honest,
    invented,
    project_with,
    turtle,
)

MANUAL = "semapv:ManualMappingCuration"
IRAN = Ours("country/iran", [("Iran", "en"), ("ایران", "fa")], ("Country", "Place"))
ISFAHAN = Ours("city/isfahan", [("Isfahan", "en"), ("اصفهان", "fa")], country="country/iran", point=(32.652, 51.675))
IRAN_THERE = Thing("Q794", [("Iran", "en"), ("ایران", "fa")], (COUNTRY,))
ISFAHAN_THERE = Thing("Q42053", [("Isfahan", "en")], (BIG_CITY,), "Q794", (32.7, 51.7), "418863")
ACCEPTED = f"country:iran\tIran\tskos:exactMatch\t\twd:Q794\t{MANUAL}\n"

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run `shahr link` on the project of a test."""
    return lambda *words: CliRunner().invoke(main, ["--project", str(tmp_path / "p"), "link", *words])


@pytest.fixture
def pair(tmp_path: Path) -> Project:
    """Isfahan, without a link, and Iran, with one."""
    return project_with(tmp_path / "p", [IRAN, ISFAHAN], ACCEPTED)


def proposed(project: Project) -> list[Mapping]:
    """Give the candidates in the file of links, in order."""
    path = project.links / "wikidata.sssom.tsv"
    return [row for row in read_mapping_set(path).rows if row.mapping_tool] if path.exists() else []


def served(*things: Thing) -> dict[str, Reply]:
    return {"/sparql": honest(turtle(things))}


def test_a_city_is_proposed_with_all_that_agrees_in_words(pair: Project, run: Run) -> None:
    with misbehaving(served(IRAN_THERE, ISFAHAN_THERE)) as server:
        found = run("--endpoint", f"{server.address}/sparql")
    assert found.exit_code == 0, found.output
    [row] = proposed(pair)
    assert (row.subject_id, row.predicate_id, row.object_id) == ("city:isfahan", "skos:exactMatch", "wd:Q42053")
    assert (row.mapping_justification, row.confidence, row.match_string) == (COMPOSITE, 0.99, "Isfahan")
    assert row.comment == "same name: Isfahan; in Iran; 5.8 km from our coordinates"
    assert (row.mapping_tool, row.object_label) == ("shahr link", "Isfahan")
    assert "1 entities: 1 with one clear item" in found.output


def test_the_sample_of_wikidata_gives_every_city_its_item(tmp_path: Path, run: Run) -> None:
    if not SAMPLE.is_file():
        pytest.skip("the sample of Wikidata is not beside the checkout (../shared/wikidata)")
    novi_sad = Ours("city/novi-sad", [("نووی\u200cساد", "fa")])
    project = project_with(tmp_path / "p", [IRAN, ISFAHAN, novi_sad], ACCEPTED)
    (tmp_path / "store").mkdir()
    with oxigraph_read_only(SAMPLE.read_bytes(), tmp_path / "store") as endpoint:
        assert run("--endpoint", endpoint).exit_code == 0
        again = run("--endpoint", endpoint)
    assert {row.subject_id: row.object_id for row in proposed(project)} == {
        "city:isfahan": "wd:Q42053",
        "city:novi-sad": "wd:Q55630",
    }
    assert "0 requests" in again.output


@pytest.mark.parametrize(
    "there", ["علی\u200cآباد", "علی آباد", "علیآباد", "عل\u064aآباد", "عل\u064a\u200cآباد"], ids=ascii
)
def test_a_persian_name_is_found_however_wikidata_writes_it(tmp_path: Path, run: Run, there: str) -> None:
    project = project_with(tmp_path / "p", [Ours("city/aliabad", [("علی\u200cآباد", "fa")])])
    with misbehaving(served(Thing("Q7", [(there, "fa")]))) as server:
        run("--endpoint", f"{server.address}/sparql")
    assert [(row.object_id, row.mapping_justification) for row in proposed(project)] == [("wd:Q7", LEXICAL)]


@pytest.mark.parametrize("language", ["en", "mul", ""])
def test_a_latin_name_is_found_as_label_or_alias_in_english_in_all_languages_or_in_none(
    tmp_path: Path, run: Run, language: str
) -> None:
    project = project_with(tmp_path / "p", [Ours("city/seoul", [("Seoul", "en")])])
    with misbehaving(served(Thing("Q7", [("Seoul City", language), ("Seoul", language)]))) as server:
        run("--endpoint", f"{server.address}/sparql")
    assert [row.object_id for row in proposed(project)] == ["wd:Q7"]


def test_words_in_brackets_are_no_part_of_a_name() -> None:
    assert texts("Hyderabad (India)") == ["Hyderabad (India)", "Hyderabad"]
    assert [str(one) for one in labels_of("Paris")] == ['"Paris"@en', '"Paris"@mul', '"Paris"']


def test_the_right_one_of_two_namesakes_is_told_by_country_or_by_coordinates(tmp_path: Path, run: Run) -> None:
    placed = Ours("city/placed", [("Hyderabad", "en")], point=(17.38, 78.46))
    project = project_with(tmp_path / "p", [IRAN, replace(ISFAHAN, point=None), placed], ACCEPTED)
    namesake = replace(ISFAHAN_THERE, id="Q9", country="Q843")
    india = Thing("Q1361", [("Hyderabad", "en")], (CITY,), "Q668", (17.384, 78.456))
    pakistan = Thing("Q1640079", [("Hyderabad", "en")], (CITY,), "Q843", (25.397, 68.377))
    with misbehaving(served(IRAN_THERE, ISFAHAN_THERE, namesake, india, pakistan)) as server:
        run("--endpoint", f"{server.address}/sparql")
    assert [(row.subject_id, row.object_id) for row in proposed(project)] == [
        ("city:isfahan", "wd:Q42053"),
        ("city:placed", "wd:Q1361"),
    ]


def test_namesakes_that_nothing_tells_apart_are_at_most_three_unclear_candidates(tmp_path: Path, run: Run) -> None:
    project = project_with(tmp_path / "p", [Ours("city/springfield", [("Springfield", "en")])])
    things = [Thing(f"Q{number}", [("Springfield", "en")]) for number in range(1, 6)]
    with misbehaving(served(*things)) as server:
        found = run("--endpoint", f"{server.address}/sparql")
    assert [row.object_id for row in proposed(project)] == ["wd:Q1", "wd:Q2", "wd:Q3"]
    assert all(row.confidence is not None and row.confidence < 0.5 for row in proposed(project))
    assert "0 with one clear item, 1 with several" in found.output


def test_names_that_are_sure_of_different_items_leave_it_to_a_person(tmp_path: Path, run: Run) -> None:
    project = project_with(tmp_path / "p", [Ours("city/gwangju", [("Gwangju", "en"), ("گوانگژو", "fa")])])
    with misbehaving(served(Thing("Q41283", [("Gwangju", "en")]), Thing("Q16572", [("گوانگژو", "fa")]))) as server:
        run("--endpoint", f"{server.address}/sparql")
    first, second = proposed(project)
    assert (first.object_id, second.object_id) == ("wd:Q16572", "wd:Q41283")
    assert first.confidence == second.confidence
    assert first.confidence is not None
    assert first.confidence <= 0.5


def test_an_item_that_only_its_name_speaks_for_does_not_hide_the_others(tmp_path: Path, run: Run) -> None:
    project = project_with(tmp_path / "p", [Ours("city/gwangju", [("Gwangju", "en"), ("گوانگژو", "fa")])])
    others = [Thing(f"Q{number}", [("گوانگژو", "fa")]) for number in (2, 3)]
    with misbehaving(served(Thing("Q1", [("Gwangju", "en")]), *others)) as server:
        run("--endpoint", f"{server.address}/sparql")
    found = {(row.object_id, row.confidence) for row in proposed(project)}
    assert found == {("wd:Q1", 0.7), ("wd:Q2", 0.49), ("wd:Q3", 0.49)}
    assert all(row.comment.startswith("one of 3 items with such a name; ") for row in proposed(project))


def test_what_is_of_another_kind_is_not_proposed(tmp_path: Path, run: Run) -> None:
    project = project_with(tmp_path / "p", [Ours("city/isfahan", [("Isfahan", "en")])])
    with misbehaving(served(Thing("Q1", [("Isfahan", "en")], (SONG,)), Thing("Q2", [("Isfahan", "en")], ()))) as server:
        found = run("--endpoint", f"{server.address}/sparql")
    assert proposed(project) == []
    assert "1 with none" in found.output


NO_CITIES = {
    "a disambiguation page": "Q4167410",
    "a family name": "Q101352",
    "a county": "Q1344695",
    "a station": "Q55488",
    "a club": "Q476028",
    "nothing that is told": "",
}
CLASSES = [
    Thing("Q1344695", classes=(), above=("Q56061",)),
    Thing("Q55488", classes=(), above=("Q811979",)),
    Thing("Q476028", classes=(), above=("Q43229",)),
    Thing("Q262166", classes=(), above=("Q15284",)),
    Thing("Q15284", classes=(), above=("Q56061", "Q43229")),
]


def test_what_has_the_name_of_a_city_and_lies_in_it_is_not_the_city(pair: Project, run: Run) -> None:
    namesakes = [
        replace(ISFAHAN_THERE, id=f"Q{number}", classes=(one,) if one else ())
        for number, one in enumerate(NO_CITIES.values(), 1)
    ]
    with misbehaving(served(IRAN_THERE, *CLASSES, *namesakes)) as server:
        assert "1 with none" in run("--endpoint", f"{server.address}/sparql").output
    assert proposed(pair) == []
    with misbehaving(served(IRAN_THERE, ISFAHAN_THERE, *CLASSES, *namesakes)) as server:
        run("--endpoint", f"{server.address}/sparql")
    assert [(row.object_id, row.confidence) for row in proposed(pair)] == [("wd:Q42053", 0.99)]


def test_a_city_and_its_municipality_are_for_a_person_to_choose_from(pair: Project, run: Run) -> None:
    municipality = replace(ISFAHAN_THERE, id="Q7", classes=("Q262166",))
    with misbehaving(served(IRAN_THERE, ISFAHAN_THERE, municipality, *CLASSES)) as server:
        found = run("--endpoint", f"{server.address}/sparql")
    assert {(row.object_id, row.confidence) for row in proposed(pair)} == {("wd:Q42053", 0.5), ("wd:Q7", 0.5)}
    assert "0 with one clear item" in found.output


def test_a_town_whose_class_is_below_those_of_organisations_is_none_of_ours(tmp_path: Path, run: Run) -> None:
    agency = Ours("organization/borna", [("Borna", "en")], ("Organization",))
    project = project_with(tmp_path / "p", [agency])
    with misbehaving(served(Thing("Q14905", [("Borna", "en")], ("Q262166",)), *CLASSES)) as server:
        run("--endpoint", f"{server.address}/sparql")
    assert proposed(project) == []


@pytest.mark.parametrize(
    ("ours", "item", "confidence"),
    [
        (replace(ISFAHAN, country="", point=None), Thing("Q7", [("Isfahan", "en")]), 0.7),
        (Ours("person/ali", [("Ali Karimi", "en")], ("Person",)), Thing("Q7", [("Ali Karimi", "en")], (HUMAN,)), 0.7),
        (Ours("country/mali", [("Mali", "en")], ("Country",)), Thing("Q7", [("Mali", "en")], (COUNTRY,)), 0.97),
    ],
    ids=["city", "person", "country"],
)
def test_a_name_alone_makes_nothing_clear_but_a_country(
    tmp_path: Path, run: Run, ours: Ours, item: Thing, confidence: float
) -> None:
    project = project_with(tmp_path / "p", [ours])
    with misbehaving(served(item)) as server:
        found = run("--endpoint", f"{server.address}/sparql")
    assert [row.confidence for row in proposed(project)] == [confidence]
    assert f"{int(confidence > 0.9)} with one clear item" in found.output


@pytest.mark.parametrize(
    ("points", "confidence"),
    [
        ("Point(51.7 32.7)", 0.99),
        ("Point(51.7 33.0)", 0.99),  # 39 km away: the country speaks for it, and nothing against it
        ("Point(51.7 10)|Point(10 32.7)", 0.55),  # here the longitude, there the latitude
        ("<http://www.wikidata.org/entity/Q405> Point(51.7 32.7)|Point(51.7 99)", 0.99),  # no point on Earth
    ],
    ids=["near", "not far", "crossed", "none"],
)
def test_coordinates_speak_for_an_item_near_by_and_against_one_far_away(
    pair: Project, run: Run, points: str, confidence: float
) -> None:
    literals = ", ".join(f'"{one}"^^geo:wktLiteral' for one in points.split("|"))
    there = turtle([IRAN_THERE, replace(ISFAHAN_THERE, point=None)]) + f"wd:Q42053 wdt:P625 {literals} .".encode()
    with misbehaving({"/sparql": honest(there)}) as server:
        run("--endpoint", f"{server.address}/sparql")
    assert [row.confidence for row in proposed(pair)] == [confidence]


def test_an_item_with_hundreds_of_names_is_as_good_as_one_with_two(pair: Project, run: Run) -> None:
    names = [("Isfahan", "en"), *((f"Isfahan {number}", "en") for number in range(300)), ("Ispahan", "fr")]
    with misbehaving(served(IRAN_THERE, replace(ISFAHAN_THERE, names=names))) as server:
        run("--endpoint", f"{server.address}/sparql")
    assert [(row.object_label, row.confidence) for row in proposed(pair)] == [("Isfahan", 0.99)]


def test_nothing_found_leaves_no_row_and_no_file(tmp_path: Path, run: Run) -> None:
    project = project_with(tmp_path / "p", [ISFAHAN])
    with misbehaving(served(IRAN_THERE)) as server:
        assert run("--endpoint", f"{server.address}/sparql").exit_code == 0
    assert not (project.links / "wikidata.sssom.tsv").exists()


def test_a_merged_item_gives_the_one_that_it_is_part_of_now(tmp_path: Path, run: Run) -> None:
    project = project_with(tmp_path / "p", [Ours("city/isfahan", [("Esfahan", "en")])])
    old = Thing("Q7", [("Esfahan", "en")], (), merged_into="Q42053")
    with misbehaving(served(old, Thing("Q42053", [("Eşfahān", "en")]))) as server:
        run("--endpoint", f"{server.address}/sparql")
    assert [row.object_id for row in proposed(project)] == ["wd:Q42053"]


def test_posts_and_what_was_never_resolved_and_what_has_a_link_or_surely_none_are_left_out(
    tmp_path: Path, run: Run
) -> None:
    post = Ours("post/mayor", [("Isfahan", "en")], ("Post",))
    unresolved = Ours("place/isfahan", [("Isfahan", "en")], ("Place", "Unresolved"))
    gap = Ours("city/gap", [("Isfahan", "en")])
    nothing = f"city:gap\tGap\tskos:exactMatch\t\tsssom:NoTermFound\t{MANUAL}\n"
    project = project_with(tmp_path / "p", [IRAN, post, unresolved, gap], ACCEPTED + nothing)
    with misbehaving(served(IRAN_THERE, ISFAHAN_THERE)) as server:
        run("--endpoint", f"{server.address}/sparql")
        assert (server.requests, proposed(project)) == ([], [])
        run("--endpoint", f"{server.address}/sparql", "--again")
    assert [row.subject_id for row in proposed(project)] == ["city:gap", "country:iran"]


def test_a_pair_that_was_denied_is_never_proposed_again(tmp_path: Path, run: Run) -> None:
    denied = f"city:isfahan\tIsfahan\tskos:exactMatch\tNot\twd:Q42053\t{MANUAL}\n"
    project = project_with(tmp_path / "p", [ISFAHAN], denied)
    with misbehaving(served(ISFAHAN_THERE)) as server:
        run("--endpoint", f"{server.address}/sparql", "--again")
    assert proposed(project) == []


def test_an_item_that_is_another_entity_of_ours_is_not_proposed(tmp_path: Path, run: Run) -> None:
    taken = f"city:spahan\tSpahan\tskos:exactMatch\t\twd:Q42053\t{MANUAL}\n"
    project = project_with(tmp_path / "p", [ISFAHAN, Ours("city/spahan", [("Spahan", "en")])], taken)
    with misbehaving(served(ISFAHAN_THERE)) as server:
        run("--endpoint", f"{server.address}/sparql")
    assert proposed(project) == []


def test_only_the_kinds_that_were_asked_for_are_looked_up(tmp_path: Path, run: Run) -> None:
    person = Ours("person/isfahan", [("Isfahan", "en")], ("Person",))
    project = project_with(tmp_path / "p", [ISFAHAN, person])
    with misbehaving(served(ISFAHAN_THERE, Thing("Q1", [("Isfahan", "en")], (HUMAN,)))) as server:
        run("--endpoint", f"{server.address}/sparql", "--kind", "person")
    assert [(row.subject_id, row.object_id) for row in proposed(project)] == [("person:isfahan", "wd:Q1")]


def test_a_dry_run_prints_the_proposals_and_writes_none_but_keeps_the_answers(pair: Project, run: Run) -> None:
    before = (pair.links / "wikidata.sssom.tsv").read_bytes()
    with misbehaving(served(IRAN_THERE, ISFAHAN_THERE)) as server:
        found = run("--endpoint", f"{server.address}/sparql", "--dry-run")
        assert (pair.links / "wikidata.sssom.tsv").read_bytes() == before
        asked = len(server.requests)
        run("--endpoint", f"{server.address}/sparql")
        assert len(server.requests) == asked
        run("--endpoint", f"{server.address}/sparql", "--fresh")
        assert len(server.requests) == 2 * asked
    head, _, row, total = found.output.splitlines()
    assert head.split() == ["subject", "item", "confidence", "label", "comment"]
    assert " ".join(row.split()).startswith("city:isfahan wd:Q42053 0.99 Isfahan same name: Isfahan; in Iran")
    assert total.startswith("1 entities: 1 with one clear item")


def test_a_dry_run_names_what_has_no_item(tmp_path: Path, run: Run) -> None:
    project = project_with(
        tmp_path / "p", [replace(ISFAHAN, country=""), Ours("city/alpha", [("Alpha", "en"), ("آلفا", "fa")])]
    )
    with misbehaving(served(IRAN_THERE, ISFAHAN_THERE)) as server:
        found = run("--endpoint", f"{server.address}/sparql", "--dry-run")
        assert "1 with none (--dry-run names them); " in run("--endpoint", f"{server.address}/sparql").output
    _, _, alpha, isfahan, total = found.output.splitlines()
    assert " ".join(alpha.split()) == "city:alpha nothing found for Alpha, آلفا"
    assert isfahan.startswith("city:isfahan")
    assert "1 with none; " in total
    assert [row.subject_id for row in proposed(project)] == ["city:isfahan"]


def test_rows_of_others_stay_and_a_proposal_that_says_the_same_keeps_its_day(pair: Project, run: Run) -> None:
    path = pair.links / "wikidata.sssom.tsv"
    with misbehaving(served(IRAN_THERE, ISFAHAN_THERE)) as server:
        run("--endpoint", f"{server.address}/sparql")
        [row] = proposed(pair)
        path.write_text(path.read_text("utf-8").replace(row.mapping_date, "2001-02-03"), "utf-8")
        before = path.read_bytes()
        run("--endpoint", f"{server.address}/sparql", "--fresh")
    assert path.read_bytes() == before


def test_no_request_holds_more_terms_than_asked_for_and_the_file_is_the_same(tmp_path: Path) -> None:
    truth, files, sizes = invented(30), [], []
    for batch in (7, 200):
        with misbehaving(served(*truth.things)) as server:
            project = project_with(tmp_path / str(batch), truth.ours)
            words = ["--project", str(project.root), "link", "--endpoint", f"{server.address}/sparql"]
            assert CliRunner().invoke(main, [*words, "--batch", str(batch)]).exit_code == 0
        files.append((project.links / "wikidata.sssom.tsv").read_bytes())
        blocks = [asked.query.split("VALUES", 1)[1].split("}")[0] for asked in server.requests]
        sizes.append(max(len(re.findall(r'"[^"]*"|<', block)) for block in blocks))
        assert server.most_at_once == 1
    assert files[0] == files[1]
    assert (sizes[0], 150 < sizes[1] <= 200) == (7, True)


BAD = {
    "html": response(b"<html>Sorry</html>", "text/html"),
    "cut": response(b'{"head":{"vars":["name","item"]},"results":{"bindings":[{"name":'),
    "redirect": response(b"", "text/plain", "302 Found", "Location: http://127.0.0.1:9/other"),
    "error": response(b"java.util.concurrent.TimeoutException", "text/plain", "500 Internal Server Error"),
    "other columns": rows("x"),
    "nothing": b"",
}


@pytest.mark.parametrize("bad", BAD)
def test_a_failing_endpoint_leaves_the_file_alone_and_the_next_run_goes_on(tmp_path: Path, bad: str) -> None:
    truth = invented(60)
    project = project_with(tmp_path / "p", truth.ours)
    good = honest(turtle(truth.things))
    words = ["--project", str(project.root), "link", "--batch", "50"]
    with misbehaving({"/sparql": [good, good, BAD[bad], good]}) as server:
        failed = CliRunner().invoke(main, [*words, "--endpoint", f"{server.address}/sparql"])
        assert failed.exit_code == 1
        assert not (project.links / "wikidata.sssom.tsv").exists()
        assert failed.output.startswith(f"shahr: {server.address}/sparql: ")
        assert failed.output.endswith("(nothing is lost: run it again to go on where it stopped)\n")
        assert failed.output.count("\n") == 1
        done = CliRunner().invoke(main, [*words, "--endpoint", f"{server.address}/sparql"])
        assert done.exit_code == 0, done.output
        texts = [asked.query for asked in server.requests]
    assert [text for text in texts if texts.count(text) > 1] == [texts[2], texts[3]]
    assert len(proposed(project)) == len(truth.items)


def test_a_busy_endpoint_that_says_no_time_is_asked_again(
    pair: Project, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shahr.link.asking.open_client", lambda endpoint: Client(endpoint, sleep=lambda seconds: None))
    busy = response(b"slow down", "text/plain", "429 Too Many Requests")
    with misbehaving({"/sparql": [busy, busy, honest(turtle([IRAN_THERE, ISFAHAN_THERE]))]}) as server:
        assert run("--endpoint", f"{server.address}/sparql").exit_code == 0
    assert len(proposed(pair)) == 1


@pytest.mark.parametrize(("bad", "sentence"), [(hang, "second"), (pour(1024 * 1024), "larger")])
def test_a_slow_and_a_huge_answer_are_given_up_and_the_next_run_goes_on(
    pair: Project, run: Run, monkeypatch: pytest.MonkeyPatch, bad: Reply, sentence: str
) -> None:
    monkeypatch.setattr("shahr.link.asking.open_client", lambda endpoint: Client(endpoint, timeout=0.4))
    monkeypatch.setattr("shahr.exchange.LARGEST", 256 * 1024)
    good = honest(turtle([IRAN_THERE, ISFAHAN_THERE]))
    with misbehaving({"/sparql": [good, bad, good]}) as server:
        failed = run("--endpoint", f"{server.address}/sparql")
        assert (failed.exit_code, failed.output.count("\n"), sentence in failed.output) == (1, 1, True)
        assert proposed(pair) == []
        run("--endpoint", f"{server.address}/sparql")
        assert len(server.requests) == 5
    assert len(proposed(pair)) == 1


def test_an_endpoint_that_is_not_there_is_one_sentence(pair: Project, run: Run) -> None:
    found = run("--endpoint", f"http://127.0.0.1:{free_port()}/sparql")
    assert (found.exit_code, found.output.count("\n")) == (1, 1)


def test_wikidata_is_asked_with_a_pause_and_others_without() -> None:
    assert [open_client(f"https://{host}/sparql")._pause for host in ("query.wikidata.org", "example.org")] == [1, 0]


def test_a_broken_row_is_named_before_anything_is_asked(tmp_path: Path, run: Run) -> None:
    project = project_with(tmp_path / "p", [ISFAHAN], "city:isfahan\tIsfahan\n")
    before = (project.links / "wikidata.sssom.tsv").read_bytes()
    with misbehaving(served(ISFAHAN_THERE)) as server:
        found = run("--endpoint", f"{server.address}/sparql")
        assert server.requests == []
    assert found.exit_code == 1
    assert "wikidata.sssom.tsv:10: has 2 cells where the table has 6 columns" in found.output
    assert (project.links / "wikidata.sssom.tsv").read_bytes() == before


def test_a_project_that_was_never_built_is_one_sentence(tmp_path: Path, run: Run) -> None:
    (tmp_path / "p" / "ontology").mkdir(parents=True)
    found = run("--endpoint", f"http://127.0.0.1:{free_port()}/sparql")
    assert (found.exit_code, found.output.count("\n"), "shahr run" in found.output) == (1, 1, True)


def test_kept_answers_that_are_damaged_are_asked_for_again(pair: Project, run: Run) -> None:
    with misbehaving(served(IRAN_THERE, ISFAHAN_THERE)) as server:
        run("--endpoint", f"{server.address}/sparql", "--dry-run")
        asked = len(server.requests)
        [kept] = (pair.dist / "link").glob("*/answers.jsonl")
        lines = kept.read_bytes().splitlines(keepends=True)
        kept.write_bytes(b"".join([lines[0], b'{"no": "answer"}\n', *lines[2:-1], lines[-1][:20]]))
        for _ in range(2):
            run("--endpoint", f"{server.address}/sparql")
            assert len(server.requests) == asked + 2
    assert len(proposed(pair)) == 1


def test_two_runs_at_once_do_not_ask_one_endpoint(pair: Project, run: Run) -> None:
    with misbehaving(served(IRAN_THERE, ISFAHAN_THERE)) as server:
        run("--endpoint", f"{server.address}/sparql", "--dry-run")
        [kept] = (pair.dist / "link").glob("*/answers.jsonl")
        with kept.open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            found = run("--endpoint", f"{server.address}/sparql")
    assert found.exit_code == 1
    assert "try again when it has finished" in found.output


def test_a_label_that_holds_commands_for_a_terminal_cannot_break_the_file(tmp_path: Path, run: Run) -> None:
    project = project_with(tmp_path / "p", [Ours("city/seoul", [("Seoul", "en")])])
    evil = Thing("Q7", [("\x1b[2J\u202eevil\tlabel", "en"), ("Seoul", "en")])
    with misbehaving(served(evil)) as server:
        assert run("--endpoint", f"{server.address}/sparql").exit_code == 0
    assert [row.object_label for row in proposed(project)] == ["[2Jevil label"]
