"""All that the pages lead to, each asked of the application once and written to its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.test import Client, TestResponse

from shahr.edition.links import assets_in, links_in, with_header_links
from shahr.edition.places import Place, language_of, place_of
from shahr.errors import ReleaseError

THREADS = 2  # they wait for each other in Python, and for the engine now and then
BATCH = 1000  # addresses that wait for a thread; each takes memory
_ACCEPT = "text/html, */*;q=0.5"
Progress = Callable[[int, int], None]  # takes how many files are made, and how many are known of


class Crawl:
    """A walk through an application into a folder.

    `made` holds the paths of what was written, `others` where a page that only leads on leads to.
    """

    def __init__(self, app: Flask, folder: Path, host: str, progress: Progress) -> None:
        self._app, self._folder, self._host, self._progress = app, folder, host, progress
        self._seen: set[str] = set()
        self.made: set[str] = set()
        self.others: dict[str, str] = {}

    def walk(self, starts: Iterable[str]) -> None:
        """Write all that can be reached from some addresses, in both languages; ReleaseError for what fails.

        What the application does not have, or will not give whole, is left out.
        """
        found = [place_of(start, language) for start in starts for language in ("en", "fa")]
        ahead = list(self._unseen(found))
        with ThreadPoolExecutor(THREADS) as pool:
            while ahead:
                following: list[Place] = []
                for start in range(0, len(ahead), BATCH):
                    for places in pool.map(self._visit, ahead[start : start + BATCH]):
                        following += self._unseen(places)
                        self._progress(len(self.made), len(self._seen))
                ahead = following

    def _unseen(self, places: Iterable[Place | None]) -> Iterator[Place]:
        for place in places:
            if place is not None and place.path not in self._seen:
                self._seen.add(place.path)
                if not (self._folder / place.path).is_file():
                    yield place

    def _visit(self, place: Place) -> list[Place | None]:
        """Write what stands at a place, and give the places that it names."""
        answer = Client(self._app).get(place.address, base_url=self._host, headers={"Accept": _ACCEPT})
        if answer.status_code >= 500:
            raise ReleaseError(f"{place.address} cannot be made: the application answers {answer.status}")
        if 300 <= answer.status_code < 400:
            return self._follow(place, answer)
        if answer.status_code != 200:
            return []
        return [place_of(address, language_of(place.path)) for address in self._write(place, answer)]

    def _follow(self, place: Place, answer: TestResponse) -> list[Place | None]:
        parts = urlsplit(answer.headers["Location"])
        target = place_of(parts._replace(scheme="", netloc="").geturl(), language_of(place.path))
        if target is not None:
            self.others[place.path] = target.path
        return [target]

    def _write(self, place: Place, answer: TestResponse) -> list[str]:
        """Write an answer, and give the addresses in it."""
        body, found = answer.get_data(), []
        if answer.mimetype == "text/html":
            page = with_header_links(body.decode(), answer.headers.get("Link", ""))
            body, found = page.encode(), list(dict.fromkeys(links_in(page)))
        elif answer.mimetype == "text/css":
            found = list(assets_in(body.decode()))
        target = self._folder / place.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(body)
        self.made.add(place.path)
        return [address for address in found if address.startswith("/")]
