"""The pages about nodes say what the graph says of them, and no data bring one down."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from lxml import html
from pyoxigraph import Literal

from opening import Graph, Open, invented, iri_at, nodes_in, opener, path_of, row, section, texts, words
from shahr.namespaces import BASE, ENTITY_PREFIXES, FACT_PREFIXES, iri
from shahr.web.resources import FAMILIES
from shipped import shipped_app

LANGUAGES = ("en", "fa")
RTL = "\u202e"
HOSTILE = "<script>alert(1)</script>\"'>&amp;<img src=x onerror=alert(1)>{{7*7}}"


@pytest.fixture(scope="module")
def client(built: Path, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return shipped_app(built, tmp_path_factory.mktemp("resources")).test_client()


@pytest.fixture(scope="module")
def open_page(client: FlaskClient) -> Open:
    return opener(client)


@pytest.fixture(scope="module")
def graph(built: Path) -> Graph:
    return Graph.read(built)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_of_an_entity_or_fact_has_its_label_its_digests_and_its_iri(
    open_page: Open, graph: Graph, lang: str
) -> None:
    facts = set(graph.facts())
    nodes = graph.named(*ENTITY_PREFIXES, "period", *FACT_PREFIXES)
    assert len(facts) > 150
    assert facts < set(nodes)
    for node in nodes:
        page = open_page(path_of(node), lang)
        (heading,) = page.iter("h1")
        assert words(heading) == " ".join(str(graph.label(node, lang)).split()), node
        assert node in texts(page, '//section[@class="data"]//code')
        if node in facts:
            digests = {
                one for place in graph.values(node, "shahr:evidence") for one in graph.values(place, "shahr:sha256")
            }
            assert set(texts(page, '//div[@class="fact"]//code[@class="digest"]')) == digests, node
            assert digests or graph.values(node, "dcterms:source"), node


def test_a_city_has_all_its_names_and_its_links_to_others(open_page: Open, graph: Graph) -> None:
    city = f"{BASE}city/isfahan"
    for lang in LANGUAGES:
        page = open_page("/city/isfahan.html", lang)
        names = {one for name in ("rdfs:label", "skos:altLabel") for one in graph.values(city, name)}
        shown = {words(page.find(".//h1")), *texts(page, '//p[@class="names"]/bdi')}
        assert shown == names
        links = {
            one for name in ("owl:sameAs", "skos:exactMatch", "skos:closeMatch") for one in graph.values(city, name)
        }
        heading = "The same elsewhere" if lang == "en" else None
        found = {str(one) for one in page.xpath("//dd//a[@rel='external noopener']/@href")}
        assert links
        assert links <= found
        if heading:
            assert texts(row(page, heading), ".//li")[0].startswith(("Wikidata Q", "GeoNames "))


def newest_first(graph: Graph, node: str) -> list[str]:
    return sorted(sorted(graph.facts_of(node)), key=graph.day, reverse=True)


@pytest.mark.parametrize("node", ["city/isfahan", "city/mashhad", "person/alireza-zakani", "city/kazan"])
def test_facts_stand_by_kind_and_the_newest_first(open_page: Open, graph: Graph, node: str) -> None:
    expected = newest_first(graph, BASE + node)
    page = open_page(f"/{node}.html")
    shown = {
        one.get("aria-labelledby").removesuffix("-facts"): nodes_of(one)
        for one in page.xpath("//section[contains(@aria-labelledby, '-facts')]")
    }
    by_kind = {kind: [one for one in expected if one.startswith(f"{BASE}{kind}/")] for kind in FAMILIES}
    assert shown == {kind: facts for kind, facts in by_kind.items() if facts}
    assert list(shown) == [kind for kind in FAMILIES if by_kind[kind]]
    assert sum(map(len, shown.values())) == len(expected) >= 5


def nodes_of(group: html.HtmlElement) -> list[str]:
    """Give the facts of a group, of which each is named by its heading."""
    return [iri_at(one) for one in group.xpath(".//article/*[self::h3 or self::h4]/a/@href")]


def test_a_city_page_shows_its_place_and_its_ties_on_a_map(open_page: Open, graph: Graph) -> None:
    for lang in LANGUAGES:
        page = open_page("/city/isfahan.html", lang)
        (map_,) = page.xpath("//main//*[local-name()='svg'][not(@aria-hidden)]")[:1]
        drawn = {iri_at(one) for one in map_.xpath(".//@href")}
        twins = {one for fact in graph.facts_of(f"{BASE}city/isfahan") for one in graph.values(fact, "shahr:city")}
        placed = {one for one in twins if graph.values(one, "geo:lat")}
        assert {f"{BASE}city/isfahan", f"{BASE}city/kazan"} <= placed <= drawn


def test_a_city_page_shows_its_memberships(open_page: Open, graph: Graph) -> None:
    city = f"{BASE}city/mashhad"
    shown = nodes_of(section(open_page("/city/mashhad.html"), "membership-facts"))
    assert shown
    assert sorted(shown) == [one for one in graph.subjects("shahr:member", city) if one in graph.facts()]


def test_a_place_of_no_known_position_has_no_map(open_page: Open) -> None:
    assert not open_page("/place/hyderabad.html").xpath("//main//*[local-name()='svg']")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_ambiguous_name_shows_its_candidates(open_page: Open, graph: Graph, lang: str) -> None:
    page = open_page("/place/hyderabad.html", lang)
    note = section(page, "candidates")
    cities = [f"{BASE}city/hyderabad-india", f"{BASE}city/hyderabad-pakistan"]
    assert nodes_in(note) == cities
    assert texts(note, ".//li") == [graph.label(one, lang) for one in cities]
    assert not open_page("/city/isfahan.html", lang).xpath('//*[@id="candidates"]')


def test_a_person_page_shows_the_offices_in_time(open_page: Open, graph: Graph) -> None:
    holders = [one for one in graph.named("person") if len(graph.subjects("shahr:holder", one)) > 1]
    assert holders
    for person in holders:
        rows = section(open_page(path_of(person)), "offices").xpath(".//tbody/tr")
        facts = [iri_at(one.xpath("td[3]/a/@href")[0]) for one in rows]
        assert [graph.day(one) for one in facts] == sorted(graph.day(one) for one in facts)
        assert sorted(facts) == [one for one in graph.subjects("shahr:holder", person) if one in graph.facts()]
        for fact, one in zip(facts, rows, strict=True):
            assert nodes_in(one.xpath("td[1]")[0]) == graph.values(fact, "shahr:post")


def test_a_person_page_lists_what_rests_on_their_words(open_page: Open, graph: Graph) -> None:
    person = f"{BASE}person/ali-ghasemzadeh"
    places = graph.subjects("shahr:speaker", person)
    resting = {fact for place in places for fact in graph.subjects("shahr:evidence", place)}
    page = open_page(path_of(person))
    assert set(nodes_in(section(page, "said"))) == resting - set(graph.facts_of(person))
    assert resting


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_article_lists_its_passages_in_order_with_what_rests_on_each(
    open_page: Open, graph: Graph, lang: str
) -> None:
    def span(place: str) -> tuple[int, ...]:
        return tuple(int(graph.values(place, name)[0]) for name in ("shahr:startOffset", "shahr:endOffset"))

    for article in graph.named("article"):
        items = section(open_page(path_of(article), lang), "passages").xpath("./ol/li")
        shown = {iri_at(one.xpath("h3/a/@href")[0]): [iri_at(a) for a in one.xpath("ul//a/@href")] for one in items}
        places = sorted(graph.subjects("oa:hasSource", article), key=span)
        assert list(shown) == places
        assert shown == {one: graph.subjects("shahr:evidence", one) for one in places}


def test_an_article_page_has_its_record(open_page: Open, graph: Graph) -> None:
    page = open_page("/article/hamshahri-265240.html")
    article = f"{BASE}article/hamshahri-265240"
    assert words(row(page, "Headline")) == graph.values(article, "schema:headline")[0]
    assert nodes_in(row(page, "Publisher")) == graph.values(article, "schema:publisher")
    assert row(page, "Published").find("time").get("datetime") == graph.values(article, "schema:datePublished")[0]
    assert [a.get("href") for a in row(page, "Original").iter("a")] == graph.values(article, "schema:url")
    undated = row(open_page("/article/mehr-isfahan-sister-cities.html"), "Published")
    assert words(undated) == "date not known (not stated)"
    derived = row(open_page("/article/borna-silk-road-forum.html"), "Published")
    assert words(derived) == "8 June 2017 (18 Khordad 1396) (not stated)"


def test_a_passage_page_says_where_it_is_and_what_rests_on_it(open_page: Open, graph: Graph) -> None:
    page = open_page("/passage/mehr-isfahan-sister-cities-390-537.html")
    place = f"{BASE}passage/mehr-isfahan-sister-cities-390-537"
    assert words(page.find(".//h1")).endswith("characters 390 to 537")
    assert nodes_in(row(page.xpath("//main/dl")[0], "Article")) == [f"{BASE}article/mehr-isfahan-sister-cities"]
    assert graph.values(place, "shahr:sha256")[0] in words(page)
    assert nodes_of(section(page, "resting")) == graph.subjects("shahr:evidence", place)
    persian = open_page("/passage/mehr-isfahan-sister-cities-390-537.html", "fa")
    assert "۳۹۰" in words(persian.find(".//h1"))
    assert "390" not in words(persian.find(".//h1"))


def test_a_fact_shows_the_facts_that_speak_of_it(open_page: Open, graph: Graph) -> None:
    spoken = [fact for fact in graph.facts() if graph.facts_of(fact)]
    assert spoken
    for fact in spoken:
        page = open_page(path_of(fact))
        groups = page.xpath("//section[contains(@aria-labelledby, '-facts')]")
        assert sorted(one for group in groups for one in nodes_of(group)) == graph.facts_of(fact)


@pytest.mark.parametrize("accept", [None, "*/*", "text/turtle"])
def test_a_page_is_a_page_for_curl_as_well(client: FlaskClient, accept: str | None) -> None:
    """The suffix decides, whatever the Accept header wants."""
    for path in ("/", "/city/isfahan.html", "/city.html", "/graph.html", "/agreement/isfahan-kazan-twinning.html"):
        response = client.get(path, headers={} if accept is None else {"Accept": accept})
        assert (response.status_code, response.mimetype) == (200, "text/html")


@pytest.mark.parametrize(
    "path",
    [
        *("/city/nowhere.html", "/city/Isfahan.html", "/city/a%20b.html", "/city/-.html", "/city/%3Cscript%3E.html"),
        *("/article/a%22b.html", "/passage/%E2%80%AE.html", "/person/..html", "/city/..%2Fcity%2Fisfahan.html"),
        *(f"/city/{'a' * 5000}.html", "/city/isfahan.html.html", "/city/%00.html", "/claim/%ff.html"),
    ],
)
def test_what_there_is_not_is_404_in_a_page(client: FlaskClient, path: str) -> None:
    for lang in LANGUAGES:
        response = client.get(f"{path}?lang={lang}")
        assert (response.status_code, response.mimetype) == (404, "text/html"), response.text[:200]
        page = html.document_fromstring(response.text)
        assert len(page.xpath("//h1")) == 1
        assert not page.xpath("//script | //img")


DATES = ("yesterday", "2019-13-45", "-0500-01-01", "0001-01-01", "9999-12-31", "2019", "99999-01-01", "2019-01-01Z", "")
NUMBERS = ("many", "1E999999999", "NaN", "-INF", "1" * 5000, "٣", "1_000", "--1", "")
POSITIONS = (("north", "east"), ("NaN", "INF"), ("91", "181"), ("1e308", "-1e308"), ("", ""), ("-90", "180"))

ENTITIES = f"""
city:script rdfs:label {Literal(HOSTILE, language="en")} ; skos:altLabel {Literal(HOSTILE, language="fa")} ;
  a shahr:City ; geo:lat 1.5 ; geo:long 2.5 .
