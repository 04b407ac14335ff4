"""The endpoint and the application for granian, by its own interface (RSGI 1.6).

Of the interfaces granian has, this one tells at once when a client has gone, and lets a query wait without a
thread. Pages are made by the Flask application in a few threads.
"""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from flask import Flask
from granian._granian import RSGIHeaders, RSGIHTTPProtocol, RSGIProtocolClosed
from granian.rsgi import Scope
from werkzeug.exceptions import BadRequest, HTTPException, RequestEntityTooLarge, RequestTimeout, ServiceUnavailable

from shahr.engine.alarm import Alarm
from shahr.errors import ShahrError
from shahr.web.dumps.sending import FileReply, file_reply
from shahr.web.dumps.shelf import ROOT
from shahr.web.endpoint import shared_headers, takes
from shahr.web.errors import reply_to
from shahr.web.messages import Reply, Request
from shahr.web.replays import LARGE
from shahr.web.runner import Leaving
from shahr.web.site import site_of
from shahr.web.state import LEAVING

PATIENCE = 10.0  # seconds for a body to arrive, or for a reply to begin to leave
WATCH = 0.1  # seconds: only a query that takes longer is worth a watch over its client
SLOWEST = 256 * 1024  # bytes a second that a reader has to take of a large reply
BLOCK = LARGE
UNSENT = 128 * 1024**2  # bytes of large replies that slow readers may keep in one process
UNREAD = 64 * 1024**2  # bytes of bodies that may be arriving at one process
THREADS, PAGES = 8, 40  # pages that are made at once, and that may wait as well


@dataclass(slots=True, eq=False)
class Watch:
    """A request at work: its task, its client, and from when on the loop's clock its client is watched."""

    task: asyncio.Task[Any] | None
    protocol: RSGIHTTPProtocol
    due: float
    watcher: asyncio.Task[None] | None = None


class Application:
    """What granian calls; one object a worker."""

    def __init__(self, app: Flask) -> None:
        self.site = site_of(app)
        self.threads = ThreadPoolExecutor(THREADS, "page")
        self.unsent = self.unread = self.pages = 0
        self._watches: set[Watch] = set()
        self._alarm = Alarm(self._begin_watches)

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin: the engine is opened on the server's own loop, before a connection is taken."""
        self.site.runner.bind(loop)
        loop.run_until_complete(self._open())

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """End."""
        self.site.service.close()
        self.threads.shutdown(wait=False, cancel_futures=True)

    async def __rsgi__(self, scope: Scope, protocol: RSGIHTTPProtocol) -> None:
        """Answer a request."""
        headers = _headers(scope.headers)
        if scope.path == "/sparql" and scope.method == "GET":
            again = self.site.endpoint.replays.recall(scope.query_string, headers)
            if again is not None:
                protocol.response_bytes(again.status, again.headers, again.body)
                return
        if scope.path.startswith(ROOT):
            file = file_reply(self.site.shelves.now(), scope.method, scope.path, headers)
            if file is not None:
                _send_file(file, protocol)
                return
        try:
            request = await self._read(scope, headers, protocol)
            work = self._endpoint(request) if takes(request.path) else self._page(request)
            reply = await self._watched(work, protocol)
        except HTTPException as error:
            reply = reply_to(error)
            reply.headers.extend(shared_headers())
        except asyncio.CancelledError:
            return
        await self._send(reply, scope.method, protocol)

    async def _open(self) -> None:
        """Open the engine before the first query; what is wrong with it, the first query will tell."""
        with suppress(ShahrError):
            (await self.site.service.generations.acquire()).release()

    async def _endpoint(self, request: Request) -> Reply:
        reply = await self.site.endpoint.reply(request)
        return await self._page(request) if reply is None else reply

    async def _page(self, request: Request) -> Reply:
        if self.pages >= PAGES:
            raise ServiceUnavailable("too many pages are being made: try again in a moment")
        loop, leaving = asyncio.get_running_loop(), Leaving()
        self.pages += 1
        try:
            return await loop.run_in_executor(self.threads, run_wsgi, self.site.pages, request, leaving)
        except asyncio.CancelledError:
            leaving.go()
            raise
        finally:
            self.pages -= 1

    async def _watched(self, work: Coroutine[Any, Any, Reply], protocol: RSGIHTTPProtocol) -> Reply:
        """Do some work, and leave it when the client has gone."""
        watch = Watch(asyncio.current_task(), protocol, asyncio.get_running_loop().time() + WATCH)
        self._watches.add(watch)
        self._alarm.by(watch.due)
        try:
            return await work
        finally:
            self._watches.discard(watch)
            if watch.watcher is not None:
                watch.watcher.cancel()

    def _begin_watches(self, now: float) -> float | None:
        """Watch the clients of queries that take long, and give the time when the next one does."""
        loop = asyncio.get_running_loop()
        for watch in self._watches:
            if watch.watcher is None and watch.due <= now:
                watch.watcher = loop.create_task(_cancel_when_gone(watch.protocol, watch.task))
        return min((watch.due for watch in self._watches if watch.watcher is None), default=None)

    async def _read(self, scope: Scope, headers: dict[str, str], protocol: RSGIHTTPProtocol) -> Request:
        client = scope.client.rpartition(":")[0].strip("[]")
        base = f"{scope.scheme}://{headers.get('host') or scope.authority or scope.server}"
        length = headers.get("content-length")
        body = b""
        if length is not None or "transfer-encoding" in headers:
            body = await self._bounded_body(protocol, None if length is None else int(length))
        return Request(scope.method, scope.path, scope.query_string, headers, body, client, base)

    async def _bounded_body(self, protocol: RSGIHTTPProtocol, length: int | None) -> bytes:
        """Read a body while all that are being read together stay within bounds."""
        size = self.site.service.settings.body if length is None else min(length, self.site.service.settings.body)
        if self.unread + size > UNREAD:
            raise ServiceUnavailable("too many large requests are arriving: try again in a moment")
        self.unread += size
        try:
            return await self._body(protocol, length)
        finally:
            self.unread -= size

    async def _body(self, protocol: RSGIHTTPProtocol, length: int | None) -> bytes:
        most = self.site.service.settings.body
        large = f"the body is larger than {most} bytes, which is all that is taken here"
        if length is not None and length > most:
            raise RequestEntityTooLarge(large)
        data = bytearray()
        try:
            async with asyncio.timeout(PATIENCE):
                async for block in protocol:
                    data += block
                    if len(data) > most:
                        raise RequestEntityTooLarge(large)
        except TimeoutError as error:
            raise RequestTimeout(f"the body did not arrive within {PATIENCE:g} seconds") from error
        if length is not None and len(data) < length:
            raise BadRequest("the body is shorter than its Content-Length says")
        return bytes(data)

    async def _send(self, reply: Reply, method: str, protocol: RSGIHTTPProtocol) -> None:
        headers, size = reply.headers, len(reply.body)
        if reply.status in (204, 304):
            protocol.response_empty(reply.status, headers)
        elif method == "HEAD":
            told = any(name.lower() == "content-length" for name, _ in headers)
            protocol.response_empty(reply.status, headers if told else [*headers, ("Content-Length", str(size))])
        elif size <= BLOCK:
            protocol.response_bytes(reply.status, headers, reply.body)
        elif self.unsent + size > UNSENT:
            busy = reply_to(ServiceUnavailable("slow readers keep all room for large answers: try again soon"))
            protocol.response_bytes(busy.status, [*busy.headers, *shared_headers()], busy.body)
        else:
            await self._send_blocks(reply, protocol)

    async def _send_blocks(self, reply: Reply, protocol: RSGIHTTPProtocol) -> None:
        """Hand a large body to the server block by block, so that one who has gone is noticed in the middle of it.

        The server takes each block at once and keeps what a slow reader has not read: we do not wait for the reader.
        """
        size = len(reply.body)
        self.unsent += size
        try:
            transport = protocol.response_stream(reply.status, [*reply.headers, ("Content-Length", str(size))])
            view = memoryview(reply.body)
            async with asyncio.timeout(PATIENCE + size / SLOWEST):
                for start in range(0, size, BLOCK):
                    await transport.send_bytes(bytes(view[start : start + BLOCK]))
        except (TimeoutError, RSGIProtocolClosed):
            return
        finally:
            self.unsent -= size


