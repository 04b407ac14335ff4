"""A small dataset with everything that is hard to carry, and how to ask a server about it, header by header."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from rdflib import Dataset, Graph, Literal, URIRef

from serving import Server, serving

ROOT = Path(__file__).resolve().parent.parent
E = "https://example.org/"
ONE, TWO, ODD, MANY = (f"{E}graph/{name}" for name in ("one", "two", "odd", "شهرها"))
ISFAHAN = f"{E}شهر/اصفهان"
HOUSE = f"{E}شهر/خانه\u200cهنر"
SISTER = f"{E}خواهرشهر"
FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
JSON, XML = "application/sparql-results+json", "application/sparql-results+xml"
CSV, TSV = "text/csv", "text/tab-separated-values"
NAMES = f"SELECT ?name {{ <{ISFAHAN}> <{E}name> ?name }} ORDER BY ?name"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
ALL = "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o"
ITEMS = f"SELECT * {{ ?s <{E}number> ?n }} ORDER BY ?n"
SLOW = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"?s{i} ?p{i} ?o{i} ." for i in range(6)) + " }"


def trig() -> str:
    """Give the dataset: 300 numbered things, Persian, a triple in two graphs, one in none, hard characters."""
    items = "\n".join(f"<{E}item/{n}> <{E}number> {n} ." for n in range(300))
    return rf"""
@prefix e: <{E}> .
e:loose e:name "outside" .
<{ONE}> {{
  <{ISFAHAN}> e:name "اصفهان"@fa, "Isfahan"@en ; e:population 1961260 ; e:خواهرشهر e:kazan .
  <{HOUSE}> e:name "خانه‌هنر"@fa ; e:near [ e:name "میدان"@fa ] .
  e:kazan e:name "Kazan"@en .
}}
<{TWO}> {{ e:kazan e:name "Kazan"@en ; e:text "a \"b\", 'c'\n\td\\e; <f> & ]]>" . }}
<{ODD}> {{ e:bell e:sound "\u0007" . e:return e:sound "a\rb" . }}
<{MANY}> {{ {items} }}
"""


def graph(*names: str) -> Graph:
    """Give the union of the named graphs, of the whole dataset without names, as another parser reads it."""
    dataset = Dataset(default_union=True)
    dataset.parse(data=trig(), format="trig")
    union = Graph()
    for name in names or (None,):
        for triple in dataset.triples((None, None, None)) if name is None else dataset.graph(URIRef(name)):
            union.add(triple)
    return union


def names() -> set[Literal]:
    """Give the names of Isfahan."""
    return {Literal("اصفهان", lang="fa"), Literal("Isfahan", lang="en")}


@contextmanager
def serving_trig(folder: Path, *options: str, text: str = "") -> Iterator[Server]:
    """Serve the dataset, or other TriG, without budgets."""
    file = folder / "data.trig"
    file.write_text(text or trig(), encoding="utf-8")
    with serving("--client-seconds", "0", "--client-errors", "0", *options, dataset=file) as server:
        yield server


@dataclass(frozen=True)
class Reply:
    """An answer as it came; header names in lower case, lines of one name joined."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as UTF-8."""
        return self.body.decode("utf-8")

    @property
    def media_type(self) -> str:
        """The media type without parameters."""
        return self.headers.get("content-type", "").partition(";")[0]

    @property
    def vary(self) -> set[str]:
        """The names that Vary lists, in lower case."""
        return {name.strip().lower() for name in self.headers.get("vary", "").split(",")}


def ask(
    server: Server,
    target: str = "/sparql",
    method: str = "GET",
    headers: Sequence[tuple[str, str]] = (),
    body: bytes | None = None,
) -> Reply:
    """Send one request exactly as given, without headers of the library's own but Host and Content-Length."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
    try:
        connection.putrequest(method, target, skip_accept_encoding=True)
        for name, value in headers:
            connection.putheader(name, value.encode())
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        with suppress(BrokenPipeError, ConnectionResetError):  # a refusal may come before the whole body has gone
            connection.endheaders(body)
        answer = connection.getresponse()
        lines = [(name.lower(), value) for name, value in answer.getheaders()]
        joined = {name: ", ".join(value for other, value in lines if other == name) for name, _ in lines}
        return Reply(answer.status, joined, answer.read())
    finally:
        connection.close()


def target(query: str, *parameters: tuple[str, str]) -> str:
    """Give the address that asks `query` by GET."""
    return f"/sparql?{urlencode([('query', query), *parameters])}"


def get(server: Server, query: str, accept: str | None = None, *headers: tuple[str, str]) -> Reply:
    """Ask by GET."""
    first = [] if accept is None else [("Accept", accept)]
    return ask(server, target(query), headers=[*first, *headers])


def post(server: Server, body: bytes | str, media_type: str | None, path: str = "/sparql") -> Reply:
    """Ask by POST."""
    headers = [] if media_type is None else [("Content-Type", media_type)]
    return ask(server, path, "POST", headers, body.encode() if isinstance(body, str) else body)


def three_ways(server: Server, query: str, *parameters: tuple[str, str]) -> list[Reply]:
    """Ask by GET, by a form and by the query itself as body."""
    return [
        ask(server, target(query, *parameters)),
        post(server, urlencode([("query", query), *parameters]), FORM),
        post(server, query, DIRECT, f"/sparql?{urlencode(parameters)}"),
    ]


def is_refusal(reply: Reply, *statuses: int) -> bool:
    """Tell whether this is one readable sentence for anybody, which tells nothing about the server."""
    text = reply.text
    assert reply.status in statuses, f"{reply.status} {text[:300]}"
    assert reply.headers["content-type"] == "text/plain; charset=utf-8"
    assert reply.headers["access-control-allow-origin"] == "*"
    assert text.endswith("\n")
    assert all(letter.isprintable() or letter == "\u200c" for letter in text[:-1]), repr(text)
    assert len(text.splitlines()) == 1, text
    assert 10 < len(text) < 500, text
    hidden = ("Traceback", ".py", "site-packages", str(ROOT), "/tmp", "data.trig", "Error(", "panic")
    return not any(word in text for word in hidden)
