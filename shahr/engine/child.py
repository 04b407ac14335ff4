"""A warm child: reads queries from a socket, answers them one after the other, ends when told or when grown."""

from __future__ import annotations

import socket

from shahr.engine import Evaluator
from shahr.engine.frames import HEAD, pack_answer, pack_error, unpack_query
from shahr.engine.kernel import allow_cpu, peak_memory
from shahr.errors import OutOfMemory, ShahrError

GROWN = 64 * 1024**2  # bytes: what a child may have kept of a large query before a fresh one takes its place


def answer_queries(evaluator: Evaluator, channel: socket.socket) -> None:
    """Answer queries from `channel` until it closes, or until this process has grown by much."""
    start = peak_memory()
    while (frame := _read(channel)) is not None:
        query, default_graphs, named_graphs, accepted, limits = unpack_query(frame)
        allow_cpu(limits.seconds)
        try:
            answer = evaluator.evaluate(query, default_graphs, named_graphs, accepted, limits)
        except MemoryError:
            _send(channel, pack_error(OutOfMemory(limits.memory), retire=True))
            return
        except ShahrError as error:
            retire = peak_memory() > start + GROWN
            _send(channel, pack_error(error, retire))
        else:
            retire = peak_memory() > start + GROWN
            _send(channel, *pack_answer(answer, retire))
        if retire:
            return


def _send(channel: socket.socket, head: bytes, body: bytes = b"") -> None:
    if len(body) < 65536:
        channel.sendall(head + body)
    else:
        channel.sendall(head)
        channel.sendall(body)


def _read(channel: socket.socket) -> bytes | None:
    """Give the body of the next frame; None when the other side has closed."""
    data = channel.recv(65536)
    if not data:
        return None
    length = HEAD.size + HEAD.unpack_from(data)[0]
    if len(data) == length:
        return data[HEAD.size :]
    whole = bytearray(data)
    while len(whole) < length:
        more = channel.recv(min(length - len(whole), 1024**2))
        if not more:
            return None
        whole += more
    return bytes(whole[HEAD.size :])
