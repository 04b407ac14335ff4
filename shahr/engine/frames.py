"""What a web worker and a child say to each other: a length, then a query, an answer or an error.

    query    !I length, marshal (query, default graphs, named graphs, accepted, seconds, memory, result)
    answer   !I length, B kind, B retire, B length of the media type, media type, body
    error    !I length, B kind, B retire, JSON [class, message, value]

A child believes its parent; what it says itself is JSON and plain bytes, which cannot do a parent harm.
"""

from __future__ import annotations

import json
import marshal
import struct
from collections.abc import Sequence
from typing import Any

from shahr import errors
from shahr.engine import Answer, Limits

HEAD = struct.Struct("!I")
_ANSWER = struct.Struct("!IBBB")
_ERROR = struct.Struct("!IBB")
_RESULTS, _GRAPH, _FAILURE = range(3)


def pack_query(
    query: str, default_graphs: Sequence[str], named_graphs: Sequence[str], accepted: str, limits: Limits
) -> bytes:
    """Write a query for a child."""
    graphs = tuple(default_graphs), tuple(named_graphs)
    body = marshal.dumps((query, *graphs, accepted, limits.seconds, limits.memory, limits.result))
    return HEAD.pack(len(body)) + body


def unpack_query(body: bytes) -> tuple[str, tuple[str, ...], tuple[str, ...], str, Limits]:
    """Read what pack_query wrote, without its head."""
    query, default_graphs, named_graphs, accepted, seconds, memory, result = marshal.loads(body)
    return query, default_graphs, named_graphs, accepted, Limits(seconds, memory, result)


def pack_answer(answer: Answer, retire: bool) -> tuple[bytes, bytes]:
    """Write an answer for the worker as head and body; `retire`: this child has grown and ends now."""
    media_type = answer.media_type.encode("ascii")
    kind = _RESULTS if answer.kind == "results" else _GRAPH
    length = _ANSWER.size - HEAD.size + len(media_type) + len(answer.body)
    return _ANSWER.pack(length, kind, retire, len(media_type)) + media_type, answer.body


def pack_error(error: errors.ShahrError, retire: bool) -> bytes:
    """Write an error of ours for the worker."""
    value = [getattr(error, name, None) for name in ("line", "column", "limit", "seconds", "retry_after")]
    body = json.dumps([type(error).__name__, str(error), value]).encode("ascii")
    return _ERROR.pack(_ERROR.size - HEAD.size + len(body), _FAILURE, retire) + body


def unpack_reply(frame: bytes) -> tuple[Answer | errors.ShahrError, bool]:
    """Read a whole reply, head included: the answer or the error, and whether the child ends."""
    kind, retire = frame[4], bool(frame[5])
    if kind == _FAILURE:
        return _error(*json.loads(frame[_ERROR.size :])), retire
    start = _ANSWER.size + frame[6]
    media_type = bytes(frame[_ANSWER.size : start]).decode("ascii")
    return Answer("results" if kind == _RESULTS else "graph", media_type, frame[start:]), retire


def _error(name: str, message: str, value: list[Any]) -> errors.ShahrError:
    line, column, limit, seconds, retry_after = value
    match name:
        case "TooLarge":
            return errors.TooLarge(limit)
        case "OutOfMemory":
            return errors.OutOfMemory(limit)
        case "OutOfTime":
            return errors.OutOfTime(seconds)
        case "Busy":
            return errors.Busy(retry_after)
        case "NotAcceptable":
            return errors.NotAcceptable(message)
        case "EndpointDown":
            return errors.EndpointDown(message)
    failure = errors.QueryError(message)
    failure.line, failure.column = line, column
    return failure
