"""One line of JSON a query."""

from __future__ import annotations

import hashlib
import io
import json
import multiprocessing
import os
import select
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shahr.web.querylog import QueryLog, QueryRecord

QUERY = "SELECT * { ?s ?p ?o }"


def record(text: str = QUERY, media_type: str | None = "text/csv") -> QueryRecord:
    return QueryRecord(text, 0.01234, 567, "ok", 200, media_type)


def noon() -> datetime:
    return datetime(2026, 3, 21, 12, 0, 0, 5000, tzinfo=UTC)


def written(*records: QueryRecord, with_text: bool = False) -> str:
    stream = io.StringIO()
    log = QueryLog(stream, with_text, noon)
    for one in records:
        log.write(one)
    return stream.getvalue()


def test_a_line_tells_what_a_query_cost_and_what_became_of_it() -> None:
    assert json.loads(written(record())) == {
        "time": "2026-03-21T12:00:00.005+00:00",
        "query": hashlib.sha256(QUERY.encode()).hexdigest()[:16],
        "ms": 12.3,
        "bytes": 567,
        "outcome": "ok",
        "status": 200,
        "type": "text/csv",
    }


def test_the_text_of_a_query_is_written_only_when_asked_for() -> None:
    assert "SELECT" not in written(record())
    assert json.loads(written(record(), with_text=True))["text"] == QUERY


def test_an_answer_without_a_type_has_null() -> None:
    assert json.loads(written(record(media_type=None)))["type"] is None


def test_the_time_is_now() -> None:
    stream = io.StringIO()
    before = datetime.now(UTC)
    QueryLog(stream).write(record())
    told = datetime.fromisoformat(json.loads(stream.getvalue())["time"])
    assert abs((told - before).total_seconds()) < 10


@given(st.text(), st.sampled_from(["text/csv", "application/sparql-results+json"]), st.booleans())
def test_whatever_a_query_holds_its_record_is_one_line_of_ascii(text: str, media_type: str, with_text: bool) -> None:
    line = written(record(text, media_type), with_text=with_text)
    assert line.endswith("\n")
    assert line[:-1].isascii()
    assert line[:-1].isprintable()
    assert json.loads(line)["type"] == media_type


@pytest.mark.parametrize("text", ['"}\n{"outcome":"ok"}', "a\r\nb", "\u2028\u2029\x85", "\x1b[31m", "\ud800", "\x00"])
def test_a_query_cannot_forge_a_line(text: str) -> None:
    line = written(record(text), with_text=True)
    assert line.count("\n") == 1
    assert json.loads(line)["text"] == text


@pytest.mark.parametrize("text", ["x" * 10**6, "ش" * 10**6, "🏙" * 10**5, "\x00" * 10**5])
def test_a_long_text_is_cut_to_a_line_that_a_pipe_takes_whole(text: str) -> None:
    line = written(record(text), with_text=True)
    assert len(line) <= select.PIPE_BUF
    assert len(line) > select.PIPE_BUF / 2
    told = json.loads(line)
    assert text.startswith(told["text"])
    assert told["query"] == hashlib.sha256(text.encode()).hexdigest()[:16]


@pytest.fixture
def pipe() -> Iterator[tuple[int, TextIO]]:
    """The end to read from, and the stream to write to."""
    reading, writing = os.pipe()
    with os.fdopen(writing, "w", encoding="utf-8") as stream:
        yield reading, stream
    os.close(reading)


def test_a_line_is_there_as_soon_as_it_is_written(pipe: tuple[int, TextIO]) -> None:
    reading, stream = pipe
    QueryLog(stream).write(record())
    assert json.loads(os.read(reading, 4096))["bytes"] == 567


def test_a_full_pipe_that_nobody_reads_makes_nobody_wait(pipe: tuple[int, TextIO]) -> None:
    reading, stream = pipe
    log = QueryLog(stream)
    start = time.monotonic()
    for _ in range(2000):
        log.write(record())
    assert time.monotonic() - start < 5
    assert log.lost > 0
    lines = os.read(reading, 10**6).decode().splitlines()
    assert len(lines) + log.lost == 2000
    assert all(json.loads(line)["status"] == 200 for line in lines)


def test_a_pipe_that_is_read_again_gets_lines_again(pipe: tuple[int, TextIO]) -> None:
    reading, stream = pipe
    log = QueryLog(stream)
    while not log.lost:
        log.write(record())
    os.read(reading, 10**6)
    log.write(QueryRecord(QUERY, 0.0, 1, "busy", 503, None))
    assert json.loads(os.read(reading, 4096))["outcome"] == "busy"


def test_a_pipe_that_does_not_wait_loses_lines_and_nothing_else(pipe: tuple[int, TextIO]) -> None:
    _, stream = pipe
    os.set_blocking(stream.fileno(), False)
    log = QueryLog(stream)
    for _ in range(2000):
        log.write(record())
    assert log.lost > 0


def test_a_reader_that_has_gone_loses_lines_and_nothing_else() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w", encoding="utf-8") as stream:
        log = QueryLog(stream)
        log.write(record())
        log.write(record())
    assert log.lost == 2


def test_a_full_disk_loses_lines_and_nothing_else() -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as stream:
        log = QueryLog(stream)
        log.write(record())
    assert log.lost == 1


@pytest.mark.parametrize("kind", ["memory", "file"])
def test_a_closed_stream_loses_lines_and_nothing_else(kind: str, tmp_path: Path) -> None:
    stream: Any = io.StringIO() if kind == "memory" else (tmp_path / "log").open("w", encoding="utf-8")
    log = QueryLog(stream)
    stream.close()
    log.write(record())
    assert log.lost == 1


def test_a_closed_stream_s_number_may_be_another_file_s_by_now(tmp_path: Path) -> None:
    stream = (tmp_path / "log").open("w", encoding="utf-8")
    log, number = QueryLog(stream), stream.fileno()
    stream.close()
    with (tmp_path / "page").open("wb") as page:
        assert page.fileno() == number
        log.write(record())
    assert (tmp_path / "page").read_bytes() == b""
    assert log.lost == 1


def write_often(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as stream:
        log = QueryLog(stream, with_text=True)
        for _ in range(2000):
            log.write(record(text))


def test_lines_of_two_processes_never_mix(tmp_path: Path) -> None:
    path = tmp_path / "log"
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=write_often, args=(path, letter * 2000)) for letter in "ab"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    texts = [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()]
    assert sorted(set(texts)) == ["a" * 2000, "b" * 2000]
    assert len(texts) == 4000
