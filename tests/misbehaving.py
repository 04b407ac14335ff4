"""An HTTP server on loopback that answers as badly as it is told to, path by path, and notes what it was asked.

    with misbehaving({"/sparql": [response(b"", status="429 Busy"), rows("x")], "/slow": drip(b"...")}) as server:
        Client(f"{server.address}/sparql")...
        assert server.requests[0].query == "SELECT ..."

A path has one reply, or a sequence, of which the last one comes again and again; other paths have status 404. A reply
is all that goes over the line as bytes (scripted.response and scripted.rows write them, and those below), or a function
that takes the request and gives the pieces: it may wait between them, end early, or raise ConnectionResetError.
"""

from __future__ import annotations

import socket
import ssl
import struct
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Event, Lock, Thread
from urllib.parse import parse_qs

from scripted import JSON, response, rows

__all__ = ["JSON", "Asked", "Misbehaving", "Reply", "drip", "hang", "misbehaving", "pour", "reset", "response", "rows"]


@dataclass(frozen=True)
class Asked:
    """A request: its line, header names in lower case, the fields of its form; `over` is set when the server ends."""

    method: str
    target: str
    headers: Mapping[str, str]
    form: Mapping[str, str]
    over: Event

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        return self.form["query"]


Reply = bytes | Callable[[Asked], Iterable[bytes]]


@dataclass
class Misbehaving:
    """The server: its address without a path, what it was asked so far, and how much of it at once."""

    address: str
    requests: list[Asked] = field(default_factory=list)
    most_at_once: int = 0


@contextmanager
def misbehaving(
    replies: Mapping[str, Reply | Sequence[Reply]], context: ssl.SSLContext | None = None
) -> Iterator[Misbehaving]:
    """Serve the replies of each path on a free port of loopback, each connection in a thread of its own.

    `context`: the connections are of TLS.
    """
    with _Server(replies, context) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server.state
        finally:
            server.over.set()
            server.shutdown()
            thread.join()


def hang(asked: Asked) -> Iterator[bytes]:
    """Take the request, and never answer."""
    asked.over.wait(30)
    yield b""


def drip(reply: bytes, start: int = 0, seconds: float = 0.02) -> Reply:
    """Send a reply byte by byte from `start`, with `seconds` between two."""

    def pieces(asked: Asked) -> Iterator[bytes]:
        yield reply[:start]
        for at in range(start, len(reply)):
            yield reply[at : at + 1]
            time.sleep(seconds)

    return pieces


def reset(reply: bytes) -> Reply:
    """Send this much, then break the connection with a reset."""

    def pieces(asked: Asked) -> Iterator[bytes]:
        yield reply
        time.sleep(0.2)  # so that it has been read: a reset may overtake it
        raise ConnectionResetError

    return pieces


def pour(size: int, media_type: str = JSON) -> Reply:
    """Send a chunked answer of so many bytes, blanks all of them."""

    def pieces(asked: Asked) -> Iterator[bytes]:
        yield f"HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
        piece = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
        for _ in range(size // 0x10000):
            yield piece
        yield b"0\r\n\r\n"

    return pieces


class _Server(ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, replies: Mapping[str, Reply | Sequence[Reply]], context: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.state = Misbehaving(f"{'https' if context else 'http'}://127.0.0.1:{self.server_address[1]}")
        self.context = context
        self.over = Event()
        self._replies, self._lock = replies, Lock()
        self._taken: Counter[str] = Counter()
        self._now = 0

    def handle_error(self, request: object, client_address: object) -> None:
        """Let a client go that hangs up, as one that does not like the certificate."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]

    def reply(self, asked: Asked) -> Reply:
        """Note a request, and give the reply whose turn it is."""
        with self._lock:
            self.state.requests.append(asked)
            self._taken[asked.path] += 1
            found = self._replies.get(asked.path, response(b"no such path", "text/plain", "404 Not Found"))
            if isinstance(found, Sequence) and not isinstance(found, bytes):
                return found[min(self._taken[asked.path], len(found)) - 1]
            return found

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count what is answered at once."""
        with self._lock:
            self._now += 1
            self.state.most_at_once = max(self.state.most_at_once, self._now)
        yield
        with self._lock:
            self._now -= 1


class _Handler(StreamRequestHandler):
    server: _Server

    def setup(self) -> None:
        if self.server.context is not None:
            self.request = self.server.context.wrap_socket(self.request, server_side=True)
        super().setup()

    def finish(self) -> None:
        super().finish()
        self.connection.close()

    def handle(self) -> None:
        asked = self._read()
        if asked is None:
            return
        with self.server.counted(), suppress(OSError):  # the other side had enough
            self._answer(asked, self.server.reply(asked))

    def _answer(self, asked: Asked, reply: Reply) -> None:
        try:
            for piece in (reply,) if isinstance(reply, bytes) else reply(asked):
                self.connection.sendall(piece)
        except ConnectionResetError:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()  # shutdown would say goodbye first

    def _read(self) -> Asked | None:
        words = self.rfile.readline().decode("latin-1").split()
        headers: dict[str, str] = {}
        while line := self.rfile.readline().strip():
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        body = self.rfile.read(int(headers.get("content-length", "0")))
        form = {name: values[0] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}
        return Asked(words[0], words[1], headers, form, self.server.over) if len(words) == 3 else None
