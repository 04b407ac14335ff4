"""What a reply says is what the log, the numbers, the ETag and the answer to a HEAD say of it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from hashlib import sha256

import pytest

from hostile import RESULTS, ask, get_path, request, ring
from serving import Server, serving

LARGE = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 900"
LARGER = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 5000"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = ring(tmp_path_factory.mktemp("data") / "ring.nq")
    with serving("--workers", "1", "--client-seconds", "0", "--client-errors", "0", dataset=data) as server:
        yield server


@pytest.mark.parametrize(
    "template",
    [
        "CONSTRUCT { ?s <urn:p> (1 2) } WHERE { ?s ?p ?o }",
        "CONSTRUCT { ?s <urn:p> ( ?o ) } WHERE { ?s ?p ?o }",
        "CONSTRUCT # {}\n { _:a <urn:p> ?s } WHERE { ?s ?p ?o }",
        "CONSTRUCT # a comment\n{ [] <urn:p> ?s } WHERE { ?s ?p ?o }",
        'CONSTRUCT { ?s <urn:p> "}" . ?s <urn:q> [] } WHERE { ?s ?p ?o }',
        "CONSTRUCT { ?s <urn:p> '''}''' , _:x } WHERE { ?s ?p ?o }",
        "CONSTRUCT { <urn:}> <urn:p> ?s . _:x <urn:p> ?o } WHERE { ?s ?p ?o }",
        "CONSTRUCT FROM <urn:g> { [] <urn:p> ?s } WHERE { ?s ?p ?o }",
        "CONSTRUCT{_:b <urn:p> ?s}{ ?s ?p ?o }",
    ],
)
def test_a_graph_of_fresh_blank_nodes_has_no_etag(server: Server, template: str) -> None:
    heard = ask(server, f"{template} LIMIT 1", accept="text/turtle")
    if heard.status == 400:  # not SPARQL to every grammar
        return
    assert (heard.status, heard.headers["ETag"]) == (200, None), heard


def test_a_graph_without_blank_nodes_has_an_etag(server: Server) -> None:
    heard = ask(server, "CONSTRUCT { ?s <urn:p> ?o } WHERE { ?s ?p ?o } LIMIT 1", accept="text/turtle")
    assert heard.headers["ETag"]


def logged(server: Server, query: str) -> list[int]:
    """Give the statuses of a query's lines in the log."""
    digest = sha256(query.encode()).hexdigest()[:16]
    lines = [json.loads(line) for line in server.log().splitlines() if line.startswith("{")]
    return [line["status"] for line in lines if line["query"] == digest]


def counted(server: Server) -> float:
    """Give how many queries are counted, whatever became of them."""
    text = request(server, "GET", "/metrics").text
    return sum(float(number) for number in re.findall(r"^shahr_queries_total\{.*\} (\S+)$", text, re.MULTILINE))


@pytest.mark.parametrize("query", [LARGER, LARGE, "ASK {}"], ids=["larger", "large", "small"])
@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_each_answer_is_logged_and_counted_once(server: Server, query: str, coding: str) -> None:
    asked, before = f"{query} # {coding}", counted(server)
    sizes = {
        len(request(server, "GET", get_path(asked), headers={"Accept": RESULTS, "Accept-Encoding": coding}).body)
        for _ in range(4)
    }
    assert len(sizes) == 1
    time.sleep(0.2)
    assert logged(server, asked) == [200] * 4
    assert counted(server) - before == 4


@pytest.mark.parametrize("match", ["the tag", "*"])
def test_a_304_is_logged_as_304(server: Server, match: str) -> None:
    query = f"ASK {{}} # {match}"
    first = request(server, "GET", get_path(query), headers={"Accept": RESULTS})
    tag = first.headers["ETag"] if match == "the tag" else match
    again = request(server, "GET", get_path(query), headers={"Accept": RESULTS, "If-None-Match": tag})
    assert again.status == 304
    time.sleep(0.2)
    assert logged(server, query) == [200, 304]


@pytest.mark.parametrize("path", ["/", "/sparql", "/questions/topics", "/city/1.html", "/assets/shahr.css", "/nowhere"])
def test_head_of_a_page_has_the_length_of_its_get(server: Server, path: str) -> None:
    """Asked for its head first, so that what is kept of a page is its page."""
    head, full = (request(server, method, path, headers={"Accept": "text/html"}) for method in ("HEAD", "GET"))
    assert (head.status, head.body) == (full.status, b"")
    assert head.headers["Content-Length"] == full.headers["Content-Length"] == str(len(full.body))
    assert head.headers["Content-Type"] == full.headers["Content-Type"]
