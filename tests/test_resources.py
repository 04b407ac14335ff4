"""The pages about nodes say what the graph says of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from lxml import html

from opening import Graph, Open, invented, iri_at, nodes_in, opener, path_of, row, section, texts, words
from server import create_app
from shahr.namespaces import BASE, ENTITY_PREFIXES, FACT_PREFIXES, prefix_map
from shahr.web.settings import Settings
from shipped import shipped_app
from tiny import tiny_project

LANGUAGES = ("en", "fa")


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
    by_kind = {kind: [one for one in expected if one.startswith(f"{BASE}{kind}/")] for kind in FACT_PREFIXES}
    assert shown == {kind: facts for kind, facts in by_kind.items() if facts}
    assert list(shown) == [kind for kind in FACT_PREFIXES if by_kind[kind]]
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
    assert words(row(page, "Item number")) == graph.values(article, "schema:identifier")[0]
    undated = row(open_page("/article/mehr-isfahan-sister-cities.html"), "Published")
    assert words(undated) == "date not known (not stated)"
    derived = row(open_page("/article/borna-silk-road-forum.html"), "Published")
    assert words(derived) == "8 June 2017 (18 Khordad 1396) (not stated; as other sources say)"


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
    for path in ("/city/isfahan.html", "/city.html", "/graph.html", "/agreement/isfahan-kazan-twinning.html"):
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


FILE = """
city:a a shahr:City ; rdfs:label "A"@en, "الف"@fa ; shahr:country country:b .
country:b a shahr:Country ; rdfs:label "B"@en .
claim:one a shahr:Claim, shahr:Fact ; rdfs:label "One"@en ; shahr:about city:a ; shahr:evidence passage:x-0-9 .
passage:x-0-9 a shahr:Passage ; oa:hasSource article:x ; shahr:startOffset 0 ; shahr:endOffset 9 ; shahr:sha256 "ab" .
article:x a shahr:Article ; rdfs:label "X"@en ; schema:headline "Kazan News"@en ; shahr:codePoints 20 .
"""


@pytest.fixture(scope="module")
def open_file(tmp_path_factory: pytest.TempPathFactory) -> Open:
    """Pages over a Turtle file, which has no named graphs."""
    folder = tmp_path_factory.mktemp("file")
    prefixes = "".join(f"PREFIX {name}: <{namespace}>\n" for name, namespace in prefix_map().items())
    path = folder / "data.ttl"
    path.write_text(prefixes + FILE, encoding="utf-8")
    return opener(create_app({"SERVICE": Settings(tiny_project(folder / "p"), dataset=path)}).test_client())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_dataset_without_named_graphs_has_all_its_pages(open_file: Open, lang: str) -> None:
    for path in ("/", "/city/a.html", "/claim/one.html", "/article/x.html", "/passage/x-0-9.html", "/graph.html"):
        open_file(path, lang)
    city = open_file("/city/a.html", lang)
    assert words(city.find(".//h1")) == {"en": "A", "fa": "الف"}[lang]
    assert nodes_of(section(city, "claim-facts")) == [f"{BASE}claim/one"]
    assert nodes_in(section(open_file("/country/b.html", lang), "pointing"))[-1] == f"{BASE}city/a"
    assert texts(open_file("/claim/one.html", lang), '//div[@class="fact"]//code[@class="digest"]') == ["ab"]
    assert "city:none" in words(open_file("/city/none.html", lang, 404))


def test_a_headline_is_in_the_language_that_it_says(open_file: Open) -> None:
    for path in ("/article/x.html", "/claim/one.html"):
        (headline,) = open_file(path, "fa").xpath("//dd/bdi[text()='Kazan News']")
        assert (headline.get("lang"), headline.get("dir")) == ("en", "ltr")


def test_of_more_than_a_page_can_hold_it_says_that_there_is_more(tmp_path: Path) -> None:
    cities = "".join(f"city:c-{at:04} shahr:country country:many .\n" for at in range(3001))
    said = "".join(
        f"passage:p-{at} oa:hasSource article:x ; shahr:speaker person:many .\n"
        f"claim:c-{at} shahr:evidence passage:p-{at} .\n"
        for at in range(201)
    )
    nodes = 'country:many rdfs:label "Many"@en . person:many rdfs:label "Many"@en . country:few rdfs:label "Few"@en .\n'
    open_page = opener(invented(tmp_path / "project", {"entities": nodes + cities + said}).test_client())
    (more,) = open_page("/country/many.html").xpath('//main/p[@class="note"]')
    assert "SPARQL" in words(more)
    (more,) = section(open_page("/person/many.html"), "said").xpath('./p[@class="note"]')
    assert "SPARQL" in words(more)
    assert not open_page("/country/few.html").xpath('//p[@class="note"]')


@pytest.fixture(scope="module")
def open_crowd(tmp_path_factory: pytest.TempPathFactory) -> Open:
    """Pages over 250 facts on one passage, and an article of 250 passages."""
    facts = "".join(
        f'claim:c-{at:03} rdfs:label "C {at:03}"@en ; shahr:evidence passage:x-0-9 .\n' for at in range(250)
    )
    places = "".join(
        f"passage:y-{at}-{at + 1} oa:hasSource article:y ; shahr:startOffset {at} ; shahr:endOffset {at + 1} .\n"
        for at in range(250)
    )
    place = "passage:x-0-9 a shahr:Passage ; oa:hasSource article:x ; shahr:startOffset 0 ; shahr:endOffset 9 .\n"
    articles = 'article:x rdfs:label "X"@en . article:y rdfs:label "Y"@en .\n'
    few = "".join(f"claim:f-{at:02} shahr:evidence passage:x-9-10 .\n" for at in range(11))
    graphs = {"entities": place + articles + places + "passage:x-9-10 a shahr:Passage .\n", "one": facts + few}
    return opener(invented(tmp_path_factory.mktemp("crowd") / "p", graphs).test_client())


def test_a_passage_with_many_facts_shows_200_and_says_that_there_are_more(open_crowd: Open) -> None:
    resting = section(open_crowd("/passage/x-0-9.html"), "resting")
    assert nodes_of(resting) == [f"{BASE}claim/c-{at:03}" for at in range(200)]
    assert "SPARQL" in words(resting.xpath('./p[@class="note"]')[0])
    few = section(open_crowd("/passage/x-9-10.html"), "resting")
    assert (len(nodes_of(few)), few.xpath('./p[@class="note"]')) == (11, [])


def test_a_receipt_names_ten_others_and_leads_to_the_rest(open_crowd: Open) -> None:
    shared = row(open_crowd("/claim/c-000.html"), "On the same passage")
    assert nodes_in(shared) == [*(f"{BASE}claim/c-{at:03}" for at in range(1, 11)), f"{BASE}passage/x-0-9"]
    assert texts(shared, ".//li")[-1] == "All that rests on this passage"
    assert nodes_in(row(open_crowd("/claim/f-00.html"), "On the same passage"))[-1] == f"{BASE}claim/f-10"


def test_an_article_of_many_passages_shows_200_and_says_that_there_are_more(open_crowd: Open) -> None:
    passages = section(open_crowd("/article/y.html"), "passages")
    assert len(passages.xpath("./ol/li")) == 200
    assert "SPARQL" in words(passages.xpath('./p[@class="note"]')[-1])
    listed = section(open_crowd("/article/x.html"), "passages")
    assert len(nodes_in(listed.xpath("./ol")[0])) == 251
    assert len(listed.xpath('./p[@class="note"]')) == 1


def test_what_there_is_not_is_told_in_persian_on_a_persian_page(client: FlaskClient) -> None:
    for path in ("/city/nowhere.html", "/graph/nothing.html", "/city.html?after=x"):
        page = html.document_fromstring(client.get(f"{path}{'&' if '?' in path else '?'}lang=fa").text)
        assert [one.get("lang") for one in page.xpath("//main/p/bdi")] == ["fa"], path
