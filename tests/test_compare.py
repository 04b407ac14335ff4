"""The comparison with Wikidata, against `oxigraph serve-read-only` over tests/wikidata.ttl and the shared sample."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import rdflib
from click.testing import CliRunner, Result
from pyoxigraph import NamedNode, Quad, RdfFormat, parse, serialize

from endpoints import oxigraph_read_only
from shahr.cli.comparing import compare as command
from shahr.client import Client
from shahr.compare.asking import Asker
from shahr.compare.comparing import Comparison, compare
from shahr.compare.rdf import comparison_rdf
from shahr.compare.spans import parse_day
from shahr.compare.tables import comparison_csv, comparison_table
from shahr.compare.topics import find_topics
from shahr.compare.verdicts import Row
from shahr.errors import EndpointError, ProjectMissing, UnknownTopic
from shahr.formats import graph_formats
from shahr.namespaces import curie, prefix_map
from shahr.paths import Project
from shahr.solutions import Solutions

HERE = Path(__file__).resolve().parent
SAMPLE = HERE.parents[1] / "shared" / "wikidata" / "wikidata-shaped-sample.ttl"
DAY = datetime.date(2026, 11, 22)
SHAHR = "https://w3id.org/shahr/ns#"

OURS = """
city:isfahan skos:exactMatch wd:Q42053 ; shahr:twinnedWith city:xian, city:shiraz, city:gone .
city:xian skos:exactMatch wd:Q5826 .
city:shiraz skos:exactMatch wd:Q6397066 .
city:gone skos:exactMatch wd:Q999999999 .                              # the endpoint does not know it
city:mashhad skos:exactMatch wd:Q121157 ; shahr:twinnedWith city:apart .  # city:apart has no link
city:kazan skos:exactMatch wd:Q900 .
city:istanbul skos:exactMatch wd:Q406 ; shahr:twinnedWith city:kazan .
city:beijing skos:exactMatch wd:Q956 ; shahr:twinnedWith city:shanghai .
city:shanghai skos:exactMatch wd:Q8686 ; shahr:memberOf organization:unlinked .
organization:league a shahr:CityNetwork, shahr:Entity ; skos:exactMatch wd:Q999000003 .
city:guangzhou skos:exactMatch wd:Q16572 ; shahr:memberOf organization:metropolis, organization:unlinked .
city:qazvin skos:exactMatch wd:Q181578 .
organization:metropolis a shahr:CityNetwork, shahr:Entity ; skos:exactMatch wd:Q999000001 .
organization:unlinked a shahr:CityNetwork, shahr:Entity .
person:one skos:exactMatch wd:Q999000011 . person:two skos:exactMatch wd:Q999000012 .
person:three skos:exactMatch wd:Q999000013 . person:five skos:exactMatch wd:Q999000015 .
person:seven skos:exactMatch wd:Q999000017 .
"""
TENURES = """
one isfahan 2016-05-05
two-late isfahan 2024-05-05
two-early isfahan 1990-05-05
unlinked isfahan 2025-01-01
three shiraz 2020-05-05
five qazvin 2020-05-05
seven-coarse guangzhou 2020-06-01
seven guangzhou 2021-03-01
seven-after guangzhou 2022-05-15
"""


def tenures() -> Iterator[str]:
    for line in TENURES.split("\n"):
        if line:
            name, city, day = line.split()
            times = f'shahr:earliest "{day}"^^xsd:date ; shahr:latest "{day}"^^xsd:date'
            person = name.partition("-")[0]
            yield f"tenure:{name} shahr:holder person:{person} ; shahr:post post:mayor-of-{city} ; {times} ."
            yield f"post:mayor-of-{city} shahr:mayoraltyOf city:{city} . person:{person} a shahr:Entity ."


def project_of(root: Path, turtle: str) -> Project:
    """Write a project as if it had been built, twins in both directions; all that is called city: is a city."""
    head = "\n".join(f"PREFIX {prefix}: <{namespace}>" for prefix, namespace in prefix_map().items())
    triples = {one.triple for one in parse(f"{head}\n{turtle}".encode(), format=RdfFormat.TURTLE)}
    graph = NamedNode("https://w3id.org/shahr/graph/entities")
    quads = [Quad(one.subject, one.predicate, one.object, graph) for one in triples]
    for one in triples:
        if one.predicate.value == f"{SHAHR}twinnedWith":
            assert isinstance(one.object, NamedNode)
            quads.append(Quad(one.object, one.predicate, one.subject, graph))
    nodes = {node for one in triples for node in (one.subject, one.object) if isinstance(node, NamedNode)}
    kind = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    for node in (one for one in nodes if "/shahr/city/" in one.value):
        quads += [Quad(node, kind, NamedNode(SHAHR + name), graph) for name in ("City", "Entity")]
    (root / "ontology").mkdir(parents=True)
    project = Project.at(root)
    project.dist.mkdir()
    project.graph.write_bytes(serialize(quads, format=RdfFormat.N_QUADS) or b"")
    project.inferred.write_bytes(b"")
    return project


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return project_of(tmp_path_factory.mktemp("ours") / "project", OURS + "\n".join(tenures()))


@pytest.fixture(scope="module")
def wikidata(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    sample = SAMPLE.read_bytes() if SAMPLE.exists() else b""
    turtle = sample + b"\n" + (HERE / "wikidata.ttl").read_bytes()
    with oxigraph_read_only(turtle, tmp_path_factory.mktemp("store")) as address:
        yield address


@pytest.fixture(scope="module")
def found(project: Project, wikidata: str) -> Comparison:
    return compare(project, find_topics(None), wikidata, Client(wikidata).select, DAY)


def rows(found: Comparison, topic: str, *ends: str) -> list[Row]:
    """The rows of a topic whose ends are these, in any order; "" for an end that is not known."""
    wanted = sorted(ends)
    return [
        row
        for row in found.rows
        if row.topic.name == topic and sorted([curie(row.subject or ""), curie(row.object or "")]) == wanted
    ]


def row(found: Comparison, topic: str, *ends: str) -> Row:
    (one,) = rows(found, topic, *ends)
    return one


def reason(one: Row) -> tuple[str, str]:
    return one.verdict, one.reason.name if one.reason else ""


def test_what_both_say_is_one_row_with_the_sources_of_both(found: Comparison) -> None:
    one = row(found, "twins", "city:isfahan", "city:xian")
    assert (one.verdict, one.state, one.reason) == ("both", "current", None)
    assert [curie(source) for source in one.statements] == ["wd:statement/Q42053-invented-1"]


def test_what_wikidata_does_not_say_is_only_here_if_it_knows_both_ends(found: Comparison) -> None:
    assert reason(row(found, "twins", "city:isfahan", "city:shiraz")) == ("only-here", "")


def test_what_nothing_here_can_be_is_only_there_and_told_once_though_both_sides_tell_it(found: Comparison) -> None:
    one = row(found, "twins", "city:isfahan", "wd:Q1865")
    assert (one.verdict, len(one.statements), one.name) == ("only-there", 2, "Kuala Lumpur")


def test_members_of_a_network_that_are_not_here_are_told_by_their_names(found: Comparison) -> None:
    one = row(found, "members", "wd:Q8684", "organization:metropolis")
    assert (one.verdict, one.name, one.name_fa) == ("only-there", "Seoul", "سئول")
    assert curie(one.subject or "") == "wd:Q8684"


def test_a_city_without_a_link_is_unknown_and_so_is_all_that_is_said_of_it(found: Comparison) -> None:
    assert reason(row(found, "twins", "city:apart", "")) == ("unknown", "not-linked")
    assert reason(row(found, "twins", "city:apart", "city:mashhad")) == ("unknown", "not-linked")
    assert reason(row(found, "mayors", "city:apart", "")) == ("unknown", "not-linked")


def test_a_partner_without_a_link_may_be_any_item_that_nothing_is_linked_to(found: Comparison) -> None:
    assert reason(row(found, "twins", "city:mashhad", "wd:Q11739")) == ("unknown", "may-be")
    assert reason(row(found, "members", "city:guangzhou", "wd:Q999000002")) == ("unknown", "may-be")
    assert reason(row(found, "members", "city:guangzhou", "organization:metropolis")) == ("both", "")
    assert reason(row(found, "members", "city:shanghai", "organization:league")) == ("only-there", "")


def test_an_item_that_the_endpoint_does_not_know_is_unknown(found: Comparison) -> None:
    assert reason(row(found, "twins", "city:gone", "")) == ("unknown", "not-known-there")
    assert reason(row(found, "twins", "city:gone", "city:isfahan")) == ("unknown", "not-known-there")


def test_a_value_that_nobody_knows_may_be_what_is_said_here(found: Comparison) -> None:
    assert reason(row(found, "twins", "city:beijing", "")) == ("unknown", "value-unknown")
    assert reason(row(found, "twins", "city:beijing", "city:shanghai")) == ("unknown", "value-unknown")
    assert reason(row(found, "twins", "city:guangzhou", "")) == ("unknown", "value-unknown")  # nothing is said here


def test_deprecated_statements_are_left_out(found: Comparison) -> None:
    assert rows(found, "twins", "city:mashhad", "city:istanbul") == []
    assert rows(found, "mayors", "city:shiraz", "wd:Q999000014") == []


def test_what_has_ended_is_told_apart_from_what_will(found: Comparison) -> None:
    one = row(found, "twins", "city:istanbul", "city:kazan")
    assert (one.verdict, one.state, one.there) == ("both", "ended", "2001/2018-05-15")


def test_what_has_ended_by_one_side_alone_is_not_told_as_current(found: Comparison) -> None:
    one = row(found, "twins", "city:kazan", "wd:Q1865")
    kuala_lumpur = "http://www.wikidata.org/entity/Q1865"
    assert (one.verdict, one.state, one.ended_at) == ("only-there", "unknown", ((kuala_lumpur, "/2010-05-15"),))
    told = {language: comparison_table(found, language) for language in ("en", "fa")}
    assert "unknown: ended by wd:Q1865 alone (/2010-05-15)" in told["en"]
    assert "نامعلوم: تنها wd:Q1865 آن را پایان‌یافته می‌داند (/2010-05-15)" in told["fa"]
    (line,) = [one for one in csv.DictReader(comparison_csv(found).splitlines()) if one["ended-at"]]
    assert (line["state"], line["ended-at"]) == ("unknown", kuala_lumpur)
    assert b"; ended on one side of Wikidata" in comparison_rdf(found, RdfFormat.TURTLE)


def test_a_mayor_is_the_same_where_both_know_a_time_in_common(found: Comparison) -> None:
    by_day = {one.here: one for one in rows(found, "mayors", "person:two", "city:isfahan")}
    assert (by_day["2024-05-05"].verdict, by_day["2024-05-05"].there) == ("both", "2021-09/")
    assert by_day["1990-05-05"].verdict == "only-here"
    one = row(found, "mayors", "person:one", "city:isfahan")
    assert (one.verdict, one.state, one.there) == ("both", "ended", "2015-03/2021-08-31")


def test_a_mayor_without_a_link_can_only_be_one_of_that_time(found: Comparison) -> None:
    assert reason(row(found, "mayors", "person:unlinked", "city:isfahan")) == ("unknown", "not-linked")
    assert reason(row(found, "mayors", "wd:Q999000016", "city:mashhad")) == ("only-there", "")


def test_a_missing_or_coarse_date_is_unknown(found: Comparison) -> None:
    for person, city in (("person:three", "city:shiraz"), ("person:five", "city:qazvin")):
        assert {reason(one) for one in rows(found, "mayors", person, city)} == {("unknown", "date-missing")}
    by_day = {one.here: reason(one) for one in rows(found, "mayors", "person:seven", "city:guangzhou")}
    assert by_day == {
        "2020-06-01": ("unknown", "date-missing"),  # the start is 2020, no more
        "2021-03-01": ("both", ""),
        "2022-05-15": ("only-here", ""),  # the end is 1 May, to the day
    }


def failing(wikidata: str, *parts: str) -> Callable[[str], Solutions]:
    """An endpoint that gives no answer to queries with all these parts in them."""
    client = Client(wikidata)

    def select(text: str) -> Solutions:
        if all(part in text for part in parts):
            raise EndpointError(wikidata, "broke off")
        return client.select(text)

    return select


def test_what_a_failed_request_was_about_is_unknown_and_the_rest_is_not(project: Project, wikidata: str) -> None:
    select = failing(wikidata, "Q42053>", "P6 ")
    found = compare(project, find_topics("mayors"), wikidata, select, DAY, size=1)
    assert reason(row(found, "mayors", "city:isfahan", "")) == ("unknown", "not-answered")
    assert {reason(one) for one in rows(found, "mayors", "person:two", "city:isfahan")} == {("unknown", "not-answered")}
    assert reason(row(found, "mayors", "wd:Q999000016", "city:mashhad")) == ("only-there", "")


def test_where_one_of_two_cities_is_answered_for_both_are(project: Project, wikidata: str) -> None:
    select = failing(wikidata, "Q42053>", "P190 ")
    found = compare(project, find_topics("twins"), wikidata, select, DAY, size=1)
    assert reason(row(found, "twins", "city:isfahan", "")) == ("unknown", "not-answered")
    assert reason(row(found, "twins", "city:isfahan", "city:xian")) == ("both", "")
    assert reason(row(found, "twins", "city:isfahan", "city:shiraz")) == ("only-here", "")


def test_an_item_of_which_it_is_not_known_whether_it_is_there_is_unknown(project: Project, wikidata: str) -> None:
    select = failing(wikidata, "Q42053>", "P31 ")
    found = compare(project, find_topics("twins"), wikidata, select, DAY, size=1)
    assert reason(row(found, "twins", "city:isfahan", "city:shiraz")) == ("unknown", "not-answered")
    assert reason(row(found, "twins", "city:istanbul", "city:kazan")) == ("both", "")


def test_batches_hold_no_more_items_than_allowed_and_give_the_same_rows(
    project: Project, wikidata: str, found: Comparison
) -> None:
    asked: list[int] = []
    client = Client(wikidata)

    def select(text: str) -> Solutions:
        asked.append(text.count("<http://www.wikidata.org/entity/Q"))
        return client.select(text)

    assert compare(project, find_topics(None), wikidata, select, DAY, size=3).rows == found.rows
    assert max(asked) == 3
    assert len(asked) > 12


def test_an_endpoint_that_is_down_is_one_sentence_and_no_verdict(project: Project) -> None:
    def select(text: str) -> Solutions:
        raise EndpointError("http://127.0.0.1:1/", "cannot be reached")

    with pytest.raises(EndpointError, match="cannot be reached"):
        compare(project, find_topics(None), "http://127.0.0.1:1/", select, DAY)


@pytest.mark.parametrize(
    "answer",
    [
        Solutions(("other",), [], b""),
        Solutions(("item",), [(NamedNode("http://www.wikidata.org/entity/Q1"),)], b""),
        Solutions(("item",), [(None,)], b""),
    ],
    ids=["other columns", "other items", "no item"],
)
def test_an_answer_to_another_question_is_not_taken_for_silence(answer: Solutions) -> None:
    with pytest.raises(EndpointError, match="the answer"):
        Asker("http://127.0.0.1:1/", lambda text: answer).ask("known-there", ["http://www.wikidata.org/entity/Q42053"])


def test_nothing_built_yet_is_said(tmp_path: Path) -> None:
    (tmp_path / "ontology").mkdir()
    with pytest.raises(ProjectMissing, match="shahr run"):
        compare(Project.at(tmp_path), find_topics(None), "http://127.0.0.1:1/", Client("http://a/").select, DAY)


@pytest.mark.parametrize(
    ("text", "precision", "days"),
    [
        ("2021-09-15T00:00:00Z", None, ("2021-09-15", "2021-09-15")),
        ("2021-09-01T00:00:00Z", None, ("2021-09-01", "2021-09-30")),
        ("2021-12-01T00:00:00Z", 10, ("2021-12-01", "2021-12-31")),
        ("2024-02-01T00:00:00Z", 10, ("2024-02-01", "2024-02-29")),
        ("2021-01-01T00:00:00Z", None, ("2021-01-01", "2021-12-31")),
        ("2021-01-01T00:00:00Z", 11, ("2021-01-01", "2021-01-01")),
        ("1900-01-01T00:00:00Z", 7, None),
        ("-0044-03-15T00:00:00Z", 11, None),
        ("12021-03-15T00:00:00Z", 11, None),
        ("2021-02-31T00:00:00Z", 11, None),
        ("9999-12-01T00:00:00Z", 10, None),
        ("", None, None),
    ],
)
def test_a_date_of_wikidata_may_mean_many_days(text: str, precision: int | None, days: tuple[str, str] | None) -> None:
    found = parse_day(text, precision)
    assert (found and tuple(day.isoformat() for day in found)) == days


def test_the_table_and_the_csv_tell_every_row_in_words(found: Comparison) -> None:
    english, persian = (comparison_table(found, language).splitlines() for language in ("en", "fa"))
    assert len(english) == len(persian) == len(found.rows) + 2
    assert any("city:apart has no accepted link" in line and "unknown" in line for line in english)
    assert any("پیوند پذیرفته‌شده" in line and "نامعلوم" in line for line in persian)
    lines = list(csv.DictReader(comparison_csv(found).splitlines()))
    assert [line["verdict"] for line in lines] == [one.verdict for one in found.rows]
    assert {"both", "only-here", "only-there", "unknown"} == {line["verdict"] for line in lines}
    for line in lines:
        assert bool(line["reason"]) == bool(line["reason-fa"]) == (line["verdict"] == "unknown")


@pytest.mark.parametrize("name", [one.name for one in graph_formats()])
def test_every_rdf_format_says_the_same_to_rdflib_and_pyoxigraph(found: Comparison, name: str) -> None:
    writer = next(one.writer for one in graph_formats() if one.name == name)
    assert isinstance(writer, RdfFormat)
    written = comparison_rdf(found, writer)
    assert written == comparison_rdf(found, writer)
    graph = rdflib.Dataset(default_union=True).parse(written, format=writer.media_type)
    assert len(graph) == len(list(parse(written, format=writer))) > 100


def told_there(one: Row) -> bool:
    return (one.topic.name, one.verdict) == ("twins", "only-there")


def test_rdf_gives_the_rows_of_each_verdict_and_asserts_none_of_them(found: Comparison) -> None:
    graph = rdflib.Graph().parse(comparison_rdf(found, RdfFormat.TURTLE), format="turtle")
    said = graph.query(
        """SELECT ?label ?subject ?object WHERE {
             ?verdict a prov:Collection ; rdfs:label ?label ; prov:hadMember ?row .
             ?row rdf:subject ?subject ; rdf:predicate shahr:twinnedWith ; rdf:object ?object .
             FILTER(LANG(?label) = "en")
           }""",
        initNs={"shahr": SHAHR},
    )
    rows = {tuple(curie(str(term)) for term in one) for one in said}  # type: ignore[union-attr]
    assert ("said here and on Wikidata", "city:isfahan", "city:xian") in rows
    assert ("said here and on Wikidata; ended on Wikidata", "city:istanbul", "city:kazan") in rows
    assert ("said only here", "city:isfahan", "city:shiraz") in rows
    assert ("said only on Wikidata", "city:isfahan", "wd:Q1865") in rows
    assert ("said only on Wikidata; ended on one side of Wikidata", "city:kazan", "wd:Q1865") in rows
    assert ("unknown", "city:gone", "city:isfahan") in rows
    lacking = graph.query(
        """SELECT ?ours ?item WHERE {
             ?verdict dcterms:identifier "only-there" ; prov:hadMember ?row .
             ?row rdf:predicate shahr:twinnedWith ; rdf:subject ?ours ; rdf:object ?item .
           }""",
        initNs={"shahr": SHAHR},
    )
    twins = {tuple(curie(str(term)) for term in one) for one in lacking}  # type: ignore[union-attr]
    told = {(curie(one.subject or ""), curie(one.object or "")) for one in found.rows if told_there(one)}
    assert twins == told >= {("city:kazan", "wd:Q1865")}
    assert not set(graph.predicates()) & {rdflib.URIRef(SHAHR + one) for one in ("twinnedWith", "memberOf", "mayorOf")}
    used = {str(one) for one in graph.objects(None, rdflib.PROV.used)}
    assert used == {"https://w3id.org/shahr/", found.endpoint}


def test_the_shipped_data_are_compared(built: Path, tmp_path: Path, wikidata: str) -> None:
    (tmp_path / "ontology").mkdir()
    (tmp_path / "dist").symlink_to(built)
    found = compare(Project.at(tmp_path), find_topics(None), wikidata, Client(wikidata).select, DAY)
    assert reason(row(found, "twins", "city:seoul", "city:tehran")) == ("only-there", "")  # told on one side
    one = row(found, "mayors", "person:alireza-zakani", "city:tehran")
    assert (one.verdict, one.here, one.there) == ("both", "2025-10-16", "2021-09-15/")
    assert reason(row(found, "mayors", "person:masoud-nosrati", "city:qazvin")) == ("unknown", "not-linked")


def run(project: Project, *arguments: str) -> Result:
    return CliRunner().invoke(command, arguments, obj=project.root)


def test_the_command_prints_each_form(project: Project, wikidata: str) -> None:
    plain = run(project, "twins", "--wikidata", wikidata)
    assert (plain.exit_code, plain.output.splitlines()[0].split()[:2]) == (0, ["compared", "verdict"])
    assert "Mayors" not in plain.output
    assert "نامعلوم" in run(project, "twins", "--wikidata", wikidata, "--lang", "fa").output
    assert run(project, "twins", "--wikidata", wikidata, "--format", "csv").output.startswith("compared,verdict,")
    turtle = run(project, "--wikidata", wikidata, "--format", "turtle").output
    assert len(rdflib.Graph().parse(data=turtle, format="turtle")) > 100


def test_what_cannot_be_compared_or_asked_is_one_sentence(project: Project) -> None:
    unknown = run(project, "rivers", "--wikidata", "http://127.0.0.1:1/")
    assert isinstance(unknown.exception, UnknownTopic)
    assert str(unknown.exception) == "nothing to compare is called 'rivers': write one of twins, members, mayors"
    for address in ("http://127.0.0.1:1/", "nonsense"):
        down = run(project, "--wikidata", address)
        assert isinstance(down.exception, EndpointError)
        assert "\n" not in str(down.exception)
        assert down.output == ""
