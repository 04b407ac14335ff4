"""What crosses from process to process, and from an address into a query, arrives as it was sent."""

from __future__ import annotations

import math
from urllib.parse import quote_plus
from urllib.parse import unquote_plus as reference

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shahr.engine import Answer, Limits
from shahr.engine.frames import HEAD, pack_answer, pack_error, pack_query, unpack_query, unpack_reply
from shahr.errors import (
    Busy,
    EndpointDown,
    NotAcceptable,
    OutOfMemory,
    OutOfTime,
    QueryError,
    ShahrError,
    TooLarge,
)
from shahr.web.protocol import unquote_plus

ANY_TEXT = st.text(st.characters())  # lone surrogates among them
SIZES = st.integers(0, 2**62)
SECONDS = st.floats(0, 1e9, allow_nan=False)


def body_of(frame: bytes) -> bytes:
    """Give a frame without its head, which tells the length of the rest."""
    assert HEAD.unpack_from(frame)[0] == len(frame) - HEAD.size
    return frame[HEAD.size :]


@given(
    ANY_TEXT,
    st.lists(ANY_TEXT, max_size=3),
    st.lists(ANY_TEXT, max_size=3),
    ANY_TEXT,
    st.builds(Limits, SECONDS, SIZES, SIZES),
)
def test_a_query_arrives_as_it_was_sent(
    query: str, default_graphs: list[str], named_graphs: list[str], accepted: str, limits: Limits
) -> None:
    frame = pack_query(query, default_graphs, named_graphs, accepted, limits)
    assert unpack_query(body_of(frame)) == (query, tuple(default_graphs), tuple(named_graphs), accepted, limits)


def test_a_query_of_two_megabytes_arrives() -> None:
    query = "ASK {} # " + "شهر" * 700_000
    assert unpack_query(body_of(pack_query(query, [], [], "", Limits())))[0] == query


@given(
    st.sampled_from(["results", "graph"]),
    st.text(st.characters(max_codepoint=126, min_codepoint=33), max_size=255),
    st.binary(max_size=3000),
    st.booleans(),
)
def test_an_answer_arrives_as_it_was_sent(kind: str, media_type: str, body: bytes, retire: bool) -> None:
    answer = Answer("results" if kind == "results" else "graph", media_type, body)
    frame = b"".join(pack_answer(answer, retire))
    body_of(frame)
    assert unpack_reply(frame) == (answer, retire)


def test_an_answer_of_many_megabytes_arrives() -> None:
    answer = Answer("graph", "text/turtle", bytes(40 * 1024**2))
    frame = b"".join(pack_answer(answer, True))
    body_of(frame)
    assert unpack_reply(frame) == (answer, True)


ERRORS = st.one_of(
    st.builds(OutOfTime, SECONDS),
    st.builds(OutOfMemory, SIZES),
    st.builds(TooLarge, SIZES),
    st.builds(Busy, st.integers(1, 10**6)),
    st.builds(NotAcceptable, ANY_TEXT),
    st.builds(EndpointDown, ANY_TEXT),
    st.builds(QueryError, ANY_TEXT),
    st.integers(1, 10**7).flatmap(lambda n: st.builds(QueryError, ANY_TEXT, st.just(n), st.none() | st.just(n + 1))),
)


@given(ERRORS, st.booleans())
def test_an_error_arrives_as_it_was_sent(error: ShahrError, retire: bool) -> None:
    frame = pack_error(error, retire)
    body_of(frame)
    arrived, ends = unpack_reply(frame)
    assert isinstance(arrived, ShahrError)
    assert (type(arrived), str(arrived), ends) == (type(error), str(error), retire)
    for name in ("line", "column", "limit", "seconds", "retry_after"):
        assert getattr(arrived, name, None) == getattr(error, name, None)


PIECES = st.one_of(
    st.text(max_size=5),
    st.sampled_from("%=+&\r\n\t .#"),
    st.sampled_from(["%3D", "%3d", "%25", "%0A", "%0d", "%2B", "%00", "%g0", "%4", "%%", "=\n", "=\r\n", "=3D", "=41"]),
    st.sampled_from(["%D8%B4", "%d8", "%B4", "%E2%80%8C", "%F0%9F%8F%99", "%ED%A0%80", "%C0%80", "%FF"]),
    st.text(max_size=3).map(quote_plus),
)


def decoded(text: str) -> str | None:
    """Give what urllib makes of a text, None where that is no UTF-8."""
    try:
        return reference(text, errors="strict")
    except UnicodeDecodeError:
        return None


@given(st.lists(PIECES, max_size=12).map("".join))
@settings(max_examples=1000)
@example("a=b%3Dc=")
@example("%3D\n%41")
@example("=\r\n%41")
@example("%41=\n")
@example("%\n41")
@example("%41%4")
@example("%41%")
@example("%D8%B4%ش")
@example("%41 \t")
@example("%3D%34%31")
@example("%00%41")
def test_a_field_is_decoded_as_urllib_does(text: str) -> None:
    expected = decoded(text)
    if expected is None:
        with pytest.raises(UnicodeError):
            unquote_plus(text)
    else:
        assert unquote_plus(text) == expected


@given(st.text())
def test_what_a_client_encodes_comes_back(text: str) -> None:
    assert unquote_plus(quote_plus(text)) == text


def test_a_long_field_full_of_escapes_is_decoded_whole() -> None:
    text = "شهر=%\r\n+ " * 50_000
    assert unquote_plus(quote_plus(text)) == text


def test_seconds_that_never_end_arrive() -> None:
    limits = unpack_query(body_of(pack_query("ASK {}", [], [], "", Limits(math.inf))))[4]
    assert limits.seconds == math.inf