city:bidi a shahr:City ; rdfs:label "{RTL}live{RTL}"@en, "{RTL}شهر"@fa .
city:long a shahr:City ; rdfs:label "{"x" * 10_000}"@en, "{"ش" * 10_000}"@fa .
city:evil a shahr:City ; rdfs:label "Evil"@en ; owl:sameAs <javascript:alert(1)>, <data:text/html,x>, <http:///x> ;
  skos:exactMatch <https://a.example/'&lt;%3Cscript%3E> ; shahr:country <javascript:alert(2)> ; schema:url <VB:x> .
city:bare shahr:country country:none .
city:typeless rdfs:label "Typeless"@en .
city:tongue a shahr:City ; rdfs:label "Zunge"@de, "舌"@zh ; shahr:population "x"@de-CH--rtl, 5, 5.50, true .
city:merged a shahr:City ; rdfs:label "Merged"@en ; dcterms:isReplacedBy city:bidi, <javascript:alert(3)> .
city:foreign a <https://schema.org/City>, <urn:x:y> ; schema:name "Foreign" ; <urn:p:q> [ rdfs:label "blank" ] .
city:anon a [ ] ; rdfs:label "Anon"@en ; shahr:country [ ], << city:a shahr:b city:c >> .
city:many a shahr:City ; rdfs:label "Many"@en, "بسیار"@fa .
city:loop a shahr:City ; rdfs:label "Loop"@en ; shahr:country city:loop ; shahr:candidate city:loop .
""".replace("<< city:a shahr:b city:c >>", "<<( city:a shahr:b city:c )>>").replace('"x"@de-CH--rtl', '"x"@de-CH')


DATED = """
claim:date-{at} a shahr:Claim ; rdfs:label "Date {at}"@en ; shahr:about city:evil ; shahr:earliest "{day}"^^xsd:date ;
  shahr:latest "{day}"^^xsd:date ; shahr:consulted "{day}"^^xsd:date ; dcterms:source <https://a.example/{at}> ;
  shahr:status <javascript:x> ; shahr:edtf "{day}" .
