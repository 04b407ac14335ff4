"""ETag, If-None-Match and content codings, over the real server."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import brotli
import pytest
from backports import zstd

from asking import (
    ALL,
    CSV,
    DIRECT,
    HOUSE,
    ISFAHAN,
    ITEMS,
    JSON,
    NAMES,
    TSV,
    Reply,
    ask,
    get,
    serving_trig,
    target,
    trig,
)
from serving import Server

DECODERS: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("gzip", gzip.decompress),
    ("br", brotli.decompress),
    ("zstd", zstd.decompress),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving_trig(tmp_path_factory.mktemp("caching")) as server:
        yield server


@pytest.fixture(scope="module")
def uncached(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving_trig(tmp_path_factory.mktemp("uncached"), "--cache", "0") as server:
        yield server


def at_once(server: Server, query: str, accept: str) -> list[Reply]:
    """Ask the same 24 times, so that every process of the service answers."""
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(lambda _: get(server, query, accept), range(24)))


def coded(server: Server, accept_encoding: str, query: str = ITEMS) -> tuple[str, bytes, str]:
    """Ask and give the coding, the body as sent, the ETag."""
    answer = get(server, query, JSON, ("Accept-Encoding", accept_encoding))
    assert answer.status == 200
    return answer.headers.get("content-encoding", "identity"), answer.body, answer.headers["etag"]


def test_the_etag_is_strong_and_the_same_for_the_same_question(server: Server) -> None:
    tags = {get(server, NAMES, JSON).headers["etag"] for _ in range(12)}
    assert len(tags) == 1
    tag = tags.pop()
    assert tag.startswith('"')
    assert tag.endswith('"')
    assert len(tag) >= 18


def test_the_etag_differs_by_question_type_and_graph(server: Server) -> None:
    graph = ("default-graph-uri", "https://example.org/graph/one")
    tags = [
        get(server, NAMES, JSON).headers["etag"],
        get(server, NAMES, CSV).headers["etag"],
        get(server, NAMES, TSV).headers["etag"],
        get(server, f"{NAMES} ", JSON).headers["etag"],
        ask(server, target(NAMES, graph)).headers["etag"],
        ask(server, target(NAMES, ("named-graph-uri", graph[1]))).headers["etag"],
    ]
    assert len(set(tags)) in (5, 6)  # a space at the end of a query may or may not make another
    assert len(set(tags[:3] + tags[4:])) == 5


def test_the_etag_differs_by_coding(server: Server) -> None:
    tags = {coded(server, coding)[2] for coding in ("identity", "gzip", "br", "zstd")}
    assert len(tags) == 4


def test_the_etag_names_the_data_and_not_the_process(tmp_path: Path) -> None:
    named = trig().replace("[ e:name", "e:square . e:square e:name").replace("@fa ] .", "@fa .")
    texts = (named, named, named.replace("1961260", "1961261"))

    def tag(number: int) -> str:
        folder = tmp_path / str(number)
        folder.mkdir()
        with serving_trig(folder, "--workers", "1", text=texts[number]) as server:
            return get(server, NAMES, JSON).headers["etag"]

    with ThreadPoolExecutor(3) as pool:
        tags = list(pool.map(tag, range(3)))
    assert tags[0] == tags[1] != tags[2]


@pytest.mark.parametrize(
    ("query", "accept"),
    [
        (ITEMS, JSON),
        ("SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p", CSV),
        ("SELECT DISTINCT ?s { ?s ?p ?o }", TSV),
        ("SELECT (GROUP_CONCAT(?o) AS ?all) { ?s ?p ?o }", CSV),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "text/turtle"),
        (f"DESCRIBE <{HOUSE}> <{ISFAHAN}>", "application/rdf+xml"),
        (f"DESCRIBE <{HOUSE}> <{ISFAHAN}>", "application/ld+json"),
    ],
)
def test_a_strong_etag_stands_for_the_same_bytes_from_any_process(uncached: Server, query: str, accept: str) -> None:
    answers = at_once(uncached, query, accept)
    assert {answer.status for answer in answers} == {200}
    assert len({(answer.headers["etag"], answer.body) for answer in answers}) == 1


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', '"a,b" , W/{}', "*", "  {}  "])
def test_a_matching_if_none_match_is_304(server: Server, form: str) -> None:
    first = get(server, NAMES, JSON)
    again = get(server, NAMES, JSON, ("If-None-Match", form.format(first.headers["etag"])))
    assert (again.status, again.body) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["access-control-allow-origin"] == "*"
    assert again.vary >= {"accept", "accept-encoding"}


@pytest.mark.parametrize("form", ['"other"', "{}", "", '"', "W/", '"unclosed', "etag", '""', 'w/"x"'])
def test_an_if_none_match_that_does_not_match_gets_the_answer(server: Server, form: str) -> None:
    first = get(server, NAMES, JSON)
    bare = first.headers["etag"].strip('"')
    again = get(server, NAMES, JSON, ("If-None-Match", form.format(bare)))
    assert (again.status, again.body) == (200, first.body)


def test_two_if_none_match_lines_are_one_list(server: Server) -> None:
    tag = get(server, NAMES, JSON).headers["etag"]
    lines = [("If-None-Match", '"other"'), ("If-None-Match", tag)]
    assert get(server, NAMES, JSON, *lines).status == 304


def test_the_etag_of_one_type_or_coding_does_not_match_another(server: Server) -> None:
    json_tag = get(server, ITEMS, JSON).headers["etag"]
    assert get(server, ITEMS, CSV, ("If-None-Match", json_tag)).status == 200
    again = get(server, ITEMS, JSON, ("If-None-Match", json_tag), ("Accept-Encoding", "gzip"))
    assert again.status == 200 or again.headers["etag"] == json_tag  # a plain copy is as good as a coded one
    gzip_tag = coded(server, "gzip")[2]
    assert get(server, ITEMS, JSON, ("If-None-Match", gzip_tag)).status == 200
    tag = coded(server, "gzip")[2]
    assert get(server, ITEMS, JSON, ("If-None-Match", tag), ("Accept-Encoding", "gzip")).status == 304


def test_head_answers_if_none_match_too(server: Server) -> None:
    tag = ask(server, target(NAMES), "HEAD").headers["etag"]
    assert ask(server, target(NAMES), "HEAD", [("If-None-Match", tag)]).status == 304


def test_a_post_is_never_304(server: Server) -> None:
    headers = [("Content-Type", DIRECT), ("If-None-Match", "*")]
    assert ask(server, "/sparql", "POST", headers, NAMES.encode()).status in (200, 412)


def test_an_error_has_no_etag_and_is_not_304(server: Server) -> None:
    for query, accept, status in (("SELECT", JSON, 400), (NAMES, "image/png", 406)):
        answer = get(server, query, accept, ("If-None-Match", "*"))
        assert answer.status == status
        assert "etag" not in answer.headers


@pytest.mark.parametrize("call", ["RAND()", "rand()", "UUID()", "StrUUID()", "NOW()", "Now ( )"])
def test_an_answer_that_differs_each_time_is_never_kept(server: Server, call: str) -> None:
    answers = [get(server, f"SELECT ({call} AS ?x) {{}}", JSON) for _ in range(3)]
    assert {answer.status for answer in answers} == {200}
    assert len({answer.body for answer in answers}) > 1
    assert not any("etag" in answer.headers for answer in answers)


@pytest.mark.parametrize("call", ["RAND()", "UUID()", "STRUUID()"])
def test_no_two_processes_draw_the_same_number(server: Server, call: str) -> None:
    bodies = [answer.body for answer in at_once(server, f"SELECT ({call} AS ?x) {{}}", CSV)]
    assert len(set(bodies)) == len(bodies)


@pytest.mark.parametrize(("coding", "decode"), DECODERS, ids=["gzip", "br", "zstd"])
def test_a_coding_that_is_asked_for_is_used(server: Server, coding: str, decode: Callable[[bytes], bytes]) -> None:
    plain = get(server, ITEMS, JSON)
    answer = get(server, ITEMS, JSON, ("Accept-Encoding", coding))
    assert answer.headers["content-encoding"] == coding
    assert decode(answer.body) == plain.body
    assert len(answer.body) < len(plain.body) / 4
    assert answer.headers["content-type"] == JSON
    assert int(answer.headers["content-length"]) == len(answer.body)


@pytest.mark.parametrize(("coding", "decode"), DECODERS, ids=["gzip", "br", "zstd"])
def test_the_first_answer_and_the_kept_one_are_the_same(
    server: Server, coding: str, decode: Callable[[bytes], bytes]
) -> None:
    query = f"{ALL} # {coding}"
    bodies = [decode(coded(server, coding, query)[1]) for _ in range(4)]
    assert bodies == [get(server, query, JSON).body] * 4


@pytest.mark.parametrize(
    ("accept_encoding", "expected"),
    [
        ("", {"identity"}),
        ("identity", {"identity"}),
        ("compress, x-nonsense", {"identity"}),
        ("gzip;q=0", {"identity"}),
        ("gzip;q=0.1, br;q=0.9", {"br"}),
        ("br;q=0.1, gzip;q=0.9", {"gzip"}),
        ("zstd;q=1.0, gzip;q=0.5", {"zstd"}),
        ("GZIP", {"gzip"}),
        ("*;q=0.5, br;q=0, zstd;q=0", {"gzip"}),
        ("gzip, identity;q=0", {"gzip"}),
        ("identity;q=1, gzip;q=0.5", {"identity"}),
        ("gzip, deflate, br, zstd", {"gzip", "br", "zstd"}),
        ("*", {"gzip", "br", "zstd", "identity"}),
    ],
)
def test_the_coding_follows_accept_encoding(server: Server, accept_encoding: str, expected: set[str]) -> None:
    coding, body, _ = coded(server, accept_encoding)
    assert coding in expected
    assert dict(DECODERS).get(coding, bytes)(body) == get(server, ITEMS, JSON).body


def test_without_accept_encoding_nothing_is_coded(server: Server) -> None:
    assert "content-encoding" not in get(server, ITEMS, JSON).headers


def test_a_short_answer_is_not_coded(server: Server) -> None:
    assert coded(server, "gzip, br, zstd", "ASK {}")[0] == "identity"


def test_two_accept_encoding_lines_are_one_list(server: Server) -> None:
    lines = [("Accept-Encoding", "gzip;q=0.2"), ("Accept-Encoding", "br;q=0.8")]
    assert get(server, ITEMS, JSON, *lines).headers["content-encoding"] == "br"


@pytest.mark.parametrize("query", [NAMES, ITEMS, "CONSTRUCT WHERE { ?s ?p ?o }", "SELECT"])
def test_vary_names_accept_and_accept_encoding(server: Server, query: str) -> None:
    assert "accept" in get(server, query).vary
    assert query == "SELECT" or "accept-encoding" in get(server, query).vary


def test_head_has_the_headers_of_a_coded_answer(server: Server) -> None:
    by_get, by_head = (ask(server, target(ITEMS), m, [("Accept-Encoding", "gzip")]) for m in ("GET", "HEAD"))
    for name in ("content-encoding", "content-length", "etag", "content-type"):
        assert by_head.headers[name] == by_get.headers[name]
    assert by_head.body == b""
