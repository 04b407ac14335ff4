"""Questions as pages for people and as addresses for programs."""

from __future__ import annotations

import ast
import csv
import io
import json
import re
import shlex
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from pyoxigraph import Literal, NamedNode, QuerySolutions, Store

from shahr.errors import SourceError
from shahr.paths import Project
from shahr.queries import Query, read_query, read_questions
from shahr.solutions import Solutions, Term
from shahr.syntax import service_block
from shahr.web.questions import parameters
from shahr.web.questions.parameters import Choice, Names
from shahr.web.questions.snippets import Snippet, snippets
from shahr.web.questions.spreadsheet import spreadsheet_csv
from shipped import shipped_app
from tiny import SISTERS, running, tiny_app

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
KAZAN = b"city,sister\r\nhttps://w3id.org/shahr/city/isfahan,https://w3id.org/shahr/city/kazan\r\n"
QUESTIONS = read_questions(Project.here())


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return tiny_app(tmp_path_factory.mktemp("asked")).test_client()


@pytest.fixture(scope="module")
def shipped(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return shipped_app(built, tmp_path_factory.mktemp("shipped"))


def page(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address, headers=BROWSER)
    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    return answer.text


def rows(client: FlaskClient, **values: str) -> bytes:
    answer = client.get(f"/questions/sister-cities?{urlencode(values)}&format=csv")
    assert answer.status_code == 200, answer.text
    found: bytes = answer.data
    return found


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, "application/sparql-results+json"),
        ("*/*", "application/sparql-results+json"),
        ("application/json", "application/json"),
        ("text/csv", "text/csv"),
        ("text/tab-separated-values, text/csv;q=0.5", "text/tab-separated-values"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/html", "text/html"),
        (BROWSER["Accept"], "text/html"),
        ("text/html;q=0.2, text/csv", "text/csv"),
    ],
)
def test_who_asks_for_a_page_gets_one_and_programs_get_rows(
    client: FlaskClient, accept: str | None, media_type: str
) -> None:
    headers = {} if accept is None else {"Accept": accept}
    answer = client.get("/questions/sisters?city=city:isfahan", headers=headers)
    assert (answer.status_code, answer.mimetype) == (200, media_type)
    assert "Accept" in answer.headers["Vary"]


@pytest.mark.parametrize("name", ["json", "xml", "csv", "tsv"])
def test_a_format_by_name_wins_over_the_header(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/questions/sisters?city=kazan&format={name}", headers=BROWSER)
    assert answer.status_code == 200
    assert answer.mimetype != "text/html"
    assert answer.headers["Content-Disposition"] == f'inline; filename="sisters.{name}"'


def test_a_type_that_there_is_not_is_refused(client: FlaskClient) -> None:
    for address in ("/questions", "/questions/sisters?city=kazan"):
        assert client.get(address, headers={"Accept": "image/png"}).status_code == 406


def test_rows_are_those_of_the_graph(client: FlaskClient) -> None:
    assert client.get("/questions/sisters?city=city:isfahan&format=csv").data == KAZAN
    nobody = client.get("/questions/sisters?city=city:kazan&format=json")
    assert json.loads(nobody.data)["results"]["bindings"] == []


@pytest.mark.parametrize(
    "city",
    [
        *("city:isfahan", "isfahan", "https://w3id.org/shahr/city/isfahan", "<https://w3id.org/shahr/city/isfahan>"),
        *("Isfahan", "ISFAHAN ", "اصفهان", "اصـفهان", "Eşfahān"),
    ],
)
def test_an_identifier_and_a_name_ask_the_same(shipped: Flask, city: str) -> None:
    expected = rows(shipped.test_client(), city="city:isfahan")
    assert b"city/kazan" in expected
    assert rows(shipped.test_client(), city=city) == expected


def test_a_name_of_two_cities_is_refused_with_both(shipped: Flask) -> None:
    client = shipped.test_client()
    answer = client.get(f"/questions/sister-cities?city={quote('حیدرآباد')}")
    assert answer.status_code == 400
    assert "city:hyderabad-india, city:hyderabad-pakistan" in answer.text
    assert "city:hyderabad-india" in page(client, f"/questions/sister-cities?city={quote('حیدرآباد')}", 400)


@pytest.mark.parametrize("month", ["1404-07", "۱۴۰۴-۰۷", "١٤٠٤-٠٧"])
def test_a_month_may_be_written_in_any_digits(shipped: Flask, month: str) -> None:
    answer = shipped.test_client().get(f"/questions/facts-in-jalali-month?month={month}&format=csv")
    assert answer.status_code == 200
    assert answer.text.count("\n") > 3


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/questions/sisters", 400, "'city'"),
        ("/questions/sisters?format=json", 400, "'city'"),
        ("/questions/sisters?city=", 400, "'city'"),
        ("/questions/sisters?city=%20", 400, "'city'"),
        ("/questions/sisters?city=<a b>", 400, "'city'"),
        ("/questions/sisters?city=a%00b", 400, "'city'"),
        ("/questions/sisters?city=javascript:alert(1)", 400, "'city'"),
        ("/questions/sisters?city=person:kazan", 400, "'city'"),
        ("/questions/sisters?city=https://example.org/", 400, "'city'"),
        (f"/questions/sisters?city={'a' * 501}", 400, "500"),
        ("/questions/sisters?city=city:nowhere", 404, "'city:nowhere'"),
        ("/questions/sisters?city=Nowhere%20at%20all", 404, "'Nowhere at all'"),
        ("/questions/sisters?city=..%2F..%2Fsecret", 404, "secret"),
        ("/questions/sisters?town=city:kazan", 400, "'town'"),
        ("/questions/sisters?city=kazan&town=kazan", 400, "'town'"),
        ("/questions/sisters?city=kazan&city=isfahan", 400, "more than once"),
        ("/questions/sisters?city=kazan&format=csv&format=json", 400, "more than once"),
        ("/questions/sisters?city=kazan&format=pdf", 400, "'pdf'"),
        ("/questions/sisters?city=kazan&lang=de", 400, "lang"),
        ("/questions?format=csv", 400, "'csv'"),
        ("/questions/labels-elsewhere?format=json", 403, "shahr query labels-elsewhere"),
        ("/questions/nothing", 404, "'nothing'"),
        ("/questions/..%2Fsecret", 404, ""),
    ],
)
def test_a_wrong_call_is_one_sentence_that_names_what_is_wrong(
    client: FlaskClient, path: str, status: int, words: str
) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (status, "text/plain")
    assert words in answer.text
    assert answer.text.count("\n") == 1