def _send_file(file: FileReply, protocol: RSGIHTTPProtocol) -> None:
    """Leave a file to the server, which reads it as fast as the client does, and without a thread of ours.

    To send it block by block from here would fill the memory: the server keeps what a slow reader has not taken.
    """
    if file.path is not None:
        protocol.response_file_range(file.status, file.headers, str(file.path), file.start, file.stop)
    elif file.text:
        protocol.response_bytes(file.status, file.headers, file.text)
    else:
        protocol.response_empty(file.status, file.headers)


async def _cancel_when_gone(protocol: RSGIHTTPProtocol, task: asyncio.Task[Any] | None) -> None:
    await protocol.client_disconnect()
    if task is not None:
        task.cancel()


def _headers(found: RSGIHeaders) -> dict[str, str]:
    """Give headers by name; one that comes twice is one list (RFC 9110, 5.3)."""
    items = found.items()
    headers = dict(items)
    if len(headers) < len(items):
        headers.clear()
        for name, text in items:
            headers[name] = f"{headers[name]}, {text}" if name in headers else text
    return headers


def run_wsgi(application: Callable[..., Any], request: Request, leaving: Leaving) -> Reply:
    """Give what a WSGI application replies to a request (PEP 3333)."""
    begun: list[tuple[int, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], error: object = None) -> None:
        begun.append((int(status[:3]), list(headers)))

    result = application(_environ(request) | {LEAVING: leaving}, start_response)
    try:
        body = b"".join(result)
    finally:
        if hasattr(result, "close"):
            result.close()
    status, headers = begun[-1]
    if request.method != "HEAD":  # there the length is that of the body left out
        headers = [pair for pair in headers if pair[0].lower() != "content-length"]
    return Reply(status, headers, body)


def _environ(request: Request) -> dict[str, Any]:
    scheme, _, host = request.base.partition("://")
    name, _, port = host.rpartition(":") if ":" in host.rpartition("]")[2] else (host, "", "80")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": request.path.encode("utf-8", "replace").decode("latin-1"),
        "QUERY_STRING": request.query_string.encode("utf-8", "replace").decode("latin-1"),
        "CONTENT_TYPE": request.headers.get("content-type", ""),
        "CONTENT_LENGTH": str(len(request.body)),
        "REMOTE_ADDR": request.client,
        "SERVER_NAME": name,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scheme,
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, text in request.headers.items():
        if name not in ("content-type", "content-length") and "_" not in name:
            environ[f"HTTP_{name.upper().replace('-', '_')}"] = text
    return environ
