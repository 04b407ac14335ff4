"""The web application: `make serve` runs it by granian, `flask --app server run` and any WSGI server run it too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask
from jinja2 import FunctionLoader

from shahr.paths import Project
from shahr.web import (
    assets,
    catalogue,
    dereference,
    editor,
    feed,
    gate,
    headers,
    language,
    listing,
    overview,
    pagecache,
    resources,
    searching,
    sitemap,
    sketches,
    terms,
)
from shahr.web.dumps import pages as dumps
from shahr.web.generations import source_now
from shahr.web.questions import openapi
from shahr.web.questions import pages as questions
from shahr.web.reconcile import pages as reconcile
from shahr.web.settings import Settings
from shahr.web.site import EXTENSION, Site
from shahr.web.vocabulary import pages as vocabulary
from shahr.web.wsgi import EndpointFirst


def create_app(settings: Mapping[str, Any] | None = None) -> Flask:
    """Give the app over a built graph.

    `settings` may hold SERVICE (a shahr.web.settings.Settings), or PROJECT alone (a Project; else this checkout),
    and any setting of Flask. ProjectMissing where nothing has been built.
    """
    app = Flask("shahr.web", static_folder=None)
    app.config.from_mapping(settings or {})
    service = app.config.get("SERVICE") or Settings(app.config.get("PROJECT") or Project.here())
    if service.first is None:
        source_now(service)
    app.config["MAX_CONTENT_LENGTH"] = service.body
    site = app.extensions[EXTENSION] = Site(service, app.wsgi_app)
    app.wsgi_app = EndpointFirst(site)  # type: ignore[method-assign]
    gate.install(app)
    language.install(app)
    assets.install(app, service.project)
    sketches.install(app, service.project)
    terms.install(app)
    for part in (overview, editor, listing, openapi, questions, reconcile, resources, searching, vocabulary):
        app.register_blueprint(part.blueprint())
    for part in (catalogue, dumps, feed, sitemap):
        app.register_blueprint(part.blueprint())
    app.register_blueprint(dereference.blueprint())
    pagecache.install(app, service.cache // 4)
    headers.install(app)
    _read_templates(app)
    return app


def _read_templates(app: Flask) -> None:
    """Read all templates now, or an update of the files would mix two versions; each is compiled when it is needed."""
    environment = app.jinja_env
    if environment.loader and not app.debug:
        read = {name: environment.loader.get_source(environment, name) for name in environment.list_templates()}
        environment.loader = FunctionLoader(read.get)
