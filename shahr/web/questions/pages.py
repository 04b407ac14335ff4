"""The questions: a list, and for each a page with form and table, or its rows alone for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from flask import Blueprint, Response, current_app, render_template, request
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest, Forbidden, HTTPException, NotFound

from shahr.errors import NotAcceptable, UnknownQuestion
from shahr.formats import Format, negotiate, result_formats
from shahr.queries import Param, Query, asks_elsewhere, bind_texts, example, in_order, without_header
from shahr.solutions import Solutions, read_solutions
from shahr.web.addresses import base_address
from shahr.web.endpoint import content_type
from shahr.web.labels import labels_of
from shahr.web.language import language
from shahr.web.questions.parameters import LITERALS, Choice, KnownNames, read_values
from shahr.web.questions.snippets import address, snippets
from shahr.web.questions.spreadsheet import spreadsheet_csv
from shahr.web.site import site_of
from shahr.web.state import state
from shahr.web.wanted import format_of, wants_json, wants_page

LONGEST = 1000  # rows that a page shows
SAFE = "csv-safe"  # the name of the format for spreadsheets
SHARED = ("format", "lang")  # what any address may say beside the parameters of a question


@dataclass(frozen=True)
class Field:
    """A field of the form: its parameter, what a reader calls it, the text in it, and what may be chosen."""

    param: Param
    label: str
    value: str
    choices: list[Choice]


def blueprint() -> Blueprint:
    """Give the routes of the questions, and `summary_of` to templates."""
    routes, known = Blueprint("questions", __name__), KnownNames()
    routes.add_app_template_global(summary_of)
    routes.add_url_rule("/questions", "questions", questions)
    routes.add_url_rule("/questions/<name>", "question", partial(question, known))
    return routes


def questions() -> str | Response:
    """All questions, as a page or in JSON, by `format` or Accept."""
    listed = in_order(state().questions.values())
    if wants_json():
        body = json.dumps([_described(one) for one in listed], ensure_ascii=False, indent=1)
        return respond(body.encode(), "application/json", "questions.json")
    parts = [(one, [labels_for(one).get(param.name) for param in one.params]) for one in listed]
    return render_template("questions.html", questions=parts, asks_elsewhere=asks_elsewhere)


def question(known: KnownNames, name: str) -> str | Response:
    """One question: a page, or the rows alone as JSON, XML, CSV or TSV, by `format` or Accept."""
    try:
        asked = state().question(name)
    except UnknownQuestion as error:
        raise NotFound(_("no question is called '%(name)s'", name=name)) from error
    wanted = format_of(("html", *(one.name for one in result_formats()), SAFE))
    types = [media_type for one in result_formats() for media_type in one.media_types]
    if wanted == "html" or (wanted is None and wants_page(*types)):
        return _page(asked, known)
    values = read_values(asked, _values(), known)
    return _rows(asked, bind_texts(asked, values) if values else asked.text, wanted)


def summary_of(asked: Query) -> str:
    """Give the summary of a question in the language of the request."""
    return asked.summary_in(language())


def labels_for(asked: Query) -> dict[str, str]:
    """Give the labels of a question's parameters and variables in the language of the request."""
    return asked.labels_in(language())


def respond(body: bytes, media_type: str, filename: str) -> Response:
    """Give data that is shown in place, and saved under `filename`."""
    response = Response(body, content_type=content_type(media_type))
    response.headers["Content-Disposition"] = f'inline; filename="{filename}"'
    return response


def _rows(asked: Query, text: str, wanted: str | None) -> Response:
    media_type, chosen = _format(wanted)
    if _is_refused(asked):
        sentence = _("this server asks no other endpoint, as this question does: run %(command)s")
        raise Forbidden(sentence % {"command": f"shahr query {asked.name}"})
    body = state().evaluate(text, [], [], media_type).body
    if wanted == SAFE:
        return respond(spreadsheet_csv(read_solutions(body)), "text/csv", f"{asked.name}.csv")
    return respond(body, media_type, f"{asked.name}.{chosen.name}")


