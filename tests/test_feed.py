"""The feed, the sitemap and robots.txt: whole, true and valid, in both languages."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

import pytest
from flask import Flask
from lxml import etree

from opening import Graph, invented
from server import create_app
from shahr.namespaces import BASE, ENTITY_PREFIXES, FACT_PREFIXES, SOURCE_PREFIXES
from shahr.web import sitemap
from shelved import shelve, shipped

ATOM, SITEMAP, XHTML = (
    "{http://www.w3.org/2005/Atom}",
    "{http://www.sitemaps.org/schemas/sitemap/0.9}",
    "{http://www.w3.org/1999/xhtml}",
)
# What RFC 4287 allows in a feed and in an entry, with how often it must and may be there.
MANY = 10**6
FEED = {
    "id": (1, 1),
    "title": (1, 1),
    "updated": (1, 1),
    "author": (1, MANY),
    "rights": (0, 1),
    "link": (2, 2),
    "entry": (0, MANY),
}
ENTRY = {"id": (1, 1), "title": (1, 1), "updated": (1, 1), "link": (1, MANY), "content": (1, 1)}
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
LANGUAGES = ("en", "fa")
KINDS = (*ENTITY_PREFIXES, *SOURCE_PREFIXES, *FACT_PREFIXES, "concept")


@pytest.fixture(scope="module")
def app(built: Path, released: Path, released_again: Path, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    project = shipped(tmp_path_factory.mktemp("feed") / "project", built, released, released_again)
    return create_app({"PROJECT": project, "TESTING": True})


@pytest.fixture(scope="module")
def graph(built: Path) -> Graph:
    return Graph.read(built)


def read(app: Flask, path: str) -> etree._Element:
    found = app.test_client().get(path)
    assert found.status_code == 200, found.text
    assert found.mimetype in ("application/xml", "application/atom+xml")
    return etree.fromstring(found.data)


def entries(feed: etree._Element) -> dict[str, etree._Element]:
    return {one.findtext(f"{ATOM}id", ""): one for one in feed.iter(f"{ATOM}entry")}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_feed_is_atom(app: Flask, lang: str) -> None:
    feed = read(app, f"/feed.atom?lang={lang}")
    assert (feed.tag, feed.get("{http://www.w3.org/XML/1998/namespace}lang")) == (f"{ATOM}feed", lang)
    for element, allowed in [(feed, FEED), *((one, ENTRY) for one in entries(feed).values())]:
        names = [child.tag.removeprefix(ATOM) for child in element]
        assert set(names) <= allowed.keys()
        for name, (least, most) in allowed.items():
            assert least <= names.count(name) <= most, name
        assert urlsplit(element.findtext(f"{ATOM}id", "")).scheme == "https"
        assert DATE.fullmatch(element.findtext(f"{ATOM}updated", ""))
        assert element.findtext(f"{ATOM}title", "").strip()
        assert all(urlsplit(link.get("href")).netloc for link in element.findall(f"{ATOM}link"))
    assert {link.get("rel") for link in feed.findall(f"{ATOM}link")} == {"self", "alternate"}
    assert len(entries(feed)) == len(feed.findall(f"{ATOM}entry"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_feed_has_the_releases_and_the_newest_facts_by_their_days(app: Flask, graph: Graph, lang: str) -> None:
    feed = read(app, f"/feed.atom?lang={lang}")
    found = entries(feed)
    assert {f"{BASE}dumps/{version}/" for version in ("0.1.0", "0.2.0")} <= found.keys()
    facts = [node for node in found if "/dumps/" not in node]
    assert 20 <= len(facts) <= 30
    days = [datetime.fromisoformat(one.findtext(f"{ATOM}updated", "")) for one in found.values()]
    assert days == sorted(days, reverse=True)
    assert datetime.fromisoformat(feed.findtext(f"{ATOM}updated", "")) == days[0]
    for node in facts:
        entry = found[node]
        label = entry.findtext(f"{ATOM}title")
        articles = [
            one for place in graph.values(node, "shahr:evidence") for one in graph.values(place, "oa:hasSource")
        ]
        published = [day for one in articles for day in graph.values(one, "schema:datePublished")]
        assert label in graph.values(node, "rdfs:label")
        assert entry.findtext(f"{ATOM}updated", "")[:10] == max(published)
        assert len(entry.findtext(f"{ATOM}content", "").splitlines()) == len(graph.values(node, "shahr:evidence"))


def test_what_no_speaker_says_is_called_unattributed(app: Flask) -> None:
    feed = etree.fromstring(app.test_client().get("/feed.atom?lang=en").data)
    lines = [line for text in feed.iter(f"{ATOM}content") for line in (text.text or "").splitlines()]
    assert any(line.startswith("unattributed, ") for line in lines)
    assert any(line.startswith("says ") for line in lines)
    assert not any("says unattributed" in line for line in lines)


def test_every_link_of_the_feed_answers(app: Flask) -> None:
    for lang in LANGUAGES:
        for link in read(app, f"/feed.atom?lang={lang}").iter(f"{ATOM}link"):
            parts = urlsplit(link.get("href"))
            found = app.test_client().get(f"{parts.path}?{parts.query}", headers={"Accept": "text/html"})
            assert (found.status_code, parts.query) == (200, f"lang={lang}"), link.get("href")


def test_a_release_tells_the_first_lines_of_its_log(tmp_path: Path) -> None:
    app = invented(tmp_path / "project", {"entities": "city:a a shahr:City ."})
    label, line = '{"en": "A <town>", "fa": "الف"}', '{"en": "is & stays", "fa": "هست"}'
    log = f'{{"entities": [{{"iri": "x", "label": {label}, "lines": [{line}]}}]}}'
    shelve(app.extensions["shahr"].service.settings.project, "1.0.0", {"changes/changes.json": log.encode()})
    for lang, said in (("en", "A <town>: is & stays"), ("fa", "الف: هست")):
        (entry,) = entries(read(app, f"/feed.atom?lang={lang}")).values()
        assert entry.findtext(f"{ATOM}content", "").splitlines()[1] == said
        assert entry.findtext(f"{ATOM}updated") == "2026-03-04T00:00:00Z"


def test_a_fact_has_the_day_of_its_newest_article(tmp_path: Path) -> None:
    told = 'event:one a shahr:Fact ; rdfs:label "One"@en ; shahr:evidence passage:a-0-1, passage:b-0-1 .\n'
    for name, day in (("a", "2025-01-02"), ("b", "2024-05-06")):
        told += f"passage:{name}-0-1 oa:hasSource article:{name} .\n"
        told += f'article:{name} schema:datePublished "{day}"^^xsd:date .\n'
    feed = read(invented(tmp_path / "project", {"entities": told}), "/feed.atom?lang=en")
    (entry,) = entries(feed).values()
    assert entry.findtext(f"{ATOM}updated") == feed.findtext(f"{ATOM}updated") == "2025-01-02T00:00:00Z"
    assert ["2025" in line for line in entry.findtext(f"{ATOM}content", "").splitlines()] == [True, False]


def test_a_node_that_gave_way_or_is_only_derived_is_no_page(tmp_path: Path) -> None:
    told = "city:a a shahr:City .\ncity:b a shahr:City ; dcterms:isReplacedBy city:a .\n"
    app = invented(tmp_path / "project", {"entities": told}, ["event:one"])
    paths = locations(read(app, "/sitemap.xml"))
    assert [path for path in paths if path.startswith(("/city/", "/event/"))] == ["/city/a.html"]


def test_a_feed_of_nothing_is_a_feed(tmp_path: Path) -> None:
    feed = read(invented(tmp_path / "project", {"entities": "city:a a shahr:City ."}), "/feed.atom")
    assert (entries(feed), bool(DATE.fullmatch(feed.findtext(f"{ATOM}updated", "")))) == ({}, True)


def test_every_page_names_the_feed_and_the_releases(app: Flask) -> None:
    for lang in LANGUAGES:
        page = app.test_client().get(f"/?lang={lang}", headers={"Accept": "text/html"}).text
        assert 'type="application/atom+xml" title="' in page
        assert f'href="/feed.atom?lang={lang}"' in page
        assert f'href="/dumps/?lang={lang}"' in page


def locations(root: etree._Element) -> list[str]:
    """Check that a sitemap follows its schema, and give its addresses without the host."""
    found = []
    assert root.tag == f"{SITEMAP}urlset"
    for url in root:
        names = [child.tag for child in url]
        assert url.tag == f"{SITEMAP}url"
        assert names[0] == f"{SITEMAP}loc"
        assert set(names[1:]) <= {f"{SITEMAP}lastmod", f"{XHTML}link"}
        here = url.findtext(f"{SITEMAP}loc", "")
        links = {one.get("hreflang"): one.get("href") for one in url.findall(f"{XHTML}link")}
        assert links == {lang: f"{here}?lang={lang}" for lang in LANGUAGES}
        assert here.startswith("http://localhost/")
        found.append(here.removeprefix("http://localhost"))
    assert len(found) == len(set(found)) <= 50_000
    return found


def test_the_sitemap_has_every_node_once_and_no_page_that_is_not_there(app: Flask, graph: Graph) -> None:
    paths = locations(read(app, "/sitemap.xml"))
    nodes = {f"/{node.removeprefix(BASE)}.html" for node in graph.named(*KINDS)}
    gone = {
        f"/{node.removeprefix(BASE)}.html" for node in graph.named(*KINDS) if graph.values(node, "dcterms:isReplacedBy")
    }
    assert nodes - gone <= set(paths)
    assert not gone & set(paths)
    rest = [path for path in paths if path not in nodes]
    assert {"/", "/city.html", "/questions", "/ns.html", "/dumps/", "/dumps/0.2.0/", "/graph/entities.html"} <= set(
        rest
    )
    for path in [*rest, *sorted(nodes - gone)[::40]]:
        found = app.test_client().get(path, headers={"Accept": "text/html"})
        assert (found.status_code, found.mimetype) == (200, "text/html"), path


def test_a_change_is_told_only_where_its_day_is_known(app: Flask) -> None:
    changed = {
        url.findtext(f"{SITEMAP}loc", ""): url.findtext(f"{SITEMAP}lastmod") for url in read(app, "/sitemap.xml")
    }
    told = {path.removeprefix("http://localhost") for path, day in changed.items() if day}
    assert told == {"/dumps/", "/dumps/0.1.0/", "/dumps/0.2.0/"}


def test_a_large_sitemap_is_an_index_of_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cities = "".join(f"city:c-{at} a shahr:City .\n" for at in range(12))
    app = invented(tmp_path / "project", {"entities": cities})
    whole = locations(read(app, "/sitemap.xml"))
    assert app.test_client().get("/sitemap-1.xml").status_code == 404
    other = in_small_parts(invented(tmp_path / "other", {"entities": cities}), 5, monkeypatch)
    index = read(other, "/sitemap.xml")
    assert index.tag == f"{SITEMAP}sitemapindex"
    parts = [part.findtext(f"{SITEMAP}loc", "").removeprefix("http://localhost") for part in index]
    assert parts == ["/sitemap-1.xml", "/sitemap-2.xml", "/sitemap-3.xml"]
    assert sorted(path for part in parts for path in locations(read(other, part))) == sorted(whole)
    for path in ("/sitemap-0.xml", "/sitemap-4.xml", "/sitemap-x.xml"):
        assert other.test_client().get(path).status_code == 404


def test_no_part_of_a_sitemap_is_too_large_however_many_graphs_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    graphs = {f"of-{at}": f"city:c-{at} a shahr:City ." for at in range(30)}
    whole = locations(read(invented(tmp_path / "project", graphs), "/sitemap.xml"))
    other = in_small_parts(invented(tmp_path / "other", graphs), 20, monkeypatch)
    monkeypatch.setattr(sitemap, "MOST", 25)
    index = [
        part.findtext(f"{SITEMAP}loc", "").removeprefix("http://localhost") for part in read(other, "/sitemap.xml")
    ]
    parts = [locations(read(other, path)) for path in index]
    assert [len(part) <= 25 for part in parts] == [True] * len(parts)
    assert sorted(path for part in parts for path in part) == sorted(whole)
    assert other.test_client().get(f"/sitemap-{len(parts) + 1}.xml").status_code == 404


def in_small_parts(app: Flask, nodes: int, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """Let the parts of the sitemap of an app hold so many nodes."""
    queries = app.extensions["shahr"].page_queries
    text = queries["sitemap"].text.replace("LIMIT 40000", f"LIMIT {nodes}")
    queries["sitemap"] = replace(queries["sitemap"], text=text)
    monkeypatch.setattr(sitemap, "NODES", nodes)
    return app


@pytest.mark.parametrize("host", ['a"b<c>', "127.0.0.1:8377@evil", "", "x y"])
def test_an_odd_host_is_in_no_address(app: Flask, host: str) -> None:
    client = app.test_client()
    texts = [client.get(path, headers={"Host": host}).text for path in ("/sitemap.xml", "/robots.txt", "/feed.atom")]
    for text in texts:
        assert "http:///" not in text
        assert "evil" not in text
    assert f"Sitemap: {BASE}sitemap.xml" in texts[1]
    assert f"<loc>{BASE}city/isfahan.html</loc>" in texts[0]
    links = [link.get("href") for link in etree.fromstring(texts[2].encode()).iter(f"{ATOM}link")]
    assert links
    assert all(link.startswith(BASE) for link in links)


def test_the_limit_of_the_query_is_that_of_a_part(app: Flask) -> None:
    assert f"LIMIT {sitemap.NODES}\n" in app.extensions["shahr"].page_queries["sitemap"].text


def test_robots_may_read_all_but_searches_and_queries(app: Flask) -> None:
    found = app.test_client().get("/robots.txt")
    assert found.mimetype == "text/plain"
    robots = RobotFileParser()
    robots.parse(found.text.splitlines())
    assert robots.site_maps() == ["http://localhost/sitemap.xml"]
    for path in ("/", "/city/isfahan.html?lang=fa", "/dumps/0.1.0/data/shahr.nq.gz", "/sparql", "/questions/x"):
        assert robots.can_fetch("any", path), path
    for path in ("/search?q=x", "/complete?q=x", "/sparql?query=ASK%7B%7D"):
        assert not robots.can_fetch("any", path), path
