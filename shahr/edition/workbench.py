"""SPARQL in the browser: the page, its scripts, and the engine that they run, Oxigraph's WebAssembly build."""

from __future__ import annotations

import shutil
from pathlib import Path

from flask import Blueprint, render_template

from shahr.errors import ReleaseError
from shahr.namespaces import BASE, prefix_map
from shahr.paths import Project
from shahr.queries import asks_elsewhere, in_order, without_header
from shahr.releases import Record
from shahr.web.addresses import KINDS
from shahr.web.state import page_query, state

ENGINE = ("web.js", "web_bg.wasm")
DATA = "data/shahr.nq.gz"
LONGEST = 1000  # rows that the page shows


def blueprint(newest: Record) -> Blueprint:
    """Give the routes of the page, over the newest release, and of what a host shows for an address it has not."""
    routes = Blueprint("edition", __name__)
    routes.add_url_rule("/sparql.html", "sparql", lambda: workbench_page(newest))
    routes.add_url_rule("/404.html", "missing", lambda: render_template("missing.html"))
    return routes


def workbench_page(newest: Record) -> str:
    """Give the page in the language of the request."""
    questions = [one for one in in_order(state().questions.values()) if not asks_elsewhere(one)]
    return render_template(
        "workbench.html",
        query=without_header(page_query("example").text),
        examples=[(one, without_header(one.text)) for one in questions],
        prefixes=prefix_map(),
        base=BASE,
        kinds=KINDS,
        longest=LONGEST,
        newest=newest,
        data=f"/dumps/{newest.version}/{DATA}",
        size=next((one.bytes for one in newest.files if one.path == DATA), 0),
    )


def copy_workbench(project: Project, folder: Path) -> None:
    """Put the scripts and the engine below sparql/; ReleaseError where npm has not installed the engine."""
    installed = project.root / "node_modules" / "oxigraph"
    for name in ENGINE:
        if not (installed / name).is_file():
            raise ReleaseError("SPARQL in the browser needs the npm package oxigraph: run `make setup` first")
    shutil.copytree(Path(__file__).parent / "static", folder / "sparql")
    for name in ENGINE:
        shutil.copyfile(installed / name, folder / "sparql" / name)