def test_what_is_not_there_is_told_in_persian_too(client: FlaskClient) -> None:
    for path, accept in (("nothing", "text/html"), ("nothing", "*/*"), ("sisters?city=kazan", "image/png")):
        answer = client.get(f"/questions/{path}", headers={"Accept": accept, "Accept-Language": "fa"})
        sentence = html.document_fromstring(answer.text).xpath("string(//main//p)") if "html" in accept else answer.text
        assert answer.status_code in (404, 406)
        assert re.search("[\u0600-\u06ff]", sentence)


def test_names_are_read_once_for_a_dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[str]()
    real = parameters.read_names

    def read(kind: str) -> Names:
        asked.append(kind)
        return real(kind)

    monkeypatch.setattr(parameters, "read_names", read)
    app = tiny_app(tmp_path)
    for city in ("Isfahan", "kazan", "isfahan"):
        page(app.test_client(), f"/questions/sisters?city={city}")
    assert asked == ["city"]
    project = app.extensions["shahr"].service.settings.project
    tabriz = '<https://w3id.org/shahr/city/tabriz> <http://www.w3.org/2000/01/rdf-schema#label> "Tabriz"@en .\n'
    project.graph.write_text(project.graph.read_text(encoding="utf-8") + tabriz, encoding="utf-8")
    ends = time.monotonic() + 10
    while app.test_client().get("/questions/sisters?city=Tabriz").status_code != 200:
        assert time.monotonic() < ends, "the new build does not come"
        time.sleep(0.05)


def test_a_page_keeps_the_form_where_a_value_cannot_be_used(client: FlaskClient) -> None:
    for value, status in (("<script>x</script>", 400), ("Atlantis", 404)):
        text = page(client, f"/questions/sisters?city={quote(value)}", status)
        assert "<script>x" not in text
        assert f'value="{value.replace("<", "&lt;").replace(">", "&gt;")}"' in text
        assert 'role="alert"' in text


def test_a_page_shows_its_example_with_labels_escaped(client: FlaskClient) -> None:
    text = page(client, "/questions/sisters?lang=en")
    assert 'href="/city/kazan.html?lang=en"' in text
    assert "&lt;b&gt;Kazan" in text
    assert "<b>Kazan" not in text
    assert "An example is shown" in text
    assert "An example is shown" not in page(client, "/questions/sisters?city=isfahan")


def test_only_web_addresses_become_links(client: FlaskClient) -> None:
    text = page(client, "/questions/odd")
    assert "javascript:alert(1)" in text
    assert 'href="javascript' not in text


