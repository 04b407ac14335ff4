"""A warm child: reads queries from a socket, answers them one after the other, ends when told or when grown."""

from __future__ import annotations

import socket
import time
from math import ceil

from shahr.engine import Evaluator
from shahr.engine.frames import HEAD, pack_answer, pack_error, unpack_query
from shahr.engine.kernel import allow_cpu, peak_memory
from shahr.errors import OutOfMemory, ShahrError

MOMENT = 0.005  # seconds of CPU time
GROWN = 64 * 1024**2  # bytes: what a child may have kept of a large query before a fresh one takes its place


def answer_queries(evaluator: Evaluator, channel: socket.socket) -> None:
    """Answer queries from `channel` until it closes, or until this process has grown by much."""
    start, allowed, buffer = peak_memory(), 0, bytearray(64 * 1024)
    while (frame := _read(channel, buffer)) is not None:
        query, default_graphs, named_graphs, accepted, limits = unpack_query(frame)
        began = time.process_time()
        if (seconds := ceil(began + limits.seconds) + 1) > allowed:
            allow_cpu(allowed := seconds)
        try:
            answer = evaluator.evaluate(query, default_graphs, named_graphs, accepted, limits)
        except MemoryError:
            _send(channel, pack_error(OutOfMemory(limits.memory), retire=True))
            return
        except ShahrError as error:
            _send(channel, pack_error(error, retire := _has_grown(start, began)))
        else:
            _send(channel, *pack_answer(answer, retire := _has_grown(start, began)))
        if retire:
            return


def _has_grown(start: int, began: float) -> bool:
    """Tell whether this process is much larger than at its start; a moment's work makes nobody large."""
    return time.process_time() - began > MOMENT and peak_memory() > start + GROWN


def _send(channel: socket.socket, head: bytes, body: bytes = b"") -> None:
    if len(body) < 65536:
        channel.sendall(head + body)
    else:
        channel.sendall(head)
        channel.sendall(body)


def _read(channel: socket.socket, buffer: bytearray) -> bytes | None:
    """Give the body of the next frame; None when the other side has closed."""
    size = channel.recv_into(buffer)
    if not size:
        return None
    length = HEAD.size + HEAD.unpack_from(buffer)[0]
    if size == length:
        return bytes(memoryview(buffer)[HEAD.size : size])
    whole = bytearray(length)
    whole[:size] = memoryview(buffer)[:size]
    rest = memoryview(whole)[size:]
    while rest:
        size = channel.recv_into(rest)
        if not size:
            return None
        rest = rest[size:]
    return bytes(memoryview(whole)[HEAD.size :])
