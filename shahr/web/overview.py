"""The start page: what is in the graph, how it is asked, linked, cited and taken home."""

from __future__ import annotations

from flask import Blueprint, render_template
from pyoxigraph import Literal, NamedNode

from shahr.namespaces import FACT_PREFIXES, SHAHR
from shahr.queries import in_order
from shahr.web.labels import read_labels
from shahr.web.receipts import first_column, iris_in, read_facts
from shahr.web.sketches import read_dated, read_world, time_line, world_map
from shahr.web.state import page_query, state

QUESTIONS = 8


def blueprint() -> Blueprint:
    """Give the route of the start page."""
    routes = Blueprint("overview", __name__)
    routes.add_url_rule("/", "start", start)
    return routes


def start() -> str:
    """The start page."""
    newest = read_facts(first_column(page_query("newest").text))
    world, dated = read_world(), read_dated()
    labels = read_labels(iris_in(newest) | world.iris() | {one.fact for one in dated})
    questions = in_order(state().questions.values())
    return render_template(
        "start.html",
        counts=_counts(),
        kinds=FACT_PREFIXES,
        triples=state().summary.triples,
        questions=questions[:QUESTIONS],
        asked=len(questions),
        newest=newest,
        labels=labels,
        map=world_map(world, labels),
        timeline=time_line(dated, labels),
    )


def _counts() -> dict[str, int]:
    """Give how many nodes there are by the kind of their class: {"city": 22, "fact": 184 …}."""
    rows = state().select(page_query("counts").text).rows
    return {
        class_.value.removeprefix(SHAHR).lower(): int(count.value)
        for class_, count in rows
        if isinstance(class_, NamedNode) and isinstance(count, Literal)
    }
