"""What the hostile tests share: a small dataset, a client that can misbehave, and what every answer must keep."""

from __future__ import annotations

import json
import socket
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPMessage
from pathlib import Path
from threading import Event, Thread
from urllib.parse import quote

from serving import Server

CITIES = 400
BASE = "https://w3id.org/shahr/"
PREFIX = f"PREFIX shahr: <{BASE}ns#> PREFIX city: <{BASE}city/> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
RESULTS = "application/sparql-results+json"
DIRECT = "application/sparql-query"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
WHERE_CODE_LIES = ("Traceback", str(Path(__file__).resolve().parent.parent), ".py", "/tmp/", "pyoxigraph", "src/")
OUT_OF_REACH = {503, 504, 507}


@dataclass(frozen=True)
class Heard:
    """An answer as it came: `seconds` from the first byte sent to the last one read."""

    status: int
    headers: HTTPMessage
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    @property
    def rows(self) -> list[list[str]]:
        """The rows of SPARQL JSON, unbound variables left out; a cut answer is a ValueError."""
        bindings = json.loads(self.body)["results"]["bindings"]
        return [[term["value"] for term in row.values()] for row in bindings]


def ring(path: Path) -> Path:
    """Write 400 cities with a class, a label and two sisters each, in two graphs: 1,600 triples."""
    lines = []
    for at in range(CITIES):
        city, one, other = (f"<{BASE}city/{number % CITIES}>" for number in (at, at + 1, at * 7 + 2))
        entities, pairs = (f"<{BASE}graph/{name}>" for name in ("entities", "pairs"))
        lines.append(f"{city} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{BASE}ns#City> {entities} .")
        lines.append(f'{city} <http://www.w3.org/2000/01/rdf-schema#label> "شهر {at}"@fa {entities} .')
        lines += [f"{city} <{BASE}ns#twinnedWith> {sister} {pairs} ." for sister in (one, other)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def request(
    server: Server,
    method: str,
    path: str,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    source: str = "127.0.0.1",
    patience: float = 30,
) -> Heard:
    """Send one request from an address of loopback and read the whole answer."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=patience, source_address=(source, 0))
    began = time.monotonic()
    try:
        connection.request(method, path, body, dict(headers or {}))
        response = connection.getresponse()
        data = response.read()
        return Heard(response.status, response.headers, data, time.monotonic() - began)
    finally:
        connection.close()


def ask(
    server: Server,
    query: str,
    source: str = "127.0.0.1",
    accept: str = RESULTS,
    headers: Mapping[str, str] | None = None,
    patience: float = 30,
) -> Heard:
    """Post a query as it is, and read the whole answer."""
    sent = {"Content-Type": DIRECT, "Accept": accept, **(headers or {})}
    return request(server, "POST", "/sparql", query.encode(), sent, source, patience)


def ordinary(server: Server, source: str = "127.0.0.1") -> Heard:
    """Ask what no cache can know, and check the rows."""
    number = uuid.uuid4().int % CITIES
    query = f"{PREFIX} SELECT ?name {{ city:{number} rdfs:label ?name }} # {uuid.uuid4()}"
    heard = ask(server, query, source)
    assert (heard.status, heard.rows) == (200, [[f"شهر {number}"]]), heard
    return heard


def endless() -> str:
    """Give a query that never ends, like no other in its text."""
    return f"{ENDLESS} # {uuid.uuid4()}"


def health(server: Server, source: str = "127.0.0.1") -> dict[str, object]:
    """Give what /health tells."""
    heard = request(server, "GET", "/health", source=source)
    assert heard.status == 200, heard
    told = json.loads(heard.body)
    assert isinstance(told, dict)
    return told


def engine_state(server: Server) -> dict[str, int]:
    """Give what /health tells of the engine."""
    state = health(server)["engine"]
    assert isinstance(state, dict)
    return state


def check_sentence(heard: Heard) -> None:
    """An error is one line of plain text, for a page of any origin to read, and names nothing of the server."""
    assert heard.headers["Content-Type"] == "text/plain; charset=utf-8", heard
    assert heard.headers["Access-Control-Allow-Origin"] == "*", heard
    assert 10 < len(heard.text) < 500, heard
    assert heard.text.endswith("\n"), heard
    assert len(heard.text.splitlines()) == 1, heard
    assert heard.text[:-1].isprintable(), heard
    assert not [word for word in WHERE_CODE_LIES if word in heard.text], heard
    if heard.status in (429, 503):
        assert 1 <= int(heard.headers["Retry-After"]) <= 60, heard


def check_refused(heard: Heard, statuses: set[int] | None = None) -> None:
    """A refusal is a client's fault or a limit, in one sentence; `statuses` says which ones fit."""
    assert 400 <= heard.status < 500 or heard.status in OUT_OF_REACH, heard
    assert statuses is None or heard.status in statuses, heard
    check_sentence(heard)


def get_path(query: str) -> str:
    return f"/sparql?query={quote(query, safe='')}"


@contextmanager
def connected(server: Server, source: str = "127.0.0.1", patience: float = 30) -> Iterator[socket.socket]:
    """Give a bare connection."""
    with socket.create_connection(("127.0.0.1", server.port), patience, (source, 0)) as link:
        yield link


def exchange(server: Server, data: bytes, finish: bool = False, patience: float = 5) -> bytes:
    """Send bytes as they are and give all that comes back until the server closes, or is silent for `patience`.

    `finish` closes our side after sending.
    """
    with connected(server, patience=patience) as link:
        try:
            link.sendall(data)
            if finish:
                link.shutdown(socket.SHUT_WR)
        except OSError:  # the server has answered and closed before it read all
            pass
        return drain(link)


def drain(link: socket.socket) -> bytes:
    """Read until the other side closes, resets, or is silent."""
    parts = []
    try:
        while part := link.recv(65536):
            parts.append(part)
    except OSError:
        pass
    return b"".join(parts)


def statuses(answers: bytes) -> list[int]:
    """Give the status of each answer in what a connection brought."""
    pieces = answers.split(b"HTTP/1.1 ")
    return [int(piece[:3]) for piece in pieces[1:]]


def wait_until(what: str, seconds: float, holds: object) -> float:
    """Wait until holds() is true, and give the seconds it took; `what` names it where it never is."""
    assert callable(holds)
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < seconds, f"not within {seconds} seconds: {what}"
        time.sleep(0.02)
    return time.monotonic() - began


@dataclass
class Pulse:
    """How /health fared while a block ran: the slowest answer in seconds, how many there were, and what went wrong."""

    worst: float = 0.0
    beats: int = 0
    fault: str = ""


@contextmanager
def pulse(server: Server, source: str = "127.0.0.9") -> Iterator[Pulse]:
    """Ask /health again and again, each time by a new connection, until the block ends."""
    felt, stop = Pulse(), Event()

    def beat() -> None:
        while not stop.is_set():
            began = time.monotonic()
            try:
                status = request(server, "GET", "/health", source=source, patience=5).status
                felt.fault = felt.fault if status == 200 else f"status {status}"
            except (OSError, HTTPException) as error:
                felt.fault = repr(error)
            felt.worst = max(felt.worst, 60.0 if felt.fault else time.monotonic() - began)
            felt.beats += 1
            stop.wait(0.05)

    thread = Thread(target=beat)
    thread.start()
    try:
        yield felt
    finally:
        stop.set()
        thread.join()


class Listener:
    """Something on loopback that nobody may call: it counts who does, and answers nobody."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.setblocking(False)
        self.port = int(self._socket.getsockname()[1])

    def callers(self) -> int:
        """How many connections have come since the last look."""
        count = 0
        while True:
            try:
                caller, _ = self._socket.accept()
            except BlockingIOError:
                return count
            caller.close()
            count += 1

    def close(self) -> None:
        self._socket.close()