def _is_refused(asked: Query) -> bool:
    """Tell whether a question asks another endpoint, and this server none; one that may tries, host by host."""
    return asks_elsewhere(asked) and not site_of(current_app).service.settings.services


def _format(wanted: str | None) -> tuple[str, Format]:
    """Choose (media type to ask the engine for, format); rows for spreadsheets are made of JSON."""
    if wanted is None:
        return _negotiated(request.headers.get("Accept", ""))
    chosen = next(one for one in result_formats() if one.name == (wanted if wanted != SAFE else "json"))
    return chosen.media_types[0], chosen


def _negotiated(accept: str) -> tuple[str, Format]:
    try:
        return negotiate(accept, result_formats())
    except NotAcceptable as error:
        listed = ", ".join(one.media_types[0] for one in result_formats())
        sentence = _(
            "nothing in the header %(header)s can be given here: this comes as %(listed)s",
            header="Accept",
            listed=listed,
        )
        raise NotAcceptable(sentence) from error


def _page(asked: Query, known: KnownNames) -> Response:
    """A value that cannot be used keeps the form, with the reason above it."""
    given = _values()
    try:
        values = read_values(asked, given, known) if given else {}
    except (BadRequest, NotFound) as error:
        return Response(_rendered(asked, known, given, failure=error), error.code)
    text = bind_texts(asked, values) if values else asked.text
    found = None if _is_refused(asked) else state().ask(text)
    return Response(_rendered(asked, known, values, text=text, found=found))


def _rendered(
    asked: Query,
    known: KnownNames,
    values: Mapping[str, str],
    text: str = "",
    found: Solutions | None = None,
    failure: HTTPException | None = None,
) -> str:
    shown = {**example(asked), **values}
    text = without_header(text)
    return render_template(
        "question.html",
        asked=asked,
        fields=_fields(asked, known, shown),
        exemplary=bool(asked.params) and not values,
        failure=failure,
        found=None if found is None else Solutions(found.variables, found.rows[:LONGEST], found.json),
        more=found is not None and len(found.rows) > LONGEST,
        longest=LONGEST,
        labels=None if found is None else labels_of(found),
        headings=labels_for(asked),
        text=text,
        values=shown,
        snippets=snippets(base_address(), asked.name, shown, text) if found else [],
        formats=[*(one.name for one in result_formats()), SAFE],
    )


def _fields(asked: Query, known: KnownNames, values: Mapping[str, str]) -> list[Field]:
    labels = labels_for(asked)
    return [_field(param, known, labels.get(param.name, ""), values[param.name]) for param in asked.params]


def _field(param: Param, known: KnownNames, label: str, text: str) -> Field:
    if param.kind in LITERALS:
        return Field(param, label, text, [])
    names = known.of(param.kind)
    return Field(param, label, names.shown(text), names.choices())


def _values() -> dict[str, str]:
    """Give the parameters in the address of this request; BadRequest for one that stands there twice."""
    for name, values in request.args.lists():
        if len(values) > 1:
            raise BadRequest(_("'%(name)s' is given more than once", name=name))
    return {name: value for name, value in request.args.items() if name not in SHARED}


def _described(one: Query) -> dict[str, object]:
    examples = example(one)
    parameters = [
        {
            "name": param.name,
            "kind": param.kind,
            "label": _pair(one.labels.get(param.name)),
            "example": examples.get(param.name),
        }
        for param in one.params
    ]
    return {
        "name": one.name,
        "summary": _pair((one.summary, one.summary_fa)),
        "address": address(base_address(), one.name, {}),
        "parameters": parameters,
        "columns": {name: _pair(pair) for name, pair in one.labels.items()},
        "federated": asks_elsewhere(one),
    }


def _pair(pair: tuple[str, str] | None) -> dict[str, str]:
    return {} if pair is None else {"en": pair[0], "fa": pair[1]}
