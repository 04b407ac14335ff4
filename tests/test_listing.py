"""Lists name all nodes of a kind or graph, 200 a page, and each once."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from endpoints import oxigraph
from opening import Graph, Open, fields_of, invented, iri_at, opener, row, texts, words
from server import create_app
from shahr.namespaces import BASE, ENTITY_PREFIXES, FACT_PREFIXES, SOURCE_PREFIXES
from shahr.web.settings import Settings
from shipped import shipped_app
from tiny import nquads, tiny_project

KINDS = (*ENTITY_PREFIXES, *SOURCE_PREFIXES, *FACT_PREFIXES)


@pytest.fixture(scope="module")
def client(built: Path, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return shipped_app(built, tmp_path_factory.mktemp("listing")).test_client()


@pytest.fixture(scope="module")
def graph(built: Path) -> Graph:
    return Graph.read(built)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A graph of 450 cities, of which every third is described in another graph too."""
    cities = [f'city:c-{at:03} a shahr:City ; rdfs:label "C {at}"@en .\n' for at in range(450)]
    graphs = {"entities": "".join(cities), "more": "".join(cities[::3])}
    return invented(tmp_path_factory.mktemp("many") / "project", graphs).test_client()


def listed(open_page: Open, path: str, lang: str = "en") -> list[list[str]]:
    """Give the nodes of a list, page by page, as its links to the next lead on."""
    pages: list[list[str]] = []
    while path and len(pages) < 10:
        page = open_page(path, lang)
        pages.append([iri_at(one) for one in page.xpath('//ul[@class="list"]/li/a/@href')])
        following = page.xpath('//a[@rel="next"]/@href')
        assert all(fields_of(one)["lang"] == lang for one in following)
        path = following[0].replace(f"&lang={lang}", "") if following else ""
    return pages


@pytest.mark.parametrize("lang", ["en", "fa"])
def test_a_list_holds_every_node_of_its_kind_in_order(client: FlaskClient, graph: Graph, lang: str) -> None:
    for kind in KINDS:
        pages = listed(opener(client), f"/{kind}.html", lang)
        assert [one for page in pages for one in page] == graph.named(kind), kind
        assert pages[0], kind


def test_nodes_are_called_by_their_labels(client: FlaskClient, graph: Graph) -> None:
    for lang in ("en", "fa"):
        page = opener(client)("/person.html", lang)
        assert texts(page, '//ul[@class="list"]/li') == [graph.label(one, lang) for one in graph.named("person")]
    assert words(opener(client)("/person.html").find(".//h1")) == "People"


def test_a_long_list_goes_on_after_200(many: FlaskClient) -> None:
    pages = listed(opener(many), "/city.html")
    assert [len(page) for page in pages] == [200, 200, 50]
    assert [one for page in pages for one in page] == [f"{BASE}city/c-{at:03}" for at in range(450)]
    inside = listed(opener(many), "/graph/more.html")
    assert [one for page in inside for one in page] == [f"{BASE}city/c-{at:03}" for at in range(0, 450, 3)]
    assert [len(page) for page in listed(opener(many), "/graph/entities.html")] == [200, 200, 50]


def test_an_empty_list_says_so(many: FlaskClient) -> None:
    assert texts(opener(many)("/person.html"), '//ul[@class="list"]/li') == ["nothing"]
    assert texts(opener(many)(f"/city.html?after={BASE}city/z"), '//ul[@class="list"]/li') == ["nothing"]


@pytest.mark.parametrize(
    "query",
    [
        *("after=", "after=isfahan", "after=https://example.org/", "after=javascript:alert(1)"),
        f"after={BASE}city/a&after={BASE}city/b",
        f"after={BASE}{'a' * 300}",
    ],
)
@pytest.mark.parametrize("path", ["/city.html", "/graph/entities.html"])
def test_an_end_that_is_no_node_of_ours_is_refused(many: FlaskClient, path: str, query: str) -> None:
    page = opener(many)(f"{path}?{query}", "fa", 400)
    assert any("after=" in one for one in texts(page, "//main//p"))


@pytest.mark.parametrize("end", ['"', "<>", "\\", "\n", "'''", "}", "\u202e", "\x00", "شهر", "%00", "\ufffd"])
def test_an_end_is_text_and_no_part_of_a_query(many: FlaskClient, end: str) -> None:
    path = f"/city.html?after={quote(f'{BASE}city/c-448{end}')}"
    assert listed(opener(many), path) == [[f"{BASE}city/c-449"]]


def test_the_graphs_are_listed_with_their_sizes(many: FlaskClient) -> None:
    page = opener(many)("/graph.html")
    rows = {one.xpath(".//a/@href")[0].partition("?")[0]: words(one) for one in page.xpath("//tbody/tr")}
    assert rows.keys() == {"/graph/entities.html", "/graph/more.html"}
    assert rows["/graph/entities.html"].endswith("900")
    assert words(row(opener(many)("/graph/more.html"), "Triples")) == "300"
    assert words(row(opener(many)("/graph/more.html", "fa"), "سه‌تایی‌ها")) == "۳۰۰"


@pytest.mark.parametrize("name", ["nothing", "a%20b", "Entities", "%3Cscript%3E", "a" * 5000])
def test_a_graph_that_there_is_not_is_404(many: FlaskClient, name: str) -> None:
    page = opener(many)(f"/graph/{name}.html", status=404)
    assert not page.xpath("//script")


def test_an_endpoint_that_tells_no_sizes_has_the_pages_of_its_graphs(tmp_path: Path) -> None:
    with oxigraph(nquads().encode()) as address:
        open_page = opener(create_app({"SERVICE": Settings(tiny_project(tmp_path), endpoint=address)}).test_client())
        page = open_page("/graph/entities.html")
        assert texts(page, "//dt") == ["IRI"]
        assert [iri_at(one) for one in page.xpath('//ul[@class="list"]//@href')] == [
            f"{BASE}city/isfahan",
            f"{BASE}city/kazan",
        ]
        open_page("/graph/none.html", status=404)
        open_page("/graph/a%20b.html", status=404)
        graphs = open_page("/graph.html")
        assert not graphs.xpath("//table")
        assert "does not know its graphs" in words(graphs)


@pytest.mark.parametrize("accept", ["text/html", "text/turtle", None])
def test_a_kind_leads_to_its_list(client: FlaskClient, accept: str | None) -> None:
    for query in ("", "?lang=fa"):
        response = client.get(f"/city{query}", headers={"Accept": accept} if accept else {})
        assert (response.status_code, response.headers["Location"]) == (303, f"/city.html{query}")
    assert client.get("/town").status_code == 404
