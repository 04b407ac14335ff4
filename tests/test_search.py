from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import example, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from server import create_app
from shahr.builds import next_build
from shahr.errors import ProjectMissing, QueryError
from shahr.index import index
from shahr.paths import Project
from shahr.search import Index, open_index, searchable_kinds
from shahr.web.settings import Settings
from tiny import LABEL, iri, nquads, tiny_project

ZWNJ = "\u200c"


def arabic(text: str) -> str:
    """Write a Persian text with the ye and kaf of an Arabic keyboard."""
    return text.replace("ی", "\u064a").replace("ک", "\u0643")


@pytest.fixture(scope="module")
def folder(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped graph with its index."""
    out = tmp_path_factory.mktemp("indexed")
    for name in ("graph.nq", "inferred.nq"):
        shutil.copy(built / name, out)
    index(Project.here(), out)
    return out


@pytest.fixture(scope="module")
def shipped(folder: Path) -> Index:
    return open_index(folder / "search.db")


def curies(found: Index, text: str, kind: str = "") -> list[str]:
    return [hit.curie for hit in found.search(text, searchable_kinds(kind)).hits]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Isfahan", "city:isfahan"),
        ("isfahan", "city:isfahan"),
        ("Esfahan", "city:isfahan"),
        ("Eşfahān", "city:isfahan"),
        ("اصفهان", "city:isfahan"),
        ("اصفهـان", "city:isfahan"),
        ("اصفها", "city:isfahan"),
        ("اصفاهن", "city:isfahan"),
        ("Isfhan", "city:isfahan"),
        ("city:isfahan", "city:isfahan"),
        ("https://w3id.org/shahr/city/isfahan", "city:isfahan"),
        ("montreal", "city:montreal"),
        ("بندر عباس", "city:bandar-abbas"),
        ("بندرعباس", "city:bandar-abbas"),
        (f"بندر{ZWNJ}عباس", "city:bandar-abbas"),
        ("نوویساد", "city:novi-sad"),
        ("novisad", "city:novi-sad"),
        ("خواهر خوانده", "shahr:twinnedWith"),
        (f"خواهر{ZWNJ}خوانده", "shahr:twinnedWith"),
        (arabic("سازمان همکاری شانگهای"), "organization:shanghai-cooperation-organization"),
        (arabic("علی قاسم زاده"), "person:ali-ghasemzadeh"),
        ("قاسمزاده", "person:ali-ghasemzadeh"),
        ("Zakani", "person:alireza-zakani"),
        ("shahrdari mashhad", "organization:municipality-of-mashhad"),
        ("hyderabd", "city:hyderabad-india"),
        ("SisterCityAgreement", "shahr:SisterCityAgreement"),
        ("Peking", "city:beijing"),
        ("ispah", "city:isfahan"),
        ("طهران", "city:tehran"),
        ("ONU", "organization:united-nations"),
        ("mayor", "concept:mayor"),
        ("Which cities are sisters", "/questions/sister-cities"),
    ],
)
def test_the_thing_meant_comes_first(shipped: Index, text: str, first: str) -> None:
    assert curies(shipped, text)[0] == first


def test_an_ambiguous_name_shows_its_candidates(shipped: Index) -> None:
    both = {"city:gwangju", "city:guangzhou", "place:gwangju-or-guangzhou"}
    assert set(curies(shipped, "گوانگجو")[:3]) == both
    assert {"city:hyderabad-india", "city:hyderabad-pakistan"} < set(curies(shipped, "حیدرآباد"))


def test_labels_come_before_other_names_before_words_before_texts(shipped: Index) -> None:
    scores = [hit.score for hit in shipped.search("quality of life", limit=100).hits]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 3
    assert [hit.score for hit in shipped.search("گوانگجو").hits][:4] == [100, 100, 95, 80]


def test_typing_errors_count_only_where_no_name_fits(shipped: Index) -> None:
    assert "city:kazan" in curies(shipped, "kazam")
    assert {hit.score for hit in shipped.search("kazam").hits} == {40}
    assert 40 not in {hit.score for hit in shipped.search("kazan", limit=100).hits}
    assert curies(shipped, "qom") == []


def test_another_name_or_a_text_that_was_found_is_told(shipped: Index) -> None:
    (gaza, *_) = shipped.search("غزه").hits
    assert (gaza.curie, gaza.snippet_field) == ("place:gaza-strip", "alternative")
    assert gaza.snippet is not None
    assert (gaza.snippet.text, gaza.snippet.language) == ("غزه", "fa")
    told = [hit for hit in shipped.search("quality of life", limit=100).hits if hit.snippet_field == "text"]
    assert told
    assert all(hit.snippet and "quality of life" in hit.snippet.text for hit in told)
    (isfahan, *_) = shipped.search("Isfahan").hits
    assert isfahan.snippet is None
    assert isfahan.labels == {"en": "Isfahan", "fa": "اصفهان", "fa-latn": "Eşfahān"}


def test_a_hidden_name_is_found_like_another_name_and_not_shown(shipped: Index) -> None:
    (beijing, *_) = shipped.search("Peking").hits
    assert (beijing.curie, beijing.score, beijing.snippet, beijing.snippet_field) == ("city:beijing", 95, None, "")
    assert "Peking" not in beijing.labels.values()
    assert shipped.complete("Peking", ("city",)) == [beijing]
    assert [hit.curie for hit in shipped.complete("pekin", ("city",))] == ["city:beijing"]
    assert curies(shipped, "Pekign")[0] == "city:beijing"


def test_pages_of_results_are_parts_of_one_list(shipped: Index) -> None:
    whole = shipped.search("iran", limit=1000)
    parts = [hit for offset in range(0, whole.total, 7) for hit in shipped.search("iran", (), 7, offset).hits]
    assert parts == whole.hits
    assert len(whole.hits) == whole.total == sum(whole.kinds.values())
    assert shipped.search("iran", offset=whole.total).hits == []


def test_kinds_are_those_asked_for(shipped: Index) -> None:
    whole = shipped.search("Isfahan", limit=1000)
    facts = shipped.search("Isfahan", searchable_kinds("fact"), limit=1000)
    assert {hit.kind for hit in facts.hits} == {kind for kind in whole.kinds if kind in searchable_kinds("fact")}
    assert facts.kinds == whole.kinds
    assert [hit.kind for hit in shipped.search("Isfahan", ("city",)).hits] == ["city"]
    with pytest.raises(QueryError, match="kind 'town' is not one of entity, fact, city"):
        searchable_kinds("town")


def test_completion_is_of_names_alone(shipped: Index) -> None:
    assert [hit.curie for hit in shipped.complete("اصف", ("city",))] == ["city:isfahan"]
    assert [hit.curie for hit in shipped.complete("hyderabad ind", ("city",))] == ["city:hyderabad-india"]
    assert len(shipped.complete("m")) == 10
    assert "text" not in {hit.snippet_field for hit in shipped.complete("quality of", limit=100)}


@pytest.mark.parametrize("text", ["", " ", "***", "\u202e\u200c", '"', "a" * 201, "a b c d e f g h i"])
def test_nothing_or_too_much_to_search_for_is_refused(shipped: Index, text: str) -> None:
    with pytest.raises(QueryError):
        shipped.search(text)


@settings(deadline=None)
@given(st.text(max_size=60) | st.text("abاخ \"*:(){}^+-'\u200c\u0000ANDORNOT", max_size=60))
@example('names : "x" OR NEAR(a b)')
@example('isfahan" OR "kazan')
@example("\ud800 a")
def test_any_text_is_searched_or_refused(shipped: Index, text: str) -> None:
    try:
        found = shipped.search(text, limit=5)
    except QueryError:
        return
    assert len(found.hits) == min(5, found.total)
    completed = {hit.iri for hit in shipped.complete(text, limit=1000)}
    assert completed <= {hit.iri for hit in shipped.search(text, limit=1000).hits}


def test_syntax_of_the_index_is_text(shipped: Index) -> None:
    assert curies(shipped, "isfahan OR kazan") == curies(shipped, "kazan OR isfahan") == []
    assert curies(shipped, 'names:"isfahan"*') == []


def test_texts_of_articles_and_examples_are_not_in_the_index(folder: Path, articles_dir: Path) -> None:
    held = (folder / "search.db").read_bytes().decode("utf-8", "replace")
    headlines = (folder / "graph.nq").read_text(encoding="utf-8")
    for path in articles_dir.glob("*.txt"):
        text = path.read_text(encoding="utf-8")
        slices = [text[at : at + 60] for at in range(0, len(text) - 60, 60)]
        assert [one for one in slices if one in held and one not in headlines] == []


def test_the_same_sources_give_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    for name in ("graph.nq", "inferred.nq"):
        shutil.copy(folder / name, tmp_path)
    program = "import sys, pathlib; from shahr.index import index; from shahr.paths import Project\n"
    program += "index(Project.here(), pathlib.Path(sys.argv[1]))"
    subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], check=True, env={**os.environ, "PYTHONHASHSEED": "7"}
    )
    assert (tmp_path / "search.db").read_bytes() == (folder / "search.db").read_bytes()


def test_many_threads_share_one_index(shipped: Index) -> None:
    found: list[list[str]] = []
    texts = ["Isfahan", "kazam", "اصفهان", "mayor"] * 5
    threads = [Thread(target=lambda text=text: found.append(curies(shipped, text))) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == sorted(curies(shipped, text) for text in texts)


def test_what_is_no_index_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "broken.db").write_bytes(b"nothing of the kind" * 500)
    (tmp_path / "empty.db").write_bytes(b"")
    for name in ("missing.db", "broken.db", "empty.db"):
        with pytest.raises(ProjectMissing, match="run `shahr index`"):
            open_index(tmp_path / name)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["broken.db", "empty.db"]


# Pages


def publish(project: Project, more: str = "") -> None:
    """Build the tiny project with its index, and link it."""
    with next_build(project) as out:
        (out / "graph.nq").write_text(nquads() + more, encoding="utf-8")
        (out / "inferred.nq").write_bytes(b"")
        index(project, out)


def app_of(settings: Settings) -> Flask:
    return create_app({"SERVICE": settings})


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    hostile = "".join(
        f'{iri(f"person/p{at}")} {LABEL} "Prominent {at}"@en {iri("graph/entities")} .\n' for at in range(45)
    )
    hostile += f'{iri("place/long")} {LABEL} "long {"x" * 10_000}"@en {iri("graph/entities")} .\n'
    hostile += f'{iri("place/turned")} {LABEL} "turned \\u202Eabc\\u0007"@en {iri("graph/entities")} .\n'
    hostile += f'{iri("city/../etc")} {LABEL} "dotted"@en {iri("graph/entities")} .\n'
    project = tiny_project(tmp_path_factory.mktemp("searched") / "project")
    publish(project, hostile)
    return project


@pytest.fixture(scope="module")
def client(project: Project) -> FlaskClient:
    return app_of(Settings(project, client_seconds=0, client_errors=0)).test_client()


def page_of(client: FlaskClient, address: str, **headers: str) -> TestResponse:
    return client.get(address, headers={"Accept": "text/html", **headers})


def test_a_page_of_results(client: FlaskClient) -> None:
    page = page_of(client, "/search?q=isfahan&lang=en")
    assert page.status_code == 200
    assert page.content_type == "text/html; charset=utf-8"
    assert "Accept-Language" in page.headers["Vary"]
    text = page.get_data(as_text=True)
    assert '<a href="/city/isfahan.html?lang=en"><bdi lang="en">Isfahan</bdi></a>' in text
    assert '<bdi lang="fa">اصفهان</bdi>' in text
    assert 'value="isfahan"' in text


def test_the_page_in_persian_shows_persian_labels_first(client: FlaskClient) -> None:
    text = page_of(client, "/search?q=isfahan", **{"Accept-Language": "fa"}).text
    assert '<a href="/city/isfahan.html"><bdi lang="fa">اصفهان</bdi></a>' in text
    assert text.index("اصفهان") < text.index('<bdi lang="en">Isfahan<')


@pytest.mark.parametrize("address", ["/search", "/search?q=", "/search?q=%20%E2%80%AE", "/search?kind=city"])
def test_without_a_text_there_is_the_form_alone(client: FlaskClient, address: str) -> None:
    page = page_of(client, address)
    assert page.status_code == 200
    assert 'id="q"' in page.get_data(as_text=True)
    assert 'class="hits"' not in page.get_data(as_text=True)


def test_results_as_json_by_format_and_by_accept(client: FlaskClient) -> None:
    by_format = client.get("/search?q=کازان OR&format=json")
    assert by_format.get_json() == {"query": "کازان OR", "total": 0, "page": 1, "pages": 1, "kinds": {}, "results": []}
    by_accept = client.get("/search?q=isfahan", headers={"Accept": "application/json"})
    assert by_accept.content_type == "application/json"
    assert by_accept.data == client.get("/search?q=isfahan&format=json").data
    assert by_accept.get_json()["results"][0] == {
        "iri": "https://w3id.org/shahr/city/isfahan",
        "curie": "city:isfahan",
        "address": "/city/isfahan.html",
        "kind": "city",
        "labels": {"en": "Isfahan", "fa": "اصفهان"},
        "matched": None,
        "score": 100,
    }
    assert client.get("/search?q=a", headers={"Accept": "text/turtle"}).status_code == 406


@pytest.mark.parametrize("accept", [None, "*/*", "application/json, text/html;q=0.5"])
def test_only_who_names_html_gets_a_page(client: FlaskClient, accept: str | None) -> None:
    answer = client.get("/search?q=isfahan", headers={} if accept is None else {"Accept": accept})
    assert (answer.status_code, answer.content_type) == (200, "application/json")


def test_results_go_on_over_pages(client: FlaskClient) -> None:
    pages = [client.get(f"/search?q=prominent&format=json&page={page}").get_json() for page in (1, 2, 3)]
    assert [len(page["results"]) for page in pages] == [20, 20, 5]
    assert len({hit["iri"] for page in pages for hit in page["results"]}) == 45
    second = page_of(client, "/search?q=prominent&kind=person&page=2").text
    assert 'rel="prev" href="/search?q=prominent&amp;kind=person&amp;page=1"' in second
    assert 'rel="next" href="/search?q=prominent&amp;kind=person&amp;page=3"' in second
    assert 'start="21"' in second
    assert client.get("/search?q=prominent&page=4").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        *("q=a&q=b", "q=a&page=0", "q=a&page=-1", "q=a&page=x", "q=a&page=۲", "q=a&page=1&page=2", "q=a&page=9999999"),
        *("q=a&kind=town", "q=a&kind=city&kind=city", "q=a&format=xml", "q=a&colour=red", "q=a&lang=de", "q=***"),
        *("q=" + "a" * 201, "q=a b c d e f g h i", "format=json"),
    ],
)
def test_bad_parameters_of_search_get_a_sentence(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/search?{query}")
    assert answer.status_code == 400
    assert answer.content_type.startswith("text/plain")
    assert answer.get_data(as_text=True).count("\n") == 1


@pytest.mark.parametrize(
    "address",
    [
        *("/search?q=a&q=b", "/search?q=a&page=0", "/search?q=a&kind=town", "/search?q=a&format=xml"),
        *("/search?q=a&colour=red", "/search?q=***", "/search?q=" + "a" * 201, "/search?q=a b c d e f g h i"),
        *(
            "/search?q=prominent&page=4",
            "/search?format=json",
            "/complete",
            "/complete?q=***",
            "/complete?q=a&kind=town",
        ),
    ],
)
def test_what_is_wrong_is_told_in_persian_too(client: FlaskClient, address: str) -> None:
    answer = client.get(address, headers={"Accept-Language": "fa"})
    assert answer.status_code in (400, 404)
    assert re.search("[\u0600-\u06ff]", answer.text)


def test_hostile_labels_and_texts_stay_text(client: FlaskClient) -> None:
    kazan = page_of(client, "/search?q=kazan").text
    assert "&lt;b&gt;</code>Kazan<code" in kazan
    assert "<b>" not in kazan
    asked = page_of(client, "/search?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").text
    assert "<script" not in asked
    assert len(page_of(client, "/search?q=long").data) < 12_000
    turned = page_of(client, "/search?q=turned").text
    assert "turned abc<" in turned
    assert client.get("/search?q=dotted&format=json").get_json()["total"] == 0


def test_completion(client: FlaskClient) -> None:
    answer = client.get("/complete?q=isf&kind=city&lang=fa")
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    isfahan = {"iri": "https://w3id.org/shahr/city/isfahan", "curie": "city:isfahan", "label": "اصفهان", "kind": "city"}
    assert answer.get_json() == [isfahan]
    assert "اصفهان" in answer.get_data(as_text=True)
    assert [one["label"] for one in client.get("/complete?q=isf&lang=en").get_json()] == ["Isfahan"]
    assert len(client.get("/complete?q=prom").get_json()) == 10
    assert client.get("/complete?q=nothing-like-it").get_json() == []


@pytest.mark.parametrize("query", ["", "q=", "q=***", "q=a&q=b", "q=a&kind=town", "q=a&page=1", "q=" + "a" * 201])
def test_bad_parameters_of_completion_get_a_sentence(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/complete?{query}")
    assert answer.status_code == 400
    assert answer.content_type.startswith("text/plain")


def test_the_index_of_a_new_build_is_taken(tmp_path: Path) -> None:
    project = tiny_project(tmp_path / "project")
    publish(project)
    client = app_of(Settings(project, client_seconds=0, client_errors=0)).test_client()
    assert client.get("/complete?q=tabriz").get_json() == []
    publish(project, f'{iri("city/tabriz")} {LABEL} "Tabriz"@en {iri("graph/entities")} .\n')
    assert [one["curie"] for one in client.get("/complete?q=tabriz").get_json()] == ["city:tabriz"]


def test_pages_show_no_hidden_name(tmp_path: Path) -> None:
    project = tiny_project(tmp_path / "project")
    hidden = "http://www.w3.org/2004/02/skos/core#hiddenLabel"
    publish(project, f'{iri("city/isfahan")} <{hidden}> "Aspadana"@en {iri("graph/entities")} .\n')
    client = app_of(Settings(project, client_seconds=0, client_errors=0)).test_client()
    assert [one["label"] for one in client.get("/complete?q=aspad&lang=en").get_json()] == ["Isfahan"]
    (found,) = client.get("/search?q=aspadana&format=json").get_json()["results"]
    assert (found["curie"], found["matched"]) == ("city:isfahan", None)
    page = page_of(client, "/city/isfahan.html?lang=en")
    assert page.status_code == 200
    assert "Aspadana" not in page.text
    results = page_of(client, "/search?q=aspadan&lang=en").text
    assert ">Isfahan<" in results
    assert "Aspadana" not in results


def test_without_an_index_search_says_so(tmp_path: Path) -> None:
    project = tiny_project(tmp_path / "project")
    publish(project)
    elsewhere = Settings(project, dataset=project.graph, client_seconds=0, client_errors=0)
    unindexed = Settings(tiny_project(tmp_path / "other"), client_seconds=0, client_errors=0)
    for served in (elsewhere, unindexed):
        client = app_of(served).test_client()
        page = page_of(client, "/search?q=isfahan&lang=en")
        assert page.status_code == 200
        assert "Search needs the built graph" in page.get_data(as_text=True)
        for address in ("/search?q=isfahan&format=json", "/complete?q=isfahan"):
            answer = client.get(address)
            assert answer.status_code == 404
            assert "search needs the built graph" in answer.get_data(as_text=True)