def test_a_question_to_another_endpoint_has_a_page_without_rows(client: FlaskClient) -> None:
    text = page(client, "/questions/labels-elsewhere")
    assert "shahr query labels-elsewhere" in text
    assert "<table" not in text


def test_a_form_offers_names_in_both_languages(shipped: Flask) -> None:
    text = page(shipped.test_client(), "/questions/sister-cities?city=city:kazan&lang=fa")
    assert 'value="کازان" required' in text
    assert '<option value="Kazan" lang="en" dir="ltr">' in text
    assert '<option value="اصفهان" lang="fa" dir="rtl">' in text
    assert '<option value="حیدرآباد (هند)" lang="fa" dir="rtl">' in text


def test_a_page_is_in_one_language(shipped: Flask) -> None:
    for question in QUESTIONS:
        english, persian = (
            page(shipped.test_client(), f"/questions/{question.name}?lang={tag}") for tag in ("en", "fa")
        )
        english, persian = unescape(english), unescape(persian)
        assert question.summary in english
        assert question.summary_fa not in english
        assert question.summary_fa in persian
        assert question.summary not in persian
        if not service_block(question.text):
            assert all(f">{pair[0]}</bdi></th>" in english for pair in question.labels.values())
            assert all(f">{pair[1]}</bdi></th>" in persian for pair in question.labels.values())


def test_all_questions_are_listed_for_people_and_for_programs(shipped: Flask) -> None:
    client = shipped.test_client()
    listed = unescape(page(client, "/questions?lang=en"))
    described = json.loads(client.get("/questions").data)
    assert [one["name"] for one in described] == sorted(
        (one.name for one in QUESTIONS),
        key=lambda name: next(int(q.metadata["number"]) for q in QUESTIONS if q.name == name),
    )
    assert all(f'href="/questions/{one["name"]}?lang=en">{one["summary"]["en"]}' in listed for one in described)
    first = described[0]
    assert first["parameters"] == [
        {"name": "city", "kind": "city", "label": {"en": "city", "fa": "شهر"}, "example": "city:isfahan"}
    ]
    assert first["address"] == "http://localhost/questions/sister-cities"
    assert [one["name"] for one in described if one["federated"]] == [
        one["name"] for one in described if one["name"].endswith("-on-wikidata")
    ]


def test_a_copy_that_is_still_good_is_not_sent_again(client: FlaskClient) -> None:
    for address, headers in (("/questions/sisters?city=kazan&format=csv", {}), ("/questions/sisters", BROWSER)):
        first = client.get(address, headers=headers)
        again = client.get(address, headers={**headers, "If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        head = client.head(address, headers=headers)
        assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", first.headers["ETag"])


def test_a_label_line_must_be_whole_and_come_once(tmp_path: Path) -> None:
    folder = tmp_path / "questions"
    folder.mkdir()
    path = folder / "sisters.rq"
    for line, good in (
        ("city, city, شهر، شهر", True),
        ("city, city", False),
        ("city, , شهر", False),
        ("city, a, b\n#+ label: city, a, b", False),
    ):
        path.write_text(SISTERS.replace("PREFIX city", f"#+ label: {line}\nPREFIX city", 1), encoding="utf-8")
        if good:
            assert read_query(path).labels == {"city": ("city", "شهر، شهر")}
        else:
            with pytest.raises(SourceError, match="label needs"):
                read_query(path)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_every_shipped_question_labels_its_parameters_and_columns(question: Query) -> None:
    block = service_block(question.text)
    text = question.text if block is None else question.text[: block.start] + "{" + question.text[block.body_start :]
    found = Store().query(text)
    assert isinstance(found, QuerySolutions)
    assert set(question.labels) == {one.value for one in found.variables} | {one.name for one in question.params}
    assert not {"format", "lang"} & {one.name for one in question.params}


@pytest.mark.parametrize(
    ("term", "cell"),
    [
        (Literal("=1+1"), "'=1+1"),
        (Literal("@SUM(A1)"), "'@SUM(A1)"),
        (Literal("-5"), "'-5"),
        (Literal(-5), "-5"),
        (Literal("\t=1"), "'\t=1"),
        (Literal("＝1", language="fa"), "'＝1"),
        (Literal('say "شهر", then'), 'say "شهر", then'),
        (NamedNode("https://example.org/a"), "https://example.org/a"),
        (None, ""),
    ],
)
def test_no_text_is_a_formula_for_a_spreadsheet(term: Term | None, cell: str) -> None:
    body = spreadsheet_csv(Solutions(("it", "b"), [(term, Literal("b"))], b""))
    assert list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""))) == [["it", "b"], [cell, "b"]]
    assert body.startswith(b"\xef\xbb\xbf")


