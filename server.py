"""The web application: `flask --app server run`, or granian with `--interface wsgi --factory`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask
from pyoxigraph import DefaultGraph, NamedNode, Store

from shahr.dataset import load_store
from shahr.engine import LocalEngine
from shahr.paths import Project
from shahr.queries import read_queries
from shahr.web import headers, pages, sparql
from shahr.web.state import EXTENSION, State

LARGEST_BODY = 2 * 1024 * 1024


def create_app(settings: Mapping[str, Any] | None = None) -> Flask:
    """Give the app over a built graph.

    `settings` may hold PROJECT (a Project; else this checkout) and any setting of Flask, such as
    MAX_CONTENT_LENGTH in bytes. ProjectMissing where nothing has been built.
    """
    app = Flask("shahr.web")
    app.config.from_mapping({"MAX_CONTENT_LENGTH": LARGEST_BODY, **(settings or {})})
    app.extensions[EXTENSION] = _load(app.config.get("PROJECT") or Project.here())
    app.register_blueprint(sparql.blueprint())
    app.register_blueprint(pages.blueprint())
    headers.install(app)
    return app


def _load(project: Project) -> State:
    graph = project.graph.resolve()  # both files of one build, should another be linked meanwhile
    store = load_store(graph, graph.with_name(project.inferred.name))
    triples = sum(1 for _ in store.quads_for_pattern(None, None, None, DefaultGraph()))
    questions = {query.name: query for query in read_queries(project.questions)}
    return State(questions, LocalEngine(store), triples, _graphs(store))


def _graphs(store: Store) -> tuple[NamedNode, ...]:
    named = (graph for graph in store.named_graphs() if isinstance(graph, NamedNode))
    return tuple(sorted(named, key=lambda graph: graph.value))
