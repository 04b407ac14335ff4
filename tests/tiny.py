"""An invented project, small enough to know by heart, and servers for it on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from flask import Flask
from werkzeug.serving import make_server

from server import create_app
from shahr.paths import Project
from shahr.web.settings import Settings

BASE = "https://w3id.org/shahr/"
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
SUBCLASS = "<http://www.w3.org/2000/01/rdf-schema#subClassOf>"

SISTERS = """\
#+ summary: Which cities are sisters of a city?
#+ summary-fa: کدام شهرها خواهرِ یک شهرند؟
#+ param: city, a city
PREFIX city: <https://w3id.org/shahr/city/>
PREFIX shahr: <https://w3id.org/shahr/ns#>
SELECT ?city ?sister WHERE { VALUES ?city { city:isfahan } ?city shahr:twinnedWith ?sister }
ORDER BY ?city ?sister
"""

TWINS_ELSEWHERE = """\
#+ summary: Which items have a label elsewhere?
#+ summary-fa: چه چیزهایی در جای دیگر برچسب دارند؟
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX shahr: <https://w3id.org/shahr/ns#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?city ?item ?name WHERE {
  ?city skos:exactMatch ?item .
  SERVICE <https://query.wikidata.org/sparql> { ?item rdfs:label ?name FILTER(LANG(?name) = "en") }
}
ORDER BY ?city
"""


ODD = """\
#+ summary: What is odd?
#+ summary-fa: چه چیزی عجیب است؟
SELECT ?o { ?s <https://schema.org/url> ?o } ORDER BY ?o
"""


def iri(path: str) -> str:
    return f"<{BASE}{path}>"


def nquads() -> str:
    wikidata = "<http://www.wikidata.org/entity/Q42053>"
    lines = [
        f'{iri("city/isfahan")} {LABEL} "Isfahan"@en {iri("graph/entities")} .',
        f'{iri("city/isfahan")} {LABEL} "اصفهان"@fa {iri("graph/entities")} .',
        f'{iri("city/kazan")} {LABEL} "<b>Kazan</b>"@en {iri("graph/entities")} .',
        f"{iri('city/kazan')} {TYPE} {iri('ns#City')} {iri('graph/entities')} .",
        f"{iri('city/kazan')} {TYPE} {iri('ns#City')} {iri('graph/one')} .",
        f'{iri("ns#City")} {LABEL} "city"@en {iri("graph/ontology")} .',
        f'{iri("ns#City")} {LABEL} "شهر"@fa {iri("graph/ontology")} .',
        f"{iri('city/isfahan')} <http://www.w3.org/2004/02/skos/core#exactMatch> {wikidata} {iri('graph/links')} .",
        f'{iri("claim/odd")} {LABEL} "beep\\u0007" {iri("graph/one")} .',
        f"{iri('claim/odd')} <https://schema.org/url> <javascript:alert(1)> {iri('graph/one')} .",
    ]
    return "\n".join(lines) + "\n"


def tiny_project(root: Path) -> Project:
    """Write the tiny project into `root` as if it had been built."""
    for folder in ("ontology", "dist", "queries/questions"):
        (root / folder).mkdir(parents=True)
    project = Project.at(root)
    project.graph.write_text(nquads(), encoding="utf-8")
    twinned = iri("ns#twinnedWith")
    inferred = f"{iri('city/isfahan')} {twinned} {iri('city/kazan')} {iri('graph/inferred')} .\n"
    project.inferred.write_text(inferred, encoding="utf-8")
    (project.questions / "sisters.rq").write_text(SISTERS, encoding="utf-8")
    (project.questions / "odd.rq").write_text(ODD, encoding="utf-8")
    (project.questions / "labels-elsewhere.rq").write_text(TWINS_ELSEWHERE, encoding="utf-8")
    return project


def tiny_app(root: Path) -> Flask:
    service = Settings(tiny_project(root), client_seconds=0, client_errors=0)
    app = create_app({"SERVICE": service, "TESTING": False})
    app.testing = False
    return app


@contextmanager
def running(app: object) -> Iterator[str]:
    """Serve a WSGI app on a free port of loopback and give its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)  # type: ignore[arg-type]
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
