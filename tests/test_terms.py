"""Terms of RDF stand on a page escaped, isolated, in their language, and as the page's language writes numbers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from opening import invented
from shahr.namespaces import BASE, FACT_PREFIXES
from shahr.solutions import Term
from shahr.web.kinds import title_of
from shahr.web.labels import Label, Labels
from shahr.web.terms import any_term, code, literal, named_node, node, plain, titled

XSD = "http://www.w3.org/2001/XMLSchema#"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return invented(tmp_path_factory.mktemp("terms") / "project", {"entities": 'city:a rdfs:label "A"@en .'})


@pytest.fixture(params=["en", "fa"])
def lang(app: Flask, request: pytest.FixtureRequest) -> Iterator[str]:
    with app.test_request_context(f"/?lang={request.param}"):
        yield request.param


def typed(text: str, kind: str) -> Literal:
    return Literal(text, datatype=NamedNode(kind if ":" in kind else XSD + kind))


@pytest.mark.parametrize(
    ("term", "english", "persian"),
    [
        (typed("1961260", "integer"), "1,961,260", "۱٬۹۶۱٬۲۶۰"),
        (typed("32.65249", "decimal"), "32.65249", "۳۲٫۶۵۲۴۹"),
        (typed("-5", "integer"), "-5", "۵"),
        (typed("2019", "gYear"), "2019", "۲۰۱۹"),
        (typed("2019-01-09", "date"), "9 January 2019 (19 Dey 1397)", "۱۹ دی ۱۳۹۷ (۹ ژانویهٔ ۲۰۱۹)"),
        (typed("2020-03-20", "date"), "20 March 2020 (1 Farvardin 1399)", "۱ فروردین ۱۳۹۹ (۲۰ مارس ۲۰۲۰)"),
        (Literal("7"), "7", "۷"),
    ],
)
def test_numbers_and_days_are_written_as_the_language_writes_them(
    lang: str, term: Literal, english: str, persian: str
) -> None:
    text = html.fromstring(str(literal(term))).text_content()
    assert (english if lang == "en" else persian) in text
    assert text.isascii() or lang == "fa"


@pytest.mark.parametrize(
    "kind", ["integer", "decimal", "nonNegativeInteger", "date", "gYear", "double", "boolean", "a:b"]
)
@pytest.mark.parametrize(
    "text",
    [
        *(
            "many",
            "1E999999999",
            "NaN",
            "1_000",
            "٣٣",
            "",
            " 1",
            "1 ",
            "--1",
            "1.2.3",
            "2019-13-01",
            "-0500-01-01",
            "²",
        ),
        *("0001-01-01", "0622-03-21", "9999-12-31", "2019-W01-1", "2019-01-01Z", "<b>", "9" * 40, "1/3", "\u0000"),
    ],
)
def test_a_text_that_is_none_of_its_datatype_is_shown_as_it_is(lang: str, text: str, kind: str) -> None:
    shown = str(literal(typed(text, kind)))
    assert html.document_fromstring(f"<p>{shown}</p>").xpath("count(//b)") == 0
    assert len(shown) < 200


def test_a_text_in_a_language_is_isolated_and_has_its_direction(lang: str) -> None:
    for language, direction in (("fa", "rtl"), ("en", "ltr"), ("ar", "rtl"), ("de", "auto"), ("fa-latn", "ltr")):
        found = html.fromstring(str(literal(Literal("شهر x", language=language))))
        assert (found.tag, found.get("lang"), found.get("dir")) == ("bdi", language, direction)
        assert found.text_content() == "شهر x"


def test_a_node_is_a_link_in_the_language_of_the_page(lang: str) -> None:
    labels = Labels({f"{BASE}city/a": {"en": "A & <B>"}})
    found = html.fromstring(str(node(f"{BASE}city/a", labels)))
    assert (found.tag, found.get("href"), found.text_content()) == ("a", f"/city/a.html?lang={lang}", "A & <B>")
    other = html.fromstring(str(node("https://a.example/x?a=1&b=2", labels)))
    assert other.get("href") == "https://a.example/x?a=1&b=2"
    assert "noopener" in other.get("rel")


@pytest.mark.parametrize("iri", ["javascript:alert(1)", "data:text/html,<b>", f"{BASE}city/NONE", "urn:x"])
def test_a_node_that_is_no_place_to_go_is_code(lang: str, iri: str) -> None:
    found = html.fromstring(str(node(iri, Labels({iri: {"en": "Click"}}))))
    assert (found.tag, found.get("dir"), found.text_content()) == ("code", "ltr", iri)


def test_what_is_no_language_is_code(lang: str) -> None:
    for shown in (plain(Label("city:a", "")), code("city:a"), literal(Literal("city:a"))):
        found = html.fromstring(str(shown))
        assert (found.tag, found.get("translate"), found.text_content()) == ("code", "no", "city:a")


def test_any_kind_of_term_can_be_shown(lang: str) -> None:
    labels = Labels({})
    terms: list[Term] = [
        BlankNode("x"),
        Triple(NamedNode("a:s"), NamedNode("a:p"), Literal("<b>")),
        Literal("x", language="en"),
    ]
    for term in terms:
        assert "<b>" not in str(any_term(term, labels))
    assert "a:s" in str(any_term(terms[1], labels))


@given(st.text(max_size=60), st.sampled_from(["", "en", "fa", "de"]))
def test_no_text_gets_out_of_its_element(app: Flask, text: str, language: str) -> None:
    with app.test_request_context("/"):
        term = Literal(text, language=language) if language else Literal(text)
        for shown in (literal(term), plain(Label(text, language)), code(text)):
            tree = html.document_fromstring(f"<body><div id=around>{shown}</div></body>")
            (around,) = tree.xpath('//div[@id="around"]')
            assert len(around) == 1
            assert {one.tag for one in around.iter()} <= {"div", "bdi", "code"}


def test_a_long_text_is_cut(lang: str) -> None:
    for shown in (
        literal(Literal("x" * 9000)),
        literal(Literal("ش" * 9000, language="fa")),
        plain(Label("x" * 9000, "en")),
    ):
        assert len(html.fromstring(str(shown)).text_content()) == 2001


def test_a_node_can_be_linked_by_another_name(lang: str) -> None:
    own = html.fromstring(str(named_node(f"{BASE}city/a", Label("here", "en"), "badge")))
    assert (own.get("class"), own.get("href"), own.text_content()) == ("badge", f"/city/a.html?lang={lang}", "here")
    other = html.fromstring(str(named_node("https://a.example/x", Label("there", "en"))))
    assert (other.get("class"), other.get("href"), other.text_content()) == (None, "https://a.example/x", "there")
    nowhere = html.fromstring(str(named_node("javascript:alert(1)", Label("x", "en"), "badge")))
    assert (nowhere.tag, nowhere.get("class"), nowhere.text_content()) == ("span", "badge", "javascript:alert(1)")
    assert not nowhere.xpath("//a")


def test_a_kind_without_a_heading_is_called_by_its_prefix(lang: str) -> None:
    assert title_of("novelty") == "novelty"
    assert all(title_of(kind) != kind for kind in FACT_PREFIXES)


def test_a_title_is_short_and_turns_no_text(lang: str) -> None:
    long = titled(Label("x" * 10_000, "en"), None, "\u202ecity\u2066")
    assert long.split(" · ")[:2] == ["x" * 119 + "…", "city"]
    assert titled("Cities").startswith("Cities · ")
