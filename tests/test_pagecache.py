"""Pages are kept: the same bytes as made anew, for the same request only, as long as the build stays, at no cost."""

from __future__ import annotations

import gzip
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import brotli
import pytest
from flask import Flask, template_rendered
from pyoxigraph import Triple
from werkzeug.test import TestResponse

from opening import invented, invented_project, write_build
from server import create_app
from shahr.engine import Answer
from shahr.turtle import turtle_of
from shahr.web import documents
from shahr.web.cache import Cached
from shahr.web.settings import Settings

CITY = "/city/a.html"
SAME = "#+ summary: Which cities?\n#+ summary-fa: کدام شهرها؟\nSELECT ?city { ?city a ?class } ORDER BY ?city\n"
NOW = "#+ summary: What time is it?\n#+ summary-fa: ساعت چند است؟\nSELECT ?now { BIND(RAND() AS ?now) } ORDER BY ?now\n"


def data(name: str = "A") -> dict[str, str]:
    cities = "".join(f'city:c-{at} a shahr:City ; rdfs:label "C {at}"@en .\n' for at in range(50))
    return {"entities": f'{cities}city:a a shahr:City ; rdfs:label "{name}"@en, "الف"@fa .'}


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    app = invented(tmp_path / "project", data())
    (tmp_path / "project" / "queries" / "questions" / "same.rq").write_text(SAME, encoding="utf-8")
    (tmp_path / "project" / "queries" / "questions" / "now.rq").write_text(NOW, encoding="utf-8")
    return app


@contextmanager
def rendering(app: Flask) -> Iterator[list[str]]:
    """Note the templates of all pages that are made anew in the block."""
    names: list[str] = []

    def note(sender: Flask, template: object, **_rest: object) -> None:
        names.append(str(getattr(template, "name", "")))

    template_rendered.connect(note, app)
    try:
        yield names
    finally:
        template_rendered.disconnect(note, app)


def get(app: Flask, path: str = CITY, method: str = "GET", **headers: str) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return app.test_client().open(path, method=method, headers=named)


def plain(response: TestResponse) -> bytes:
    """Give the body of a response, decoded."""
    decode = {"gzip": gzip.decompress, "br": brotli.decompress}.get(response.headers.get("Content-Encoding", ""))
    body: bytes = decode(response.data) if decode else response.data
    return body


def test_a_page_that_was_made_before_is_not_made_again_and_is_the_same(app: Flask) -> None:
    for path in ("/", CITY, "/city.html", "/graph.html", "/graph/entities.html", "/questions", "/questions/same"):
        with rendering(app) as made:
            first, again = (get(app, path, Accept="text/html") for _ in range(2))
        assert len(made) == 1, path
        assert (first.status_code, again.status_code) == (200, 200), first.text
        assert first.data == again.data
        assert dict(first.headers) == dict(again.headers)
        assert "default-src 'none'" in again.headers["Content-Security-Policy"]


def test_a_kept_page_is_what_a_service_without_cache_makes(app: Flask, tmp_path: Path) -> None:
    bare = invented(tmp_path / "bare", data(), cache=0)
    for path in (CITY, f"{CITY}?lang=fa", "/city.html", "/graph.html"):
        get(app, path)
        with rendering(bare) as made:
            fresh = [get(bare, path) for _ in range(2)]
        assert len(made) == 2
        assert get(app, path).data == fresh[0].data == fresh[1].data
        assert get(app, path).headers["ETag"] == fresh[0].headers["ETag"]


def test_each_coding_has_its_own_etag_and_all_are_one_page(app: Flask) -> None:
    found = {coding: get(app, "/city.html", Accept_Encoding=coding) for coding in ("identity", "gzip", "br")}
    assert [one.headers.get("Content-Encoding") for one in found.values()] == [None, "gzip", "br"]
    assert len({one.headers["ETag"] for one in found.values()}) == 3
    assert len({plain(one) for one in found.values()}) == 1
    for one in found.values():
        assert one.headers["Content-Length"] == str(len(one.data))
        assert {"accept", "accept-language", "accept-encoding"} <= {name.lower() for name in one.vary}
        assert one.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("coding", ["identity", "gzip", "br"])
