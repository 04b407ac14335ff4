"""What the service keeps of its queries: a budget a client, a cache, counts for Prometheus, a line in the log."""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from hostile import (
    PREFIX,
    RESULTS,
    Heard,
    ask,
    check_refused,
    endless,
    get_path,
    health,
    ordinary,
    request,
    ring,
    wait_until,
)
from serving import Server, serving

BAD = "SELECT * {"
LABELS = f"{PREFIX} SELECT ?name {{ ?city rdfs:label ?name }} ORDER BY ?name LIMIT 50"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ring(tmp_path_factory.mktemp("data") / "ring.nq")


@pytest.fixture(scope="module")
def frugal(data: Path) -> Iterator[Server]:
    """A server with a small budget that trusts no proxy."""
    budget = ["--timeout", "1", "--client-errors", "5", "--client-seconds", "2"]
    with serving(*budget, dataset=data) as server:
        yield server


@pytest.fixture(scope="module")
def proxied(data: Path) -> Iterator[Server]:
    """A server with a small budget that trusts a proxy on 127.0.0.1."""
    with serving("--client-errors", "5", "--trusted-proxy", "127.0.0.1", dataset=data) as server:
        yield server


@pytest.fixture(scope="module")
def generous(data: Path) -> Iterator[Server]:
    """A server without budgets, whose counts and log are looked at."""
    options = "--timeout 1 --memory 128 --result 1 --workers 1 --client-errors 0 --client-seconds 0"
    with serving(*options.split(), dataset=data) as server:
        yield server


def forwarded(address: str) -> dict[str, str]:
    return {"X-Forwarded-For": address}


def use_up_errors(server: Server, source: str, address: str = "") -> list[int]:
    """Send bad queries until a refusal for the budget comes, and give the statuses."""
    given = []
    for _ in range(12):
        given.append(ask(server, BAD, source, headers=forwarded(address) if address else None).status)
        if given[-1] == 429:
            break
    return given


def test_errors_use_up_a_budget(frugal: Server) -> None:
    given = use_up_errors(frugal, "127.0.3.1")
    assert set(given) == {400, 429}
    assert 5 <= given.count(400) <= 6
    refused = ask(frugal, f"ASK {{}} # {uuid.uuid4()}", "127.0.3.1")
    check_refused(refused, {429})
    assert refused.seconds < 0.5
    ordinary(frugal, "127.0.3.2")


def test_query_seconds_use_up_a_budget(frugal: Server) -> None:
    for _ in range(2):
        check_refused(ask(frugal, endless(), "127.0.4.1"), {503})
    check_refused(ask(frugal, endless(), "127.0.4.1"), {429, 503})
    check_refused(ask(frugal, f"ASK {{}} # {uuid.uuid4()}", "127.0.4.1"), {429})
    ordinary(frugal, "127.0.4.2")


def test_health_needs_no_budget(frugal: Server) -> None:
    use_up_errors(frugal, "127.0.5.1")
    assert health(frugal, "127.0.5.1")["status"] == "ok"


def test_a_forwarded_address_counts_for_nothing_without_a_trusted_proxy(frugal: Server) -> None:
    """Nobody can escape a budget by another name, or use up another's."""
    assert 429 in use_up_errors(frugal, "127.0.6.1", "203.0.113.1")
    assert ask(frugal, "ASK {}", "127.0.6.1", headers=forwarded("203.0.113.2")).status == 429
    assert ask(frugal, "ASK {}", "127.0.6.2", headers=forwarded("127.0.6.1")).status == 200


def test_a_forwarded_address_counts_behind_a_trusted_proxy(proxied: Server) -> None:
    assert 429 in use_up_errors(proxied, "127.0.0.1", "203.0.113.1")
    assert ask(proxied, "ASK {}", headers=forwarded("203.0.113.1")).status == 429
    assert ask(proxied, "ASK {}", headers=forwarded("198.51.100.7, 203.0.113.1")).status == 429
    assert ask(proxied, "ASK {}", headers=forwarded("203.0.113.2")).status == 200
    assert ask(proxied, "ASK {}", headers=forwarded("203.0.113.1, 203.0.113.3")).status == 200


