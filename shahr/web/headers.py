"""Headers on every page, and errors in the form that was asked for."""

from __future__ import annotations

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from shahr.errors import ShahrError
from shahr.formats import HTML
from shahr.web.dereference import link_header
from shahr.web.endpoint import shared_headers
from shahr.web.errors import FAULT, status_of
from shahr.web.language import language
from shahr.web.refusals import refusal
from shahr.web.state import release_state

_SELF = ("script-src", "style-src", "font-src", "img-src", "connect-src", "form-action")
POLICY = "; ".join(
    ["default-src 'none'", *(f"{name} 'self'" for name in _SELF), "base-uri 'none'", "frame-ancestors 'none'"]
)


def install(app: Flask) -> None:
    """Put the headers on every page of an app, answer its errors, and end its requests.

    A path with two slashes in a row is nobody's, as at the endpoint, and not sent to the one without.
    """
    app.url_map.merge_slashes = False
    app.after_request(_add_headers)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(ShahrError, _own_error)
    app.teardown_request(release_state)


def in_language(response: Response) -> Response:
    """Say that what a response holds is in the language of the request, as every page is; Vary follows from it."""
    response.headers["Content-Language"] = language()
    return response


def _add_headers(response: Response) -> Response:
    if response.direct_passthrough:  # a file of a release comes with headers of its own
        return response
    for name, text in shared_headers():
        response.headers[name] = text
    response.headers.setdefault("Content-Security-Policy", POLICY)  # a preview, made for frames, has one of its own
    response.headers["Referrer-Policy"] = "no-referrer"
    response.vary.add("Accept")
    if response.mimetype == HTML:
        in_language(response)
    if "Content-Language" in response.headers or response.status_code >= 400:
        response.vary.add("Accept-Language")
    _add_links(response)
    return response


def _add_links(response: Response) -> None:
    """A script of another site may follow them."""
    links = link_header(request.path) if response.status_code in (200, 304) else None
    if links:
        response.headers["Link"] = links
        response.headers["Access-Control-Expose-Headers"] += ", Link"


def _http_error(error: HTTPException) -> BaseResponse:
    """A redirect is an exception of werkzeug's as well."""
    return refusal(error) if (error.code or 500) >= 400 else error.get_response()


def _own_error(error: ShahrError) -> BaseResponse:
    if status_of(error) == 500:
        current_app.logger.error("%s: %s", FAULT, error)
    return refusal(error)
