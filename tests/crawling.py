"""A crawler: every page, document and file that a link inside the site leads to, in both languages, each once."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, urlencode, urljoin, urlsplit

from lxml import html
from lxml.html import HtmlElement

from serving import Server, serving
from shahr.paths import Project

BASE = "https://w3id.org/shahr"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
LANGUAGES = ("en", "fa")
STARTS = ("/?", "/search?q=Tehran&", "/search?q=no-such-word&")  # nobody links to what a reader searches for
THREADS = 6
MOST = 30_000
# What is not a page is only asked for its head, and is the same in both languages.
FILE = re.compile(r"^/assets/|^/dumps/[^/]+/.|\.(ttl|nt|jsonld|rdf|nq|json|atom)$")
FORMAT = re.compile(r"(^|&)format=(?!html)")


@dataclass(frozen=True)
class Link:
    """An address as a page names it: where it leads inside the site (None: not inside), and by which element."""

    raw: str
    target: str | None
    fragment: str
    element: str
    rel: str = ""


@dataclass(frozen=True)
class Page:
    """What an address gave: `language` is the one asked for, `document` its root element where it is HTML."""

    address: str
    status: int
    headers: Mapping[str, str]
    language: str
    found_on: str
    body: bytes
    document: HtmlElement | None
    links: tuple[Link, ...]

    @property
    def content_type(self) -> str:
        """The media type without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0]

    @property
    def path(self) -> str:
        """The address without its query."""
        return self.address.partition("?")[0]


@contextmanager
def site(built: Path, folder: Path, *releases: Path) -> Iterator[Server]:
    """Serve the shipped sources as built in `built`, without budgets, from a project laid out in `folder`.

    `releases` are folders of releases, called as their versions.
    """
    here = Project.here().root
    for name in ("ontology", "data", "shapes", "queries", "node_modules"):
        if (here / name).is_dir():
            (folder / name).symlink_to(here / name)
    (folder / "dist").mkdir()
    (folder / "dist" / "current").symlink_to(built)
    for file in built.iterdir():
        (folder / "dist" / file.name).symlink_to(Path("current") / file.name)
    for release in releases:
        (folder / "dist" / "release").mkdir(exist_ok=True)
        (folder / "dist" / "release" / release.name).symlink_to(release)
    with serving("--client-seconds", "0", "--client-errors", "0", "--queue", "200", project=folder) as server:
        yield server


def crawl(server: Server) -> list[Page]:
    """Give all that can be reached from STARTS in English and in Persian, in the order of discovery."""
    seen = {f"{start}lang={language}": "" for start in STARTS for language in LANGUAGES}
    frontier, pages = list(seen), []
    client = _Client(server.port)
    with ThreadPoolExecutor(THREADS) as pool:
        while frontier:
            found = list(pool.map(lambda address: client.page(address, seen[address]), frontier))
            pages += found
            frontier = []
            for page in found:
                for target in dict.fromkeys(link.target for link in page.links if link.target):
                    if target not in seen:
                        seen[target] = page.address
                        frontier.append(target)
            assert len(seen) < MOST, f"the site has no end: {frontier[:5]}"
    return pages


class _Client:
    """One connection a thread to the server on loopback."""

    def __init__(self, port: int) -> None:
        self._port, self._here = port, threading.local()

    def page(self, address: str, found_on: str) -> Page:
        language = parse_qs(urlsplit(address).query).get("lang", [""])[0]
        status, headers, body = self._ask("HEAD" if is_file(address) else "GET", address)
        is_html = headers.get("content-type", "").startswith("text/html") and body
        document = html.document_fromstring(body, parser=html.HTMLParser(encoding="utf-8")) if is_html else None
        links = [] if document is None else list(links_of(document, address))
        if 300 <= status < 400:
            links.append(_link(headers["location"], address, "redirect"))
        return Page(address, status, headers, language, found_on, body, document, tuple(links))

    def _ask(self, method: str, address: str) -> tuple[int, dict[str, str], bytes]:
        if not hasattr(self._here, "connection"):
            self._here.connection = HTTPConnection("127.0.0.1", self._port, timeout=60)
        connection: HTTPConnection = self._here.connection
        connection.request(method, address, headers={"Accept": BROWSER})
        answer = connection.getresponse()
        body = answer.read()
        return answer.status, {name.lower(): text for name, text in answer.getheaders()}, body


