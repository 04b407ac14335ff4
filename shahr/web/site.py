"""What an application holds: the service, its endpoint, and the loop that both run on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask

from shahr.queries import read_queries
from shahr.web.dumps.shelf import Shelves
from shahr.web.endpoint import Endpoint
from shahr.web.runner import Runner
from shahr.web.service import Service
from shahr.web.settings import Settings

EXTENSION = "shahr"


class Site:
    """One service with its endpoint, loop and releases, and the WSGI application that makes the pages."""

    def __init__(self, settings: Settings, pages: Callable[..., Any]) -> None:
        self.pages = pages
        self.service = Service(settings)
        self.endpoint = Endpoint(self.service)
        self.runner = Runner()
        self.shelves = Shelves(settings.project)
        self.page_queries = {query.name: query for query in read_queries(Path(__file__).parent / "queries")}


def site_of(app: Flask) -> Site:
    """Give the site of an application that server.create_app made."""
    site: Site = app.extensions[EXTENSION]
    return site
