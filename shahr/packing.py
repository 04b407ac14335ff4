"""Packed files, gzip and zstd: the one place that knows where zstd comes from."""

from __future__ import annotations

import gzip
import sys
import zlib
from pathlib import Path
from typing import IO, cast

if sys.version_info >= (3, 14):
    from compression import zstd as zstd
else:
    from backports import zstd as zstd

SUFFIXES = (".gz", ".zst")
BROKEN = (EOFError, gzip.BadGzipFile, zlib.error, zstd.ZstdError)  # what reading raises where a packed file is no such
_BUFFER = 1 << 20  # bytes
_GZIP, _ZSTD = 6, 9  # levels: the next better one takes twice as long for a few per cent


def open_packed(path: Path) -> IO[bytes]:
    """Open a file for reading, unpacked if its name ends with .gz or .zst; reading raises one of BROKEN."""
    if path.suffix == ".gz":
        return cast("IO[bytes]", gzip.open(path, "rb"))
    return cast("IO[bytes]", zstd.open(path, "rb")) if path.suffix == ".zst" else path.open("rb", _BUFFER)


# No name and no time goes into what these write, so that the same bytes become the same file.


def packing_gzip(sink: IO[bytes]) -> IO[bytes]:
    """Give what packs the bytes it takes into `sink`; to be closed, which leaves `sink` open."""
    return cast("IO[bytes]", gzip.GzipFile("", "wb", _GZIP, sink, mtime=0))


def packing_zstd(sink: IO[bytes]) -> IO[bytes]:
    """Give what packs the bytes it takes into `sink`, with a checksum as gzip has one; to be closed likewise."""
    known = zstd.CompressionParameter
    options: dict[int, int] = {known.compression_level: _ZSTD, known.checksum_flag: 1}
    return cast("IO[bytes]", zstd.ZstdFile(sink, "wb", options=options))