def is_file(address: str) -> bool:
    """Tell whether an address is of data or of a file that pages load, not of a page."""
    parts = urlsplit(address)
    return bool(FILE.search(parts.path) or FORMAT.search(parts.query))


def links_of(document: HtmlElement, address: str) -> Iterator[Link]:
    """Give all addresses that a page names, in its order."""
    for element in document.iter("a", "area", "image", "use", "link", "script", "img", "source", "form"):
        if element.tag == "form":
            yield from _form(element, address)
            continue
        for name in ("href", "{http://www.w3.org/1999/xlink}href", "xlink:href", "src"):
            if name in element.attrib:
                yield _link(element.get(name), address, element.tag, element.get("rel", ""))


def _form(form: HtmlElement, address: str) -> Iterator[Link]:
    """Send a form as it stands; one that a browser would not send, or that posts, is only named."""
    action = form.get("action", "") or address.partition("?")[0]
    if form.get("method", "get").lower() != "get" or any(not _value(field) for field in form.xpath(".//*[@required]")):
        yield Link(action, None, "", "form")
        return
    fields = [
        (field.get("name"), _value(field))
        for field in form.xpath(".//input[@name] | .//select[@name] | .//textarea[@name]")
        if field.get("type") not in ("checkbox", "radio") or "checked" in field.attrib
    ]
    yield _link(f"{action.partition('?')[0]}?{urlencode(fields)}", address, "form")


def _value(field: HtmlElement) -> str:
    if field.tag == "textarea":
        return (field.text or "").removeprefix("\n")
    if field.tag == "select":
        options = field.xpath(".//option[@selected]") or field.xpath(".//option")
        return str(options[0].get("value", options[0].text or "")) if options else ""
    return str(field.get("value", ""))


def _link(raw: str, address: str, element: str, rel: str = "") -> Link:
    language = dict(parse_qsl(address.partition("?")[2])).get("lang", "")
    own = raw.strip().startswith(("/", BASE))  # what stands on many pages is read once
    target, fragment = _inside(raw.strip(), "/" if own else address, language)
    return Link(raw, target, fragment, element, rel)


@cache
def _inside(raw: str, address: str, language: str) -> tuple[str | None, str]:
    """Read an address as a browser does; an IRI of ours stands for the page of this server."""
    own = raw.removeprefix(BASE) if raw.startswith((f"{BASE}/", f"{BASE}#")) else raw
    try:
        whole = urlsplit(urljoin(f"http://here{address}", own))
    except ValueError:
        return None, ""
    if whole.scheme != "http" or whole.netloc != "here":
        return None, whole.fragment
    return _in_language(whole.path or "/", whole.query, language), whole.fragment


def _in_language(path: str, query: str, language: str) -> str:
    """A link that drops the language would double the crawl: it is followed in the language of its page."""
    fields = parse_qsl(query, keep_blank_values=True)
    if FILE.search(path):
        fields = [(name, text) for name, text in fields if name != "lang"]
    elif language and "lang" not in dict(fields):
        fields.append(("lang", language))
    return f"{path}?{urlencode(fields)}" if fields else path


def drops_language(page: Page, link: Link) -> bool:
    """Tell whether a link for people loses the ?lang= of the page it stands on."""
    if link.element != "a" or link.target is None or FILE.search(link.target) or link.raw.startswith(("#", BASE)):
        return False
    return "lang" not in parse_qs(urlsplit(link.raw).query)


def pages_for_people(pages: Iterable[Page]) -> list[Page]:
    """Give the pages that are HTML."""
    return [page for page in pages if page.document is not None]
