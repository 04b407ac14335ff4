"""A kept HTTP/1.1 connection to one endpoint: bounded in time and size, without redirects and without proxies."""

from __future__ import annotations

import re
import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection, IncompleteRead
from urllib.parse import quote, urlencode, urlsplit

from shahr.agent import agent
from shahr.engine import Limits
from shahr.errors import EndpointDown, EndpointError, OutOfTime, TooLarge

_PIECE = 64 * 1024
_NOT_IN_ADDRESS = re.compile(r'[\x00-\x20\x7f<>"{}|\\^`]')
_IN_TARGET = "/?%:@!$&'()*+,;=~[]"


@dataclass(frozen=True, slots=True)
class Address:
    """Where an endpoint is: scheme http or https, host in lower case (IDNA), port, and the path with its query."""

    scheme: str
    host: str
    port: int
    target: str


@dataclass(frozen=True, slots=True)
class Response:
    """A response: header names in lower case, the media type without parameters, the seconds it took.

    Of the body of a response with another status than 200 only the beginning is read.
    """

    status: int
    headers: Mapping[str, str]
    media_type: str
    body: bytes
    seconds: float


Dial = Callable[[Address, float], socket.socket]


def parse_address(url: str) -> Address:
    """Take the address of an endpoint apart; EndpointError unless it is http or https, a host, and a sound port."""
    try:
        parts = urlsplit(url)
        host, port = host_name(parts.hostname or ""), parts.port
    except ValueError as error:  # a port that is no number, a name that no host can have
        raise EndpointError(url, f"is not the address of an endpoint ({error})") from error
    if parts.scheme not in ("http", "https") or not host or port == 0 or _NOT_IN_ADDRESS.search(url):
        raise EndpointError(url, "is not an http or https address")
    if "@" in parts.netloc:
        raise EndpointError(parts.hostname or "", "give the address without a name or password in it")
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    return Address(parts.scheme, host, port or (443 if parts.scheme == "https" else 80), quote(target, safe=_IN_TARGET))


def host_name(text: str) -> str:
    """Give a host as the name system has it: IDNA, lower case, no dot at the end; ValueError if none is called so."""
    return text.encode("idna").decode("ascii").lower().removesuffix(".")


def dial_any(address: Address, seconds: float) -> socket.socket:
    """Open a TCP connection to wherever the operator's own endpoint is."""
    return socket.create_connection((address.host, address.port), seconds)


class Connection:
    """A connection to the endpoint at `url`, opened when it is needed, kept open between queries.

    `name` is what error messages call the endpoint; `dial` opens the TCP connection. EndpointError for a bad `url`.
    """

    def __init__(self, url: str, name: str, dial: Dial = dial_any) -> None:
        self.address = parse_address(url)
        self.name = name
        self._dial = dial
        self._agent = agent()
        self._http: HTTPConnection | None = None
        self._socket: socket.socket | None = None

    def close(self) -> None:
        """Hang up; the next query opens a new connection."""
        if self._http is not None:
            self._http.close()
        self._http = self._socket = None

    def post(self, fields: Sequence[tuple[str, str]], accept: str, limits: Limits) -> Response:
        """Send a form and read the response, whatever its status but a redirect.

        OutOfTime and TooLarge where limits.seconds and limits.result are met; EndpointDown where the endpoint
        cannot be reached, breaks off, redirects, or sends an answer whose end nobody can tell.
        """
        began = time.monotonic()
        form = urlencode(fields).encode("ascii")
        try:
            with ExitStack() as on_failure:
                on_failure.callback(self.close)
                found = self._begin(form, accept, began + limits.seconds)
                self._check(found)
                body = self._body(found, began + limits.seconds, limits.result)
                on_failure.pop_all()
        except TimeoutError as error:
            raise OutOfTime(limits.seconds) from error
        except (OSError, HTTPException, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else None
            raise EndpointDown(f"{self.name} cannot be reached or broke off: {reason or 'no HTTP came'}") from error
        headers = {name.lower(): value for name, value in found.getheaders()}
        media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        return Response(found.status, headers, media_type, body, time.monotonic() - began)

    def _begin(self, form: bytes, accept: str, deadline: float) -> HTTPResponse:
        """Send, and read status and headers; again, once, where the endpoint had closed a kept connection."""
        was_kept = self._http is not None and self._http.sock is not None
        try:
            return self._send(form, accept, deadline)
        except (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError):  # RemoteDisconnected among them
            if not was_kept:
                raise
        self.close()
        return self._send(form, accept, deadline)

    def _send(self, form: bytes, accept: str, deadline: float) -> HTTPResponse:
        http = self._open(deadline)
        headers = {"Accept": accept, "Content-Type": "application/x-www-form-urlencoded", "User-Agent": self._agent}
        http.request("POST", self.address.target, form, headers)
        return http.getresponse()

    def _open(self, deadline: float) -> HTTPConnection:
        """Give the open connection; http.client itself must never open one, it would look the host up again."""
        if self._http is None or self._http.sock is None:
            self._http = self._dialled(_left(deadline))
            self._http.auto_open = 0
        self._http.sock.settimeout(_left(deadline))
        return self._http

    def _dialled(self, seconds: float) -> HTTPConnection:
        host, port = self.address.host, self.address.port
        self._socket = self._dial(self.address, seconds)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else the body waits 40 ms for an ACK
        if self.address.scheme == "http":
            http = HTTPConnection(host, port)
        else:
            context = ssl.create_default_context()
            http = HTTPSConnection(host, port, context=context)
            self._socket = context.wrap_socket(self._socket, server_hostname=host)
        http.sock = self._socket
        return http

    def _check(self, found: HTTPResponse) -> None:
        if 300 <= found.status < 400:
            raise EndpointDown(f"{self.name} redirects to another address, and redirects are not followed")
        if found.getheader("Content-Encoding", "identity").lower() not in ("", "identity"):
            raise EndpointDown(f"{self.name} compresses its answer, though it was not asked to")
        if found.status == 200 and found.length is None and not found.chunked:
            raise EndpointDown(f"{self.name} sends no Content-Length and no chunks: a cut answer would look whole")

    def _body(self, found: HTTPResponse, deadline: float, limit: int) -> bytes:
        if found.status != 200:
            beginning = found.read1(_PIECE)
            self.close()
            return beginning
        parts, size = [], 0
        while part := found.read1(_PIECE):
            parts.append(part)
            size += len(part)
            if size > limit:
                raise TooLarge(limit)
            if self._socket is not None:
                self._socket.settimeout(_left(deadline))
        if found.length:
            raise IncompleteRead(b"", found.length)
        found.close()
        return b"".join(parts)


def _left(deadline: float) -> float:
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds
