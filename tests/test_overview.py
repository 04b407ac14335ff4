"""The start page tells what is in the graph, and comes whatever the data are."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from opening import Graph, Open, invented, iri_at, opener, section, texts, words
from shahr.namespaces import BASE, iri
from shahr.solutions import Solutions
from shahr.web.assets import OUTLINES
from shahr.web.state import State
from shipped import shipped_app
from tiny import tiny_app


@pytest.fixture(scope="module")
def client(built: Path, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return shipped_app(built, tmp_path_factory.mktemp("overview")).test_client()


@pytest.fixture(scope="module")
def open_page(client: FlaskClient) -> Open:
    return opener(client)


@pytest.fixture(scope="module")
def graph(built: Path) -> Graph:
    return Graph.read(built)


def test_it_counts_what_is_in_the_graph(open_page: Open, graph: Graph) -> None:
    shown = " · ".join(texts(open_page("/"), '//ul[@class="tiles"]//li'))
    for kind, name in (("Fact", "Facts"), ("City", "Cities"), ("Article", "Articles"), ("Person", "People")):
        count = len(graph.subjects("rdf:type", iri(f"shahr:{kind}")))
        assert f" · {name} {count} · " in f" · {shown} · "


def test_the_newest_facts_come_with_the_newest_article_first(open_page: Open, graph: Graph) -> None:
    facts = [iri_at(one) for one in section(open_page("/"), "newest").xpath(".//article/h3/a/@href")]
    assert len(facts) == len(set(facts)) == 6
    assert set(facts) <= set(graph.facts())
    days = [max(published(graph, fact)) for fact in facts]
    assert days == sorted(days, reverse=True)
    assert days[0] == max(day for fact in graph.facts() for day in published(graph, fact))


def published(graph: Graph, fact: str) -> list[str]:
    articles = {one for place in graph.values(fact, "shahr:evidence") for one in graph.values(place, "oa:hasSource")}
    return [day for article in articles for day in graph.values(article, "schema:datePublished")]


def test_the_map_leads_to_cities_and_the_time_line_to_facts(open_page: Open, graph: Graph) -> None:
    for lang in ("en", "fa"):
        page = open_page("/", lang)
        cities = {iri_at(one) for one in section(page, "where").xpath(".//@href")}
        assert f"{BASE}city/isfahan" in cities
        assert cities <= set(graph.named("city"))
        drawn = section(page, "when").xpath(".//*[local-name()='svg']")
        assert drawn
        assert {iri_at(one) for one in section(page, "when").xpath(".//@href")} <= set(graph.facts())


def test_it_says_how_to_ask_link_cite_and_take_home(open_page: Open) -> None:
    for lang in ("en", "fa"):
        page = open_page("/", lang)
        links = {one.partition("?")[0] for one in page.xpath("//main//@href")}
        assert {
            "/questions",
            "/sparql",
            "/openapi.json",
            "/graph.html",
            "/ns.html",
            "/concept.html",
            "/shapes.html",
        } <= links
        assert page.xpath('//*[@id="cite"]')
        assert "https://w3id.org/shahr/city/isfahan" in texts(page, "//main//code")
        questions = [one for one in page.xpath("//main//a/@href") if one.startswith("/questions/")]
        assert len(questions) == 8


def test_a_graph_without_facts_or_places_has_a_start_page(tmp_path: Path) -> None:
    open_page = opener(tiny_app(tmp_path).test_client())
    for lang in ("en", "fa"):
        assert section(open_page("/", lang), "newest").xpath(".//article") == []


def test_broken_days_and_places_are_left_out_of_the_drawings(tmp_path: Path) -> None:
    days = ("2019-01-09", "yesterday", "-0500-01-01", "0001-01-01", "9999-12-31", "2019-13-01", "")
    facts = [
        f'event:e-{at} a shahr:Event ; rdfs:label "Event {at}"@en, "رویداد {at}"@fa ; shahr:latest "{day}"^^xsd:date ; '
        f'shahr:earliest "{day}"^^xsd:date ; shahr:city city:c-{at} .\n'
        f'city:c-{at} a shahr:City ; rdfs:label "C {at}"@en ; geo:lat "{day or 32}"^^xsd:decimal ; geo:long 51.0 .\n'
        for at, day in enumerate(days)
    ]
    backwards = (
        'event:b a shahr:Event ; shahr:earliest "2019-03-01"^^xsd:date ; shahr:latest "2019-01-01"^^xsd:date .\n'
    )
    names = ["event:b", *(f"event:e-{at}" for at in range(len(days)))]
    open_page = opener(invented(tmp_path / "project", {"one": "".join([*facts, backwards])}, names).test_client())
    for lang in ("en", "fa"):
        page = open_page("/", lang)
        assert {iri_at(one) for one in section(page, "when").xpath(".//@href")} == {f"{BASE}event/e-0"}
        assert {iri_at(one) for one in section(page, "where").xpath(".//@href")} <= {f"{BASE}city/c-6"}
        assert words(page.find(".//h1"))


@pytest.mark.parametrize("lang", ["en", "fa"])
def test_the_last_year_of_the_calendars_is_on_the_time_line(tmp_path: Path, lang: str) -> None:
    event = 'event:last a shahr:Event ; shahr:earliest "9998-05-01"^^xsd:date ; shahr:latest "9998-06-01"^^xsd:date .'
    open_page = opener(invented(tmp_path / "project", {"one": event}, ["event:last"]).test_client())
    assert {iri_at(one) for one in section(open_page("/", lang), "when").xpath(".//@href")} == {f"{BASE}event/last"}


def test_broken_outlines_leave_the_maps_without_land(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    city = 'city:a a shahr:City ; rdfs:label "A"@en ; geo:lat 32.5 ; geo:long 51.5 .'
    app = invented(tmp_path / "project", {"one": city})
    path = tmp_path / "project" / OUTLINES["countries-50m.json"]
    path.parent.mkdir(parents=True)
    path.write_text("{}", encoding="utf-8")
    open_page = opener(app.test_client())
    for address in ("/", "/city/a.html"):
        assert open_page(address).xpath("//*[@class='drawing-map' or @class='drawing-map small']"), address
    assert ["countries-50m.json" in one.getMessage() for one in caplog.records if one.levelname == "ERROR"] == [True]


def test_the_labels_of_the_start_page_are_read_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    select = State.select

    def noted(state: State, query: str) -> Solutions:
        asked.append(query)
        return select(state, query)

    monkeypatch.setattr(State, "select", noted)
    event = 'event:a a shahr:Event ; shahr:earliest "2020-05-01"^^xsd:date ; shahr:latest "2020-06-01"^^xsd:date .'
    city = 'city:a a shahr:City ; rdfs:label "A"@en ; geo:lat 32.5 ; geo:long 51.5 .'
    opener(invented(tmp_path / "project", {"one": event + city}, ["event:a"]).test_client())("/")
    (labels,) = [one for one in asked if "rdfs:label" in one]
    assert f"{BASE}city/a" in labels
    assert f"{BASE}event/a" in labels
