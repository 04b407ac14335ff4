"""Content codings, and the choice among them."""

from __future__ import annotations

import gzip
import sys

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shahr.web.coding import CODINGS, choose_coding, encode

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

RESULTS = b'{"s":{"type":"uri","value":"https://w3id.org/shahr/city/isfahan"}},' * 300


def decode(body: bytes, coding: str) -> bytes:
    decoders = {"gzip": gzip.decompress, "br": brotli.decompress, "zstd": zstd.decompress}
    decoded: bytes = decoders[coding](body)
    return decoded


@pytest.mark.parametrize("coding", CODINGS)
@given(body=st.binary(max_size=3000))
def test_what_was_coded_can_be_decoded(coding: str, body: bytes) -> None:
    assert decode(encode(body, coding), coding) == body


@pytest.mark.parametrize("coding", CODINGS)
def test_results_shrink_to_a_tenth(coding: str) -> None:
    assert len(encode(RESULTS, coding)) < len(RESULTS) / 10


@pytest.mark.parametrize("coding", CODINGS)
def test_the_same_body_gives_the_same_bytes(coding: str) -> None:
    assert encode(RESULTS, coding) == encode(bytes(bytearray(RESULTS)), coding)


def test_gzip_holds_no_time_and_no_name() -> None:
    flags, time = encode(RESULTS, "gzip")[3], encode(RESULTS, "gzip")[4:8]
    assert (flags, time) == (0, bytes(4))


def test_zstd_needs_no_more_memory_than_browsers_give() -> None:
    """RFC 9659: a window of 8 MB at most."""
    coded = encode(bytes(range(256)) * 4096 * 32, "zstd")
    limited: dict[int, int] = {zstd.DecompressionParameter.window_log_max: 23}
    assert len(zstd.decompress(coded, options=limited)) == 32 * 1024**2


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        (None, None),
        ("", None),
        ("   ", None),
        ("gzip", "gzip"),
        ("GZip", "gzip"),
        ("x-gzip", "gzip"),
        ("br", "br"),
        ("zstd", "zstd"),
        ("deflate", None),
        ("compress, lzma", None),
        ("identity", None),
        ("*", "zstd"),
        ("gzip, deflate", "gzip"),
        ("gzip, deflate, br", "br"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip;q=1.0, br;q=0.9, zstd;q=0.8", "gzip"),
        ("gzip;q=0.5, br;q=0.501", "br"),
        ("gzip ; Q=0.5 , br\t;\tq=0.4", "gzip"),
        ("zstd;q=0, *", "br"),
        ("gzip;q=0, *;q=0", None),
        ("*;q=0", None),
        ("gzip, *;q=0", "gzip"),
        ("gzip;q=0", None),
        ("gzip;q=0.000", None),
        ("identity;q=1, gzip;q=0.5", None),
        ("identity;q=0.5, gzip;q=0.5", "gzip"),
        ("identity;q=0.4, gzip;q=0.5", "gzip"),
        ("identity;q=0, gzip;q=0.001", "gzip"),
        ("identity;q=0", None),
        ("identity;q=0, deflate", None),
        ("*;q=0.5, identity", None),
        (",, gzip ,,", "gzip"),
    ],
)
def test_chooses_the_coding_that_the_client_likes_best(header: str | None, coding: str | None) -> None:
    assert choose_coding(header) == coding


@pytest.mark.parametrize(
    "quality", ["", "q", "q=", "q=2", "q=1.5", "q=-1", "q=0.1234", "q=nan", "q=1e0", "q=٠", "level=9"]
)
def test_an_element_with_a_bad_quality_is_passed_over(quality: str) -> None:
    assert choose_coding(f"br;{quality}, gzip;q=0.1") == "gzip"


@given(st.text(alphabet="gzipbrstd*identy;q=,.01 \t\x00é", max_size=60))
def test_any_header_is_read_without_an_error(header: str) -> None:
    assert choose_coding(header) in (None, *CODINGS)


@given(st.dictionaries(st.sampled_from(CODINGS), st.integers(0, 1000), min_size=1))
def test_nothing_refused_is_chosen_and_nothing_better_is_left(wanted: dict[str, int]) -> None:
    chosen = choose_coding(", ".join(f"{name};q={thousandths / 1000:.3f}" for name, thousandths in wanted.items()))
    best = max(wanted.values())
    assert (wanted[chosen] == best > 0) if chosen else best == 0
