"""Sorting more lines than memory holds: sorted runs on disk, then merged."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import groupby, islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

RUN = 500_000  # lines, some 100 MB of them


def sorted_lines(lines: Iterable[bytes], folder: Path, run: int = RUN) -> Iterator[bytes]:
    """Give lines, each with its line feed, in the order of their bytes and each once.

    For UTF-8 that is the order of code points. What is more than `run` lines waits in unnamed files in `folder`.
    """
    source = iter(lines)
    with ExitStack() as opened:
        runs: list[IO[bytes]] = []
        while len(part := sorted(islice(source, run))) == run:
            runs.append(_spill(part, opened.enter_context(TemporaryFile(dir=folder))))
        merged = heapq.merge(part, *runs) if runs else part
        yield from (line for line, _ in groupby(merged))


def _spill(part: list[bytes], file: IO[bytes]) -> IO[bytes]:
    file.writelines(part)
    file.seek(0)
    return file
