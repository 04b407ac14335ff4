"""One HTTP exchange with an endpoint, bounded as a whole; redirects, proxies and compression have no place in it."""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection, IncompleteRead
from ssl import SSLCertVerificationError
from threading import Timer
from types import TracebackType
from typing import Self
from urllib.error import URLError
from urllib.request import AbstractHTTPHandler, OpenerDirector, Request

from shahr.errors import EndpointError

LARGEST = 32 * 1024 * 1024
MOST_WORDS = 64 * 1024
_PIECE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Response:
    """What came: the status, headers with names in lower case, the body (of another status than 200 its beginning)."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def exchange(name: str, request: Request, seconds: float) -> Response:
    """Send a request and read what comes within `seconds`, whatever its status; 200 only whole.

    Nothing of the environment counts (HTTP_PROXY, .netrc) but OpenSSL's SSL_CERT_FILE and SSL_CERT_DIR, and no redirect
    is followed. EndpointError, with `name` as its endpoint: nobody answers, it breaks off, takes longer than
    `seconds`, or is larger than LARGEST.
    """
    with _Watch(seconds) as watch:
        try:
            response = _read(name, _opener(watch).open(request, timeout=seconds))
            if response.status == 200 and watch.is_over():
                raise TimeoutError
        except (OSError, HTTPException, ValueError) as error:  # ValueError: a name that no host can have
            raise EndpointError(name, _reason(error, watch)) from error
    return response


class _Watch:
    """Hangs up at the deadline: a socket's own timeout begins anew with every byte that drips."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds
        self._line: socket.socket | None = None
        self._timer: Timer | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._timer is not None and self._line is not None:
            self._timer.cancel()
            self._timer.join()
            self._line.close()

    def is_over(self) -> bool:
        """Tell whether the time is up."""
        return time.monotonic() >= self._end

    def guard(self, line: socket.socket) -> None:
        """Watch a connection, by a handle of our own: TLS takes the socket over."""
        self._line = line.dup()
        self._timer = Timer(max(0.0, self._end - time.monotonic()), _hang_up, (self._line,))
        self._timer.daemon = True
        self._timer.start()


def _hang_up(line: socket.socket) -> None:
    with suppress(OSError):  # the other side was faster
        line.shutdown(socket.SHUT_RDWR)


class _Plain(HTTPConnection):
    watch: _Watch

    def connect(self) -> None:
        super().connect()
        self.watch.guard(self.sock)


class _Secure(HTTPSConnection, _Plain):
    """HTTPSConnection.connect calls that of _Plain, and speaks TLS over what it gave."""


class _Handler(AbstractHTTPHandler):
    """Opens http: and https:, and nothing besides."""

    def __init__(self, watch: _Watch) -> None:
        super().__init__()
        self._watch = watch

    def http_open(self, request: Request) -> HTTPResponse:
        """Send over TCP; called by urllib, by its name."""
        return self.do_open(partial(_connection, _Plain, self._watch), request)

    def https_open(self, request: Request) -> HTTPResponse:
        """Send over TLS; called by urllib, by its name."""
        return self.do_open(partial(_connection, _Secure, self._watch), request)

    http_request = https_request = AbstractHTTPHandler.do_request_


def _connection(kind: type[_Plain], watch: _Watch, host: str, timeout: float) -> _Plain:
    connection = kind(host, timeout=timeout)
    connection.watch = watch
    return connection


def _opener(watch: _Watch) -> OpenerDirector:
    """Give an opener without what urllib adds by itself: proxies, redirects, file:, ftp: and data:."""
    opener = OpenerDirector()
    opener.add_handler(_Handler(watch))
    return opener


def _read(name: str, response: HTTPResponse) -> Response:
    with response:
        headers = {key.lower(): value for key, value in response.getheaders()}
        if response.status != 200:
            return Response(response.status, headers, _words(response))
        return Response(200, headers, _body(name, response))


def _body(name: str, response: HTTPResponse) -> bytes:
    body = bytearray()
    if (response.length or 0) <= LARGEST:
        while len(body) <= LARGEST and (piece := response.read1(_PIECE)):
            body += piece
        if len(body) <= LARGEST and response.length:
            raise IncompleteRead(b"", response.length)
        if len(body) <= LARGEST:
            return bytes(body)
    raise EndpointError(name, f"the answer is larger than {LARGEST // 1024**2} MB: ask for less at a time")


def _words(response: HTTPResponse) -> bytes:
    """Read the beginning of what an endpoint says about a refusal, even if it breaks off."""
    words = bytearray()
    with suppress(OSError, HTTPException):
        while len(words) < MOST_WORDS and (piece := response.read1(_PIECE)):
            words += piece
    return bytes(words)


def _reason(error: Exception, watch: _Watch) -> str:
    cause = error.reason if isinstance(error, URLError) else error
    if watch.is_over() or isinstance(cause, TimeoutError):
        return f"gave no whole answer within {watch.seconds:g} seconds: ask for less, or try again later"
    if isinstance(cause, SSLCertVerificationError):
        return f"shows a certificate that cannot be trusted ({cause.verify_message})"
    if isinstance(cause, OSError):
        return (
            f"cannot be reached or broke off ({cause.strerror or 'it hung up'}): check the address, or try again later"
        )
    if isinstance(cause, IncompleteRead):
        return "the answer broke off: try again later"
    return "does not speak HTTP: check the address"
