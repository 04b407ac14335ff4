"""ETags of answers, and If-None-Match."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shahr.web.cache import etag, matches


def key(number: int) -> bytes:
    return number.to_bytes(32, "big")


def test_an_etag_is_strong_and_quoted() -> None:
    tag = etag(key(1), "text/csv", None)
    assert tag[0] == tag[-1] == '"'
    assert len(tag) == 34
    assert tag[1:-1].isalnum()


def test_key_type_and_coding_each_make_another_etag() -> None:
    tags = {
        etag(number, media_type, coding)
        for number in (key(1), key(2))
        for media_type in ("text/csv", "text/turtle")
        for coding in (None, "gzip", "br", "zstd")
    }
    assert len(tags) == 16


TAG = '"0123"'


@pytest.mark.parametrize(
    "header",
    [
        '"0123"',
        'W/"0123"',
        "*",
        " * ",
        '"a", "0123"',
        '"a","0123","b"',
        ', ,"a" ,\t"0123",,',
        '"a,b", "0123"',
        'W/"a", W/"0123"',
        '"é\xff", "0123"',
        '"", "0123"',
    ],
)
def test_if_none_match_names_the_tag(header: str) -> None:
    assert matches(header, TAG)


@pytest.mark.parametrize(
    "header",
    [
        "",
        ",",
        '"012"',
        '"01234"',
        "0123",
        '"0123',
        '0123"',
        'w/"0123"',
        'W/ "0123"',
        '"a" "0123"',
        '"0123" "a"',
        '"0123", a',
        'a, "0123"',
        '"0123", *',
        "**",
        '"a, "0123"',
        '"a\x00b", "0123"',
        '"a b", "0123"',
    ],
)
def test_if_none_match_does_not_name_the_tag(header: str) -> None:
    assert not matches(header, TAG)


@given(st.text(alphabet='"W/*, \t0123a\x00é', max_size=30))
def test_any_if_none_match_is_read_without_an_error(header: str) -> None:
    assert matches(header, TAG) in (True, False)


@given(st.lists(st.text(alphabet="!#,abc/*\xe9", max_size=4), min_size=1, max_size=5), st.booleans(), st.data())
def test_a_list_of_tags_names_each_of_them_and_no_other(tags: list[str], weak: bool, data: st.DataObject) -> None:
    header = data.draw(st.sampled_from([",", ", ", " ,\t"])).join(f'{"W/" * weak}"{tag}"' for tag in tags)
    assert all(matches(header, f'"{tag}"') for tag in tags)
    assert not matches(header, '"zzz"')


def test_a_long_if_none_match_is_read_in_no_time() -> None:
    start = time.perf_counter()
    for header in (", " * 32768 + "x", '"a",' * 16384 + "x", '"' * 65536, 'W/"a" ' * 10000):
        assert not matches(header, TAG)
    assert time.perf_counter() - start < 0.5
