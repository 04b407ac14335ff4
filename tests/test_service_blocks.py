"""SERVICE blocks: their rows join with ours, their failures are ours unless SILENT, and nothing in them breaks out."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import (
    Literal,
    NamedNode,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Store,
    parse_query_results,
)

from scripted import JSON, Reply, Scripted, response, rows, scripted
from shahr.engine import Answer, Limits
from shahr.engine.federated import FederatedEngine, ServiceFetcher, values_block
from shahr.engine.store import StoreEvaluator
from shahr.errors import Busy, EndpointDown, OutOfTime, QueryError, ShahrError, TooLarge
from shahr.syntax import check_query

HOST = "elsewhere.example"

# The endpoints' threads may be the ones that collect rows left in an exception, and Oxigraph grumbles about that.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def on_loopback(address: str) -> bool:
    """Stands in for is_public where the allowed host is a stub of ours."""
    return address == "127.0.0.1"


def at_loopback(host: str, port: int) -> list[str]:
    return ["127.0.0.1"]


class InProcess:
    """An engine over a few triples that notes what it was asked."""

    def __init__(self) -> None:
        store = Store()
        data = '<a:isfahan> <a:item> <w:1> . <a:kazan> <a:item> <w:2> . <a:yazd> <a:label> "a", "b" .'
        store.load(data, RdfFormat.TURTLE)
        self.evaluator = StoreEvaluator(store)
        self.asked: list[str] = []

    async def evaluate(
        self, query: str, default_graphs: Sequence[str], named_graphs: Sequence[str], accepted: str, limits: Limits
    ) -> Answer:
        self.asked.append(query)
        return self.evaluator.evaluate(query, default_graphs, named_graphs, accepted, limits)


def federated(allowed: Sequence[str]) -> tuple[FederatedEngine, InProcess]:
    """The engine with its fetcher, which finds every host on loopback and may go there."""
    fetcher, inner = ServiceFetcher(allowed, on_loopback, at_loopback), InProcess()

    async def fetch(endpoint: str, query: str, limits: Limits) -> bytes:
        return fetcher.evaluate(query, [endpoint], [], "", limits).body

    return FederatedEngine(inner, fetch, allowed), inner


def run(query: str, *replies: Reply, limits: Limits | None = None) -> tuple[list[str], Scripted]:
    """Ask a query in which HOST:PORT is where the replies come from; give its CSV, rows sorted, and the endpoint."""
    with scripted(*replies) as endpoint:
        place = f"{HOST}:{endpoint.port}"
        engine, _ = federated([place])
        text = query.replace("HOST:PORT", place)
        answer = asyncio.run(engine.evaluate(text, (), (), "text/csv", limits or Limits()))
    head, *found = answer.body.decode().removesuffix("\r\n").split("\r\n")
    return [head, *sorted(found)], endpoint


def uri(value: str) -> dict[str, str]:
    return {"type": "uri", "value": value}


def text(value: str) -> dict[str, str]:
    return {"type": "literal", "value": value}


JOIN = "SELECT ?city ?name { ?city <a:item> ?item . SERVICE <http://HOST:PORT/sparql> { ?item <w:name> ?name } }"
SILENT = JOIN.replace("SERVICE", "SERVICE SILENT")
TWO_ROWS = rows("item name", {"item": uri("w:1"), "name": text("one")}, {"item": uri("w:3"), "name": text("three")})


def test_rows_of_an_allowed_host_are_joined() -> None:
    found, endpoint = run(f"PREFIX w: <w:> {JOIN}", TWO_ROWS)
    assert found == ["city,name", "a:isfahan,one"]
    assert endpoint.queries == ["PREFIX w: <w:> SELECT * WHERE { ?item <w:name> ?name }"]


def test_an_endpoint_by_a_prefixed_name() -> None:
    found, _ = run("PREFIX e: <http://HOST:PORT/> " + JOIN.replace("<http://HOST:PORT/sparql>", "e:sparql"), TWO_ROWS)
    assert found == ["city,name", "a:isfahan,one"]


def test_no_rows_join_with_nothing() -> None:
    found, _ = run(JOIN, rows("item name"))
    assert found == ["city,name"]


def test_a_place_without_a_value_joins_with_everything() -> None:
    found, _ = run(JOIN, rows("item name", {"name": text("any")}))
    assert found[1:] == ["a:isfahan,any", "a:kazan,any"]


def test_a_block_without_variables_is_true_or_false() -> None:
    query = "SELECT ?city { ?city <a:item> <w:1> SERVICE <http://HOST:PORT/> { <w:1> <w:is> <w:so> } }"
    assert run(query, rows("", {}))[0] == ["city", "a:isfahan"]
    assert run(query, rows(""))[0] == ["city"]


def test_several_blocks_are_asked_in_turn() -> None:
    block = "SERVICE <http://HOST:PORT/{}> {{ ?item <w:{}> ?{} }}"
    query = f"SELECT ?item ?a ?b {{ {block.format(1, 'a', 'a')} OPTIONAL {{ {block.format(2, 'b', 'b')} }} }}"
    first = rows("item a", {"item": uri("w:1"), "a": text("A")}, {"item": uri("w:2"), "a": text("Z")})
    found, endpoint = run(query, first, rows("item b", {"item": uri("w:1"), "b": text("B")}))
    assert found == ["item,a,b", "w:1,A,B", "w:2,Z,"]
    assert [head.split()[1] for head, _ in endpoint.requests] == ["/1", "/2"]


def test_terms_of_another_host_cannot_break_out() -> None:
    hostile = "\")}} SERVICE <http://127.0.0.1:1/> {} #\\\n'"
    found, _ = run(JOIN, rows("item name", {"item": uri("w:1"), "name": text(hostile)}))
    assert hostile.replace('"', '""') in "\n".join(found)


def test_names_of_variables_of_another_host_cannot_break_out() -> None:
    with pytest.raises(EndpointDown):
        run(JOIN, response(json.dumps({"head": {"vars": ["x) {} } #"]}, "results": {"bindings": []}}).encode()))


TERMS = st.one_of(
    st.none(),
    st.text(st.characters(exclude_categories=["Cs"])).map(Literal),
    st.builds(Literal, st.text("a'\"\\\n\r\t<#>{}?"), language=st.sampled_from(["fa", "en-GB"])),
    st.builds("urn:{}{}".format, st.text("ab'()?./شهر"), st.sampled_from(["", "#", "#a'b"])).map(NamedNode),
    st.integers().map(Literal),
)


@given(st.lists(st.tuples(TERMS, TERMS), max_size=5))
def test_rows_written_as_values_are_the_same_rows(wanted: list[tuple[Literal | NamedNode | None, ...]]) -> None:
    bindings = [{name: _json(term) for name, term in zip("xy", row, strict=True) if term is not None} for row in wanted]
    body = json.dumps({"head": {"vars": ["x", "y"]}, "results": {"bindings": bindings}})
    found = parse_query_results(body, format=QueryResultsFormat.JSON)
    assert isinstance(found, QuerySolutions)
    query = f"SELECT ?x ?y {{ {values_block(found)} }}"
    check_query(query)
    solutions = Store().query(query)
    assert isinstance(solutions, QuerySolutions)
    assert [tuple(row) for row in solutions] == wanted


def _json(term: Literal | NamedNode) -> dict[str, str]:
    if isinstance(term, NamedNode):
        return uri(term.value)
    kind = {"xml:lang": term.language} if term.language else {"datatype": term.datatype.value}
    return {"type": "literal", "value": term.value, **kind}


@pytest.mark.parametrize("node", [{"type": "bnode", "value": "b0"}, {"type": "bnode", "value": "nodeID://b1"}])
@pytest.mark.parametrize("query", [JOIN, SILENT])
def test_blank_nodes_cannot_come_back(node: dict[str, str], query: str) -> None:
    with pytest.raises(QueryError, match=r"blank node.*line 1, column 45"):
        run(query, rows("item name", {"item": node}))


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (response(b"no", "text/plain", "400 No"), QueryError),
        (response(b"no", "text/plain", "500 No"), EndpointDown),
        (response(b"later", "text/plain", "503 Later"), Busy),
        (response(b"", JSON, "302 Found", "Location: http://127.0.0.1:1/"), EndpointDown),
        (response(b"", JSON, "302 Found", "Location: file:///etc/passwd"), EndpointDown),
        (response(b"<html>", "text/html"), EndpointDown),
        (response(b'{"head":{},"boolean":true}'), EndpointDown),
        (response(b'{"head":{"vars":["x"]},"results":{"bindings":[{'), EndpointDown),
        (rows("name", *[{"name": text("long" * 100)}] * 100), TooLarge),
    ],
)
def test_a_block_that_fails_fails_the_query_unless_it_is_silent(reply: bytes, error: type[ShahrError]) -> None:
    with pytest.raises(error, match=r"elsewhere\.example|busy|larger"):
        run(JOIN, reply, limits=Limits(result=80_000))
    found, _ = run(SILENT, reply, limits=Limits(result=80_000))
    assert found == ["city,name", "a:isfahan,", "a:kazan,"]


def test_a_host_that_is_not_there_is_an_error_unless_silent() -> None:
    engine, _ = federated([f"{HOST}:1"])
    with pytest.raises(EndpointDown, match=HOST):
        asyncio.run(engine.evaluate(JOIN.replace("HOST:PORT", f"{HOST}:1"), (), (), "", Limits()))
    answer = asyncio.run(engine.evaluate(SILENT.replace("HOST:PORT", f"{HOST}:1"), (), (), "text/csv", Limits()))
    assert answer.body.count(b"\n") == 3


@pytest.mark.parametrize("query", [JOIN, SILENT])
def test_all_blocks_and_the_rest_share_one_deadline(query: str) -> None:
    began = time.monotonic()
    with pytest.raises(OutOfTime, match=r"0\.5 seconds"):
        run(query, lambda connection: time.sleep(1), limits=Limits(seconds=0.5))
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        ("SERVICE <http://other.example/> {}", r"other\.example:80 is not one of them.*line 1, column 12"),
        ("SERVICE SILENT <http://other.example/> {}", r"other\.example"),
        ("SERVICE <http://elsewhere.example:9/> {}", r"elsewhere\.example:9"),
        ("SERVICE <file:///etc/passwd> {}", "not an http or https address"),
        ("SERVICE SILENT <gopher://elsewhere.example/> {}", "not an http or https address"),
        ("SERVICE <http://elsewhere.example@127.0.0.1/> {}", "name or password"),
        (r"SERVICE <http://elsewhere.exampl\u0065/> {}", "not an http or https address"),
        ("SERVICE <relative> {}", "not an http or https address"),
        ("SERVICE nobody:x {}", "not an http or https address"),
        ("SERVICE ?where {}", "a variable cannot stand there"),
        ("SERVICE SILENT ?where {}", "a variable cannot stand there"),
        ("SERVICE <http://elsewhere.example/>", "needs the IRI"),
        ("SERVICE", "needs the IRI"),
        ("SERVICE <http://elsewhere.example/> { {", "never closed"),
        ("PREFIX e: <http://elsewhere.example/> SERVICEe:x {}", "needs the IRI"),
        ("SERVICE <http://elsewhere.example/> { SERVICE <http://elsewhere.example/> {} }", "inside SERVICE"),
        ("SERVICE <http://elsewhere.example/> {} " * 9, "at most 8"),
    ],
)
def test_calls_that_are_refused_are_not_made(call: str, reason: str) -> None:
    asked: list[str] = []

    async def fetch(endpoint: str, query: str, limits: Limits) -> bytes:
        asked.append(endpoint)
        return b"{}"

    inner = InProcess()
    engine = FederatedEngine(inner, fetch, [HOST])
    with pytest.raises(QueryError, match=reason):
        asyncio.run(engine.evaluate(f"SELECT * {{ {call} }}", (), (), "", Limits()))
    assert (asked, inner.asked) == ([], [])


def test_one_refused_host_stops_the_others_from_being_asked() -> None:
    with scripted(rows("x")) as endpoint:
        engine, _ = federated([f"{HOST}:{endpoint.port}"])
        one = f"SERVICE <http://{HOST}:{endpoint.port}/> {{ ?s ?p ?x }}"
        with pytest.raises(QueryError):
            asyncio.run(engine.evaluate(f"SELECT * {{ {one} SERVICE <http://127.0.0.1/> {{}} }}", (), (), "", Limits()))
    assert endpoint.requests == []


@pytest.mark.parametrize("query", ["SELECT * { ?s ?p 'SERVICE <a:b> {}' }", "SELECT ?service { ?s ?p ?service }"])
def test_what_only_looks_like_a_call_goes_on_as_it_is(query: str) -> None:
    engine, inner = federated([HOST])
    asyncio.run(engine.evaluate(query, (), (), "", Limits()))
    assert inner.asked == [query]


def test_an_error_after_a_block_keeps_its_line_and_column() -> None:
    query = "SELECT * {\n  SERVICE <http://HOST:PORT/> {\n    ?s ?p ?item }\n  ?item no:x ?y }"
    with pytest.raises(QueryError, match="Prefix not found") as caught:
        run(query, TWO_ROWS)
    assert caught.value.line == 4


def test_an_update_with_a_block_changes_nothing_and_is_refused() -> None:
    with pytest.raises(QueryError, match="read only"):
        run("INSERT { ?s ?p ?o } WHERE { SERVICE <http://HOST:PORT/> { ?s ?p ?o } }", rows("s p o"))


def test_without_a_list_service_is_off() -> None:
    with pytest.raises(QueryError, match="off"):
        asyncio.run(InProcess().evaluate(JOIN.replace("HOST:PORT", HOST), (), (), "", Limits()))
