"""The pages about releases, and the addresses of their files."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from flask import Blueprint, Response, current_app, redirect, render_template, request
from flask_babel import gettext as _
from pyoxigraph import NamedNode
from werkzeug.exceptions import NotFound, ServiceUnavailable
from werkzeug.wrappers import Response as BaseResponse

from shahr.formats import data_formats
from shahr.releases import Record, ReleaseFile
from shahr.web.addresses import address_of, slug_of
from shahr.web.dereference import names_data, see
from shahr.web.dumps.changes import LOG, Changes, read_changes
from shahr.web.dumps.sending import file_reply
from shahr.web.dumps.shelf import address
from shahr.web.language import link, number
from shahr.web.receipts import first_column
from shahr.web.state import page_query, shelf

UNITS = (1000**3, 1000**2, 1000, 1)


def blueprint() -> Blueprint:
    """Give the routes of the releases, and the filter `size` to templates."""
    routes = Blueprint("dumps", __name__)
    routes.add_app_template_filter(size_of, "size")
    routes.add_url_rule("/dumps/", "dumps", dumps)
    routes.add_url_rule("/dumps/<version>/", "release", release)
    routes.add_url_rule("/dumps/latest/", "latest", latest, defaults={"name": ""})
    routes.add_url_rule("/dumps/latest/<path:name>", "latest", latest)
    routes.add_url_rule("/dumps/<version>/<path:name>", "file", file)
    return routes


def dumps() -> str | BaseResponse:
    """The list of the releases; who names a format of data is sent to the catalogue."""
    if shelf().releases and names_data(data_formats().values()):
        return see("/catalog")
    newest = shelf().newest
    void = shelf().offer(newest.version, "metadata/void.ttl") if newest else None
    return render_template("dumps.html", releases=shelf().releases, void=void)


def release(version: str) -> str | BaseResponse:
    """One release; who names a format of data that its description comes in is sent to that."""
    record = shelf().release(version)
    if record is None:
        raise NotFound(_no_release(version))
    described = address(version, "metadata/dcat")
    formats = {suffix: one for suffix, one in data_formats().items() if f"{described}.{suffix}" in shelf().offers}
    if names_data(formats.values()):
        return see(described, formats)
    changes = read_changes(shelf().offer(version, LOG))
    return render_template(
        "release.html",
        release=record,
        parts=_by_part(record),
        changes=changes,
        pages=_pages_of(changes),
        address=address,
        known=record.previous is not None and shelf().release(record.previous) is not None,
    )


def latest(name: str) -> BaseResponse:
    """Send to the newest release, or to a file of it."""
    newest = shelf().newest
    if newest is None:
        raise NotFound(no_releases())
    if name and shelf().offer(newest.version, name) is None:
        raise NotFound(_("the release %(version)s has no file of this name", version=newest.version))
    response = redirect(link(address(newest.version, name)), 307)
    response.headers["Cache-Control"] = "no-cache"
    return response


def file(version: str, name: str) -> Response:
    """A file of a release, for servers that do not send it themselves (shahr.web.rsgi does)."""
    path = address(version, name)
    headers = {name.lower(): text for name, text in request.headers.items()}
    reply = file_reply(shelf(), request.method, path, headers)
    if reply is not None:
        return Response(reply.blocks(), reply.status, reply.headers, direct_passthrough=True)
    if path in shelf().offers:
        current_app.logger.error("%s is missing, or was changed: publish the release anew", path)
        raise ServiceUnavailable(_("this file is damaged on the server, and not sent as long as it is"))
    if shelf().release(version) is None:
        raise NotFound(_no_release(version))
    raise NotFound(_("the release %(version)s has no file of this name", version=version))


def no_releases() -> str:
    """Give the sentence for who asks for a release where there is none."""
    sentence: str = _("there is no release yet: %(command)s makes one", command="shahr publish 0.1.0")
    return sentence


def size_of(count: int) -> str:
    """Write a number of bytes in the language of this request: 1.2 MB."""
    unit = next((one for one in UNITS if count >= one), 1)
    shown = number(round(count / unit, 1) if count < 10 * unit else round(count / unit))
    texts: dict[int, str] = {
        1000**3: _("%(shown)s GB", shown=shown),
        1000**2: _("%(shown)s MB", shown=shown),
        1000: _("%(shown)s kB", shown=shown),
        1: _("%(shown)s bytes", shown=shown),
    }
    return texts[unit]


def _no_release(version: str) -> str:
    if not shelf().releases:
        return no_releases()
    sentence: str = _("there is no release %(version)s: %(address)s lists all", version=version[:40], address="/dumps/")
    return sentence


def _pages_of(changes: Changes) -> dict[str, str]:
    """Give the address of the page about each entity that has one still, by IRI."""
    ours = [[NamedNode(one.iri)] for one in changes.entities if slug_of(one.iri)]
    there = first_column(page_query("pages").filled(["node"], ours)) if ours else []
    return {node: page for node in there if (page := address_of(node))}


def _by_part(record: Record) -> list[tuple[str, str, Sequence[ReleaseFile]]]:
    """Give (part, heading, files), the part "" last: it has the files about the release, and what is of no other."""
    headings: dict[str, str] = {
        "data": _("The whole graph"),
        "tables": _("Tables"),
        "ontology": _("Ontology"),
        "shapes": _("Shapes"),
        "links": _("Links to others"),
        "questions": _("Questions"),
        "changes": _("Changes"),
        "report": _("Validation report"),
        "metadata": _("Descriptions"),
    }
    known = {one.path: one.part if one.part in headings else "" for one in record.files}
    order = [*headings, ""]
    files = sorted(record.files, key=lambda one: (order.index(known[one.path]), one.path))
    groups = groupby(files, key=lambda one: known[one.path])
    return [(part, headings.get(part, _("About the release")), list(group)) for part, group in groups]
