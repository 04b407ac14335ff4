"""A release in the making: files are written, compressed, measured and brought to the disk."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

from shahr.errors import ReleaseError
from shahr.packing import packing_gzip, packing_zstd
from shahr.releases import ReleaseFile, Texts

PIECE = 1 << 18  # bytes
BUFFER = 1 << 20  # bytes, of files that are read or written line by line
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*")  # the same in a path and in an IRI


class Sink(Protocol):
    """What takes bytes."""

    def write(self, data: bytes | bytearray, /) -> object:
        """Take some bytes."""


@dataclass(frozen=True)
class Kind:
    """What a file is: see ReleaseFile."""

    part: str
    media_type: str
    title: Texts
    conforms_to: tuple[str, ...] = ()


class ReleaseFolder:
    """The files of a release; `files` are those written so far, in the order of writing."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files: list[ReleaseFile] = []

    def write(self, path: str, data: bytes, kind: Kind) -> None:
        """Write a file, as it is, at `path` below the folder."""
        with self.opened(path, kind) as file:
            file.write(data)

    @contextmanager
    def opened(self, path: str, kind: Kind) -> Iterator[Sink]:
        """Give what takes the bytes of a file, as it is, piece by piece."""
        with self._file(path, kind, "") as file:
            yield file

    @contextmanager
    def packed(self, path: str, kind: Kind) -> Iterator[Sink]:
        """Give what takes the bytes of a file piece by piece, for `path`.gz and `path`.zst."""
        with ExitStack() as opened:
            gz = opened.enter_context(self._file(f"{path}.gz", kind, "gzip"))
            zst = opened.enter_context(self._file(f"{path}.zst", kind, "zstd"))
            both = _Both((opened.enter_context(packing_gzip(gz)), opened.enter_context(packing_zstd(zst))))
            yield both
            both.flush()

    @contextmanager
    def _file(self, path: str, kind: Kind, compression: str) -> Iterator[Any]:
        """Write a file to the disk, and note it when it is whole."""
        if not _NAME.fullmatch(path):
            raise ReleaseError(f"{path!r} cannot stand in an address as it is: rename it with Latin letters and digits")
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            measured = _Measured(file)
            yield measured
            file.flush()
            os.fsync(file.fileno())
        self.files.append(
            ReleaseFile(
                *(path, kind.part, kind.media_type, compression, measured.bytes, measured.sha256.hexdigest()),
                *(kind.title, kind.conforms_to),
            )
        )


class _Measured:
    """A file that counts and hashes what is written to it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.bytes, self.sha256 = 0, hashlib.sha256()

    def write(self, data: bytes | bytearray) -> int:
        self.sha256.update(data)
        self.bytes += len(data)
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()


class _Both:
    """Writes to several sinks, in pieces that are worth a call."""

    def __init__(self, sinks: tuple[Sink, ...]) -> None:
        self._sinks = sinks
        self._waiting = bytearray()

    def write(self, data: bytes | bytearray) -> int:
        self._waiting += data
        if len(self._waiting) >= PIECE:
            self.flush()
        return len(data)

    def flush(self) -> None:
        for sink in self._sinks:
            sink.write(self._waiting)
        self._waiting.clear()
