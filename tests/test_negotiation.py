"""The choice of a media type by Accept: as one function of any header, and as the real server keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asking import CSV, ISFAHAN, JSON, NAMES, TSV, XML, get, is_refusal, serving_trig
from serving import Server
from shahr.errors import NotAcceptable
from shahr.formats import Format, graph_formats, negotiate, result_formats

CONSTRUCT = f"CONSTRUCT WHERE {{ <{ISFAHAN}> ?p ?o }}"
OTHERS = ["text/html", "image/*", "application/pdf", "x/y", "text/*", "application/*", "*/*"]
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
JAVA = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving_trig(tmp_path_factory.mktemp("negotiation")) as server:
        yield server


def offered(formats: tuple[Format, ...]) -> list[str]:
    return [name for one in formats for name in one.media_types]


def qualities() -> st.SearchStrategy[int]:
    return st.one_of(st.sampled_from([0, 500, 1000]), st.integers(0, 1000))


def ranges() -> st.SearchStrategy[dict[str, int]]:
    """Give media ranges with thousandths of q, none twice."""
    known = offered(result_formats()) + offered(graph_formats())
    return st.dictionaries(st.sampled_from(sorted({*known, *OTHERS})), qualities(), min_size=1, max_size=8)


def written(wanted: dict[str, int], drawn: st.DataObject) -> str:
    """Write an Accept header in one of the many ways that mean the same."""
    parts = []
    for name, thousandths in wanted.items():
        q = drawn.draw(st.sampled_from([f"{thousandths / 1000:.3f}", f"{thousandths / 1000:g}"]))
        left_out = thousandths == 1000 and drawn.draw(st.booleans())
        space = drawn.draw(st.sampled_from(["", " ", "  "]))
        case = drawn.draw(st.sampled_from([str.lower, str.upper, str.title]))
        parts.append(case(name) + ("" if left_out else f"{space};{space}q={q}"))
    return drawn.draw(st.sampled_from([",", ", ", " , ", ",,"])).join(parts)


def quality(name: str, wanted: dict[str, int]) -> int:
    """Give the q of a media type: the most exact range that covers it counts (RFC 9110, 12.5.1)."""
    for covering in (name, f"{name.partition('/')[0]}/*", "*/*"):
        if covering in wanted:
            return wanted[covering]
    return 0


@settings(deadline=None, max_examples=200)
@given(ranges(), st.sampled_from([result_formats(), graph_formats()]), st.data())
def test_the_chosen_type_has_the_highest_q_and_406_comes_exactly_when_none_fits(
    wanted: dict[str, int], formats: tuple[Format, ...], drawn: st.DataObject
) -> None:
    best = max(quality(name, wanted) for name in offered(formats))
    accept = written(wanted, drawn)
    if best == 0:
        with pytest.raises(NotAcceptable):
            negotiate(accept, formats)
        return
    media_type, chosen = negotiate(accept, formats)
    assert quality(media_type, wanted) == best
    assert media_type in chosen.media_types
    assert chosen in formats


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=60) | st.text('*/;,=q.0123456789 ax"\\', max_size=60))
def test_no_accept_header_does_worse_than_406(accept: str) -> None:
    with suppress(NotAcceptable):
        media_type, chosen = negotiate(accept, result_formats())
        assert media_type in chosen.media_types


@pytest.mark.parametrize(
    ("accept", "results", "graph"),
    [
        (None, JSON, "text/turtle"),
        ("", JSON, "text/turtle"),
        ("*/*", JSON, "text/turtle"),
        (f"{CSV}, text/turtle;q=0.2, application/n-triples", CSV, "application/n-triples"),
        (f"{CSV};q=0.5, {TSV};q=0.6, application/rdf+xml;q=0.001", TSV, "application/rdf+xml"),
        (f"{JSON};q=0, application/json;q=0, text/turtle;q=0, */*;q=0.1", XML, "application/n-triples"),
        (f"*/*;q=0.1, {XML};q=0.9, application/ld+json", XML, "application/ld+json"),
        ("text/csv;header=present, application/trig;version=1", CSV, "application/trig"),
        ("Text/CSV, APPLICATION/N-QUADS", CSV, "application/n-quads"),
        ("application/*", JSON, "application/n-triples"),
        (f"application/pdf, {TSV};q=0.1, application/trig;q=0.1", TSV, "application/trig"),
        (JAVA, JSON, "text/turtle"),
    ],
)
def test_q_values_and_wildcards_are_followed(server: Server, accept: str | None, results: str, graph: str) -> None:
    for query, expected in ((NAMES, results), (CONSTRUCT, graph)):
        if accept == JAVA:  # it names HTML first, as a browser does: both are answers
            assert get(server, query, accept).status == 200
        else:
            answer = get(server, query, accept)
            assert (answer.status, answer.media_type) == (200, expected)


@pytest.mark.parametrize("wild", ["text/*", "text/*;q=0.5"])
def test_a_partial_wildcard_stays_within_its_kind(server: Server, wild: str) -> None:
    assert get(server, NAMES, wild).media_type.startswith("text/")
    assert get(server, CONSTRUCT, wild).media_type == "text/turtle"


@pytest.mark.parametrize(
    "accept", ["image/png", "*/*;q=0", "text/turtle", f"{JSON};q=0", "application/sparql-results+thrift", "image/*"]
)
def test_406_names_what_there_is(server: Server, accept: str) -> None:
    answer = get(server, NAMES, accept)
    assert is_refusal(answer, 406)
    assert all(name in answer.text for name in (JSON, XML, CSV, TSV))
    assert "accept" in answer.vary


def test_406_names_the_formats_of_a_graph(server: Server) -> None:
    answer = get(server, CONSTRUCT, CSV)
    assert is_refusal(answer, 406)
    assert all(one.media_types[0] in answer.text for one in graph_formats())


def test_two_accept_lines_are_one_list(server: Server) -> None:
    assert get(server, NAMES, "image/png", ("Accept", CSV)).media_type == CSV
    assert get(server, NAMES, f"{CSV};q=0.1", ("Accept", TSV)).media_type == TSV
    assert get(server, NAMES, TSV, ("Accept", f"{CSV};q=0.1")).media_type == TSV
    assert get(server, NAMES, "image/png", ("Accept", "image/gif")).status == 406


@pytest.mark.parametrize("query", [NAMES, CONSTRUCT])
def test_vary_names_accept(server: Server, query: str) -> None:
    for accept in (None, "*/*", "image/png"):
        assert "accept" in get(server, query, accept).vary


def test_html_that_is_wanted_less_does_not_hide_the_data(server: Server) -> None:
    assert get(server, NAMES, f"text/html;q=0.1, {CSV}").media_type == CSV
    assert get(server, CONSTRUCT, "text/html;q=0.5, text/turtle;q=0.6").media_type == "text/turtle"


def test_a_browser_gets_a_page(server: Server) -> None:
    for query in (NAMES, CONSTRUCT):
        answer = get(server, query, BROWSER)
        assert (answer.status, answer.media_type) == (200, "text/html")
        assert "accept" in answer.vary