"""
COUNTED = """
claim:number-{at} a shahr:Claim ; shahr:about city:evil ; shahr:evidence passage:p-{at} ; shahr:value "{text}",
  "{text}"^^xsd:decimal, "{text}"^^xsd:integer, "{text}"^^xsd:gYear, "{text}"^^<javascript:alert(4)> .
passage:p-{at} a shahr:Passage ; oa:hasSource article:a-{at} ; shahr:sha256 "{text}" ;
  shahr:startOffset "{text}"^^xsd:integer ; shahr:endOffset "{text}"^^xsd:integer .
article:a-{at} a shahr:Article ; schema:datePublished "{day}"^^xsd:date ; schema:headline "{text}"@fa ;
  schema:url <javascript:alert(5)> ; schema:publisher <urn:p> .
"""
PLACED = 'city:at-{at} a shahr:City ; geo:lat "{lat}"^^xsd:decimal ; geo:long "{long}"^^xsd:decimal .\n'
ODD = f"""
claim:odd shahr:about city:evil ; shahr:evidence <urn:passage>, <javascript:alert(6)> ; shahr:contests claim:odd .
<urn:passage> oa:hasSource article:a-0 ; shahr:startOffset 1 ; shahr:endOffset 2 .
city:evil-fact shahr:about city:evil . <https://b.example/fact> shahr:about city:evil .
claim:loud rdfs:label {Literal(HOSTILE, language="en")} ; shahr:about city:evil ; shahr:gist "{RTL}abc"@en,
  {Literal(HOSTILE, language="en")} ; dcterms:publisher <javascript:alert(7)> .