def test_who_has_a_page_is_not_sent_it_again(app: Flask, coding: str) -> None:
    tag = get(app, Accept_Encoding=coding).headers["ETag"]
    for match in (tag, f'"x", {tag}', f"W/{tag}", "*"):
        again = get(app, Accept_Encoding=coding, If_None_Match=match)
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
        assert {"accept", "accept-language", "accept-encoding"} <= {name.lower() for name in again.vary}
        assert "default-src 'none'" in again.headers["Content-Security-Policy"]
    assert get(app, Accept_Encoding=coding, If_None_Match='"x"').status_code == 200
    other = "identity" if coding != "identity" else "gzip"
    assert get(app, Accept_Encoding=other, If_None_Match=tag).status_code == 200


def test_a_page_of_another_language_host_address_or_accept_header_is_another_page(app: Flask) -> None:
    asked: list[dict[str, str]] = [
        {},
        {"path": f"{CITY}?lang=fa"},
        {"path": f"{CITY}?lang=en"},
        {"Accept_Language": "fa"},
        {"Host": "example.org"},
        {"path": "/city/c-1.html"},
        {"path": "/questions/same", "Accept": "text/html"},
        {"path": "/questions/same", "Accept": "text/html, */*;q=0.1"},
    ]
    with rendering(app) as made:
        first = [get(app, **one) for one in asked]
    assert len(made) == len(asked)
    with rendering(app) as made:
        assert [get(app, **one).data for one in asked] == [one.data for one in first]
    assert made == []
    assert "الف" in re.findall("<h1>.*</h1>", first[1].text)[0]
    assert re.findall("<h1>.*</h1>", first[3].text) == re.findall("<h1>.*</h1>", first[1].text)
    assert ">A<" in re.findall("<h1>.*</h1>", first[0].text)[0]


def test_languages_that_come_to_the_same_share_a_page(app: Flask) -> None:
    with rendering(app) as made:
        for header in ("fa", "fa-IR,fa;q=0.9,en;q=0.5", "de, fa;q=0.3, en;q=0.2"):
            assert '<html lang="fa"' in get(app, Accept_Language=header).text
    assert len(made) == 1


def test_addresses_that_say_the_same_share_a_page(app: Flask) -> None:
    with rendering(app) as made:
        for query in ("?lang=fa", "?lang=%66a", "?&lang=fa&&", "?lang=fa&"):
            assert get(app, CITY + query, Accept=query).status_code == 200
    assert len(made) == 1


def test_an_unknown_parameter_makes_no_page(app: Flask) -> None:
    paths = ("/", CITY, "/city.html", "/questions", "/city/a.ttl", "/openapi.json")
    for path in paths:
        get(app, path)
        with rendering(app) as made:
            refused = get(app, f"{path}?what=1", Accept="text/html")
        assert refused.status_code == 400
        assert set(made) <= {"error.html"}
        assert "what" in refused.text


