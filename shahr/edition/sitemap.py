"""What search engines read: the site map (sitemaps.org), in parts where it is long, and robots.txt (RFC 9309)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote, urlsplit
from xml.sax.saxutils import escape

from shahr.edition.places import is_missing, language_of
from shahr.errors import ReleaseError

MOST = 25_000  # pages of a part, each with its two languages; a part may have 50,000 addresses and 50 MB
INDEX = "index.html"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_LANGUAGES = 'xmlns:xhtml="http://www.w3.org/1999/xhtml"'


def checked_base(base: str | None) -> str | None:
    """Give an address with a slash at its end; ReleaseError for what is not the http(s) address of a folder."""
    if base is None:
        return None
    try:
        parts = urlsplit(base)
        usable = parts.scheme in ("http", "https") and parts.hostname and not parts.query and not parts.fragment
    except ValueError:
        usable = False
    if not usable or not base.isascii() or any(mark in base for mark in ' "<>\\'):
        raise ReleaseError(f"{base!r} cannot be where the edition stands: write https://example.org/shahr/")
    return base if base.endswith("/") else f"{base}/"


def write_robots(folder: Path, base: str | None) -> None:
    """Let everybody read everything, and name the site map where there is one."""
    told = f"Sitemap: {base}sitemap.xml\n" if base else ""
    (folder / "robots.txt").write_text(f"User-agent: *\nAllow: /\n{told}", encoding="utf-8")


def write_sitemap(folder: Path, paths: Iterable[str], base: str | None) -> None:
    """Name all pages, in parts where they are many; nothing without `base`, since the format needs whole addresses."""
    if base is None:
        return
    pages = sorted(path for path in paths if path.endswith(".html") and not is_missing(path))
    there = set(pages)
    parts = [pages[start : start + MOST] for start in range(0, len(pages), MOST)]
    texts = ["".join(_page(path, there, base) for path in part) for part in parts]
    if len(texts) == 1:
        _write(folder / "sitemap.xml", f"<urlset {_SPACE} {_LANGUAGES}>\n{texts[0]}</urlset>\n")
        return
    for number, text in enumerate(texts, 1):
        _write(folder / f"sitemap-{number}.xml", f"<urlset {_SPACE} {_LANGUAGES}>\n{text}</urlset>\n")
    names = "".join(
        f"<sitemap><loc>{_address(f'sitemap-{number}.xml', base)}</loc></sitemap>\n"
        for number in range(1, len(texts) + 1)
    )
    _write(folder / "sitemap.xml", f"<sitemapindex {_SPACE}>\n{names}</sitemapindex>\n")


def _write(path: Path, text: str) -> None:
    path.write_text(_HEAD + text, encoding="utf-8")


def _page(path: str, there: set[str], base: str) -> str:
    own = path.removeprefix("fa/")
    both = [one for one in (own, f"fa/{own}") if one in there]
    alike = "".join(
        f'<xhtml:link rel="alternate" hreflang="{language_of(one)}" href="{_address(one, base)}"/>' for one in both
    )
    return f"<url><loc>{_address(path, base)}</loc>{alike}</url>\n"


def _address(path: str, base: str) -> str:
    """A host gives a folder its index.html."""
    short = path[: -len(INDEX)] if path == INDEX or path.endswith(f"/{INDEX}") else path
    return escape(base + quote(short), {'"': "&quot;"})
