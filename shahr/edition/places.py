"""Where in the edition stands what the server has at an address."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from shahr.namespaces import BASE

SPARQL = "sparql.html"
FEED = "feed.atom"
MISSING = "404.html"
SAFE = "csv-safe"  # a format whose name is no end of a file name
_PATH = re.compile(r"/(?:[A-Za-z0-9_-]|\.(?!\.))(?:[A-Za-z0-9_/-]|\.(?!\.))*|/")
_RELEASED = re.compile(r"/dumps/[^/]+/.+")
_ENDS = re.compile(r"(.*)\.html|(.*/)|((?:.*/)?[^./]+)")  # of a page, a folder, a page without an end
_NOT_HERE = frozenset({"/search", "/complete", "/openapi.json", "/health", "/metrics", "/sitemap.xml", "/robots.txt"})


@dataclass(frozen=True)
class Place:
    """A file of the edition, by its path in the folder, and the address at which the server has it."""

    path: str
    address: str


def place_of(address: str, language: str) -> Place | None:
    """Give the place of an address of the server, "/city/isfahan.html?lang=fa" say; None for what no file can answer.

    A page is in the language that its address names, else in `language`.
    """
    parts = urlsplit(address)
    fields = dict(parse_qsl(parts.query, keep_blank_values=True))
    language = fields.pop("lang", language)
    if parts.netloc or not _PATH.fullmatch(parts.path) or "//" in parts.path or parts.path in _NOT_HERE:
        return None
    if parts.path == "/sparql":
        return _inside(SPARQL, "/sparql.html", {}, language)
    if parts.path == f"/{FEED}":
        return _inside(FEED, parts.path, {}, language)
    if "format" in fields:
        return _rows(parts.path, fields)
    page = None if _RELEASED.fullmatch(parts.path) else _ENDS.fullmatch(parts.path)
    if page is None:
        return None if fields else Place(parts.path[1:], parts.path)
    stem = page[1] or page[3] or f"{page[2]}index"
    if set(fields) == {"after"} and fields["after"].startswith(BASE):
        stem = f"{stem}-after/{_local(fields['after'])}"
    elif fields:
        return None
    return _inside(f"{stem.removeprefix('/')}.html", parts.path, fields, language)


def language_of(path: str) -> str:
    """Give the language of a page by its path in the edition."""
    return "fa" if path.startswith("fa/") else "en"


def is_missing(path: str) -> bool:
    """Tell whether a page is the one that a host shows for any address it has not."""
    return path.removeprefix("fa/") == MISSING


def relative(target: str, page: str) -> str:
    """Give the path to a file of the edition as a page there links to it."""
    return quote(posixpath.relpath(target, posixpath.dirname(page) or "."))


def asked_in(address: str) -> str | None:
    """Give the query that an address of the SPARQL page holds; None for any other address."""
    parts = urlsplit(address)
    return dict(parse_qsl(parts.query)).get("query") if parts.path == "/sparql" else None


def _inside(name: str, path: str, fields: dict[str, str], language: str) -> Place:
    """Give the place of what has a language."""
    folder = "fa/" if language == "fa" else ""
    return Place(folder + name, f"{path}?{urlencode(fields | {'lang': language})}")


def _rows(path: str, fields: dict[str, str]) -> Place | None:
    """The pages link to the rows of the example alone."""
    if not path.startswith("/questions/"):
        return None
    end = "safe.csv" if fields["format"] == SAFE else fields["format"]
    return Place(f"{path[1:]}.{end}", f"{path}?{urlencode(fields)}")


def _local(iri: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "/", iri.removeprefix(BASE)).strip("/")