def test_a_forwarded_address_from_somebody_else_counts_for_nothing(proxied: Server) -> None:
    assert 429 in use_up_errors(proxied, "127.0.7.1", "203.0.113.9")
    assert ask(proxied, "ASK {}", headers=forwarded("203.0.113.9")).status == 200


def fetch(server: Server, query: str, **headers: str) -> Heard:
    sent = {"Accept": RESULTS, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return request(server, "GET", get_path(query), headers=sent)


def counts(server: Server) -> dict[str, float]:
    """Give the samples of /metrics, labels in the name."""
    heard = request(server, "GET", "/metrics")
    assert heard.status == 200
    assert heard.headers["Content-Type"].startswith("text/plain; version=")
    families = text_string_to_metric_families(heard.text)
    samples = [sample for family in families for sample in family.samples]
    return {
        sample.name + "".join(f"{{{v}}}" for _, v in sorted(sample.labels.items())): sample.value for sample in samples
    }


def risen(server: Server, before: dict[str, float], name: str) -> float:
    return counts(server).get(name, 0) - before.get(name, 0)


def test_the_same_query_again_comes_from_the_cache(generous: Server) -> None:
    query = f"{LABELS} # {uuid.uuid4()}"
    before = counts(generous)
    first, second = fetch(generous, query), fetch(generous, query)
    posted = ask(generous, query)
    assert first.status == second.status == posted.status == 200
    assert first.body == second.body == posted.body
    assert first.headers["ETag"] == second.headers["ETag"]
    assert risen(generous, before, "shahr_cache_hits_total") == 2
    assert risen(generous, before, "shahr_cache_misses_total") == 1
    assert risen(generous, before, "shahr_queries_total{cached}") == 2


def test_what_a_client_has_is_not_sent_again(generous: Server) -> None:
    query = f"{LABELS} # {uuid.uuid4()}"
    before = counts(generous)
    tag = fetch(generous, query).headers["ETag"]
    assert tag.startswith('"')
    again = fetch(generous, query, If_None_Match=tag)
    assert (again.status, again.body, again.headers["ETag"]) == (304, b"", tag)
    assert fetch(generous, query, If_None_Match='"another"').status == 200
    assert fetch(generous, query, If_None_Match=tag, Accept="text/csv").status == 200
    assert risen(generous, before, "shahr_queries_total{not-modified}") == 1


@pytest.mark.parametrize("function", ["RAND()", "STRUUID()", "UUID()", "rand()"])
def test_a_query_by_chance_is_never_cached(generous: Server, function: str) -> None:
    query = f"SELECT ({function} AS ?x) {{}} # {uuid.uuid4()}"
    first, second = fetch(generous, query), fetch(generous, query)
    assert first.rows != second.rows


def test_an_error_is_never_cached(generous: Server) -> None:
    query = endless()
    before = counts(generous)
    for _ in range(2):
        heard = fetch(generous, query)
        check_refused(heard, {503})
        assert heard.seconds > 0.9
        assert "ETag" not in heard.headers
    assert risen(generous, before, "shahr_cache_hits_total") == 0


def logged(server: Server, count: int, *queries: str) -> list[dict[str, Any]]:
    """Wait for the lines of the log on some queries, known by their hashes, and give them."""
    hashes = {hashlib.sha256(query.encode()).hexdigest()[:16] for query in queries}

    def lines() -> list[dict[str, Any]]:
        found = [json.loads(line) for line in server.log().splitlines() if line.startswith("{") and line.endswith("}")]
        return [line for line in found if line["query"] in hashes]

    wait_until(f"the log has {count} lines", 2, lambda: len(lines()) >= count)
    time.sleep(0.1)  # one too many would come with them
    assert len(lines()) == count
    return lines()


DOUBLING = " ".join(f"BIND(CONCAT(?a{at}, ?a{at}) AS ?a{at + 1})" for at in range(30))
OUTCOMES = {
    "ok": ("SELECT (1 AS ?x) {}", 200),
    "refused": (BAD, 400),
    "time": (endless(), 503),
    "memory": (f"SELECT (STRLEN(?a30) AS ?n) {{ BIND('0123456789abcdef' AS ?a0) {DOUBLING} }}", 507),
    "size": ("SELECT * { ?a ?b ?c . ?d ?e ?f }", 413),
}


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_metrics_and_log_tell_how_a_query_ended(generous: Server, outcome: str) -> None:
    query, status = OUTCOMES[outcome]
    text = f"{query} # {uuid.uuid4()}"
    before = counts(generous)
    heard = ask(generous, text)
    assert heard.status == status
    assert risen(generous, before, f"shahr_queries_total{{{outcome}}}") == 1
    assert risen(generous, before, "shahr_query_seconds_count") == 1
    (line,) = logged(generous, 1, text)
    assert (line["outcome"], line["status"]) == (outcome, status)
    assert line["bytes"] == (len(heard.body) if status == 200 else line["bytes"])
    assert 0 <= line["ms"] <= heard.seconds * 1000


def test_metrics_tell_of_time_kills_and_queue(generous: Server) -> None:
    before = counts(generous)
    check_refused(ask(generous, endless()), {503})
    after = counts(generous)
    kills = [name for name in after if name.startswith("shahr_kills_total")]
    assert sum(after[name] - before.get(name, 0) for name in kills) == 1
    assert after["shahr_query_seconds_bucket{+Inf}"] - before["shahr_query_seconds_bucket{+Inf}"] == 1
    assert after["shahr_query_seconds_bucket{0.1}"] == before["shahr_query_seconds_bucket{0.1}"]
    assert 0.9 < after["shahr_query_seconds_sum"] - before["shahr_query_seconds_sum"] < 2
    wait_until("no child is counted as busy", 2, lambda: counts(generous)["shahr_children_busy"] == 0)
    assert counts(generous)["shahr_queue_length"] == 0


def test_the_log_has_one_line_a_query_without_its_text(generous: Server) -> None:
    secret = uuid.uuid4().hex
    started = time.time()
    good, bad = f"ASK {{}} # {secret}", f"ASK {{ # {secret}"
    for query in (good, bad, good):
        ask(generous, query)
    written = logged(generous, 3, good, bad)
    assert secret not in generous.log()
    assert [line["outcome"] for line in written] == ["ok", "refused", "cached"]
    assert written[0]["query"] == written[2]["query"] != written[1]["query"]
    for line in written:
        assert {"time", "query", "ms", "bytes", "outcome", "status", "type"} <= line.keys()
        assert len(line["query"]) == 16
        assert int(line["query"], 16) >= 0
        assert line["time"][:13] in {time.strftime("%Y-%m-%dT%H", time.gmtime(at)) for at in (started, time.time())}


NASTY = 'ASK {} # \r\n\x0b\x1b[31m\u2028\u0085"\\ {"outcome": "forged"}'


def test_the_log_has_the_text_only_when_asked_and_never_a_raw_line_break(data: Path) -> None:
    with serving("--workers", "1", "--log-queries", dataset=data) as server:
        lines = len(server.log().splitlines())
        ask(server, NASTY)
        ask(server, "ASK {\r\nnonsense\r\n")
        request(server, "GET", "/questions/a%0D%0Aforged")
        wait_until("the log has two lines", 2, lambda: server.log().count("\n") >= lines + 2)
        written = server.log().split("\n")[lines:-1]
    texts = [json.loads(line).get("text") for line in written if line.startswith("{")]
    assert texts[:2] == [NASTY, "ASK {\r\nnonsense\r\n"]
    assert not [character for line in written for character in line if not character.isprintable()]
    assert not [line for line in written if line.startswith("forged")]
