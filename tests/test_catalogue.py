"""What describes what is offered: VoID and the DCAT catalogue in every format, and the versions of the ontology."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from urllib.parse import unquote

import pytest
from flask import Flask
from pyoxigraph import RdfFormat, Triple, parse
from rdflib import DCAT, RDF, Graph, URIRef
from werkzeug.test import TestResponse

from opening import invented
from server import create_app
from shahr.namespaces import BASE, iri
from shahr.paths import Project
from shelved import shelve, shipped

CATALOGUE, VERSION = BASE + "catalog", BASE + "dumps/{}/"
DATA = {
    "entities": 'city:a a shahr:City ; rdfs:label "A"@en .',
    "ontology": "<https://w3id.org/shahr/ns> a owl:Ontology .",
}
READERS = {
    "ttl": RdfFormat.TURTLE,
    "nt": RdfFormat.N_TRIPLES,
    "nq": RdfFormat.N_QUADS,
    "rdf": RdfFormat.RDF_XML,
    "jsonld": RdfFormat.JSON_LD,
}
TYPES = {
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "nq": "application/n-quads",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
}
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def files(version: str) -> dict[str, bytes]:
    dataset = VERSION.format(version)
    said = f'<{dataset}> a <{iri("dcat:Dataset")}> ; <{iri("dcat:version")}> "{version}" .\n'
    return {
        "metadata/dcat.ttl": said.encode(),
        "metadata/void.ttl": f"<{dataset}> a <{iri('void:Dataset')}> ; <{iri('void:triples')}> 3 .\n".encode(),
        "ontology/shahr.ttl": b"# as it was\n",
        "ontology/shahr.rdf": b"<rdf/>",
        "ontology/shahr-rl.ttl": b"# rules\n",
    }


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    app = invented(tmp_path_factory.mktemp("catalogue") / "project", DATA)
    project = app.extensions["shahr"].service.settings.project
    for version, day in (("0.9.0", "2026-01-02"), ("0.10.0", "2026-03-04")):
        shelve(project, version, files(version), day)
    return app


@pytest.fixture(scope="module")
def shipped_app(built: Path, released: Path, released_again: Path, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    project = shipped(tmp_path_factory.mktemp("shipped") / "project", built, released, released_again)
    return create_app({"PROJECT": project})


@pytest.fixture
def bare(tmp_path: Path) -> Flask:
    return invented(tmp_path / "project", DATA)


def get(app: Flask, path: str, accept: str = "*/*") -> TestResponse:
    return app.test_client().get(path, headers={"Accept": accept})


def catalogue(app: Flask) -> Graph:
    return Graph().parse(data=get(app, "/catalog.ttl").text, format="turtle")


@pytest.mark.parametrize("name", ["catalog", "void"])
def test_a_description_says_the_same_in_every_format(app: Flask, name: str) -> None:
    said: list[set[Triple]] = []
    for suffix, reader in READERS.items():
        found = get(app, f"/{name}.{suffix}")
        assert (found.status_code, found.mimetype) == (200, TYPES[suffix])
        text = found.data
        if suffix == "jsonld":
            text = Graph().parse(data=text, format="json-ld").serialize(format="nt", encoding="utf-8")
            reader = RdfFormat.N_TRIPLES
        said.append({quad.triple for quad in parse(text, format=reader)})
    assert said[0]
    assert all(one == said[0] for one in said)


@pytest.mark.parametrize("name", ["catalog", "void"])
def test_a_description_in_json_ld_has_its_context_inside_and_needs_no_other_address(
    shipped_app: Flask, name: str
) -> None:
    document = get(shipped_app, f"/{name}.jsonld").get_json()
    whole = get(shipped_app, "/context.jsonld").get_json()["@context"]
    assert document["@context"].items() <= whole.items()
    assert len(document["@context"]) < len(whole)
    quads = parse(json.dumps(document), format=RdfFormat.JSON_LD)  # this parser fetches nothing
    plain = parse(get(shipped_app, f"/{name}.nt").data, format=RdfFormat.N_TRIPLES)
    assert {quad.triple for quad in quads} == {quad.triple for quad in plain}


@pytest.mark.parametrize("path", ["/catalog", "/void", "/.well-known/void"])
def test_the_accept_header_chooses_the_format_and_a_reader_gets_the_list(app: Flask, path: str) -> None:
    name = path.rpartition("/")[2]
    for suffix, accept in TYPES.items():
        found = get(app, path, accept)
        assert (found.status_code, found.location) == (303, f"/{name}.{suffix}")
        assert "Accept" in found.headers["Vary"]
    assert get(app, path).location == f"/{name}.ttl"
    assert get(app, f"{path}?lang=fa", BROWSER).location == "/dumps/?lang=fa"
    assert get(app, path, "image/png").status_code == 406


def test_the_catalogue_has_all_releases_and_says_which_is_the_newest(app: Flask) -> None:
    graph, whole = catalogue(app), URIRef(BASE)
    versions = {URIRef(VERSION.format(one)) for one in ("0.9.0", "0.10.0")}
    assert (URIRef(CATALOGUE), RDF.type, DCAT.Catalog) in graph
    assert set(graph.objects(URIRef(CATALOGUE), DCAT.dataset)) == versions | {whole}
    assert set(graph.objects(whole, URIRef(iri("dcat:hasVersion")))) == versions
    assert set(graph.objects(whole, URIRef(iri("dcat:hasCurrentVersion")))) == {URIRef(VERSION.format("0.10.0"))}
    assert {str(one) for one in graph.objects(None, URIRef(iri("dcat:version")))} == {"0.9.0", "0.10.0"}
    for name in ("title", "description"):
        for node in (CATALOGUE, BASE, BASE + "sparql"):
            texts = list(graph.objects(URIRef(node), URIRef(iri(f"dcterms:{name}"))))
            assert sorted(getattr(one, "language", "") for one in texts) == ["en", "fa"], (node, name)
    days = {name: str(graph.value(whole, URIRef(iri(f"dcterms:{name}")))) for name in ("issued", "modified")}
    assert days == {"issued": "2026-01-02", "modified": "2026-03-04"}
    assert not [node for triple in graph for node in triple if type(node).__name__ == "BNode"]


def test_the_catalogue_names_the_endpoint_and_no_server(app: Flask) -> None:
    graph, endpoint = catalogue(app), URIRef(BASE + "sparql")
    assert (endpoint, RDF.type, DCAT.DataService) in graph
    assert (endpoint, DCAT.servesDataset, URIRef(BASE)) in graph
    assert graph.value(endpoint, DCAT.endpointURL) == graph.value(endpoint, DCAT.endpointDescription) == endpoint
    assert "localhost" not in get(app, "/catalog.ttl").text


def test_the_iri_of_the_whole_graph_leads_programs_to_the_catalogue_which_describes_it(app: Flask) -> None:
    for accept, suffix in (
        ("text/turtle", "ttl"),
        ("application/ld+json", "jsonld"),
        ("text/html;q=0.5, text/turtle", "ttl"),
    ):
        found = get(app, "/", accept)
        assert (found.status_code, found.location) == (303, f"/catalog.{suffix}")
        assert "Accept" in found.vary
    for accept in (BROWSER, "*/*"):
        assert get(app, "/", accept).mimetype == "text/html"
    assert (URIRef(BASE), RDF.type, DCAT.Dataset) in catalogue(app)


def test_void_is_that_of_the_newest_release(app: Flask) -> None:
    assert VERSION.format("0.10.0") in get(app, "/void.ttl").text
    assert VERSION.format("0.9.0") not in get(app, "/void.ttl").text


def test_without_a_release_there_is_a_sentence(bare: Flask) -> None:
    for path in ("/void", "/catalog", "/.well-known/void"):
        found = get(bare, path)
        assert (found.status_code, "shahr publish 0.1.0" in found.text) == (404, True)
        page = get(bare, f"{path}?lang=fa", BROWSER)
        assert (page.status_code, '<html lang="fa"' in page.text) == (404, True)
    for path in ("/void.ttl", "/catalog.jsonld", "/void.nq"):
        assert get(bare, path).status_code == 404


def test_a_description_that_is_damaged_leaves_the_others(tmp_path: Path) -> None:
    app = invented(tmp_path / "project", DATA)
    project: Project = app.extensions["shahr"].service.settings.project
    for version in ("1.0.0", "1.1.0"):
        shelve(project, version, files(version))
    (project.releases / "1.1.0" / "metadata" / "dcat.ttl").write_text("<", encoding="utf-8")
    (project.releases / "1.1.0" / "metadata" / "void.ttl").unlink()
    text = get(app, "/catalog.ttl").text
    assert '"1.0.0"' in text
    assert VERSION.format("1.1.0") in text
    assert get(app, "/void.ttl").status_code == 404
    shutil.rmtree(project.releases)
    assert get(app, "/catalog.ttl").status_code == 404


def test_a_version_of_the_ontology_is_the_file_of_its_release(app: Flask) -> None:
    base = "/dumps/0.9.0/ontology/shahr"
    for accept, target in (
        ("*/*", f"{base}.ttl"),
        ("text/turtle", f"{base}.ttl"),
        ("application/rdf+xml", f"{base}.rdf"),
    ):
        found = get(app, "/ns/0.9.0", accept)
        assert (found.status_code, found.location) == (303, target)
        assert get(app, target).status_code == 200
    assert get(app, "/ns/0.9.0", BROWSER).location == "/dumps/0.9.0/"
    assert get(app, "/ns/rl/0.9.0?lang=fa", BROWSER).location == "/dumps/0.9.0/?lang=fa"
    assert get(app, "/ns/rl/0.9.0").location == "/dumps/0.9.0/ontology/shahr-rl.ttl"
    refused = get(app, "/ns/0.9.0", "application/n-triples")
    assert refused.status_code == 406
    assert "text/html, text/turtle, application/rdf+xml" in refused.text
    for path in ("/ns/7.0.0", "/ns/alignments/0.9.0", "/ns/x/0.9.0", "/ns/../0.9.0"):
        assert get(app, path).status_code == 404, path


def test_every_version_that_a_released_ontology_names_opens(
    shipped_app: Flask, released: Path, released_again: Path
) -> None:
    named = set()
    for folder in (released, released_again):
        for file in sorted((folder / "ontology").iterdir()):
            reader = RdfFormat.TURTLE if file.suffix == ".ttl" else RdfFormat.RDF_XML
            said = [quad.triple for quad in parse(path=file, format=reader)]
            versions = {str(one.object) for one in said if one.predicate.value == iri("owl:versionIRI")}
            earlier = {str(one.object) for one in said if one.predicate.value == iri("owl:priorVersion")}
            assert len(versions) == 1, file
            assert len(earlier) == (folder == released_again), file
            named |= versions | earlier
    assert len(named) == 8
    for one in sorted(named):
        path = one.strip("<>").removeprefix(BASE[:-1])
        for accept, kind in (("text/turtle", "text/turtle"), ("application/rdf+xml", "application/rdf+xml")):
            found = shipped_app.test_client().get(path, headers={"Accept": accept}, follow_redirects=True)
            assert (found.status_code, found.mimetype) == (200, kind), path
            assert one.strip("<>") in found.text
        page = shipped_app.test_client().get(path, headers={"Accept": BROWSER}, follow_redirects=True)
        assert (page.status_code, page.request.path) == (200, f"/dumps/{path.rpartition('/')[2]}/")


def test_every_address_in_the_catalogue_of_made_releases_answers(shipped_app: Flask) -> None:
    app, graph = shipped_app, catalogue(shipped_app)
    named = {str(node) for triple in graph for node in triple if isinstance(node, URIRef)}
    own = {unquote(one.removeprefix(BASE[:-1]).partition("#")[0]) for one in named if one.startswith(BASE)}
    assert {"/", "/catalog", "/sparql", "/dumps/0.1.0/", "/dumps/0.2.0/"} <= own
    for address in sorted(own):
        found = app.test_client().head(address, headers={"Accept": "text/turtle"}, follow_redirects=True)
        assert found.status_code in (200, 406), address
        if found.status_code == 406:
            assert app.test_client().head(address, follow_redirects=True).status_code == 200, address
