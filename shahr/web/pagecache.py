"""Pages and documents kept as answers are: by the dataset they tell of, in little memory, each coding with its ETag.

A page depends on its address, the host, the language, the Accept header, the dataset and the releases, a document on
its address, the dataset and the releases alone; a new build or release makes the old ones unreachable. Pages that
search, or show a reader's own query, are made anew. Front-end files name their content, and depend on nothing. Files of
releases are not kept, but sent from the disk.
"""

from __future__ import annotations

from hashlib import blake2b
from threading import Lock
from typing import Any

from flask import Flask, Response, g, request

from shahr.engine import Answer
from shahr.formats import data_formats
from shahr.web.cache import AnswerCache, Cached
from shahr.web.coding import LEAST, choose_coding, encode
from shahr.web.language import language
from shahr.web.state import is_repeatable, shelf, state

ANEW = frozenset({"/search", "/complete", "/sparql"})
KEPT = frozenset({"Content-Type", "Content-Disposition", "Content-Language", "Cache-Control", "Vary"})
FILE = "dumps.file"  # the view of the files of releases
_PACKED = ("font/", "image/")


def install(app: Flask, capacity: int) -> None:
    """Let an app keep its pages, `capacity` bytes of them, and send each coded and with an ETag."""
    pages = PageCache(capacity)
    app.before_request(pages.recall)
    app.after_request(pages.finish)


class PageCache:
    """What was made before, for the threads that make pages."""

    def __init__(self, capacity: int) -> None:
        self._cache = AnswerCache(capacity)
        self._lock = Lock()

    def recall(self) -> Response | None:
        """Give the response that was made before to the request in hand, or None."""
        g.page_key = _key()
        if g.page_key is None:
            return None
        with self._lock:
            entry = self._cache.get(g.page_key)
        if entry is None:
            return None
        g.page = entry
        return Response(entry.answer.body, headers=list(entry.headers))

    def finish(self, response: Response) -> Response:
        """Keep a page that was made, and code it as the client likes; 304 where the client has it (RFC 9110, 13.1)."""
        if response.status_code != 200 or request.method not in ("GET", "HEAD") or response.direct_passthrough:
            return response
        entry = g.get("page") or self._keep(response)
        coding = self._coding(entry, response)
        if coding:
            response.set_data(self._coded(entry, coding))
            response.headers["Content-Encoding"] = coding
        response.vary.add("Accept-Encoding")
        response.headers.setdefault("Cache-Control", "no-cache")
        response.set_etag(_etag(entry, coding))
        response.make_conditional(_unmatched())
        return response

    def _keep(self, response: Response) -> Cached:
        answer = Answer("page", response.content_type or "", response.get_data())
        key = g.get("page_key")
        headers = tuple((name, text) for name, text in response.headers.items() if name in KEPT)
        if key is None or not is_repeatable():
            return Cached(b"", answer, headers)
        with self._lock:
            return self._cache.put(key, answer, headers)

    def _coding(self, entry: Cached, response: Response) -> str | None:
        if len(entry.answer.body) < LEAST or (response.content_type or "").startswith(_PACKED):
            return None
        return choose_coding(request.headers.get("Accept-Encoding"))

    def _coded(self, entry: Cached, coding: str) -> bytes:
        coded = entry.coded.get(coding)
        if coded is None:
            coded = encode(entry.answer.body, coding)
            with self._lock:
                self._cache.add_coded(entry, coding, coded)
        return coded


def _unmatched() -> dict[str, Any]:
    """Give the environ of the request without If-Match, which is for who writes: 412 would come with the whole page."""
    return {name: text for name, text in request.environ.items() if name != "HTTP_IF_MATCH"}


def _key() -> bytes | None:
    """Give the key of the page that is asked for; None where it is to be made anew."""
    if request.method not in ("GET", "HEAD") or request.path in ANEW:
        return None
    if request.endpoint == FILE or request.blueprint == "reconcile":  # as many answers as there are lists of names
        return None
    if request.path.startswith("/assets/"):
        return _digest(request.path)
    dataset, version, releases = state().summary.digest, state().version, shelf().mark
    return _digest(dataset, version, releases, request.path, *_details()) if dataset else None


def _details() -> tuple[object, ...]:
    """Give what a page depends on beside address and build: a suffix chooses the format, and data have no language."""
    _stem, dot, suffix = request.path.rpartition("/")[2].rpartition(".")
    if dot and suffix in data_formats():
        return ()
    page = request.host_url, tuple(request.args.items(multi=True)), language()
    return page if dot else (*page, request.headers.get("Accept"))


def _digest(*asked: object) -> bytes:
    return blake2b(repr(asked).encode("utf-8", "surrogatepass"), digest_size=32).digest()


def _etag(entry: Cached, coding: str | None) -> str:
    """Give the ETag of a page in one coding, without quotes."""
    digest = blake2b(entry.answer.body, digest_size=16)
    digest.update(f" {coding or 'identity'}".encode())
    return digest.hexdigest()
