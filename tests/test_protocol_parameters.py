"""Reading the parameters of a request: any text and any graph names survive each way to send them."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from hypothesis import given, settings
from hypothesis import strategies as st

from asking import DIRECT, FORM
from shahr.web.messages import Request
from shahr.web.protocol import read_request

Parameters = list[tuple[str, str]]


def request(method: str, query_string: str = "", body: bytes = b"", media_type: str | None = None) -> Request:
    headers = {"host": "a"} | ({} if media_type is None else {"content-type": media_type})
    return Request(method, "/sparql", query_string, headers, body, "127.0.0.1", "http://127.0.0.1:8000")


def texts() -> st.SearchStrategy[str]:
    """Give any text that UTF-8 can carry, with what is special in an address more often than chance would."""
    special = st.sampled_from(list("&=+%;#?/ \t\r\n\u200c\u200dشهر٣é😀"))
    return st.text(special | st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)


def iris() -> st.SearchStrategy[str]:
    letters = st.sampled_from(list("&=+%;#?/-._~شهر\u200c٣é😀")) | st.characters(categories=["L", "N"])
    return st.text(letters, max_size=20).map(lambda end: f"https://example.org/{end}")


def graphs() -> st.SearchStrategy[Parameters]:
    names = st.sampled_from(["default-graph-uri", "named-graph-uri"])
    return st.lists(st.tuples(names, iris()), max_size=4)


def encoders() -> st.SearchStrategy[str]:
    return st.sampled_from(["plus", "percent", "everything"])


def encoded(parameters: Parameters, encoder: str) -> str:
    """Write parameters with spaces as plus, as %20, or with every byte as a percent code."""
    if encoder == "plus":
        return urlencode(parameters)
    if encoder == "percent":
        return urlencode(parameters, quote_via=quote, safe="/:?@!$'()*,")
    return "&".join(f"{quote(name)}={''.join(f'%{byte:02x}' for byte in value.encode())}" for name, value in parameters)


def of(parameters: Parameters, name: str) -> tuple[str, ...]:
    return tuple(value for other, value in parameters if other == name)


def check(asked: Request, query: str, parameters: Parameters) -> None:
    read = read_request(asked)
    assert read.query == query
    assert tuple(read.default_graphs) == of(parameters, "default-graph-uri")
    assert tuple(read.named_graphs) == of(parameters, "named-graph-uri")


@settings(deadline=None, max_examples=200)
@given(texts(), graphs(), encoders(), st.integers(0, 4))
def test_query_and_graphs_survive_a_get(query: str, named: Parameters, encoder: str, at: int) -> None:
    parameters = [*named[:at], ("query", query), *named[at:]]
    check(request("GET", encoded(parameters, encoder)), query, named)


@settings(deadline=None, max_examples=200)
@given(texts(), graphs(), encoders(), st.sampled_from([FORM, f"{FORM}; charset=UTF-8", FORM.upper()]))
def test_query_and_graphs_survive_a_form(query: str, named: Parameters, encoder: str, media_type: str) -> None:
    body = encoded([*named, ("query", query)], encoder).encode()
    check(request("POST", "", body, media_type), query, named)


@settings(deadline=None, max_examples=200)
@given(
    texts(), graphs(), encoders(), st.sampled_from([DIRECT, f"{DIRECT};charset=utf-8", f'{DIRECT}; charset="UTF-8"'])
)
def test_query_and_graphs_survive_a_direct_post(query: str, named: Parameters, encoder: str, media_type: str) -> None:
    check(request("POST", encoded(named, encoder), query.encode(), media_type), query, named)


@settings(deadline=None, max_examples=200)
@given(texts(), st.lists(st.tuples(st.text("abtQ-_شهر\u200c", min_size=1), texts()), max_size=4), encoders())
def test_unknown_parameters_change_nothing(query: str, others: Parameters, encoder: str) -> None:
    check(request("GET", encoded([*others, ("query", query)], encoder)), query, [])
