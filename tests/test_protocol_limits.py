"""Time and size as the protocol shows them, over the real server with small limits."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPConnection

import pytest

from asking import CSV, DIRECT, NAMES, SLOW, ask, get, is_refusal, post, serving_trig, target, three_ways
from serving import Server

LARGE = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
MOST_BODY = 2 * 1024 * 1024


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving_trig(tmp_path_factory.mktemp("limits"), "--timeout", "1", "--result", "1") as server:
        yield server


def seconds(server: Server, said: str, *parameters: tuple[str, str]) -> float:
    """Ask what never ends, and give how long it took to be refused."""
    start = time.monotonic()
    answer = ask(server, target(SLOW, *parameters))
    took = time.monotonic() - start
    assert is_refusal(answer, 503)
    assert f"after {said} seconds" in answer.text
    assert int(answer.headers["retry-after"]) >= 1
    assert "etag" not in answer.headers
    return took


def test_out_of_time_is_503_with_retry_after_and_the_next_query_is_unharmed(server: Server) -> None:
    assert 0.9 < seconds(server, "1") < 4
    assert get(server, NAMES).status == 200


@pytest.mark.parametrize("wanted", ["0.2", "0.20", "2e-1"])
def test_timeout_lets_a_client_ask_for_less(server: Server, wanted: str) -> None:
    assert seconds(server, "0.2", ("timeout", wanted)) < 0.9


@pytest.mark.parametrize("wanted", ["5", "1e8"])
def test_timeout_over_the_limit_is_the_limit(server: Server, wanted: str) -> None:
    assert 0.9 < seconds(server, "1", ("timeout", wanted)) < 4


def test_timeout_works_in_all_three_ways(server: Server) -> None:
    for answer in three_ways(server, SLOW, ("timeout", "0.2")):
        assert is_refusal(answer, 503)
        assert "after 0.2 seconds" in answer.text


def test_timeout_does_not_change_an_answer(server: Server) -> None:
    plain = get(server, NAMES, CSV)
    hurried = ask(server, target(NAMES, ("timeout", "0.9")), headers=[("Accept", CSV)])
    assert (hurried.status, hurried.body) == (200, plain.body)


@pytest.mark.parametrize("nonsense", ["", "soon", "-1", "nan", "1s", "1,5", "0x1", "--1", "1 2", "1_0"])
def test_a_timeout_that_is_no_number_is_refused(server: Server, nonsense: str) -> None:
    for answer in three_ways(server, NAMES, ("timeout", nonsense)):
        assert is_refusal(answer, 400)
        assert "timeout" in answer.text


def test_out_of_time_is_503_for_head_too(server: Server) -> None:
    head = ask(server, target(SLOW, ("timeout", "0.2")), "HEAD")
    assert (head.status, head.body) == (503, b"")


@pytest.mark.parametrize("query", [LARGE, LARGE.replace("SELECT *", "CONSTRUCT { ?a ?e ?f }")])
def test_an_answer_over_the_limit_is_413_with_a_hint_and_never_cut(server: Server, query: str) -> None:
    answer = get(server, query.replace("CONSTRUCT { ?a ?e ?f }", "CONSTRUCT { [] ?e ?c , ?f }"))
    assert is_refusal(answer, 413)
    assert "LIMIT" in answer.text
    assert "dump" in answer.text


def test_an_answer_just_under_the_limit_is_whole(server: Server) -> None:
    answer = get(server, f"{LARGE} LIMIT 1500")
    assert answer.status == 200
    assert len(json.loads(answer.body)["results"]["bindings"]) == 1500


def test_a_body_over_2_mb_is_413(server: Server) -> None:
    assert is_refusal(post(server, b"#" * (MOST_BODY + 1), DIRECT), 413)


def test_a_body_over_2_mb_without_a_length_is_413(server: Server) -> None:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
    with suppress(BrokenPipeError, ConnectionResetError):
        blocks = (b"#" * 65536 for _ in range(33))
        connection.request("POST", "/sparql", blocks, {"Content-Type": DIRECT}, encode_chunked=True)
    answer = connection.getresponse()
    assert answer.status == 413
    assert answer.read().count(b"\n") == 1
    connection.close()


def test_a_body_of_almost_2_mb_is_read(server: Server) -> None:
    body = NAMES.encode() + b" #" + b"x" * 2_000_000
    assert len(body) <= MOST_BODY
    assert post(server, body, DIRECT).status == 200


def test_nesting_over_120_levels_is_refused_and_less_is_answered(server: Server) -> None:
    assert get(server, "ASK " + "{" * 100 + "}" * 100).status == 200
    for opening, closing in ("{}", "()"):
        deep = (
            "ASK { FILTER" + "(" * 125 + "true" + ")" * 125 + "}" if opening == "(" else "ASK " + "{" * 125 + "}" * 125
        )
        assert closing in deep
        answer = get(server, deep)
        assert is_refusal(answer, 400)
        assert "120" in answer.text
