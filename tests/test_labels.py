"""A reader sees labels: in the language of the page, else in the other, else a short name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask

from opening import invented
from shahr.namespaces import BASE
from shahr.web.labels import Label, Labels, read_labels

DATA = """
city:both rdfs:label "Both"@en, "هر دو"@fa, "Har do"@fa-Latn, "Beide"@de .
city:english rdfs:label "English"@en .
city:persian rdfs:label "فارسی"@fa .
city:latin rdfs:label "Latin"@fa-Latn .
city:plain rdfs:label "plain" .
city:twice rdfs:label "B"@en, "A"@en .
article:news rdfs:label "News"@en, "خبر"@fa .
passage:news-12-345 oa:hasSource article:news .
shahr:City rdfs:label "city"@en, "شهر"@fa .
"""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return invented(tmp_path_factory.mktemp("labels") / "project", {"entities": DATA, "news": "city:x a shahr:City ."})


@contextmanager
def reading(app: Flask, lang: str, *names: str) -> Iterator[Labels]:
    with app.test_request_context(f"/?lang={lang}"):
        yield read_labels(BASE + name for name in names)


@pytest.mark.parametrize(
    ("name", "english", "persian"),
    [
        ("city/both", Label("Both", "en"), Label("هر دو", "fa")),
        ("city/english", Label("English", "en"), Label("English", "en")),
        ("city/persian", Label("فارسی", "fa"), Label("فارسی", "fa")),
        ("city/latin", Label("city:latin", ""), Label("city:latin", "")),
        ("city/plain", Label("city:plain", ""), Label("city:plain", "")),
        ("city/none", Label("city:none", ""), Label("city:none", "")),
        ("city/twice", Label("A", "en"), Label("A", "en")),
        ("ns#City", Label("city", "en"), Label("شهر", "fa")),
        ("ns#None", Label("shahr:None", ""), Label("shahr:None", "")),
        ("article/news", Label("News", "en"), Label("خبر", "fa")),
        ("graph/news", Label("News", "en"), Label("خبر", "fa")),
        ("graph/entities", Label("the entities", "en"), Label("موجودیت‌ها", "fa")),
        ("graph/none", Label("graph:none", ""), Label("graph:none", "")),
    ],
)
def test_a_node_is_called_in_the_language_of_the_page(app: Flask, name: str, english: Label, persian: Label) -> None:
    for lang, expected in (("en", english), ("fa", persian)):
        with reading(app, lang, name) as labels:
            assert labels.of(BASE + name) == expected


@pytest.mark.parametrize(("lang", "other"), [("en", Label("هر دو", "fa")), ("fa", Label("Both", "en"))])
def test_the_other_label_is_that_of_the_other_language(app: Flask, lang: str, other: Label) -> None:
    with reading(app, lang, "city/both", "city/none") as labels:
        assert labels.other(f"{BASE}city/both") == other
        assert labels.other(f"{BASE}city/none") is None


@pytest.mark.parametrize("lang", ["en", "fa"])
def test_a_node_has_no_other_label_where_it_has_one_alone(app: Flask, lang: str) -> None:
    with reading(app, lang, "city/english") as labels:
        assert labels.of(f"{BASE}city/english") == Label("English", "en")
        assert labels.other(f"{BASE}city/english") is None


def test_a_passage_is_called_by_its_place_in_its_article(app: Flask) -> None:
    place, other = f"{BASE}passage/news-12-345", f"{BASE}passage/other-1-2"
    with reading(app, "en", "passage/news-12-345", "passage/other-1-2") as labels:
        assert labels.of(place) == Label("News: characters 12 to 345", "en")
        assert labels.of(other) == labels.place(other) == Label("characters 1 to 2", "en")
        assert labels.place(f"{BASE}passage/odd") is None
    with reading(app, "fa", "passage/news-12-345") as labels:
        assert labels.of(place).text.startswith("خبر")
        assert "۱۲" in labels.of(place).text


def test_no_nodes_have_no_labels(app: Flask) -> None:
    with reading(app, "en") as labels:
        assert labels.of(f"{BASE}city/both") == Label("city:both", "")


def test_many_nodes_have_their_labels_the_last_too(app: Flask) -> None:
    names = [f"city/c-{at:05}" for at in range(2100)]
    with reading(app, "en", "ns#City", "city/both", *names) as labels:
        assert labels.of(f"{BASE}city/both").text == "Both"
        assert labels.of(f"{BASE}ns#City").text == "city"


def test_an_iri_of_others_is_called_by_its_own_short_name_or_itself(app: Flask) -> None:
    with reading(app, "en") as labels:
        assert labels.of("http://www.wikidata.org/entity/Q1") == Label("wd:Q1", "")
        assert labels.of("https://a.example/x") == Label("https://a.example/x", "")
