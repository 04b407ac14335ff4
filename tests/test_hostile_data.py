"""Broken and hostile data: they bring no page down, are shown as they are, and nothing of them is run."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from pyoxigraph import Literal, RdfFormat, parse

from opening import invented, iri_at, opener, section, texts, words
from shahr.namespaces import BASE, iri

LANGUAGES = ("en", "fa")
RTL = "\u202e"
PERSIAN = "می\u200cچرخد"
HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff\U0001fffe]")
TURNED = "\u2069\u202eTur\u0007ned\ufdd0\u2066"
HOSTILE = "<script>alert(1)</script>\"'>&amp;<img src=x onerror=alert(1)>{{7*7}}"
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
city:turned a shahr:City ; rdfs:label {Literal(TURNED, language="en")},
  {Literal(TURNED + PERSIAN, language="fa")} ;
  skos:altLabel {Literal(TURNED, language="de")} ; shahr:population {Literal(TURNED)} ; shahr:country city:evil .
claim:turned a shahr:Claim ; rdfs:label {Literal(TURNED, language="en")} ; shahr:about city:turned ;
  shahr:gist {Literal(TURNED, language="fa")} ; shahr:evidence passage:turned-0-9 ; shahr:edtf {Literal(TURNED)} ;
  shahr:earliest {Literal(TURNED)} ; shahr:contests city:turned .
passage:turned-0-9 a shahr:Passage ; oa:hasSource article:turned ; shahr:sha256 {Literal(TURNED)} ;
  shahr:startOffset 0 ; shahr:endOffset 9 ; shahr:speaker city:turned .
article:turned a shahr:Article ; rdfs:label {Literal(TURNED, language="en")} ; shahr:codePoints "{"9" * 5000}" ;
  schema:headline {Literal(TURNED, language="fa")} ; schema:datePublished {Literal(TURNED)} .
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
claim:odd shahr:evidence <https://b.example/passage> ; shahr:status <https://b.example/status> .
<https://b.example/passage> oa:hasSource article:a-1 . <https://b.example/place> oa:hasSource article:a-0 ;
  shahr:startOffset 1 ; shahr:endOffset 2 .
<urn:passage> oa:hasSource article:a-0 ; shahr:startOffset 1 ; shahr:endOffset 2 .
city:evil-fact shahr:about city:evil . <https://b.example/fact> shahr:about city:evil ;
  shahr:earliest "2019-01-01"^^xsd:date ; shahr:latest "2019-01-02"^^xsd:date .
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


TURNED_PATHS = ("/claim/turned.html", "/passage/turned-0-9.html", "/article/turned.html")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    turtle = hostile_turtle()
    facts = [
        *re.findall(r"^(claim:[^ ]+) ", turtle, re.MULTILINE),
        "claim:turned",
        "city:evil-fact",
        "<https://b.example/fact>",
    ]
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
    yield from TURNED_PATHS
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
                assert not re.search(r"b\.example.*lang=", element.get("href", "")), path


def test_a_hostile_label_is_shown_as_it_is(hostile: FlaskClient) -> None:
    page = opener(hostile)("/city/script.html")
    assert words(page.find(".//h1")) == HOSTILE
    assert words(page.find(".//title")).startswith(f"{HOSTILE} · ")


def test_titles_are_short_and_turn_no_text(hostile: FlaskClient) -> None:
    for path in ("/city/long.html", "/city/bidi.html", "/claim/loud.html"):
        for lang in LANGUAGES:
            title = opener(hostile)(path, lang).find(".//title").text
            assert len(title) < 200
            assert RTL not in title


def test_what_turns_the_direction_of_text_stays_inside_its_own_element(hostile: FlaskClient) -> None:
    page = opener(hostile)("/city/bidi.html")
    (heading,) = page.iter("h1")
    assert [one.tag for one in heading] == ["bdi"]
    assert RTL not in (heading.text or "") + "".join(one.tail or "" for one in heading)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_on_a_page_turns_the_text_around_it(hostile: FlaskClient, lang: str) -> None:
    for path in ("/city/turned.html", "/city.html", "/city/bidi.html", "/graph/entities.html", *TURNED_PATHS):
        text = hostile.get(f"{path}?lang={lang}").text
        assert not HARMFUL.search(text), path
    page = opener(hostile)("/city/turned.html", lang)
    assert words(page.find(".//h1")) == {"en": "Turned", "fa": f"Turned{PERSIAN}"}[lang]
    data = parse(hostile.get("/city/turned.nt").data, format=RdfFormat.N_TRIPLES)
    assert Literal(TURNED, language="en") in {quad.object for quad in data}


def test_a_length_that_is_no_number_draws_no_strip(hostile: FlaskClient) -> None:
    assert not opener(hostile)("/article/turned.html").xpath("//*[local-name()='svg']")


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
    shown = claims.xpath(".//article/h3/a/@href")
    assert f"{BASE}city/evil-fact" in [iri_at(one) for one in shown]
    assert "https://b.example/fact" in shown


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