def test_the_table_for_spreadsheets_has_the_same_rows(client: FlaskClient) -> None:
    answer = client.get("/questions/sisters?city=isfahan&format=csv-safe")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.data == b"\xef\xbb\xbf" + KAZAN


@pytest.fixture(scope="module")
def address(shipped: Flask) -> Iterator[str]:
    with running(shipped) as found:
        yield found


def codes(address: str) -> dict[str, str]:
    """The snippets for the sisters of Isfahan at a running server."""
    query = next(one.text for one in QUESTIONS if one.name == "sister-cities")
    return {one.name: one.code for one in snippets(f"{address}/", "sister-cities", {"city": "city:isfahan"}, query)}


def test_the_page_shows_these_very_snippets(address: str) -> None:
    request = urllib.request.Request(f"{address}/questions/sister-cities?city=Isfahan", headers=BROWSER)
    with urllib.request.urlopen(request) as answer:
        text = answer.read().decode()
    assert f"{address}/questions/sister-cities" in text
    assert "city%3Aisfahan&amp;format=csv-safe" in text


def test_the_line_for_a_shell_gives_the_rows(address: str, shipped: Flask) -> None:
    done = subprocess.run(["sh", "-c", codes(address)["curl"]], capture_output=True, timeout=60, check=True)
    assert done.stdout == rows(shipped.test_client(), city="isfahan")


def test_the_lines_for_sparqlwrapper_give_the_rows(address: str) -> None:
    code = codes(address)["sparqlwrapper"]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    found = [ast.literal_eval(line) for line in done.stdout.splitlines()]
    assert found[0]["sister"] == "https://w3id.org/shahr/city/kazan"
    assert len(found) == 3


def test_the_lines_for_pandas_read_the_rows(
    address: str, shipped: Flask, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Pandas is large and no part of this project: what it would be told to read is read here."""
    monkeypatch.setitem(sys.modules, "pandas", SimpleNamespace(read_csv=fetched))
    exec(compile(codes(address)["pandas"], "snippet", "exec"), {})
    assert capsys.readouterr().out.encode() == rows(shipped.test_client(), city="isfahan").replace(b"\r", b"") + b"\n"


def fetched(address: str) -> str:
    with urllib.request.urlopen(address) as answer:
        text: str = answer.read().decode().replace("\r", "")
    return text


def test_the_addresses_for_r_and_spreadsheets_give_the_rows(address: str) -> None:
    found = codes(address)
    for name, start in (("r", "city,sister"), ("sheets", "\ufeffcity,sister"), ("spreadsheet", "\ufeffcity,sister")):
        quoted = [part for part in found[name].split('"') if part.startswith("http://")]
        assert fetched(quoted[0]).startswith(start)


VALUES = st.dictionaries(st.sampled_from(["city", "word"]), st.text(st.characters(exclude_categories=["Cs"])))


@given(VALUES, st.text(st.characters(exclude_categories=["Cs"])))
def test_no_value_leaves_its_quotes_in_a_snippet(values: dict[str, str], query: str) -> None:
    made: list[Snippet] = snippets("https://example.org/", "any", values, query)
    found = {one.name: one.code for one in made}
    words = shlex.split(found["curl"])
    assert [word for word in words if word.partition("=")[0] in values] == [f"{k}={v}" for k, v in values.items()]
    texts = [node.value for node in ast.walk(ast.parse(found["sparqlwrapper"])) if isinstance(node, ast.Constant)]
    assert any(text in (query, f"\n{query}\n") for text in texts)
    assert dict(parse_qsl(urlsplit(found["spreadsheet"]).query, keep_blank_values=True)) == {
        **values,
        "format": "csv-safe",
    }
    assert found["sheets"].count('"') == 2


def test_an_odd_host_header_gets_no_further_than_its_request(client: FlaskClient) -> None:
    for host in ('a"b', "a b", "a<b>"):
        text = client.get("/questions/sisters", headers={**BROWSER, "Host": host}).text
        assert "https://w3id.org/shahr/questions/sisters" in text
        assert host not in unescape(text)


def test_a_name_too_long_to_be_sent_is_offered_as_an_identifier(client: FlaskClient) -> None:
    node, name = "https://w3id.org/shahr/city/endless", "a" * 10_000
    with client.application.test_request_context("/?lang=en"):
        choices = Names([(node, Literal(name, language="en"))]).choices()
    assert choices == [Choice("city:endless", "en", name[:500])]
