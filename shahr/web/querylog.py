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
        self._pending: list[str] = []
        if self._file is not None:
            self._room.register(self._file, select.POLLOUT)

    def write(self, record: QueryRecord) -> None:
        """Write a record at once; a text too long for the line is cut."""
        self.add(record)
        self.flush()

    def add(self, record: QueryRecord) -> None:
        """Keep a record until flush."""
        self._pending.append(_line(record, self._now(), self._with_text))

    def flush(self) -> None:
        """Write the records that are kept."""
        pending, self._pending = self._pending, []
        while pending:
            taken = _fitting(pending)
            try:
                self._put("".join(pending[:taken]), taken)
            except (OSError, ValueError):  # ValueError: the stream is closed
                self.lost += taken
            pending = pending[taken:]

    def _put(self, lines: str, count: int) -> None:
        if self._file is None:
            self._stream.write(lines)
        elif any(event & select.POLLOUT for _, event in self._room.poll(0)):
            os.write(
                self._stream.fileno(), lines.encode("ascii")
            )  # asked anew: a closed one's number is another file's
        else:
            self.lost += count


def _fitting(lines: list[str]) -> int:
    """Tell how many of some lines go into one write, one at least."""
    size = 0
    for count, line in enumerate(lines):
        size += len(line)
        if count and size > LONGEST:
            return count
    return len(lines)


def _descriptor(stream: TextIO) -> int | None:
    """A stream in memory has none."""
    try:
        return stream.fileno()
    except OSError:
        return None


def _line(record: QueryRecord, now: datetime, with_text: bool) -> str:
    """Written by hand, since json.dumps takes three times as long; all but the text is of known letters."""
    digest = sha256(record.text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    media_type = "null" if record.media_type is None else f'"{record.media_type}"'
    line = (
        f'{{"time": "{now.isoformat(timespec="milliseconds")}", "query": "{digest}", '
        f'"ms": {record.seconds * 1000:.1f}, "bytes": {record.size}, "outcome": "{record.outcome}", '
        f'"status": {record.status}, "type": {media_type}'
    )
    return f"{line}{_text(record.text, LONGEST - len(line)) if with_text else ''}}}\n"


def _text(text: str, room: int) -> str:
    """Give as much of a text as fits, as a field of JSON in ASCII."""
    text = text[:room]
    while len(field := f', "text": {json.dumps(text)}') > room - 2:
        text = text[: len(text) * 3 // 4]
    return field
