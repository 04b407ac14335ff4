"""The start page: what is in the graph, how it is asked, linked, cited and taken home."""

from __future__ import annotations

from flask import Blueprint, render_template
from pyoxigraph import Literal, NamedNode

from shahr.namespaces import FACT_PREFIXES, SHAHR
from shahr.web.labels import read_labels
from shahr.web.receipts import facts_named, iris_in, read_facts
from shahr.web.sketches import time_line, world_map
from shahr.web.state import page_query, state

QUESTIONS = 8


def blueprint() -> Blueprint:
    """Give the route of the start page."""
    routes = Blueprint("overview", __name__)
    routes.add_url_rule("/", "start", start)
    return routes


def start() -> str:
    """The start page."""
    newest = read_facts(facts_named(page_query("newest").text))
    questions = sorted(state().questions.values(), key=lambda one: (int(one.metadata.get("number", 0)), one.name))
    return render_template(
        "start.html",
        counts=_counts(),
        kinds=FACT_PREFIXES,
        triples=state().summary.triples,
        questions=questions[:QUESTIONS],
        asked=len(questions),
        newest=newest,
        labels=read_labels(iris_in(newest)),
        map=world_map(),
        timeline=time_line(),
    )


def _counts() -> dict[str, int]:
    """Give how many nodes there are by the kind of their class: {"city": 22, "fact": 184 …}."""
    rows = state().select(page_query("counts").text).rows
    return {
        class_.value.removeprefix(SHAHR).lower(): int(count.value)
        for class_, count in rows
        if isinstance(class_, NamedNode) and isinstance(count, Literal)
    }
