"""Each of our IRIs has one page, an IRI of others is itself, and nobody is sent to what is no address of the web."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shahr.namespaces import BASE, ENTITY_PREFIXES, FACT_PREFIXES, SOURCE_PREFIXES
from shahr.web.addresses import address_of, is_own, slug_of

KINDS = (*ENTITY_PREFIXES, *SOURCE_PREFIXES, *FACT_PREFIXES, "concept", "graph")


@pytest.mark.parametrize("kind", KINDS)
def test_a_node_of_ours_has_a_page(kind: str) -> None:
    assert address_of(f"{BASE}{kind}/a-b-1") == f"/{kind}/a-b-1.html"
    assert slug_of(f"{BASE}{kind}/a-b-1") == (kind, "a-b-1")


@pytest.mark.parametrize(
    ("local", "address"),
    [
        *(("ns#City", "/ns.html#City"), ("shapes#City-1", "/shapes.html#City-1"), ("ns", "/ns.html"), ("", "/")),
        *(("ns/1.0.0", "/ns.html"), ("shapes", "/shapes.html"), ("concept", "/concept.html")),
        *(("graph", "/graph.html"), ("city/isfahan/position", "/city/isfahan.html")),
    ],
)
def test_terms_wholes_and_parts_have_the_page_they_stand_on(local: str, address: str) -> None:
    assert address_of(BASE + local) == address


@pytest.mark.parametrize(
    "local",
    [
        *(
            "city",
            "city/",
            "city/Isfahan",
            "city/a--b",
            "city/-a",
            "city/a b",
            "city/a/b/c",
            "city/a?b",
            "city/a#b",
        ),
        *("town/a", "city/شهر", "city/a%2Fb", "../etc", "city/../a", "ns#", "ns#1", 'ns#a"b', "city/a\n", "sparql"),
    ],
)
def test_other_iris_below_ours_have_none(local: str) -> None:
    assert address_of(BASE + local) is None
    assert slug_of(BASE + local) is None


@pytest.mark.parametrize(
    "iri", ["http://www.wikidata.org/entity/Q1", "https://a.example", "https://w3id.org/shahrx/city/a"]
)
def test_an_iri_of_others_is_its_own_address(iri: str) -> None:
    assert address_of(iri) == iri
    assert not is_own(iri)
    assert slug_of(iri) is None


@pytest.mark.parametrize(
    "iri",
    [
        *(
            "javascript:alert(1)",
            "data:text/html,x",
            "urn:x:y",
            "mailto:a@b",
            "file:///etc/passwd",
            "HTTPS://a.example",
        ),
        *("http:/a", "http:///a", "https://", "https://?a", "https://#a", " https://a.example", "//a.example", "/city"),
        *("vbscript:x", "ftp://a.example", "", "\nhttps://a.example", "blob:https://a.example"),
    ],
)
def test_what_is_no_address_of_the_web_is_none(iri: str) -> None:
    assert address_of(iri) is None


@given(st.text(max_size=40), st.sampled_from(["", BASE, f"{BASE}city/", f"{BASE}ns#"]))
def test_an_address_leads_into_the_site_or_to_the_web_whatever_the_iri(text: str, base: str) -> None:
    address = address_of(base + text)
    assert address is None or address.startswith(("/", "http://", "https://"))
    assert address is None or not address.startswith("//")
    if base and address:
        assert address.isascii()
