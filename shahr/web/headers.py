"""Headers on every page, and errors as one readable line of text."""

from __future__ import annotations

from flask import Flask, Response, current_app
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from shahr.errors import ShahrError
from shahr.web.endpoint import shared_headers
from shahr.web.errors import FAULT, reply_to, status_of
from shahr.web.messages import Reply
from shahr.web.state import release_state

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def install(app: Flask) -> None:
    """Put the headers on every page of an app, turn its errors into text, and end its requests."""
    app.after_request(_add_headers)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(ShahrError, _own_error)
    app.teardown_request(release_state)


def _add_headers(response: Response) -> Response:
    for name, text in shared_headers():
        response.headers[name] = text
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Referrer-Policy"] = "no-referrer"
    response.vary.add("Accept")
    return response


def _http_error(error: HTTPException) -> BaseResponse:
    """A redirect is an exception of werkzeug's as well."""
    return _response(reply_to(error)) if (error.code or 500) >= 400 else error.get_response()


def _own_error(error: ShahrError) -> BaseResponse:
    if status_of(error) == 500:
        current_app.logger.error("%s: %s", FAULT, error)
    return _response(reply_to(error))


def _response(reply: Reply) -> BaseResponse:
    return BaseResponse(reply.body, reply.status, reply.headers)
