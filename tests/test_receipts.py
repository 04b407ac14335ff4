"""A fact shows who says so, where and when: its receipts say what the graph says, its marks stand where they must."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from lxml.html import HtmlElement

from opening import Graph, Open, invented, nodes_in, opener, path_of, row, texts, words
from shahr.web.receipts import Resting
from shipped import shipped_app

RECEIPT = './/details[@class="receipt"]'
MARKS = './p[@class="marks"]/span'


@pytest.fixture(scope="module")
def open_page(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Open:
    return opener(shipped_app(built, tmp_path_factory.mktemp("receipts")).test_client())


@pytest.fixture(scope="module")
def graph(built: Path) -> Graph:
    return Graph.read(built)


@pytest.fixture(scope="module")
def cards(open_page: Open, graph: Graph) -> dict[str, HtmlElement]:
    """What the page of each fact says of that fact."""
    return {fact: open_page(path_of(fact)).xpath('//div[@class="fact"]')[0] for fact in graph.facts()}


def hrefs(element: HtmlElement) -> list[str]:
    return [one.get("href") for one in element.iter("a")]


def headings(element: HtmlElement) -> set[str]:
    return set(texts(element, ".//dt"))


def test_each_receipt_says_what_the_graph_says_of_its_passage(cards: dict[str, HtmlElement], graph: Graph) -> None:
    seen = 0
    for fact, card in cards.items():
        places = graph.values(fact, "shahr:evidence")
        receipts = [one for one in card.xpath(RECEIPT) if "Passage" in headings(one)]
        assert [nodes_in(row(one, "Passage"))[0] for one in receipts] == places, fact
        for place, receipt in zip(places, receipts, strict=True):
            check_passage(graph, place, receipt)
            check_article(graph, graph.values(place, "oa:hasSource")[0], receipt)
            others = [one for one in graph.subjects("shahr:evidence", place) if one != fact]
            assert ("On the same passage" in headings(receipt)) == bool(others), fact
            assert not others or nodes_in(row(receipt, "On the same passage")) == others
            seen += 1
    assert seen > 140


def check_passage(graph: Graph, place: str, receipt: HtmlElement) -> None:
    said = [one for name in ("shahr:speaker", "shahr:speakingAs") for one in graph.values(place, name)]
    assert said or graph.values(place, "shahr:voice"), place
    assert nodes_in(row(receipt, "Who says so")) == (said or graph.values(place, "shahr:voice")), place
    start, end = (graph.values(place, name)[0] for name in ("shahr:startOffset", "shahr:endOffset"))
    assert words(row(receipt, "Passage")) == f"characters {start} to {end}"
    assert [words(row(receipt, "SHA-256"))] == graph.values(place, "shahr:sha256")


def check_article(graph: Graph, article: str, receipt: HtmlElement) -> None:
    assert nodes_in(row(receipt, "Article")) == [article]
    headline = [words(row(receipt, "Headline"))] if "Headline" in headings(receipt) else []
    assert headline == [" ".join(one.split()) for one in graph.values(article, "schema:headline")]
    assert nodes_in(row(receipt, "Publisher")) == graph.values(article, "schema:publisher")
    published = row(receipt, "Published")
    assert [one.get("datetime") for one in published.iter("time")] == graph.values(article, "schema:datePublished")
    assert nodes_in(published) == graph.values(article, "shahr:dateBasis")
    original = hrefs(row(receipt, "Original")) if "Original" in headings(receipt) else []
    assert original == graph.values(article, "schema:url")


@pytest.mark.parametrize(
    ("lang", "date"), [("en", "9 January 2019 (19 Dey 1397)"), ("fa", "۱۹ دی ۱۳۹۷ (۹ ژانویهٔ ۲۰۱۹)")]
)
def test_a_day_is_told_in_both_calendars_that_of_the_reader_first(dated: Open, lang: str, date: str) -> None:
    assert date in texts(dated("/claim/one.html", lang), f'//div[@class="fact"]/{RECEIPT}//time')


@pytest.mark.parametrize(("lang", "told"), [("en", "date not known (not stated)"), ("fa", "تاریخ نامعلوم (")])
def test_where_no_day_is_stated_that_is_said(open_page: Open, lang: str, told: str) -> None:
    (receipt,) = open_page("/agreement/isfahan-kazan-twinning.html", lang).xpath(f'//div[@class="fact"]/{RECEIPT}')
    assert told in words(receipt)
    assert not receipt.xpath(".//time")


def test_a_fact_of_an_outside_source_has_its_address_its_publisher_and_the_day_it_was_read(
    cards: dict[str, HtmlElement], graph: Graph
) -> None:
    outside = [fact for fact in cards if graph.values(fact, "dcterms:source")]
    assert outside
    for fact, card in cards.items():
        found = [one for one in card.xpath(RECEIPT) if "Address" in headings(one)]
        assert len(found) == (fact in outside), fact
        for receipt in found:
            assert hrefs(row(receipt, "Address")) == graph.values(fact, "dcterms:source")
            assert nodes_in(row(receipt, "Publisher")) == graph.values(fact, "dcterms:publisher")
            assert [row(receipt, "Read on").find("time").get("datetime")] == graph.values(fact, "shahr:consulted")


def test_contested_facts_and_those_that_contest_them_are_marked_and_no_other(
    cards: dict[str, HtmlElement], graph: Graph
) -> None:
    pairs = [(fact, other) for fact in cards for other in graph.values(fact, "shahr:contests")]
    assert len(pairs) >= 3
    marked = {fact for fact, card in cards.items() if "contested" in texts(card, MARKS)}
    assert marked == {fact for pair in pairs for fact in pair}
    for fact, other in pairs:
        assert nodes_in(row(cards[fact], "contests")) == graph.values(fact, "shahr:contests")
        assert fact in nodes_in(row(cards[other], "contested by"))


def test_what_one_speaker_alone_says_is_marked_and_no_other(cards: dict[str, HtmlElement], graph: Graph) -> None:
    def single(fact: str) -> bool:
        places = graph.values(fact, "shahr:evidence")
        named = [graph.values(one, "shahr:speaker") or graph.values(one, "shahr:speakingAs") for one in places]
        return bool(places) and all(named) and len({one for names in named for one in names}) == 1

    marked = {fact for fact, card in cards.items() if "one speaker alone says so" in texts(card, MARKS)}
    assert marked == {fact for fact in cards if single(fact) and not graph.values(fact, "dcterms:source")}
    assert 0 < len(marked) < len(cards)


INVENTED = """
shahr:City rdfs:label "city"@en .
person:a rdfs:label "A"@en . person:b rdfs:label "B"@en .
post:p rdfs:label "P"@en . concept:reporter rdfs:label "R"@en .
article:x a shahr:Article ; rdfs:label "X"@en ; schema:datePublished "2019-01-09"^^xsd:date .
passage:x-0-1 oa:hasSource article:x ; shahr:speaker person:a ; shahr:startOffset 0 ; shahr:endOffset 1 .
passage:x-1-2 oa:hasSource article:x ; shahr:speaker person:b ; shahr:speakingAs post:p .
passage:x-2-3 oa:hasSource article:x ; shahr:voice concept:reporter .
passage:x-3-4 oa:hasSource article:x ; shahr:speakingAs post:p .
passage:x-4-5 oa:hasSource article:x .
passage:odd shahr:speaker person:a .
claim:one a shahr:Claim ; shahr:evidence passage:x-0-1 .
claim:two-speakers a shahr:Claim ; shahr:evidence passage:x-0-1, passage:x-1-2 .
claim:speaker-and-reporter a shahr:Claim ; shahr:evidence passage:x-0-1, passage:x-2-3 .
claim:office a shahr:Claim ; shahr:evidence passage:x-3-4 .
claim:nobody a shahr:Claim ; shahr:evidence passage:x-4-5 .
claim:speaker-and-source a shahr:Claim ; shahr:evidence passage:x-0-1 ; dcterms:source <https://a.example/> .
claim:no-article a shahr:Claim ; shahr:evidence passage:odd .
claim:no-receipt a shahr:Claim ; shahr:earliest "2020-03-19"^^xsd:date ; shahr:latest "2020-03-21"^^xsd:date .
claim:against a shahr:Claim ; shahr:contests claim:no-receipt .
"""
NAMES = (
    *("one", "two-speakers", "speaker-and-reporter", "office", "nobody", "speaker-and-source", "no-article"),
    *("no-receipt", "against"),
)


@pytest.fixture(scope="module")
def dated(tmp_path_factory: pytest.TempPathFactory) -> Open:
    facts = [f"claim:{name}" for name in NAMES]
    app = invented(tmp_path_factory.mktemp("invented") / "project", {"entities": INVENTED}, facts)
    client: FlaskClient = app.test_client()
    return opener(client)


def test_only_a_fact_of_one_speaker_and_nothing_else_is_single(dated: Open) -> None:
    pages = {name: dated(f"/claim/{name}.html").xpath('//div[@class="fact"]')[0] for name in NAMES}
    marks = {name: texts(card, MARKS) for name, card in pages.items()}
    expected = dict.fromkeys(("one", "office", "no-article"), "one speaker alone says so")
    expected |= dict.fromkeys(("no-receipt", "against"), "contested")
    assert marks == {name: [expected[name]] if name in expected else [] for name in NAMES}


def test_who_says_so_is_a_person_an_office_a_voice_or_nobody(dated: Open) -> None:
    def says(name: str) -> list[str]:
        return [
            words(row(one, "Who says so"))
            for one in dated(f"/claim/{name}.html").xpath(f'//div[@class="fact"]/{RECEIPT}')
        ]

    assert says("two-speakers") == ["A", "B, P"]
    assert says("speaker-and-reporter") == ["A", "R"]
    assert says("office") == ["P"]
    assert says("nobody") == ["not named"]


def test_the_time_of_a_fact_is_told_from_its_first_to_its_last_day(dated: Open) -> None:
    when = texts(dated("/claim/no-receipt.html"), '//div[@class="fact"]/p[@class="when"]')
    assert when == ["19 March 2020 (29 Esfand 1398) – 21 March 2020 (2 Farvardin 1399)"]
    assert texts(dated("/claim/one.html"), '//p[@class="when"]') == ["date not known"]


def test_a_receipt_is_open_on_the_page_of_its_fact_and_closed_elsewhere(dated: Open) -> None:
    (own,) = dated("/claim/one.html").xpath(f'//div[@class="fact"]/{RECEIPT}')
    assert own.get("open") is not None
    cards = dated("/passage/x-0-1.html").xpath("//article")
    assert [one for card in cards for one in card.xpath(RECEIPT) if one.get("open") is not None] == []
    assert len(cards) == 4


def test_of_too_many_facts_on_passages_the_last_passages_may_miss_some() -> None:
    cut = Resting({"a": ["1"], "b": ["2"]}, "b")
    assert [cut.is_cut(one) for one in "abc"] == [False, True, True]
    assert not Resting({"a": ["1"]}, None).is_cut("a")
