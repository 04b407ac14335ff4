"""What a request may say, looked at before any page is made or recalled: few types, and parameters that are known.

Otherwise every unknown parameter would make a page of its own, to be kept in the place of one that is read.
"""

from __future__ import annotations

from flask import Flask, request
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest, RequestHeaderFieldsTooLarge

from shahr.web.endpoint import RANGES

EVERYWHERE = "lang"


def install(app: Flask) -> None:
    """Let an app refuse such requests; to be called before whatever else looks at one."""
    app.before_request(check_accept)
    app.before_request(check_parameters)


def check_accept() -> None:
    """Refuse an Accept header with too many types: RequestHeaderFieldsTooLarge."""
    if request.headers.get("Accept", "").count(",") >= RANGES:
        raise RequestHeaderFieldsTooLarge(
            _("the header %(header)s names more than %(most)s types", header="Accept", most=RANGES)
        )


def check_parameters() -> None:
    """Refuse a parameter that the address does not know: BadRequest."""
    known = _parameters(request.endpoint)
    unknown = [] if known is None else [name for name in request.args if name not in (EVERYWHERE, *known)]
    if unknown:
        raise BadRequest(_("there is no parameter '%(name)s' at this address", name=unknown[0][:40]))


def _parameters(endpoint: str | None) -> tuple[str, ...] | None:
    """Give the parameters of a view beside `lang`; None for one that checks its own, and where there is no view."""
    if request.blueprint == "reconcile":  # OpenRefine and its kin add what they like
        return None
    own = (None, "dumps.file", "searching.search", "searching.complete", "questions.question", "editor.sparql_page")
    known = {"listing.kind": ("after",), "listing.graph": ("after",), "questions.questions": ("format",)}
    return None if endpoint in own else known.get(endpoint or "", ())
