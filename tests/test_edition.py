"""The static edition of the shipped data: its pages, its files, and SPARQL in the browser over a plain file server."""

from __future__ import annotations

import csv
import gzip
import re
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect
from pyoxigraph import NamedNode, RdfFormat, parse

from browsing import DESKTOP, PHONE
from edition_folder import FilePage, contents, file_server, read_pages, with_engine
from findings import report
from reading import is_foreign, read_texts, writes_otherwise
from releasing import releasable
from shahr.canonical import without_graph
from shahr.edition.site import HOST, make_site
from shahr.namespaces import curie
from shahr.paths import Project
from shahr.queries import find_question, without_header
from shahr.solutions import read_solutions

HERE = Path(__file__).resolve().parent
CLASSES = ("City", "Person", "Article", "Passage", "Tenure", "SisterCityAgreement")
ASKED = ("sister-cities", "cities-in-networks", "contested-claims", "evidence-of-fact", "topics")
Finder = Callable[[FilePage], Iterable[str]]


@pytest.fixture(scope="module")
def edition(built: Path, released: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The edition, below x/y/ of a folder that a server may serve; not to be changed."""
    project = with_engine(releasable(tmp_path_factory.mktemp("edition") / "project", built))
    shutil.copytree(released, project.releases / released.name)
    folder = project.root / "host" / "x" / "y"
    make_site(project, folder)
    return folder


@pytest.fixture(scope="module")
def pages(edition: Path) -> list[FilePage]:
    return read_pages(edition)


def none_of(pages: Iterable[FilePage], find: Finder) -> None:
    """Fail with all that `find` finds on the pages, the same finding once."""
    findings: dict[str, list[str]] = defaultdict(list)
    for page in pages:
        for what in dict.fromkeys(find(page)):
            findings[what].append(page.path)
    report(findings)


def nodes_of(release: Path, classes: Iterable[str]) -> set[str]:
    """Give the names, "city/isfahan", of the members of some classes."""
    types = {NamedNode(f"https://w3id.org/shahr/ns#{name}") for name in classes}
    with gzip.open(release / "data" / "shahr.nt.gz") as file:
        triples = parse(file.read(), format=RdfFormat.N_TRIPLES)
    found = [one.subject for one in triples if one.predicate.value.endswith("#type") and one.object in types]
    return {one.value.removeprefix("https://w3id.org/shahr/") for one in found if isinstance(one, NamedNode)}


def test_every_link_leads_to_a_file_of_the_edition_and_an_element_in_it(edition: Path, pages: list[FilePage]) -> None:
    ids = {page.path: {str(one) for one in page.document.xpath("//@id")} | {"top"} for page in pages}

    def find(page: FilePage) -> Iterator[str]:
        for link in page.links:
            if re.match("(https?|mailto):", link):
                continue
            target, fragment = page.target(link)
            if link.startswith("/") or target is None:
                yield f"{link} leaves the folder"
            elif not (edition / target).is_file():
                yield f"{link} leads to no file"
            elif target in ids and fragment and fragment not in ids[target] and not fragment.startswith("query="):
                yield f"{link} leads to no element"

    none_of(pages, find)


def test_a_page_loads_only_files_of_the_edition_and_holds_no_form_that_needs_a_server(pages: list[FilePage]) -> None:
    def find(page: FilePage) -> Iterator[str]:
        loaded = page.document.xpath("//script/@src | //img/@src | //link[@rel='stylesheet' or @rel='icon']/@href")
        yield from (f"loads {one}" for one in loaded if ":" in one or one.startswith("/"))
        yield from (f"a form to {form.get('action')}" for form in page.document.xpath("//form[@action]"))
        yield from (f"a search for {field.get('name')}" for field in page.document.xpath("//input[@type='search']"))

    none_of(pages, find)


def test_no_file_names_the_machine_that_made_it(edition: Path) -> None:
    hidden = (HOST.encode(), b"http://127.0.0.1/", b"localhost", str(edition.parents[3]).encode())
    files = [path for path in edition.rglob("*") if path.is_file()]
    told = [str(path) for path in files if any(word in path.read_bytes() for word in hidden)]
    assert (len(files) > 4000, told) == (True, [])


def test_every_page_is_there_in_both_languages_and_says_so(pages: list[FilePage]) -> None:
    english = {page.path for page in pages if page.language == "en"}
    assert {page.path for page in pages} == english | {f"fa/{path}" for path in english}

    def find(page: FilePage) -> Iterator[str]:
        root = page.document.getroottree().getroot()
        if (root.get("lang"), root.get("dir")) != (page.language, "rtl" if page.language == "fa" else "ltr"):
            yield "wrong language or direction"
        own = page.path.removeprefix("fa/")
        links = page.document.xpath('//link[@rel="alternate"][@hreflang]')
        found = {link.get("hreflang"): page.target(link.get("href"))[0] for link in links}
        if found != {"en": own, "fa": f"fa/{own}"}:
            yield f"the alternates are {found}"

    none_of(pages, find)


def test_no_text_of_a_page_is_left_untranslated(pages: list[FilePage]) -> None:
    none_of(pages, lambda page: (str(one) for one in read_texts(page.document, page.language) if is_foreign(one)))
    none_of(pages, lambda page: (str(one) for one in read_texts(page.document, page.language) if writes_otherwise(one)))


def test_every_node_has_its_page_and_all_its_data(edition: Path, released: Path) -> None:
    nodes = nodes_of(released, CLASSES)
    ends = ("html", "ttl", "nt", "jsonld", "rdf", "nq")
    missing = [f"{node}.{end}" for node in nodes for end in ends if not (edition / f"{node}.{end}").is_file()]
    assert (len(nodes) > 100, missing) == (True, [])


def test_all_nodes_of_a_long_list_are_reached(edition: Path, pages: list[FilePage], released: Path) -> None:
    linked = {page.target(link)[0] for page in pages if page.path.startswith("passage") for link in page.links}
    assert {f"{node}.html" for node in nodes_of(released, ["Passage"])} <= linked
    assert any("-after/" in page.path for page in pages)


def test_a_page_about_a_node_says_in_its_head_what_the_server_says_in_a_header(pages: list[FilePage]) -> None:
    (page,) = [page for page in pages if page.path == "fa/city/isfahan.html"]
    found = {(link.get("rel"), link.get("href")) for link in page.document.xpath("//link")}
    assert ("canonical", "https://w3id.org/shahr/city/isfahan") in found
    assert ("alternate", "../../city/isfahan.ttl") in found
    assert ("license", "https://creativecommons.org/licenses/by/4.0/") in found


def test_a_question_shows_its_example_and_leads_to_its_query(edition: Path, pages: list[FilePage]) -> None:
    (page,) = [page for page in pages if page.path == "questions/sister-cities.html"]
    queries = [page.target(link) for link in page.links if "sparql.html#query=" in link]
    assert [path for path, _ in queries] == ["sparql.html"]
    assert "SELECT" in queries[0][1]
    rows = list(csv.reader((edition / "questions" / "sister-cities.csv").open(encoding="utf-8", newline="")))
    assert len(rows) - 1 == page.document.xpath("count(//tbody/tr)") > 1


def test_all_files_of_a_release_are_in_it_as_they_were_released(edition: Path, released: Path) -> None:
    there = contents(edition / "dumps" / released.name)
    assert contents(released).items() <= there.items()


def test_an_edition_promises_no_address_that_only_a_server_has(pages: list[FilePage]) -> None:
    served = ("/dumps/latest", "/openapi.json", "/search", "/complete")
    none_of(pages, lambda page: (one for one in served if one in page.document.text_content()))


def test_the_pages_of_an_edition_need_no_processing_by_the_host(edition: Path) -> None:
    assert (edition / ".nojekyll").is_file()
    assert (edition / "robots.txt").read_text() == "User-agent: *\nAllow: /\n"
    assert not (edition / "sitemap.xml").exists()  # it needs whole addresses, and where it stands was not told


@pytest.fixture(scope="module")
def address(edition: Path) -> Iterator[str]:
    """The edition at /x/y/ of a plain file server."""
    with file_server(edition.parents[1]) as host:
        yield f"{host}/x/y/"


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A new page, which fails where anything goes to another host, or a script has an error."""
    context = browser.new_context(viewport=DESKTOP)
    faults: list[str] = []
    page = context.new_page()
    page.on("request", lambda sent: None if sent.url.startswith((address, "blob:")) else faults.append(sent.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    yield page
    context.close()
    assert faults == []


def ask(page: Page, query: str) -> None:
    page.fill("#query", query)
    page.press("#query", "Control+Enter")
    expect(page.locator("#ask")).to_have_attribute("aria-busy", "false", timeout=60_000)


def saved(page: Page, end: str) -> bytes:
    with page.expect_download() as download:
        page.click(f"#downloads [data-end={end}]")
    return Path(download.value.path()).read_bytes()


def expected(name: str) -> list[list[str]]:
    with (HERE / "queries" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_five_questions_have_the_shipped_answers(page: Page, address: str) -> None:
    page.goto(f"{address}sparql.html")
    for name in ASKED:
        ask(page, without_header(find_question(Project.here(), name).text))
        found = read_solutions(saved(page, "json"))
        rows = [[curie(one.value) if isinstance(one, NamedNode) else str(getattr(one, "value", one or ""))
                 for one in row] for row in found.rows]  # fmt: skip
        assert [list(found.variables), *rows] == expected(name)
        assert page.locator("tbody tr").count() == len(rows)


def test_the_link_of_a_question_asks_it_and_its_answer_leads_to_pages(page: Page, address: str) -> None:
    page.goto(f"{address}fa/questions/sister-cities.html")
    page.click("a[href*='sparql.html#query=']")
    page.wait_for_selector("#found tbody tr", timeout=60_000)
    assert page.url.startswith(f"{address}fa/sparql.html#query=")
    assert page.locator("#found tbody bdi[lang=fa]").count() > 5
    assert "ردیف" in page.inner_text("#status")
    page.click("#found tbody a[href='city/isfahan.html']")
    assert (page.url, page.inner_text("h1")) == (f"{address}fa/city/isfahan.html", "اصفهان")


def test_the_default_graph_is_the_union_and_the_graphs_are_named(page: Page, address: str, built: Path) -> None:
    quads = {one for name in ("graph.nq", "inferred.nq") for one in (built / name).read_bytes().splitlines(True)}
    page.goto(f"{address}sparql.html")
    ask(page, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert page.inner_text("#found tbody") == str(len({without_graph(one) for one in quads}))
    ask(page, "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }")
    assert page.inner_text("#found tbody") == str(len(quads))


def test_a_mistake_is_told_by_its_place(page: Page, address: str) -> None:
    page.goto(f"{address}sparql.html")
    ask(page, "SELECT * {\n  ?s ?p }")
    assert page.inner_text("#status") == "line 2, column 10"
    assert page.inner_text("#sentence").splitlines()[0] == "  ?s ?p }"
    ask(page, "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }")
    assert "not supported" in page.inner_text("#failure")
    ask(page, "ASK { ?s ?p ?o }")
    assert (page.inner_text("#found"), page.is_visible("#failure")) == ("Yes", False)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("", "Write SELECT, ASK, CONSTRUCT or DESCRIBE: nothing can be changed here."),
        ("fa/", "بنویسید SELECT، ASK، CONSTRUCT یا DESCRIBE: اینجا چیزی را نمی‌توان تغییر داد."),
    ],
)
def test_who_would_change_the_graph_is_told_what_can_be_written(
    page: Page, address: str, language: str, said: str
) -> None:
    page.goto(f"{address}{language}sparql.html")
    head = "# SELECT\nPREFIX a: <http://a/#>\nbase <http://a/>\n"
    for query in ("", " # nothing", "INSERT DATA { <a:a> <a:b> 1 }", f"{head}DELETE WHERE {{ ?s ?p ?o }}", "CLEAR ALL"):
        ask(page, query)
        assert page.inner_text("#sentence") == said, query
    for query in (f"{head}SELECT * {{", "PREFIX a <http://a/> ASK {}"):
        ask(page, query)
        assert "↑" in page.inner_text("#sentence"), query
    ask(page, f"{head}ask {{}}")
    assert not page.is_visible("#failure")


def test_other_forms_of_queries_are_shown_and_saved(page: Page, address: str) -> None:
    page.goto(f"{address}sparql.html")
    ask(page, "CONSTRUCT { <http://a/> <http://b/> 1 } {}")
    assert page.inner_text("#found").startswith("<http://a/> <http://b/> 1")
    assert saved(page, "ttl").startswith(b"<http://a/>")
    ask(page, "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 3000")
    assert page.inner_text("#found p") == "The first 1,000 lines; the file has all of them"
    ask(page, 'SELECT ?a ?b { VALUES (?a ?b) { ("<b>&" <javascript:alert(1)>) ("=1" UNDEF) } }')
    assert page.locator("#found a, #found b").count() == 0
    assert page.inner_text("#found tbody").splitlines()[0].split("\t") == ["<b>&", "javascript:alert(1)"]
    assert saved(page, "csv") == b"a,b\r\n<b>&,javascript:alert(1)\r\n=1,\r\n"
    ask(page, "SELECT ?x { ?x <http://nothing/> ?y }")
    assert page.inner_text("#found") == "No row."


def test_a_query_without_end_can_be_stopped(page: Page, address: str) -> None:
    page.goto(f"{address}sparql.html")
    ask(page, "ASK {}")
    page.fill("#query", "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
    page.click("#run")
    page.wait_for_selector("#stop:visible")
    page.click("#stop")
    expect(page.locator("#sentence")).to_have_text("The query was stopped.")
    ask(page, "ASK {}")
    assert page.inner_text("#found") == "Yes"


def test_who_stops_while_the_graph_loads_is_not_told_that_it_cannot_be_loaded(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.route("**/shahr.nq.gz", lambda route: None)  # it never comes
    page.goto(f"{address}sparql.html#query={quote('ASK {}')}")
    page.wait_for_selector("#stop:visible")
    page.click("#stop")
    expect(page.locator("#sentence")).to_have_text("The query was stopped.")
    page.close()


def test_a_folder_that_is_not_whole_is_named(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.route("**/shahr.nq.gz", lambda route: route.fulfill(status=404))
    page.goto(f"{address}sparql.html#query={quote('ASK {}')}")
    page.wait_for_selector("#failure:visible", timeout=60_000)
    assert "cannot be loaded" in page.inner_text("#sentence")
    page.close()


def test_the_page_fits_a_phone(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport=PHONE)
    for language in ("", "fa/"):
        page.goto(f"{address}{language}sparql.html#query={quote('SELECT * { ?s ?p ?o } LIMIT 3')}")
        page.wait_for_selector("#found tbody tr", timeout=60_000)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()


@pytest.mark.parametrize("language", ["", "fa/"])
def test_opened_as_files_pages_have_their_style_and_sparql_says_what_to_do(
    browser: Browser, edition: Path, language: str
) -> None:
    page = browser.new_page()
    page.goto((edition / language / "city" / "isfahan.html").as_uri())
    expect(page.locator("header .name")).to_have_css("color", "rgb(11, 100, 97)")
    edges = "(at => [at.left, at.right])(document.querySelector('{}').getBoundingClientRect())"
    start, end = page.evaluate(edges.format("main"))
    left, right = page.evaluate(edges.format(".tongue"))
    assert min(left - start, end - right) < 40  # the language stands at the edge, though no search is before it
    page.click("nav a >> nth=-1")
    expect(page.locator("#from-file")).to_be_visible()
    expect(page.locator("#run")).to_have_css("background-color", "rgb(11, 100, 97)")
    assert "python3 -m http.server" in page.inner_text("#from-file")
    page.close()