def test_data_are_the_same_document_for_every_reader(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []

    def note(triples: Iterable[Triple]) -> str:
        written.append("turtle")
        return turtle_of(triples)

    monkeypatch.setattr(documents, "turtle_of", note)
    asked: list[dict[str, str]] = [{}, {"Accept": "text/html"}, {"Accept_Language": "fa"}, {"Host": "example.org"}]
    found = [*(get(app, "/city/a.ttl", **one) for one in asked), get(app, "/city/a.ttl?lang=fa")]
    assert {one.data for one in found} == {found[0].data}
    assert written == ["turtle"]


def test_what_differs_by_language_says_so_and_nothing_else(app: Flask) -> None:
    for path, differs in ((CITY, True), ("/openapi.json", True), ("/questions", False), ("/city/a.ttl", False)):
        for _ in range(2):
            found = get(app, path, Accept="*/*", Accept_Language="fa")
            assert ("Accept-Language" in found.vary) == differs, path
            assert found.headers.get("Content-Language") == ("fa" if differs else None), path


def test_a_head_is_answered_from_what_is_kept_and_keeps_the_whole_page(app: Flask) -> None:
    with rendering(app) as made:
        head, full, again = get(app, method="HEAD"), get(app), get(app, method="HEAD")
    assert len(made) == 1
    assert (head.data, again.data) == (b"", b"")
    assert len(full.data) > 1000
    assert dict(head.headers) == dict(full.headers) == dict(again.headers)


def test_searches_and_a_readers_own_queries_are_made_anew(app: Flask) -> None:
    for path in ("/search?q=a", "/sparql", "/sparql?query=ASK%7B%7D"):
        with rendering(app) as made:
            first, again = (get(app, path, Accept="text/html") for _ in range(2))
        assert (first.status_code, len(made)) == (again.status_code, 2), path


def test_a_question_whose_answer_changes_is_made_anew(app: Flask) -> None:
    with rendering(app) as made:
        first, again = (get(app, "/questions/now", Accept="text/html") for _ in range(2))
    assert len(made) == 2
    assert first.data != again.data
    assert first.headers["ETag"] != again.headers["ETag"]


@pytest.mark.parametrize("path", ["/city/none.html", "/city.html?after=x", "/?lang=de"])
def test_an_error_is_not_kept(app: Flask, path: str) -> None:
    with rendering(app) as made:
        first, again = (get(app, path, Accept="text/html") for _ in range(2))
    assert first.status_code == again.status_code >= 400
    assert len(made) == 2
    assert "ETag" not in again.headers


def test_a_new_build_makes_new_pages(app: Flask, tmp_path: Path) -> None:
    project = app.extensions["shahr"].service.settings.project
    old = get(app)
    assert ">A<" in old.text
    write_build(project, data("Another"))
    wait_until(lambda: ">Another<" in get(app).text)
    new = get(app, If_None_Match=old.headers["ETag"])
    assert (new.status_code, new.headers["ETag"]) == (200, get(app).headers["ETag"])


def test_a_build_of_the_same_data_with_another_question_shows_it(app: Flask) -> None:
    project = app.extensions["shahr"].service.settings.project
    assert "Which towns?" not in get(app, "/questions", Accept="text/html").text
    (project.questions / "same.rq").write_text(SAME.replace("cities", "towns"), encoding="utf-8")
    os.utime(project.graph)
    wait_until(lambda: "Which towns?" in get(app, "/questions", Accept="text/html").text)


def test_a_build_with_other_shapes_shows_them(app: Flask) -> None:
    project = app.extensions["shahr"].service.settings.project
    shape = "@prefix sh: <http://www.w3.org/ns/shacl#> .\n<https://w3id.org/shahr/shapes#One> a sh:NodeShape .\n"
    assert get(app, "/shapes.ttl").status_code == 404
    assert "One" not in get(app, "/shapes.html").text
    project.shapes.mkdir()
    (project.shapes / "one.ttl").write_text(shape, encoding="utf-8")
    os.utime(project.graph)
    wait_until(lambda: "One" in get(app, "/shapes.html").text)
    assert "One" in get(app, "/shapes.ttl").text


def wait_until(done: Callable[[], bool]) -> None:
    ends = time.monotonic() + 10
    while not done():
        assert time.monotonic() < ends, "the new build does not come"
        time.sleep(0.05)


def test_a_kept_page_costs_the_client_nothing(tmp_path: Path) -> None:
    project = invented_project(tmp_path / "project", data())
    app = create_app({"SERVICE": Settings(project, client_seconds=0, client_errors=2)})
    kept = get(app)
    while (refused := get(app, "/sparql?query=SELECT")).status_code == 400:
        pass
    assert refused.status_code == 429
    assert get(app, "/city/c-1.html").status_code == 429
    for _ in range(5):
        again = get(app)
        assert (again.status_code, again.data) == (200, kept.data)
    assert get(app, If_None_Match=kept.headers["ETag"]).status_code == 304


def test_many_threads_are_given_the_right_pages(app: Flask) -> None:
    paths = [f"/city/c-{at}.html" for at in range(6)]
    codings = ("identity", "gzip", "br")
    expected = {path: get(app, path).data for path in paths}

    def ask(at: int) -> bool:
        path, coding = paths[at % len(paths)], codings[at % len(codings)]
        return bool(plain(get(app, path, Accept_Encoding=coding)) == expected[path])

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(240)))


def test_if_match_is_for_those_who_write(app: Flask) -> None:
    kept = get(app)
    for match in ('"nothing"', kept.headers["ETag"], "*"):
        again = get(app, If_Match=match)
        assert (again.status_code, again.data) == (200, kept.data)
        both = get(app, If_Match=match, If_None_Match=kept.headers["ETag"])
        assert (both.status_code, both.data) == (304, b"")


def test_the_headers_of_a_page_count_for_what_it_takes() -> None:
    answer, headers = Answer("page", "text/html", b"body"), (("Content-Type", "text/html"), ("Vary", "Accept"))
    assert Cached(b"", answer, headers).size > Cached(b"", answer).size + len("Content-Typetext/htmlVaryAccept")


def test_what_is_kept_has_bounds(tmp_path: Path) -> None:
    """Of 200 kB a quarter is for pages, which is room for some of them; all come right."""
    app = invented(tmp_path / "project", data(), cache=200_000)
    with rendering(app) as made:
        for _ in range(2):
            for at in range(30):
                assert f">C {at}<" in get(app, f"/city/c-{at}.html").text
    assert len(made) > 45
