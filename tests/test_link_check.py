"""`shahr link check`: what it finds about the items that entities are linked to, and what it leaves open."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from endpoints import oxigraph_read_only
from misbehaving import Reply, misbehaving, response
from shahr.cli import main
from wikidatalike import BIG_CITY, SAMPLE, SONG, Ours, Thing, honest, project_with, turtle

MANUAL = "semapv:ManualMappingCuration"
POINT = (10.0, 20.0)
FAULTS = {
    "merged": (Thing("Q1", merged_into="Q7", classes=()), "it was merged into wd:Q7"),
    "unknown": (None, "the endpoint knows nothing of it: it was deleted, or never was there"),
    "type": (Thing("Q1", [("One", "en")], (SONG,)), "it is no city there: its class is song (Q7366)"),
    "far": (Thing("Q1", [("One", "en")], point=(10.5, 20.0)), "it lies 56 km from our coordinates"),
    "geonames": (Thing("Q1", [("One", "en")], geonames="5"), "it has GeoNames id 5 and we 1"),
}

Check = Callable[..., Result]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Run `shahr link check` on a project whose one city is linked to Q1 and to GeoNames 1."""
    links = f"city:one\tOne\tskos:exactMatch\t\twd:Q1\t{MANUAL}\ncity:one\tOne\tskos:exactMatch\t\tgn:1/\t{MANUAL}\n"
    project = project_with(tmp_path / "p", [Ours("city/one", [("One", "en")], point=POINT)], links)

    def run(reply: Reply | Sequence[Reply], *words: str) -> Result:
        before = (project.links / "wikidata.sssom.tsv").read_bytes()
        with misbehaving({"/sparql": reply}) as server:
            command = ["--project", str(project.root), "link", "check", "--endpoint", f"{server.address}/sparql"]
            found = CliRunner().invoke(main, [*command, *words])
        assert (project.links / "wikidata.sssom.tsv").read_bytes() == before
        return found

    return run


def test_a_link_that_is_as_it_should_be_is_no_fault(check: Check) -> None:
    sound = Thing("Q1", [("One", "en")], (BIG_CITY,), point=(10.4, 20.0), geonames="1")
    found = check(honest(turtle([sound])))
    assert (found.exit_code, found.output) == (0, "1 links: 0 at fault, 0 not checked\n")


@pytest.mark.parametrize("fault", FAULTS)
def test_what_became_of_an_item_is_found_and_said(check: Check, fault: str) -> None:
    thing, message = FAULTS[fault]
    song = Thing(SONG, [("song", "en")], ())
    found = check(honest(turtle([song, thing] if thing else [])), "--json")
    assert found.exit_code == 1
    told = {"subject": "city:one", "item": "wd:Q1", "fault": fault, "message": message}
    assert json.loads(found.output) == {"links": 1, "faults": [told]}


def test_an_item_of_which_no_name_in_our_languages_is_there_is_not_unknown(check: Check) -> None:
    assert check(honest(turtle([Thing("Q1", [("Eins", "de")], ())]))).exit_code == 0


def test_the_faults_are_a_table_on_the_terminal(check: Check) -> None:
    head, rule, row, total = check(honest(turtle([]))).output.splitlines()
    assert (head.split(), set(rule)) == (["subject", "item", "fault", "message"], {"-", " "})
    assert row.startswith("city:one  wd:Q1  unknown")
    assert total == "1 links: 1 at fault, 0 not checked"


def test_an_endpoint_that_fails_leaves_a_link_not_checked_and_never_deleted(check: Check) -> None:
    found = check(response(b"<html>Sorry</html>", "text/html"), "--json")
    assert found.exit_code == 2
    [told] = json.loads(found.output)["faults"]
    assert told["fault"] == "not checked"
    assert "not SPARQL results" in told["message"]
    reason, total = check(response(b"<html>Sorry</html>", "text/html")).output.splitlines()
    assert reason.startswith("not checked: http://127.0.0.1:")
    assert total == "1 links: 0 at fault, 1 not checked"


