"""The second walk over an edition: now that it is known what there is, every link is made relative, or goes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from html import unescape
from pathlib import Path
from urllib.parse import quote, urljoin
from xml.sax.saxutils import escape

from shahr.edition.links import relink, relink_style
from shahr.edition.places import FEED, SPARQL, asked_in, is_missing, language_of, place_of, relative


class Relinking:
    """Changes the files of an edition in `folder`; `others` is as in Crawl.

    `host` is what the application believed to be, `base` where the edition will stand, or None.
    """

    def __init__(self, folder: Path, others: Mapping[str, str], host: str, base: str | None) -> None:
        self._folder, self._others, self._base = folder, others, base
        self._there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
        self._targets: dict[tuple[str, str], str | None] = {}
        self._absolute = re.compile(re.escape(host) + r'(/[^\s"\'<>]*)?')

    def relink(self, paths: Iterable[str]) -> None:
        """Change all links in the pages, style sheets and the feed among some files."""
        for path in paths:
            if path.endswith(".html"):
                self._rewrite(path, self._page)
            elif path.endswith(".css"):
                self._rewrite(path, self._style)
            elif path.endswith(FEED):
                self._rewrite(path, self._feed)

    def _rewrite(self, path: str, change: Callable[[str, str], str]) -> None:
        file = self._folder / path
        text = file.read_text(encoding="utf-8")
        file.write_text(change(path, text), encoding="utf-8", newline="")

    def _page(self, path: str, text: str) -> str:
        return relink(text, lambda address: self._link(address, path))

    def _style(self, path: str, text: str) -> str:
        return relink_style(text, lambda address: self._link(address, path))

    def _feed(self, path: str, text: str) -> str:
        """An address of the feed that leads nowhere here leads to the start page: a feed's entry needs one."""

        def change(found: re.Match[str]) -> str:
            address = unescape(found[1] or "/")
            target = self._link(address, path) or self._link("/", path) or ""
            return escape(urljoin(self._base, target) if self._base else target)

        return self._absolute.sub(change, text)

    def _link(self, address: str, path: str) -> str | None:
        """Give what a link of the page at `path` to an address of the server becomes, None where it leads nowhere."""
        if not address.startswith("/"):
            return address
        bare, hash_, fragment = address.partition("#")
        target = self._target(bare, language_of(path))
        if target is None:
            return None
        if target.endswith(SPARQL) and (query := asked_in(bare)) is not None:
            hash_, fragment = "#", f"query={quote(query, safe='')}"
        if self._base and is_missing(path):  # it is shown at any address, so that no link in it can be relative
            return f"{urljoin(self._base, quote(target))}{hash_}{fragment}"
        return f"{relative(target, path)}{hash_}{fragment}"

    def _target(self, address: str, language: str) -> str | None:
        """Give the path of what there is for an address; the same ones stand on all pages."""
        key = address, language
        if key not in self._targets:
            place = place_of(address, language)
            path = self._others.get(place.path, place.path) if place else None
            self._targets[key] = path if path in self._there else None
        return self._targets[key]
