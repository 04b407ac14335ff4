"""Headers on every answer, and errors as one readable line of text."""

from __future__ import annotations

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from shahr.errors import NotAcceptable, QueryError, ShahrError, UnknownQuestion

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def install(app: Flask) -> None:
    """Put the headers on every answer of an app, and turn its errors into text."""
    app.after_request(_add_headers)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(ShahrError, _own_error)


def _add_headers(response: Response) -> Response:
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    if request.path == "/sparql":
        response.vary.add("Accept")
    return response


def _http_error(error: HTTPException) -> BaseResponse:
    response = error.get_response()
    if error.response is None:
        response.set_data(f"{' '.join((error.description or error.name).split())}\n")
        response.content_type = "text/plain; charset=utf-8"
    return response


def _own_error(error: ShahrError) -> BaseResponse:
    """A fault of our own goes to the log: its text may name a file of the server."""
    status, text = _status(error), str(error)
    if status == 500:
        current_app.logger.error("%s", text)
        text = "the server cannot answer this because of a fault of its own, which its log names"
    return Response(f"{text}\n", status, content_type="text/plain; charset=utf-8")


def _status(error: ShahrError) -> int:
    if isinstance(error, UnknownQuestion):
        return 404
    if isinstance(error, NotAcceptable):
        return 406
    return 400 if isinstance(error, QueryError) else 500


def content_type(media_type: str) -> str:
    """Give the Content-Type of a body in UTF-8."""
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
