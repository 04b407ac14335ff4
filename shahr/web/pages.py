"""The pages for people: start, one page a question."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from shahr.errors import QueryError
from shahr.formats import Format, result_formats
from shahr.queries import Query, bind_texts, example
from shahr.syntax import service_block
from shahr.web.endpoint import content_type
from shahr.web.state import page_query, state
from shahr.web.terms import labels_of, shown


def blueprint() -> Blueprint:
    """Give the routes of the pages."""
    routes = Blueprint("pages", __name__)
    routes.add_url_rule("/", "start", start)
    routes.add_url_rule("/questions/<name>", "question", question)
    return routes


def start() -> str:
    """The start page: what this is, what it counts, what it can be asked."""
    counts = state().select(page_query("counts").text).rows
    return render_template(
        "start.html",
        counts=counts,
        triples=state().summary.triples,
        questions=sorted(state().questions.values(), key=lambda one: int(one.metadata.get("number", 0))),
    )


def question(name: str) -> str | BaseResponse:
    """A question: a page with form and table, or its rows alone with ?format=json, csv, tsv or xml."""
    asked = state().question(name)
    format_name = request.args.get("format", "html")
    repeated = [key for key, values in request.args.lists() if len(values) > 1]
    if repeated:
        raise QueryError(f"{repeated[0]!r} is given more than once")
    values = {key: value for key, value in request.args.items() if key != "format"}
    if format_name != "html":
        return _rows_only(_text(asked, values, as_it_stands=False), _format(format_name))
    text = _text(asked, values, as_it_stands=True)
    found = None if service_block(text) else state().select(text)
    labels = labels_of(found) if found else {}
    shared = {"asked": asked, "text": text, "values": values or example(asked), "shown": shown}
    return render_template("question.html", found=found, labels=labels, **shared)


def _text(asked: Query, values: dict[str, str], as_it_stands: bool) -> str:
    """The page shows the example where no value is given; a program must give its values."""
    if not values and (as_it_stands or not asked.params):
        return asked.text
    return bind_texts(asked, values)


def _format(name: str) -> Format:
    formats = {one.name: one for one in result_formats()}
    if name not in formats:
        raise QueryError(f"format {name!r} is not one of html, {', '.join(formats)}")
    return formats[name]


def _rows_only(text: str, chosen: Format) -> BaseResponse:
    answer = state().evaluate(text, [], [], chosen.media_types[0])
    return Response(answer.body, content_type=content_type(answer.media_type))
