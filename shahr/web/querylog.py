"""One line of JSON a query: what it cost and what became of it, without its text unless that is asked for."""

from __future__ import annotations

import json
import os
import select
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import TextIO

LONGEST = select.PIPE_BUF  # bytes a line: a pipe takes so many at once, or none


@dataclass(frozen=True, slots=True)
class QueryRecord:
    """A query that is over: its text, seconds, bytes of its answer, outcome, HTTP status, media type or None."""

    text: str
    seconds: float
    size: int
    outcome: str
    status: int
    media_type: str | None


def _now() -> datetime:
    return datetime.now(UTC)


class QueryLog:
    """Writes records to a stream, one line each, whole: lines of several processes never mix.

    A stream that is full or broken loses lines, counted in `lost`; it neither raises nor makes anybody wait.
    """

    def __init__(self, stream: TextIO, with_text: bool = False, now: Callable[[], datetime] = _now) -> None:
        self._stream, self._with_text, self._now = stream, with_text, now
        self._file = _descriptor(stream)
        self._room = select.poll()
        self.lost = 0
        if self._file is not None:
            self._room.register(self._file, select.POLLOUT)

    def write(self, record: QueryRecord) -> None:
        """Write a record; a text too long for the line is cut."""
        try:
            self._put(_line(record, self._now(), self._with_text))
        except (OSError, ValueError):  # ValueError: the stream is closed
            self.lost += 1

    def _put(self, line: str) -> None:
        if self._file is None:
            self._stream.write(line)
        elif any(event & select.POLLOUT for _, event in self._room.poll(0)):
            os.write(self._file, line.encode("ascii"))
        else:
            self.lost += 1


def _descriptor(stream: TextIO) -> int | None:
    """A stream in memory has none."""
    try:
        return stream.fileno()
    except OSError:
        return None


def _line(record: QueryRecord, now: datetime, with_text: bool) -> str:
    fields = {
        "time": now.isoformat(timespec="milliseconds"),
        "query": sha256(record.text.encode("utf-8", "surrogatepass")).hexdigest()[:16],
        "ms": round(record.seconds * 1000, 1),
        "bytes": record.size,
        "outcome": record.outcome,
        "status": record.status,
        "type": record.media_type,
    }
    if not with_text:
        return f"{json.dumps(fields)}\n"
    text = record.text[:LONGEST]
    while len(line := f"{json.dumps({**fields, 'text': text})}\n") > LONGEST:
        text = text[: len(text) * 3 // 4]
    return line
