"""`shahr quickstatements`: what is sent, and what is not and why; against a real endpoint."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

import quickstatements_world as world
from endpoints import free_port, oxigraph
from misbehaving import misbehaving, response, rows
from quickstatements_world import DAY, MEMBER, TWINS, Made, known, make, there
from shahr.alphabet import alphabetical
from shahr.cli.quickstatements import quickstatements
from shahr.client import Client
from shahr.errors import BatchError, EndpointError
from shahr.mappings import accepted_links
from shahr.paths import Project
from shahr.quickstatements import make_batch
from shahr.solutions import Solutions

BOTH = [("Q1001", "P190", "Q1002"), ("Q1002", "P190", "Q1001")]
SEAT = """
claim:seat a shahr:Claim ; shahr:claimSubject organization:net ; shahr:claimProperty shahr:headquarters ;
  shahr:claimEntity city:alpha ; shahr:evidence passage:told .
"""
FOUNDED = """
claim:founded a shahr:Claim ; shahr:claimSubject organization:net ; shahr:claimProperty shahr:foundingYear ;
  shahr:claimLiteral 2004 ; shahr:evidence passage:told .
"""
MAYOR = """
tenure:ada a shahr:Tenure ; shahr:holder person:ada ; shahr:post post:mayor ; shahr:evidence passage:told TIMES .
"""
AT_A_DAY = MAYOR.replace("TIMES", '; shahr:earliest "2017-06-08"^^xsd:date ; shahr:latest "2017-06-08"^^xsd:date')
WITH_TERM = MAYOR.replace("TIMES", '; shahr:start "2015-08-01"^^xsd:date ; shahr:end "2019-07-31"^^xsd:date')
DATELESS = MAYOR.replace("TIMES", "")
PRESENT = "item property statement value precision rank start startPrecision end endPrecision referenced"


def test_what_is_absent_is_sent_with_its_reference_in_both_directions(tmp_path: Path) -> None:
    made = make(tmp_path, TWINS, known())
    assert made.sent == BOTH
    assert made.lines[0].sources == (
        ("S854", ("text", "https://news.example/a%7Cb?c=d")),
        ("S1476", ("fa", 'گفت: «آلفا» و "بتا" دو خواهرند')),
        ("S577", ("time", "+2017-06-08T00:00:00Z/11")),
        ("S407", ("item", "Q9168")),  # and no S813: nobody knows when the page was read
    )


def test_what_has_no_reference_is_sent_and_what_has_one_is_not(tmp_path: Path) -> None:
    data = known() + there("Q1001", "P190", "Q1002") + there("Q1002", "P190", "Q1001", referenced=True)
    made = make(tmp_path, TWINS, data)
    assert made.sent == BOTH[:1]
    assert "Alpha ([Q1001]" in made.told("To be sent: Wikidata has the statement without")
    assert "Beta ([Q1002]" in made.told("Already there")


@pytest.mark.parametrize("status", ["proposed", "negotiating", "intended", "approved", "ended", "status-not-stated"])
def test_an_agreement_that_is_not_signed_is_no_twinning(tmp_path: Path, status: str) -> None:
    made = make(tmp_path, TWINS.replace("concept:signed", f"concept:{status}"), known())
    assert made.sent == []
    assert "not signed or in force" in made.told("Withheld")


def test_an_agreement_that_a_later_step_ended_is_no_twinning(tmp_path: Path) -> None:
    step = "event:over a shahr:StatusChange ; shahr:agreement agreement:twins ; shahr:status concept:ended ."
    assert make(tmp_path, TWINS + step, known()).sent == []


CONFLICTS = {
    "another founding year": (FOUNDED, there("Q3001", "P571", "1999-01-01", precision=9), "has 1999 there"),
    "another seat": (SEAT, there("Q3001", "P159", "Q1002"), "has `Q1002`"),
    "no value": (TWINS, there("Q1001", "P190", None) + there("Q1002", "P190", None), "says that there is none"),
    "deprecated": (MEMBER, there("Q1001", "P463", "Q3001", rank="DeprecatedRank"), "as deprecated"),
    "over there": (
        MEMBER,
        there("Q1001", "P463", "Q3001", P582="2012-01-01"),
        "gives 1 January 2012 (11 Dey 1390) as its end",
    ),
    "another mayor then": (
        AT_A_DAY,
        there("Q1001", "P6", "Q2002", P580="2016-01-01", P582="2018-01-01"),
        "from 1 January 2016 (11 Dey 1394) to 1 January 2018 (11 Dey 1396)",
    ),
    "another mayor of no time": (AT_A_DAY, there("Q1001", "P6", "Q2002", referenced=True), "nothing of when"),
    "a mayor of no time of ours": (
        DATELESS,
        there("Q1001", "P6", "Q2002", P582="2001-01-01"),
        "from an unknown day to 1 January 2001 (12 Dey 1379)",
    ),
    "another end": (
        WITH_TERM,
        there("Q1001", "P6", "Q2001", referenced=True, P580="2015-08-01", P582="2018-01-01"),
        "1 January 2018 (11 Dey 1396) as its end; we say 31 July 2019 (9 Mordad 1398)",
    ),
    "another start": (
        WITH_TERM,
        there("Q1001", "P6", "Q2001", P580="2011-01-01"),
        "we say 1 August 2015 (10 Mordad 1394)",
    ),
    "the same mayor, before": (
        AT_A_DAY,
        there("Q1001", "P6", "Q2001", P582="2010-01-01"),
        "gives 1 January 2010 (11 Dey 1388) as its end",
    ),
    "the same mayor, later": (AT_A_DAY, there("Q1001", "P6", "Q2001", P580="2020-01-01"), "attests it before"),
    "twice": (
        MEMBER,
        there("Q1001", "P463", "Q3001", P580="2001-01-01") + there("Q1001", "P463", "Q3001", P580="2002-01-01"),
        "more than once",
    ),
}


@pytest.mark.parametrize("case", CONFLICTS)
def test_a_conflict_is_reported_and_never_sent(tmp_path: Path, case: str) -> None:
    facts, data, words = CONFLICTS[case]
    made = make(tmp_path, facts, known() + data)
    assert made.sent == []
    assert words in made.told("In conflict")


OTHER_SIDE = {
    "ended": (there("Q1002", "P190", "Q1001", P582="2012-01-01"), "gives 1 January 2012 (11 Dey 1390) as its end"),
    "deprecated": (there("Q1002", "P190", "Q1001", rank="DeprecatedRank", referenced=True), "as deprecated"),
    "no value": (there("Q1002", "P190", None), "says that there is none"),
}


@pytest.mark.parametrize("case", OTHER_SIDE)
@pytest.mark.parametrize("own", ["", there("Q1001", "P190", "Q1002"), there("Q1001", "P190", "Q1002", referenced=True)])
def test_a_conflict_on_either_side_holds_back_both_directions(tmp_path: Path, case: str, own: str) -> None:
    data, words = OTHER_SIDE[case]
    made = make(tmp_path, TWINS, known() + own + data)
    assert made.sent == []
    told = made.told("In conflict")
    assert told.count(words) == 2
    assert told.count("says so on the other side, at `Q1002`") == 1
    assert "در سوی دیگر، در `Q1002`" in made.persian


def test_a_bare_value_on_either_side_leaves_both_directions_unknown(tmp_path: Path) -> None:
    bare = f"<{world.WD}entity/Q1002> <{world.WD}prop/direct/P190> <{world.WD}entity/Q1004> .\n"
    made = make(tmp_path, TWINS, known() + bare)
    assert made.sent == []
    assert made.told("Not known").count("rank and references of the statements of `Q1002`") == 2


def test_what_holds_at_another_time_is_no_conflict(tmp_path: Path) -> None:
    mayors = there("Q1001", "P6", "Q2002", P582="2010-01-01") + there("Q1001", "P6", "Q2003", P580="2020-01-01")
    wrong = there("Q1001", "P6", "Q2004", rank="DeprecatedRank")
    assert make(tmp_path, AT_A_DAY, known() + mayors + wrong).sent == [("Q1001", "P6", "Q2001")]


def test_a_tenure_is_sent_with_its_dates_where_it_has_any(tmp_path: Path) -> None:
    line = make(tmp_path / "a", WITH_TERM, known()).lines[0]
    assert line.qualifiers == (
        ("P580", ("time", "+2015-08-01T00:00:00Z/11")),
        ("P582", ("time", "+2019-07-31T00:00:00Z/11")),
    )
    begun = known() + there("Q1001", "P6", "Q2001", P580="2015-08-01")
    assert make(tmp_path / "b", WITH_TERM, begun).lines[0].qualifiers == line.qualifiers[1:]


def test_a_founding_year_is_a_year(tmp_path: Path) -> None:
    assert make(tmp_path / "a", FOUNDED, known()).sent == [("Q3001", "P571", "+2004-00-00T00:00:00Z/9")]
    day = known() + there("Q3001", "P571", "2004-05-06", precision=11, referenced=True)
    assert "2004" in make(tmp_path / "b", FOUNDED, day).told("Already there")
    unreferenced = make(tmp_path / "c", FOUNDED, known() + there("Q3001", "P571", "2004-01-01", precision=9))
    assert unreferenced.sent == []  # QuickStatements would not know the date for the same, and add it again
    assert "by hand" in unreferenced.told("Withheld")


def test_an_item_that_the_endpoint_does_not_know_is_unknown_and_not_absent(tmp_path: Path) -> None:
    made = make(tmp_path, TWINS, known("Q1001"))
    assert made.sent == []
    assert made.told("Not known").count("does not know `Q1002`") == 2


def test_an_endpoint_with_bare_values_only_cannot_tell_what_is_absent(tmp_path: Path) -> None:
    bare = f"<{world.WD}entity/Q1001> <{world.WD}prop/direct/P463> <{world.WD}entity/Q3001> .\n"
    made = make(tmp_path, MEMBER, known() + bare)
    assert made.sent == []
    assert "rank and references" in made.told("Not known")


class Forgetful:
    """A client whose endpoint answers some requests only."""

    def __init__(self, client: Client, fails: str) -> None:
        self.endpoint, self._client, self._fails = client.endpoint, client, fails

    def select(self, text: str) -> Solutions:
        if self._fails in text:
            raise EndpointError(self.endpoint, "is busy")
        return self._client.select(text)


@pytest.mark.parametrize("fails", ["?statement ?ps", "?item ?direct"])
def test_a_request_that_fails_leaves_its_items_unknown(tmp_path: Path, fails: str) -> None:
    project = world.project(tmp_path / "project", TWINS)
    with oxigraph(known().encode()) as endpoint:
        batch = make_batch(project, Forgetful(Client(endpoint), fails), tmp_path / "out", DAY)
    assert Made(tmp_path / "out").sent == []
    assert batch.counts["unknown"] == 2
    assert len(batch.excuses) == 1
    assert "is busy" in batch.excuses[0]


KNOWN = rows("item", *({"item": {"type": "uri", "value": f"{world.WD}entity/{one}"}} for one in ("Q1001", "Q1002")))
BROKEN = {
    "cut in the middle": response(b'{"head": {"vars": ["item", "property"]}, "results": {"bindings": [{"item": {"ty'),
    "other columns": rows("other"),
    "no columns": rows(""),
    "other items": rows(PRESENT, {"item": {"type": "uri", "value": f"{world.WD}entity/Q1"}}),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_answer_is_not_taken_for_absence(tmp_path: Path, case: str) -> None:
    project = world.project(tmp_path / "project", TWINS)
    with misbehaving({"/sparql": [KNOWN, BROKEN[case]]}) as server:
        batch = make_batch(project, Client(f"{server.address}/sparql"), tmp_path / "out", DAY)
    assert Made(tmp_path / "out").sent == []
    assert (batch.counts["unknown"], len(batch.excuses)) == (2, 1)


def test_where_no_request_is_answered_nothing_is_written(tmp_path: Path) -> None:
    project = world.project(tmp_path / "project", TWINS)
    with pytest.raises(EndpointError):
        make_batch(project, Client(f"http://127.0.0.1:{free_port()}/", sleep=lambda _: None), tmp_path / "out", DAY)
    assert not (tmp_path / "out").exists()


def test_an_endpoint_that_does_not_say_what_it_knows_is_asked_once(tmp_path: Path) -> None:
    project, asked = world.project(tmp_path / "project", TWINS), list[str]()

    class Dead(Forgetful):
        def select(self, text: str) -> Solutions:
            asked.append(text)
            raise EndpointError(self.endpoint, "is busy")

    with pytest.raises(EndpointError, match="is busy"):
        make_batch(project, Dead(Client("http://127.0.0.1:9/"), ""), tmp_path / "out", DAY)
    assert len(asked) == 1
    assert not (tmp_path / "out").exists()


def test_a_mapping_that_nobody_reviewed_is_no_link(tmp_path: Path) -> None:
    made = make(tmp_path, TWINS, known(), unreviewed=("city:beta",))
    assert made.sent == []
    assert "Beta has no reviewed link to Wikidata" in made.told("Withheld")


def test_a_fact_without_an_address_is_withheld(tmp_path: Path) -> None:
    facts = TWINS.replace("passage:told", "passage:hidden")
    assert "an http or https address" in make(tmp_path / "a", facts, known()).told("Withheld")
    ftp = facts + "agreement:twins dcterms:source <ftp://news.example/x> ."
    assert make(tmp_path / "b", ftp, known()).sent == []


ONE_SPEAKER = MEMBER.replace("passage:told", "passage:said")
CONTESTED = MEMBER + 'claim:other shahr:contests membership:m ; rdfs:label "The other"@en .'
DOUBTS = {
    "one speaker": (ONE_SPEAKER, "one speaker alone: Ada, Mayor of Alpha"),
    "contested": (CONTESTED, "Sources disagree: The other"),
}


@pytest.mark.parametrize("case", DOUBTS)
def test_what_is_doubtful_is_sent_only_where_it_is_named(tmp_path: Path, case: str) -> None:
    facts, words = DOUBTS[case]
    withheld = make(tmp_path / "a", facts, known())
    assert withheld.sent == []
    assert words in withheld.told("Withheld")
    assert "`--include membership:m`" in withheld.told("Withheld")
    assert make(tmp_path / "b", facts, known(), include=("membership:m",)).sent == [("Q1001", "P463", "Q3001")]


def test_facts_of_ours_that_exclude_each_other_are_not_sent(tmp_path: Path) -> None:
    again = FOUNDED.replace("claim:founded", "claim:again")
    other = again.replace("2004", "1913")
    assert make(tmp_path / "a", FOUNDED + again, known()).sent == [("Q3001", "P571", "+2004-00-00T00:00:00Z/9")]
    made = make(tmp_path / "b", FOUNDED + other, known())
    assert made.sent == []
    assert "Sources disagree: claim:again" in made.told("Withheld")
    bob = AT_A_DAY.replace("ada", "bob")
    assert make(tmp_path / "c", AT_A_DAY + bob, known()).sent == []
    assert len(make(tmp_path / "d", AT_A_DAY + bob.replace("2017", "2025"), known()).sent) == 2
    longer = WITH_TERM.replace("tenure:ada", "tenure:longer").replace("2019", "2020")
    assert make(tmp_path / "e", WITH_TERM + longer, known()).sent == []


def test_a_second_voice_or_a_page_of_others_is_enough(tmp_path: Path) -> None:
    repeated = ONE_SPEAKER + "membership:m shahr:evidence passage:repeated ."  # in another office
    assert make(tmp_path / "0", repeated, known()).sent == []
    seconded = ONE_SPEAKER + "membership:m shahr:evidence passage:seconded ."
    assert make(tmp_path / "1", seconded, known()).sent == [("Q1001", "P463", "Q3001")]
    second = ONE_SPEAKER + "membership:m shahr:evidence passage:told ."
    page = (
        ONE_SPEAKER + 'membership:m dcterms:source <https://other.example/> ; shahr:consulted "2026-01-02"^^xsd:date .'
    )
    assert make(tmp_path / "a", second, known()).sent == [("Q1001", "P463", "Q3001")]
    made = make(tmp_path / "b", page, known())
    assert made.sent == [("Q1001", "P463", "Q3001")] * 2  # a line for each reference
    assert made.lines[1].sources == (
        ("S854", ("text", "https://other.example/")),
        ("S813", ("time", "+2026-01-02T00:00:00Z/11")),  # the day that the graph knows, not that of the run
    )


def test_an_address_that_two_facts_give_is_one_reference_with_all_that_is_told(tmp_path: Path) -> None:
    page = "agreement:twins dcterms:source <https://news.example/a%7Cb?c=d> ."
    signing = """
    event:signing a shahr:Signing ; shahr:eventStatus concept:held ; shahr:agreement agreement:twins ;
      dcterms:source <https://news.example/a%7Cb?c=d> ; shahr:consulted "2026-01-02"^^xsd:date .
    """
    made = make(tmp_path / "a", TWINS + page, known())
    assert [name for name, _ in made.lines[0].sources] == ["S854", "S1476", "S577", "S407"]
    bare = TWINS.replace("passage:told", "passage:hidden") + page + signing
    assert [name for name, _ in make(tmp_path / "b", bare, known()).lines[0].sources] == ["S854", "S813"]


AMBIGUOUS = TWINS.replace("city:beta", "place:beta-or-delta")


def test_an_ambiguous_name_is_sent_only_where_its_meaning_is_named(tmp_path: Path) -> None:
    withheld = make(tmp_path / "a", AMBIGUOUS, known())
    assert withheld.sent == []
    assert "`--include agreement:twins=city:delta`" in withheld.told("Withheld")
    named = make(tmp_path / "b", AMBIGUOUS, known(), include=("agreement:twins=city:delta",))
    assert named.sent == [("Q1001", "P190", "Q1004"), ("Q1004", "P190", "Q1001")]


WRONG = {
    "letters that a terminal obeys": (TWINS, ("claim:\x1b[31m\nx",), "no fact of that name"),
    "nothing of the name": (TWINS, ("claim:nothing",), "no fact of that name"),
    "no name": (TWINS, ("nothing",), "write prefix:name"),
    "what is not withheld": (TWINS, ("agreement:twins",), "it is not withheld"),
    "what has no link": (ONE_SPEAKER.replace("city:alpha", "city:gamma"), ("membership:m",), "no reviewed link"),
    "what is not signed": (TWINS.replace("signed", "proposed"), ("agreement:twins",), "not signed"),
    "which of two": (AMBIGUOUS, ("agreement:twins",), "write one of agreement:twins=city:beta, agreement:twins=city:d"),
    "both of two": (AMBIGUOUS, ("agreement:twins=city:beta", "agreement:twins=city:delta"), "only one of"),
}


@pytest.mark.parametrize("case", WRONG)
def test_an_include_that_cannot_help_is_an_error_before_anybody_is_asked(tmp_path: Path, case: str) -> None:
    facts, names, words = WRONG[case]
    project = world.project(tmp_path / "project", facts)
    client = Client("http://127.0.0.1:9/")
    with pytest.raises(BatchError, match=re.escape(words)) as error:
        make_batch(project, client, tmp_path / "out", DAY, names)
    assert str(error.value).startswith("--include ")
    assert "\n" not in str(error.value)
    assert client.requests == 0
    assert not (tmp_path / "out").exists()


def many(root: Path) -> tuple[Project, list[str]]:
    """A project with 450 cities in pairs of twins, and their items."""
    items = {f"city:c{number}": f"Q{number + 1010}" for number in range(450)}
    twins = (
        f"agreement:a{number} a shahr:SisterCityAgreement ; shahr:status concept:signed ;"
        f" shahr:city city:c{number}, city:c{number + 1} ; shahr:evidence passage:told ."
        for number in range(0, 450, 2)
    )
    project = world.project(root, "\n".join(twins))
    (project.links / "wikidata.sssom.tsv").write_text(world.links(items, set()), encoding="utf-8")
    return project, list(items.values())


def test_many_items_are_asked_for_two_hundred_at_a_time(tmp_path: Path) -> None:
    project, items = many(tmp_path / "project")
    with oxigraph(known(*items).encode()) as endpoint:
        client = Client(endpoint)
        batch = make_batch(project, client, tmp_path / "out", DAY)
    assert batch.counts["absent"] == batch.lines == 450
    assert client.requests == 9  # for labels, statements and bare values, three each


@pytest.mark.parametrize(
    ("fails", "lines", "requests"), [("rdfs:label|", 200, 4), ("?statement ?ps", 200, 6), ("?item ?direct", 200, 7)]
)
def test_an_endpoint_that_dies_is_asked_no_more_and_the_rest_is_unknown(
    tmp_path: Path, fails: str, lines: int, requests: int
) -> None:
    project, items = many(tmp_path / "project")
    sent: list[str] = []

    class Dying(Forgetful):
        def select(self, text: str) -> Solutions:
            sent.append(text)
            if fails in text and "Q1210>" in text:  # the first item of the second batch
                raise EndpointError(self.endpoint, "has died")
            return self._client.select(text)

    with oxigraph(known(*items).encode()) as endpoint:
        batch = make_batch(project, Dying(Client(endpoint), ""), tmp_path / "out", DAY)
    assert (batch.lines, batch.counts["unknown"], len(sent)) == (lines, 450 - lines, requests)


def test_the_shipped_data_sends_what_it_can_stand_for(tmp_path: Path, built: Path) -> None:
    shipped = Project.here()
    (tmp_path / "dist").mkdir()
    for name in ("ontology", "data"):
        (tmp_path / name).symlink_to(shipped.root / name)
    for name in ("graph.nq", "inferred.nq"):
        (tmp_path / "dist" / name).symlink_to(built / name)
    project = Project.at(tmp_path)
    items = {link.object.rpartition("/")[2] for link in accepted_links(project) if "wikidata.org" in link.object}
    with oxigraph(known(*sorted(items)).encode()) as endpoint:
        done = CliRunner().invoke(quickstatements, ["--endpoint", endpoint], obj=tmp_path)
        again = CliRunner().invoke(quickstatements, ["--endpoint", endpoint, "--include", "claim:x"], obj=tmp_path)
    assert done.exit_code == 0, done.output
    assert isinstance(again.exception, BatchError)
    made = Made(tmp_path / "dist" / "quickstatements")
    assert {("Q42053", "P190", "Q900"), ("Q900", "P190", "Q42053")} <= set(made.sent)
    assert {one.item for one in made.lines} | {one.value[1] for one in made.lines} <= items
    assert "claim:silk-road-forum-in-qazvin" in made.told("Withheld")
    no_twins = {"Q6397066", "Q55630", "Q3861", "Q1361", "Q1640079"}  # a cooperation, a talk, a memorandum
    assert not [one for one in made.lines if one.property == "P190" and {one.item, one.value[1]} & no_twins]
    cities = re.findall(r"^### (.*)", made.persian.rpartition("\n## ")[2], re.MULTILINE)
    assert sorted(cities) != cities == sorted(cities, key=alphabetical)
    for line in made.lines:
        assert dict(line.sources)["S854"][1].startswith(("http://", "https://"))
