"""What a request wants: a page, or data for a program."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest

from shahr.errors import NotAcceptable
from shahr.formats import parse_accept, prefers_page


def wants_json() -> bool:
    """Tell whether a request for a page that is JSON as well wants that, by `format` or by Accept.

    BadRequest for another format, NotAcceptable where the header names neither.
    """
    wanted = format_of(("html", "json"))
    if wanted is not None:
        return wanted == "json"
    if wants_page("application/json"):
        return False
    if not parse_accept(_accept()).quality("application/json"):
        sentence = _(
            "nothing in the header %(header)s can be given here: this comes as %(listed)s",
            header="Accept",
            listed="HTML, JSON",
        )
        raise NotAcceptable(sentence)
    return True


def wants_page(*others: str) -> bool:
    """Tell whether a request names HTML, and likes none of some other media types better."""
    return prefers_page(_accept(), others)


def format_of(allowed: tuple[str, ...]) -> str | None:
    """Give the parameter `format` of the request, None where it is not there; BadRequest for none of those allowed."""
    values = request.args.getlist("format")
    if len(values) > 1:
        raise BadRequest(_("'%(name)s' is given more than once", name="format"))
    value = values[0] if values else None
    if value is not None and value not in allowed:
        listed = ", ".join(allowed)
        raise BadRequest(_("%(name)s '%(value)s' is not one of %(listed)s", name="format", value=value, listed=listed))
    return value


def _accept() -> str:
    return request.headers.get("Accept", "")
