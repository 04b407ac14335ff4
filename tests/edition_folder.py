"""A static edition as a reader has it: its pages with their links, and a plain file server."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property, partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from lxml import html
from lxml.html import HtmlElement

from shahr.paths import Project

NODE_MODULES = Path(__file__).resolve().parent.parent / "node_modules"
AT = "http://here/x/y/"


@dataclass(frozen=True)
class FilePage:
    """A page of an edition by its path in the folder."""

    path: str
    document: HtmlElement

    @property
    def language(self) -> str:
        """The language of the folder it lies in."""
        return "fa" if self.path.startswith("fa/") else "en"

    @cached_property
    def links(self) -> list[str]:
        """All that it names, each once."""
        return list(dict.fromkeys(str(one) for one in self.document.xpath("//@href | //@src | //@action")))

    def target(self, link: str) -> tuple[str | None, str]:
        """Give the path of the file that a link leads to, None where it leaves the edition; and the fragment."""
        return _target(self.path if link.startswith("#") else self.path.rpartition("/")[0] + "/", link)


@cache
def _target(page: str, link: str) -> tuple[str | None, str]:
    """Read a link as a browser does, on a page or in a folder."""
    whole = urlsplit(urljoin(urljoin(AT, page.removeprefix("/")), link.strip()))
    address = whole._replace(fragment="").geturl()
    return unquote(address.removeprefix(AT)) if address.startswith(AT) else None, unquote(whole.fragment)


def with_engine(project: Project) -> Project:
    """Let a project have what npm installs; a test has no use for it where it is not."""
    if not (NODE_MODULES / "oxigraph" / "web_bg.wasm").is_file():
        pytest.skip("the npm package oxigraph is not installed: make setup installs it")
    if not (project.root / "node_modules").exists():
        (project.root / "node_modules").symlink_to(NODE_MODULES)
    return project


def contents(folder: Path) -> dict[str, str]:
    """Give the digest of every file below a folder."""
    found = {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    return {str(path.relative_to(folder)): sha256(data).hexdigest() for path, data in found.items()}


def read_pages(folder: Path) -> list[FilePage]:
    """Give all pages of an edition."""
    parser = html.HTMLParser(encoding="utf-8")
    return [
        FilePage(str(path.relative_to(folder)), html.document_fromstring(path.read_bytes(), parser=parser))
        for path in sorted(folder.rglob("*.html"))
    ]


@contextmanager
def file_server(folder: Path) -> Iterator[str]:
    """Serve a folder as the plainest of hosts does, and give its address."""
    handler = partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""
