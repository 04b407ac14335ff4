"""The endpoint in front of the application, for any WSGI server and for Flask's test client (PEP 3333)."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from werkzeug.exceptions import BadRequest, HTTPException, RequestEntityTooLarge
from werkzeug.sansio.utils import get_host
from werkzeug.wsgi import get_input_stream

from shahr.web.endpoint import shared_headers, takes
from shahr.web.errors import reply_to
from shahr.web.messages import Reply, Request
from shahr.web.site import Site


class EndpointFirst:
    """A WSGI application that asks the endpoint first, then the pages."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request."""
        if not takes(environ["PATH_INFO"]):
            return self._pages(environ, start_response)
        try:
            request = read_environ(environ, self.site.service.settings.body)
        except HTTPException as error:
            reply: Reply | None = reply_to(error)
            assert reply is not None
            reply.headers.extend(shared_headers())
        else:
            environ["wsgi.input"] = io.BytesIO(request.body)
            environ["CONTENT_LENGTH"] = str(len(request.body))
            reply = self.site.runner.run(self.site.endpoint.reply(request))
        if reply is None:
            return self._pages(environ, start_response)
        return _send(reply, environ["REQUEST_METHOD"], start_response)

    def _pages(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        result: Iterable[bytes] = self.site.pages(environ, start_response)
        return result


def read_environ(environ: dict[str, Any], most: int) -> Request:
    """Read a request, its body no longer than `most` bytes; BadRequest, RequestEntityTooLarge."""
    headers = {name[5:].replace("_", "-").lower(): text for name, text in environ.items() if name.startswith("HTTP_")}
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(name):
            headers[name.replace("_", "-").lower()] = environ[name]
    path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
    host = get_host(environ["wsgi.url_scheme"], environ.get("HTTP_HOST"), _server(environ))
    return Request(
        environ["REQUEST_METHOD"],
        path,
        environ.get("QUERY_STRING", ""),
        headers,
        _body(environ, most),
        environ.get("REMOTE_ADDR") or "",
        f"{environ['wsgi.url_scheme']}://{host}",
    )


def _server(environ: dict[str, Any]) -> tuple[str, int | None]:
    port = environ["SERVER_PORT"]
    return environ["SERVER_NAME"], int(port) if port.isdigit() else None


def _body(environ: dict[str, Any], most: int) -> bytes:
    length = environ.get("CONTENT_LENGTH") or None
    if length is not None and not (length.isascii() and length.isdigit()):
        raise BadRequest("Content-Length is not a number")
    if length is not None and int(length) > most:
        raise RequestEntityTooLarge(f"the body is larger than {most} bytes, which is all that is taken here")
    data: bytes = get_input_stream(environ, safe_fallback=True).read(most + 1)
    if len(data) > most:
        raise RequestEntityTooLarge(f"the body is larger than {most} bytes, which is all that is taken here")
    if length is not None and len(data) < int(length):
        raise BadRequest("the body is shorter than its Content-Length says")
    return data


def _send(reply: Reply, method: str, start_response: Callable[..., Any]) -> list[bytes]:
    headers = list(reply.headers)
    if reply.status not in (204, 304):
        headers.append(("Content-Length", str(len(reply.body))))
    start_response(f"{reply.status} {HTTPStatus(reply.status).phrase}", headers)
    return [] if method == "HEAD" else [reply.body]
