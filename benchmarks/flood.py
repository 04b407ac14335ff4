"""Hostile queries by the dozen, and what others notice of them meanwhile."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import quote

from benchmarks.processes import descendants, memory

COUNTING = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
HOSTILE = (  # each runs for ages, or until memory is gone, on any engine that takes it at its word
    COUNTING,
    "SELECT DISTINCT ?a ?d WHERE { ?a ?b ?c . ?d ?e ?f }",
    "SELECT ?a ?d WHERE { ?a ?b ?c . ?d ?e ?f } ORDER BY DESC(?f) ?c",
    "SELECT (GROUP_CONCAT(STR(?a)) AS ?all) WHERE { ?a ?b ?c . ?d ?e ?f }",
    "SELECT (COUNT(*) AS ?n) WHERE { ?a (!<x:a>|^!<x:b>)* ?c . ?c (!<x:a>|^!<x:b>)* ?d }",
    "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f FILTER(REGEX(STR(?a), CONCAT(STR(?d), '(a+)+$'))) }",
)
VICTIM = "127.0.0.2"  # an ordinary client has another address than the flood
_Reply = tuple[int, bytes]


@dataclass
class Watch:
    """What was seen during a flood: milliseconds of each /health, statuses and milliseconds of ordinary questions."""

    health: list[float] = field(default_factory=list)
    ordinary: list[tuple[int, float]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    after: list[tuple[int, float]] = field(default_factory=list)
    peak: int = 0
    seconds: float = 0.0


def send(port: int, path: str, client: str = "127.0.0.1", seconds: float = 60) -> tuple[int, float]:
    """Send one request from an address of loopback; give its status and the milliseconds until the answer was whole.

    Status 0 is for a connection that broke.
    """
    start = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds, source_address=(client, 0))
    try:
        connection.request("GET", path, headers={"Accept": "application/sparql-results+json"})
        answer = connection.getresponse()
        answer.read()
        status = answer.status
    except (OSError, http.client.HTTPException):
        status = 0
    finally:
        connection.close()
    return status, 1000 * (time.monotonic() - start)


def sparql(query: str) -> str:
    """Give the path that asks a query."""
    return f"/sparql?query={quote(query, safe='')}"


def flood(port: int, pid: int, amount: int, question: str) -> Watch:
    """Send `amount` hostile queries at once; poll /health every 50 ms and ask `question` every 200 ms meanwhile.

    When the last of them has its answer, the question is asked three times more.
    """
    watch = Watch()
    start = time.monotonic()
    numbered = iter(range(1_000_000))

    def ordinary() -> tuple[int, float]:
        return send(port, sparql(f"{question}\n#{next(numbered)}"), VICTIM)

    with (
        _repeating(0.05, lambda: watch.health.append(_whole(send(port, "/health")))),
        _repeating(0.2, lambda: watch.ordinary.append(ordinary())),
        _repeating(0.2, lambda: _note_peak(watch, pid)),
    ):
        watch.statuses = _attack(port, amount)
        watch.seconds = time.monotonic() - start
        watch.after = [ordinary() for _ in range(3)]
    return watch


def _whole(reply: tuple[int, float]) -> float:
    status, took = reply
    return took if status == 200 else float("inf")


def _note_peak(watch: Watch, pid: int) -> None:
    watch.peak = max(watch.peak, memory(descendants(pid)))


def _attack(port: int, amount: int) -> list[int]:
    found: list[int] = []

    def one(number: int) -> None:
        found.append(send(port, sparql(f"{HOSTILE[number % len(HOSTILE)]}\n#{number}"))[0])

    _together([lambda number=number: one(number) for number in range(amount)])  # type: ignore[misc]
    return sorted(found)


def _together(works: Sequence[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@contextmanager
def _repeating(seconds: float, work: Callable[[], None]) -> Iterator[None]:
    """Do some work at intervals, in a thread, until the block ends."""
    ended = threading.Event()

    def loop() -> None:
        while not ended.wait(seconds):
            work()

    thread = threading.Thread(target=loop)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