"""
MANY = 'claim:m-{at:03} a shahr:Claim ; rdfs:label "M {at}"@en ; shahr:about city:many .\n'


def hostile_turtle() -> str:
    """Give facts with broken dates, numbers, receipts and names, all about city:evil; and 250 about city:many."""
    parts = [DATED.format(at=at, day=day) for at, day in enumerate(DATES)]
    parts += [COUNTED.format(at=at, text=text, day=DATES[at]) for at, text in enumerate(NUMBERS)]
    parts += [PLACED.format(at=at, lat=lat, long=long) for at, (lat, long) in enumerate(POSITIONS)]
    return "".join([*parts, ODD, *(MANY.format(at=at) for at in range(250))])


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    turtle = hostile_turtle()
    facts = [*re.findall(r"^(claim:[^ ]+) ", turtle, re.MULTILINE), "city:evil-fact", "<https://b.example/fact>"]
    return invented(
        tmp_path_factory.mktemp("hostile") / "p", {"entities": ENTITIES, "one": turtle}, facts
    ).test_client()


def hostile_paths() -> Iterator[str]:
    yield from (
        "/",
        "/city.html",
        "/claim.html",
        "/article.html",
        "/graph.html",
        "/graph/one.html",
        "/graph/entities.html",
    )
    cities = re.findall(r"^city:([a-z]+) ", ENTITIES, re.MULTILINE)
    yield from (f"/city/{name}.html" for name in cities if name != "merged")
    yield from (f"/city/at-{at}.html" for at in range(len(POSITIONS)))
    yield from (f"/claim/date-{at}.html" for at in range(len(DATES)))
    for at in range(len(NUMBERS)):
        yield from (f"/claim/number-{at}.html", f"/passage/p-{at}.html", f"/article/a-{at}.html")
    yield from ("/claim/odd.html", "/claim/loud.html", "/city/evil-fact.html")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_data_bring_a_page_down_or_are_run(hostile: FlaskClient, lang: str) -> None:
    for path in hostile_paths():
        page = opener(hostile)(path, lang)
        assert not page.xpath("//script | //img | //iframe | //style | //b"), path
        for element in page.iter():
            if isinstance(element.tag, str):
                assert not [name for name in element.attrib if name.startswith("on") or name == "style"], path
                for name in ("href", "src", "action", "xlink:href", "formaction"):
                    assert element.get(name, "/").startswith(("/", "#", "http://", "https://")), (
                        path,
                        element.get(name),
                    )


def test_a_hostile_label_is_shown_as_it_is(hostile: FlaskClient) -> None:
    page = opener(hostile)("/city/script.html")
    assert words(page.find(".//h1")) == HOSTILE
    assert words(page.find(".//title")).startswith(f"{HOSTILE} · ")


def test_what_turns_the_direction_of_text_stays_inside_its_own_element(hostile: FlaskClient) -> None:
    page = opener(hostile)("/city/bidi.html")
    (heading,) = page.iter("h1")
    assert [one.tag for one in heading] == ["bdi"]
    assert RTL not in (heading.text or "") + "".join(one.tail or "" for one in heading)


def test_a_long_label_is_cut(hostile: FlaskClient) -> None:
    for lang in LANGUAGES:
        text = words(opener(hostile)("/city/long.html", lang).find(".//h1"))
        assert (len(text), text[-1]) == (2001, "…")


def test_what_has_no_label_is_called_by_its_short_name(hostile: FlaskClient) -> None:
    page = opener(hostile)("/city/bare.html")
    assert words(page.find(".//h1")) == "city:bare"
    assert "country:none" in texts(page, "//main//a/code")


def test_of_250_facts_200_are_shown_and_it_says_that_there_are_more(hostile: FlaskClient) -> None:
    page = opener(hostile)("/city/many.html")
    assert len(page.xpath("//article")) == 200
    assert any("SPARQL gives all of them" in one for one in texts(page, '//p[@class="note"]'))
    assert "SPARQL gives all" not in words(opener(hostile)("/city/evil.html"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_merged_node_is_gone_and_leads_to_what_replaced_it(hostile: FlaskClient, lang: str) -> None:
    page = opener(hostile)("/city/merged.html", lang, 410)
    assert [iri_at(one) for one in page.xpath("//main//li/a/@href")] == [f"{BASE}city/bidi"]
    assert "javascript:alert(3)" in texts(page, "//main//li/code")
    data = hostile.get("/city/merged.ttl")
    assert (data.status_code, data.mimetype) == (410, "text/turtle")


def test_a_fact_that_its_iri_calls_no_fact_stands_among_the_claims(hostile: FlaskClient) -> None:
    claims = section(opener(hostile)("/city/evil.html"), "claim-facts")
    assert f"{BASE}city/evil-fact" in nodes_of(claims)
    assert "https://b.example/fact" in claims.xpath(".//h3/a/@href")


def test_places_off_the_globe_are_on_no_map(hostile: FlaskClient) -> None:
    maps = {at: bool(opener(hostile)(f"/city/at-{at}.html").xpath("//main//*[local-name()='svg']")) for at in range(6)}
    assert maps == {0: False, 1: False, 2: False, 3: False, 4: False, 5: True}


def test_what_is_no_day_or_number_is_shown_as_it_is_written(hostile: FlaskClient) -> None:
    for at, day in enumerate(DATES):
        assert day in words(opener(hostile)(f"/claim/date-{at}.html").xpath("//main")[0])
    for at, text in enumerate(NUMBERS):
        assert text[:2000] in words(opener(hostile)(f"/claim/number-{at}.html").xpath("//main")[0])


def test_the_kind_of_a_node_of_another_vocabulary_is_named(hostile: FlaskClient) -> None:
    page = opener(hostile)("/city/foreign.html")
    assert texts(page, '//p[@class="kind"]') == ["schema:City"]
    assert iri("schema:City") in page.xpath('//p[@class="kind"]/a/@href')