@pytest.mark.parametrize("failing", ["known", "classes"])
def test_a_later_question_that_fails_leaves_only_its_links_not_checked(check: Check, failing: str) -> None:
    thing = Thing("Q1", [("Eins", "de")], ()) if failing == "known" else Thing("Q1", [("One", "en")], (BIG_CITY,))
    good = honest(turtle([thing]))
    found = check([good, response(b"no", "text/plain", "500 Oh")], "--json")
    assert found.exit_code == 2
    assert [told["fault"] for told in json.loads(found.output)["faults"]] == ["not checked"]


def test_one_failed_batch_does_not_keep_the_others_from_being_checked_and_two_end_it(tmp_path: Path) -> None:
    ours = [Ours(f"city/c{number}", [(f"Name {number}", "en")]) for number in range(1, 901)]
    links = "".join(
        f"city:c{number}\tName\tskos:exactMatch\t\twd:Q{number}\t{MANUAL}\n" for number in range(1, len(ours) + 1)
    )
    project = project_with(tmp_path / "p", ours, links)
    good = honest(turtle(Thing(f"Q{number}", [("A", "en")]) for number in range(1, 901)))
    bad = response(b"no", "text/plain", "500 Oh")
    for replies, unchecked, asked in (([bad, good], 200, 7), ([bad, good, bad, good], 400, 7), ([bad], 900, 2)):
        with misbehaving({"/sparql": replies}) as server:
            words = ["--project", str(project.root), "link", "check", "--endpoint", f"{server.address}/sparql"]
            found = CliRunner().invoke(main, words)
            assert len(server.requests) == asked
        assert found.output.endswith(f"900 links: 0 at fault, {unchecked} not checked\n")


def test_an_endpoint_that_is_named_before_the_command_is_not_left_unasked(tmp_path: Path) -> None:
    project = project_with(tmp_path / "p", [Ours("city/one", [("One", "en")])])
    words = ["--project", str(project.root), "link", "--endpoint", "http://127.0.0.1:9/", "check"]
    found = CliRunner().invoke(main, words)
    assert found.exit_code == 2
    assert "write the options of `check` behind it" in found.output


def test_a_close_match_may_be_of_another_kind(tmp_path: Path) -> None:
    body = Ours("organization/municipality", [("Municipality", "en")], ("Organization",))
    links = f"organization:municipality\tM\tskos:closeMatch\t\twd:Q1\t{MANUAL}\n"
    project = project_with(tmp_path / "p", [body], links)
    with misbehaving({"/sparql": honest(turtle([Thing("Q1", [("City", "en")])]))}) as server:
        words = ["--project", str(project.root), "link", "check", "--endpoint", f"{server.address}/sparql"]
        assert CliRunner().invoke(main, words).exit_code == 0


def test_the_links_of_a_real_endpoint_are_checked(tmp_path: Path) -> None:
    if not SAMPLE.is_file():
        pytest.skip("the sample of Wikidata is not beside the checkout (../shared/wikidata)")
    isfahan = Ours("city/isfahan", [("Isfahan", "en")], point=(32.652, 51.675))
    paris = Ours("city/paris", [("Paris", "en")], point=(33.66, -95.55))
    rows = (
        f"city:isfahan\tI\tskos:exactMatch\t\twd:Q42053\t{MANUAL}\ncity:paris\tP\tskos:exactMatch\t\twd:Q90\t{MANUAL}\n"
    )
    project = project_with(tmp_path / "p", [isfahan, paris], rows)
    (tmp_path / "store").mkdir()
    with oxigraph_read_only(SAMPLE.read_bytes(), tmp_path / "store") as endpoint:
        words = ["--project", str(project.root), "link", "check", "--endpoint", endpoint]
        found = CliRunner().invoke(main, words)
    assert found.exit_code == 1
    assert "city:paris  wd:Q90  far" in found.output
    assert found.output.endswith("2 links: 1 at fault, 0 not checked\n")
