"""SPARQL in the browser: the page, its scripts, and the engine that they run, Oxigraph's WebAssembly build."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

from flask import Blueprint, render_template

from shahr.errors import ProjectMissing, ReleaseError
from shahr.namespaces import BASE, prefix_map
from shahr.paths import Project
from shahr.queries import asks_elsewhere, in_order, without_header
from shahr.web.addresses import KINDS
from shahr.web.state import page_query, state

ENGINE = ("web.js", "web_bg.wasm")
BUILT = ("graph.nq", "inferred.nq")
DATA = "sparql/shahr.nq.gz"
LONGEST = 1000  # rows that the page shows


def blueprint(size: int) -> Blueprint:
    """Give the routes of the page, whose graph has `size` bytes, and of what a host shows for an address it has not."""
    routes = Blueprint("edition", __name__)
    routes.add_url_rule("/sparql.html", "sparql", lambda: workbench_page(size))
    routes.add_url_rule("/404.html", "missing", lambda: render_template("missing.html"))
    return routes


def workbench_page(size: int) -> str:
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
        data=f"/{DATA}",
        size=size,
    )


def write_workbench(project: Project, folder: Path) -> int:
    """Put the scripts, the engine and the graph below sparql/, and give the size of the graph, packed, in bytes.

    It is the graph that the pages tell of: the newest release may be older. ReleaseError where npm has not installed
    the engine, ProjectMissing where nothing is built.
    """
    installed = project.root / "node_modules" / "oxigraph"
    for name in ENGINE:
        if not (installed / name).is_file():
            raise ReleaseError("SPARQL in the browser needs the npm package oxigraph: run `make setup` first")
    shutil.copytree(Path(__file__).parent / "static", folder / "sparql")
    for name in ENGINE:
        shutil.copyfile(installed / name, folder / "sparql" / name)
    _pack_graph(project, folder / DATA)
    return (folder / DATA).stat().st_size


def _pack_graph(project: Project, path: Path) -> None:
    with path.open("wb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
        for name in BUILT:
            if not (project.dist / name).is_file():
                raise ProjectMissing(f"{project.dist / name} is not there yet: run `shahr run` first")
            with (project.dist / name).open("rb") as quads:
                shutil.copyfileobj(quads, packed)
