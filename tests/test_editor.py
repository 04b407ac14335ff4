from __future__ import annotations

import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from serving import serving
from tiny import running, tiny_app, tiny_project

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
ALL = "SELECT * { ?s ?p ?o . ?s2 ?p2 ?o2 . ?s3 ?p3 ?o3"
ENTITIES = "https://w3id.org/shahr/graph/entities"
VOID = {"meta", "link", "input", "br", "hr", "img"}


class Page(HTMLParser):
    """A page taken apart: its elements in order, and the text in each kind of element."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
            self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        for tag in set(self.open):
            self.texts[tag][-1] += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def query(self) -> str:
        """The text of the editor; HTML drops one line feed at its start."""
        (text,) = self.texts["textarea"]
        return text.removeprefix("\n")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return tiny_app(tmp_path_factory.mktemp("edited")).test_client()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(tiny_app(tmp_path_factory.mktemp("commands"))) as address:
        yield address


def ask(client: FlaskClient, query: str | None = None, **fields: str | list[str]) -> TestResponse:
    fields = fields if query is None else {"query": query, **fields}
    names = {name.replace("_", "-"): value for name, value in fields.items()}
    return client.get("/sparql", query_string=names, headers={"Accept": BROWSER})


def page(client: FlaskClient, query: str | None = None, status: int = 200, **fields: str | list[str]) -> Page:
    answer = ask(client, query, **fields)
    assert (answer.status_code, answer.content_type) == (status, "text/html; charset=utf-8")
    return Page(answer.text)


def boxes(found: Page) -> dict[str | None, bool]:
    """Give the graphs that can be ticked, each with whether it is."""
    inputs = [box for box in found.all("input") if box.get("type") == "checkbox"]
    return {box["value"]: "checked" in box for box in inputs}


def test_an_empty_editor_is_a_form_that_works_without_script(client: FlaskClient) -> None:
    found = page(client)
    (form,) = [one for one in found.all("form") if one.get("role") != "search"]
    assert (form["method"], form["action"]) == ("get", "/sparql")
    (area,) = found.all("textarea")
    assert area["name"] == "query"
    assert area["id"] in {label.get("for") for label in found.all("label")}
    assert len(found.all("h1")) == 1
    assert found.all("table") == found.all("script") == []


def test_the_query_shown_first_has_an_answer(client: FlaskClient) -> None:
    answered = page(client, page(client).query)
    assert "city" in answered.texts["table"][0]


def test_nothing_comes_from_another_host_and_nothing_is_inline(client: FlaskClient) -> None:
    for answer in (ask(client), ask(client, "ASK {}"), ask(client, "no query")):
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "Accept" in answer.headers["Vary"]
        for tag, attributes in Page(answer.text).elements:
            assert tag not in ("script", "style", "iframe")
            assert not {name for name in attributes if name.startswith("on") or name in ("style", "src")}
            fetched = tag == "link" or "external" in str(attributes.get("rel"))
            assert not fetched or (attributes.get("href") or "/").startswith("/")


def test_examples_open_the_editor_with_their_answer(client: FlaskClient) -> None:
    links = [str(one["href"]) for one in page(client).all("a")]
    examples = [link for link in links if link.startswith("/sparql?query=")]
    assert len(examples) == 2  # the third question asks another endpoint
    for link in examples:
        answer = client.get(link, headers={"Accept": BROWSER})
        found = Page(answer.text)
        assert answer.status_code == 200
        assert found.query == parse_qs(urlsplit(link).query)["query"][0]
        assert not found.query.startswith("#+")
        assert len(found.texts["tr"]) == 2


@pytest.mark.parametrize(("lang", "caption", "city"), [("en", "2 rows", "Isfahan"), ("fa", "۲ ردیف", "اصفهان")])
def test_rows_have_labels_and_a_caption_and_the_direction_of_their_text(
    client: FlaskClient, lang: str, caption: str, city: str
) -> None:
    query = "SELECT ?city ?name { ?city <http://www.w3.org/2000/01/rdf-schema#label> ?name FILTER(LANG(?name) = 'fa') }"
    found = page(client, query, lang=lang)
    assert found.texts["caption"] == [caption]
    assert [one.get("scope") for one in found.all("th")] == ["col", "col"]
    assert {"lang": "fa", "dir": "rtl"} in found.all("bdi")
    assert {"href": f"/city/isfahan.html?lang={lang}"} in found.all("a")
    assert city in found.texts["a"]


def test_values_are_text_and_only_web_addresses_are_links(client: FlaskClient) -> None:
    found = page(client, "SELECT ?o { ?s ?p ?o FILTER(!isLiteral(?o) || STRLEN(?o) > 10) }")
    assert "javascript:alert(1)" in found.texts["table"][0]
    assert "<b>Kazan</b>" in found.texts["table"][0]
    assert found.all("b") == []
    assert all(str(one["href"]).startswith(("/", "#main", "http://", "https://")) for one in found.all("a"))


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("SELECT ?x { VALUES ?x { UNDEF } }", ""),
        ("SELECT (<<( <a:s> <a:p> 'x' )>> AS ?x) {}", "a:s"),
        ("SELECT (BNODE() AS ?x) {}", ""),
        ("SELECT ('\\u200fabc' AS ?x) {}", "\u200fabc"),
        ("SELECT ('a'@en--ltr AS ?x) {}", "a"),
    ],
)
def test_every_kind_of_term_has_a_cell(client: FlaskClient, query: str, shown: str) -> None:
    found = page(client, query)
    assert len(found.texts["td"]) == 1
    assert shown in found.texts["td"][0]


def test_no_row_is_said(client: FlaskClient) -> None:
    found = page(client, "SELECT * { ?s <a:none> ?o }")
    assert found.all("table") == []
    assert "No row" in found.texts["main"][0]


@pytest.mark.parametrize(("query", "truth", "other"), [("ASK {}", "Yes", "No "), ("ASK { <a:s> ?p ?o }", "No", "Yes")])
def test_a_truth_is_a_word(client: FlaskClient, query: str, truth: str, other: str) -> None:
    words = page(client, query).texts["p"]
    assert any(text.strip().startswith(truth) for text in words)
    assert not any(text.strip().startswith(other) for text in words)


def test_a_graph_is_turtle(client: FlaskClient) -> None:
    found = page(client, "DESCRIBE <https://w3id.org/shahr/city/kazan>")
    assert any('rdfs:label "<b>Kazan</b>"@en' in text for text in found.texts["pre"])


@pytest.mark.parametrize(("more", "caption"), [("}", "1,000 rows"), (". ?s4 ?p4 ?o4 }", "The first 1,000 rows")])
def test_a_long_table_is_cut_and_says_so(client: FlaskClient, more: str, caption: str) -> None:
    found = page(client, ALL + more)
    assert len(found.texts["tr"]) == 1001
    assert found.texts["caption"][0].strip().startswith(caption)


def test_a_long_graph_is_cut_and_says_so(client: FlaskClient) -> None:
    found = page(client, f"CONSTRUCT {{ [] ?p ?o }} {ALL[9:]} . ?s4 ?p4 ?o4 }}")
    assert any("The first 1,000 lines" in text for text in found.texts["p"])
    assert max(text.count("\n") for text in found.texts["pre"]) == 999
    short = page(client, "CONSTRUCT WHERE { ?s ?p ?o }")
    assert "The first" not in short.texts["main"][0]


def test_an_error_keeps_its_status_and_marks_the_place(client: FlaskClient) -> None:
    found = page(client, "SELECT *\r\n{ ?s ?p no:x }", 400)
    assert "line 2, column 13" in found.texts["section"][0]
    assert found.texts["mark"] == ["no:x␣"]
    assert found.all("textarea")[0]["aria-describedby"] in {one.get("id") for one in found.all("section")}
    assert page(client, "SELECT * { ?s", 400).texts["mark"] == ["?s⏎"]
    assert page(client, "SELECT * { 'اصفهان' ?p no:y }", 400).texts["mark"] == ["no:y␣"]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "empty"),
        ("SELECT * { SERVICE <http://127.0.0.1:1/> {} }", "line 1"),
        ("SELECT (<a:f>(1) AS ?x) {}", "a:f"),
        ("INSERT DATA { <a:b> <c:d> <e:f> }", "read only"),
    ],
)
def test_a_refusal_is_told_in_the_page(client: FlaskClient, query: str, words: str) -> None:
    found = page(client, query, 400)
    assert words in found.texts["section"][0]
    assert found.query == query
    assert found.all("table") == []


@pytest.mark.parametrize("graph", ["a b", "<>", "not an IRI", "https://a.example/\u202e x", ""])
def test_a_graph_that_is_no_iri_is_refused_in_the_page(client: FlaskClient, graph: str) -> None:
    for name in ("default_graph_uri", "named_graph_uri"):
        found = page(client, "ASK {}", 400, **{name: graph})
        assert "graph" in found.texts["section"][0]
        assert found.query == "ASK {}"


def test_a_long_query_can_be_posted(client: FlaskClient) -> None:
    assert "post" in {one.get("formmethod") for one in page(client).all("button")}
    query = f"# {'x' * 100_000}\nASK {{}}"
    answer = client.post("/sparql", data={"query": query}, headers={"Accept": BROWSER})
    assert answer.status_code == 200
    assert Page(answer.text).query == query


def test_graphs_can_be_ticked(client: FlaskClient) -> None:
    offered = boxes(page(client))
    assert offered[ENTITIES] is False
    assert len(offered) == 5
    chosen = ["https://w3id.org/shahr/graph/links", "a:other"]
    found = page(client, "SELECT (COUNT(*) AS ?n) { ?s a ?o }", default_graph_uri=chosen)
    assert {graph for graph, ticked in boxes(found).items() if ticked} == set(chosen)
    assert found.texts["td"] == ["0"]
    named = page(client, "SELECT ?g { GRAPH ?g { ?s ?p ?o } }", named_graph_uri=ENTITIES)
    assert {"type": "hidden", "name": "named-graph-uri", "value": ENTITIES} in named.all("input")


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("SELECT ?o { ?s ?p ?o } ORDER BY ?o", ["json", "xml", "csv", "tsv"]),
        ("ASK {}", ["json", "xml", "csv", "tsv"]),
        ("CONSTRUCT WHERE { ?s ?p ?o }", ["turtle", "ntriples", "jsonld", "rdfxml", "trig", "nquads"]),
    ],
)
def test_the_commands_shown_fetch_the_answer(address: str, tmp_path: Path, query: str, names: list[str]) -> None:
    odd = f"default-graph-uri={ENTITIES}&default-graph-uri=a:it's%3Bid"
    (tmp_path / "query.rq").write_text(query, encoding="utf-8")
    with urlopen(Request(f"{address}/sparql?query={query.replace(' ', '+')}&{odd}", headers={"Accept": BROWSER})) as it:
        found = Page(it.read().decode())
    assert found.texts["dt"] == names
    for command in found.texts["dd"]:
        done = subprocess.run(["bash", "-c", f"{command} --silent"], cwd=tmp_path, capture_output=True, check=True)
        assert done.stdout


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\x00"), max_size=40))
@example("</textarea><script>alert(1)</script>")
@example("\n\nASK {}")
@example("\"'><b> &amp; اصفهان\u200cها")
def test_a_query_stands_in_the_editor_as_it_was_sent(client: FlaskClient, query: str) -> None:
    answer = ask(client, query)
    found = Page(answer.text)
    assert answer.status_code in (200, 400)
    assert found.query == query
    assert not {tag for tag, _ in found.elements} & {"script", "b"}


def test_a_host_that_is_odd_names_no_odd_address(client: FlaskClient) -> None:
    headers = {"Accept": BROWSER, "Host": ""}
    found = Page(client.get("/sparql?query=ASK{}", headers=headers).text)
    assert not any("http:///" in text for text in found.texts["dd"])


def test_a_query_out_of_time_is_told_in_the_page(tmp_path: Path) -> None:
    tiny_project(tmp_path)
    endless = " ".join(f"?s{number} ?p{number} ?o{number} ." for number in range(12))
    query = f"SELECT (COUNT(*) AS ?n) {{ {endless} }}"
    with serving("--timeout", "1", "--workers", "1", project=tmp_path) as server:
        command = ["curl", "-s", "-i", "-G", "--data-urlencode", f"query={query}", "-H", f"Accept: {BROWSER}"]
        done = subprocess.run([*command, f"{server.address}/sparql"], capture_output=True, text=True, check=True)
    head, _, body = done.stdout.partition("\n\n")
    assert head.split()[1] == "503"
    assert "\nretry-after: " in head.lower()
    assert "stopped" in Page(body).texts["section"][0]
