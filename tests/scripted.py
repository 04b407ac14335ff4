"""An endpoint on loopback that sends what a test tells it to, byte by byte, and notes what it was sent."""

from __future__ import annotations

import json
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs

Reply = bytes | Callable[[socket.socket], None]
JSON = "application/sparql-results+json"


@dataclass
class Scripted:
    """The endpoint: its port, the heads and bodies of the requests so far, the number of connections."""

    port: int
    requests: list[tuple[str, dict[str, list[str]]]] = field(default_factory=list)
    connections: int = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/sparql"

    @property
    def queries(self) -> list[str]:
        return [form["query"][0] for _, form in self.requests]


def response(body: bytes, media_type: str = JSON, status: str = "200 OK", *headers: str) -> bytes:
    """Write a response as it should be, with these headers too."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {media_type}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def rows(variables: str, *bindings: dict[str, dict[str, str]]) -> bytes:
    """Write a response with rows: rows("x y", {"x": {"type": "uri", "value": "a:b"}})."""
    return response(json.dumps({"head": {"vars": variables.split()}, "results": {"bindings": bindings}}).encode())


@contextmanager
def scripted(*replies: Reply, keeps: bool = True, context: ssl.SSLContext | None = None) -> Iterator[Scripted]:
    """Serve the replies one after another, the last one again and again.

    `keeps`: connections stay open; `context`: they are of TLS.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    state = Scripted(listener.getsockname()[1])
    thread = Thread(target=_listen, args=(listener, context, state, replies, keeps), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def _listen(
    listener: socket.socket, context: ssl.SSLContext | None, state: Scripted, replies: Sequence[Reply], keeps: bool
) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        state.connections += 1
        if context is not None:
            try:
                connection = context.wrap_socket(connection, server_side=True)
            except OSError:  # the other side did not like the certificate
                connection.close()
                continue
        Thread(target=_serve, args=(connection, state, replies, keeps), daemon=True).start()


def _serve(connection: socket.socket, state: Scripted, replies: Sequence[Reply], keeps: bool) -> None:
    with connection, suppress(OSError):
        while request := _read(connection):
            state.requests.append(request)
            reply = replies[min(len(state.requests), len(replies)) - 1]
            if isinstance(reply, bytes):
                connection.sendall(reply)
            else:
                reply(connection)
            if not keeps:
                return


def _read(connection: socket.socket) -> tuple[str, dict[str, list[str]]] | None:
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return None
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    while len(body) < int(lengths[0]):
        body += connection.recv(65536)
    return head.decode(), parse_qs(body.decode())


def self_signed(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """Make a certificate for 127.0.0.1 that nobody trusts, by openssl: its file, and what a server speaks TLS with."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subject = ["-subj", "/CN=endpoint", "-addext", "subjectAltName=IP:127.0.0.1"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return certificate, context
