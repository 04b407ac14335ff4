"""Every IRI of the graph can be opened, by people and by programs, and what comes is what the graph says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pyoxigraph import CanonicalizationAlgorithm, Dataset, DefaultGraph, NamedNode, Quad, RdfFormat, parse

from opening import invented
from server import create_app
from shahr.dataset import load_store
from shahr.namespaces import BASE, ENTITY_PREFIXES, FACT_PREFIXES, SOURCE_PREFIXES
from shahr.paths import Project
from shahr.web.settings import Settings
from tiny import tiny_app

Context = dict[str, object]
NODES = (*ENTITY_PREFIXES, *SOURCE_PREFIXES, *FACT_PREFIXES, "concept", "graph")
WHOLES = {"ontology": "ns", "shapes": "shapes", "concepts": "concept", "graphs": "graph"}
TYPES = {
    "html": "text/html",
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "jsonld": "application/ld+json",
    "rdf": "application/rdf+xml",
    "nq": "application/n-quads",
}
FORMATS = {
    "ttl": RdfFormat.TURTLE,
    "nt": RdfFormat.N_TRIPLES,
    "jsonld": RdfFormat.JSON_LD,
    "rdf": RdfFormat.RDF_XML,
    "nq": RdfFormat.N_QUADS,
}
CHROME = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
    "application/signed-exchange;v=b3;q=0.7"
)
COMUNICA = (
    "application/n-quads,application/trig;q=0.95,application/ld+json;q=0.9,application/n-triples;q=0.8,"
    "text/turtle;q=0.6,application/rdf+xml;q=0.5,application/json;q=0.45,text/n3;q=0.35,application/xml;q=0.3,"
    "image/svg+xml;q=0.3,text/xml;q=0.3,text/html;q=0.2,application/xhtml+xml;q=0.18"
)
JENA = "text/turtle,application/n-triples;q=0.9,application/ld+json;q=0.8,application/rdf+xml;q=0.7,*/*;q=0.3"
RDFLIB = (
    "application/rdf+xml, text/n3, text/turtle, application/n-triples, application/ld+json, application/n-quads, "
    "application/trix, application/trig"
)
ACCEPTS = {
    "Chrome": (CHROME, "html"),
    "Firefox": ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "html"),
    "Safari": ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "html"),
    "HTML as good as data": ("text/turtle,text/html", "html"),
    "HTML rather than nothing": ("text/turtle,text/html;q=0.9", "ttl"),
    "curl": ("*/*", "ttl"),
    "nothing": ("", "ttl"),
    "all text": ("text/*", "ttl"),
    "rdflib": (RDFLIB, "ttl"),
    "rdflib for RDF/XML": ("application/rdf+xml, */*;q=0.1", "rdf"),
    "rdflib for JSON-LD": ("application/ld+json, application/json;q=0.9, */*;q=0.1", "jsonld"),
    "rdflib for N-Triples": ("text/plain, */*;q=0.1", "nt"),
    "Comunica": (COMUNICA, "nq"),
    "Jena": (JENA, "ttl"),
    **{name: (name, suffix) for suffix, name in TYPES.items()},
}


@pytest.fixture(scope="module")
def client(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
        yield over(built, tmp_path_factory.mktemp("project"))


def over(built: Path, folder: Path) -> FlaskClient:
    """Give a client of an app over the shipped sources as built, without budgets."""
    for name in ("ontology", "shapes", "queries"):
        (folder / name).symlink_to(Project.here().root / name)
    (folder / "dist").symlink_to(built)
    settings = Settings(Project.at(folder), client_seconds=0, client_errors=0)
    return create_app({"SERVICE": settings}).test_client()


@pytest.fixture(scope="module")
def quads(built: Path) -> list[Quad]:
    """All that the named graphs hold, as a store has them: 51.50 is 51.5 there."""
    store = load_store(built / "graph.nq", built / "inferred.nq")
    return [quad for quad in store if not isinstance(quad.graph_name, DefaultGraph)]


@pytest.fixture(scope="module")
def about(quads: list[Quad]) -> dict[str, set[Quad]]:
    """What the graph says of each of our nodes, as subject or object, and of what is nested below it."""
    found: dict[str, set[Quad]] = {}
    for quad in quads:
        for term in {quad.subject, quad.object}:
            if isinstance(term, NamedNode) and re.fullmatch(rf"{BASE}[a-z]+/[^/]+", term.value):
                found.setdefault(term.value, set()).add(quad)
        if isinstance(quad.subject, NamedNode) and quad.subject.value.endswith("/position"):
            found.setdefault(quad.subject.value.removesuffix("/position"), set()).add(quad)
    return {node: said for node, said in found.items() if not node.startswith(f"{BASE}ns/")}


@pytest.fixture(scope="module")
def context(client: FlaskClient) -> Context:
    found: Context = json.loads(client.get("/context.jsonld").data)["@context"]
    return found


def address(kind: str, about: dict[str, set[Quad]], quads: list[Quad]) -> str:
    """Give the path of a real node of a kind, or that of a whole."""
    if kind in WHOLES:
        return f"/{WHOLES[kind]}"
    names = {name_of(quad.graph_name) for quad in quads} if kind == "graph" else about
    return "/" + min(name for name in names if name.startswith(f"{BASE}{kind}/")).removeprefix(BASE)


def read(body: bytes, suffix: str, context: Context) -> set[Quad]:
    """Parse a document; one in JSON-LD with the context that it names, as the server gives it."""
    if suffix == "jsonld":
        document = json.loads(body)
        assert document["@context"] == f"{BASE}context.jsonld"
        body = json.dumps(document | {"@context": context}).encode()
    return canonical(parse(body, format=FORMATS[suffix], base_iri="http://nowhere.example/"))


def canonical(quads: Iterable[Quad]) -> set[Quad]:
    dataset = Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return set(dataset)


def name_of(term: object) -> str:
    """Give the IRI of a node or the text of a literal."""
    return str(getattr(term, "value", ""))


def united(quads: Iterable[Quad]) -> set[Quad]:
    return {Quad(quad.subject, quad.predicate, quad.object) for quad in quads}


@pytest.mark.parametrize("accept", ACCEPTS)
@pytest.mark.parametrize("kind", [*NODES, *WHOLES])
def test_an_iri_leads_to_the_page_or_the_data(
    client: FlaskClient, about: dict[str, set[Quad]], quads: list[Quad], context: Context, kind: str, accept: str
) -> None:
    path = address(kind, about, quads)
    header, suffix = ACCEPTS[accept]
    seen = client.get(path, headers={"Accept": header} if header else {})
    assert (seen.status_code, seen.headers["Location"]) == (303, f"{path}.{suffix}")
    assert {"Accept", "Accept-Language"} <= set(seen.vary)
    assert seen.headers["Access-Control-Allow-Origin"] == "*"
    given = client.get(f"{path}.{suffix}", headers={"Accept": header} if header else {})
    assert (given.status_code, given.mimetype) == (200, TYPES[suffix])
    assert suffix == "html" or read(given.data, suffix, context)


def test_the_language_that_was_chosen_goes_along(client: FlaskClient) -> None:
    for path in ("/city/isfahan", "/ns"):
        seen = client.get(f"{path}?lang=fa", headers={"Accept": "text/html"})
        assert seen.headers["Location"] == f"{path}.html?lang=fa"


@pytest.mark.parametrize("accept", ["text/turtle", JENA, RDFLIB, COMUNICA, "text/html;q=0.5, TEXT/TURTLE"])
def test_without_a_release_the_iri_of_the_whole_graph_leads_programs_to_the_list_of_graphs(
    client: FlaskClient, accept: str
) -> None:
    suffix = "nq" if accept is COMUNICA else "ttl"
    assert client.get("/", headers={"Accept": "text/html"}).mimetype == "text/html"
    for method in ("GET", "HEAD"):
        seen = client.open("/", method=method, headers={"Accept": accept})
        assert (seen.status_code, seen.headers["Location"]) == (303, f"/graph.{suffix}")
        assert "Accept" in seen.vary
    assert client.get(f"/graph.{suffix}").status_code == 200


@pytest.mark.parametrize("accept", ["", "*/*", "text/*", CHROME, "text/turtle, text/html", "image/png", "text/csv"])
def test_the_start_page_is_for_everybody_else(client: FlaskClient, accept: str) -> None:
    seen = client.get("/", headers={"Accept": accept} if accept else {})
    assert (seen.status_code, seen.mimetype) == (200, "text/html")


@pytest.mark.parametrize("path", ["/city/isfahan", "/ns", "/graph/entities"])
def test_a_type_that_there_is_not_is_refused_with_those_that_are(client: FlaskClient, path: str) -> None:
    refused = client.get(path, headers={"Accept": "image/png, text/csv"})
    assert (refused.status_code, refused.mimetype) == (406, "text/plain")
    assert all(name in refused.text for name in TYPES.values())


def test_every_node_is_given_as_the_graph_has_it(
    client: FlaskClient, about: dict[str, set[Quad]], context: Context
) -> None:
    others = ("ttl", "nt", "rdf")
    for at, (node, said) in enumerate(sorted(about.items())):
        path = node.removeprefix(BASE)
        assert read(client.get(f"/{path}.nq").data, "nq", context) == said, node
        suffix = others[at % len(others)]
        assert read(client.get(f"/{path}.{suffix}").data, suffix, context) == united(said), (node, suffix)
    assert len(about) > 500


def test_every_graph_is_given_as_it_is(client: FlaskClient, quads: list[Quad], context: Context) -> None:
    for graph in {quad.graph_name for quad in quads}:
        body = client.get(f"/{name_of(graph).removeprefix(BASE)}.nq").data
        assert read(body, "nq", context) == canonical(quad for quad in quads if quad.graph_name == graph)


@pytest.mark.parametrize("suffix", FORMATS)
def test_ontology_and_concepts_together_are_the_graph_of_the_ontology(
    client: FlaskClient, quads: list[Quad], context: Context, suffix: str
) -> None:
    found = {name: client.get(f"/{name}.{suffix}") for name in ("ns", "concept")}
    concepts, terms = (read(found[name].data, suffix, context) for name in ("concept", "ns"))
    whole = canonical(quad for quad in quads if name_of(quad.graph_name) == f"{BASE}graph/ontology")
    assert canonical(concepts | terms) == (whole if suffix == "nq" else canonical(united(whole)))
    assert {name_of(quad.subject).startswith(f"{BASE}concept/") for quad in concepts} == {True}
    assert not [quad for quad in terms if str(quad.subject).startswith(f"<{BASE}concept/")]


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_shapes_are_those_of_the_files(client: FlaskClient, context: Context, suffix: str) -> None:
    files = sorted(Project.here().shapes.glob("*.ttl"))
    written = [quad for path in files for quad in parse(path=path, format=RdfFormat.TURTLE, rename_blank_nodes=True)]
    assert read(client.get(f"/shapes.{suffix}").data, suffix, context) == canonical(written)


def test_the_list_of_graphs_counts_their_triples(client: FlaskClient, quads: list[Quad]) -> None:
    listed = {
        (name_of(quad.subject), name_of(quad.object))
        for quad in parse(client.get("/graph.nt").data, RdfFormat.N_TRIPLES)
    }
    for graph in {quad.graph_name for quad in quads}:
        size = sum(quad.graph_name == graph for quad in quads)
        assert (name_of(graph), str(size)) in listed


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_document_is_the_same_bytes_each_time(client: FlaskClient, built: Path, tmp_path: Path, suffix: str) -> None:
    other = over(built, tmp_path)
    for name in ("city/isfahan", "ns", "shapes"):
        assert other.get(f"/{name}.{suffix}").data == client.get(f"/{name}.{suffix}").data


def test_what_is_named_below_a_node_leads_to_it(client: FlaskClient, about: dict[str, set[Quad]]) -> None:
    passage = min(node for node in about if "/passage/" in node).removeprefix(BASE)
    seen = client.get(f"/{passage}/position", headers={"Accept": CHROME})
    assert (seen.status_code, seen.headers["Location"]) == (303, f"/{passage}.html")
    assert client.get(f"/{passage}/nothing").status_code == 404
    assert client.get("/passage/none/position").status_code == 404


@pytest.mark.parametrize("name", ["alignments", "rl"])
def test_parts_of_the_ontology_lead_to_it(client: FlaskClient, name: str) -> None:
    seen = client.get(f"/ns/{name}")
    assert (seen.status_code, seen.headers["Location"]) == (303, "/ns.ttl")


def test_a_copy_that_is_still_good_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get("/city/isfahan.ttl")
    assert first.headers["Cache-Control"] == "no-cache"
    again = client.get("/city/isfahan.ttl", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get("/city/isfahan.nt", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


@pytest.mark.parametrize("path", ["/city/isfahan", "/city/isfahan.ttl", "/ns.jsonld", "/context.jsonld", "/city/none"])
def test_head_has_the_headers_of_get_and_no_body(client: FlaskClient, path: str) -> None:
    full, head = client.get(path), client.head(path)
    assert (head.status_code, head.data) == (full.status_code, b"")
    assert dict(head.headers) | {"Date": ""} == dict(full.headers) | {"Date": ""}


def test_documents_name_their_iri_their_licence_and_the_other_forms(client: FlaskClient) -> None:
    header = client.get("/city/isfahan.ttl").headers["Link"]
    links = dict(re.findall(r"<([^>]*)>; (rel=[^,]*)", header))
    assert links[f"{BASE}city/isfahan"] == 'rel="canonical"'
    assert links["https://creativecommons.org/licenses/by/4.0/"] == 'rel="license"'
    assert links["/ns"] == 'rel="describedby"'
    others = {suffix: name for suffix, name in TYPES.items() if suffix != "ttl"}
    assert {f"/city/isfahan.{suffix}" for suffix in others} <= set(links)
    assert all(links[f"/city/isfahan.{suffix}"] == f'rel="alternate"; type="{name}"' for suffix, name in others.items())
    assert "Link" not in client.get("/city/none.ttl").headers


def test_programs_write_nothing(client: FlaskClient) -> None:
    for path in ("/city/isfahan", "/city/isfahan.ttl", "/ns"):
        assert {client.open(path, method=method).status_code for method in ("POST", "PUT", "DELETE")} == {405}


def test_what_xml_cannot_carry_is_refused_with_another_format(tmp_path: Path) -> None:
    client = tiny_app(tmp_path).test_client()
    refused = client.get("/claim/odd.rdf")
    assert (refused.status_code, refused.mimetype) == (406, "text/plain")
    assert ".ttl" in refused.text
    for suffix in ("ttl", "nt", "nq"):
        assert "beep\x07" in {
            getattr(quad.object, "value", "")
            for quad in parse(client.get(f"/claim/odd.{suffix}").data, FORMATS[suffix])
        }


def test_a_dataset_without_ontology_has_no_document_of_it(tmp_path: Path) -> None:
    dataset = tmp_path / "only.ttl"
    dataset.write_text(f"<{BASE}city/a> <{BASE}ns#twinnedWith> <{BASE}city/b> .")
    settings = Settings(Project.here(), dataset=dataset, client_seconds=0, client_errors=0)
    client = create_app({"SERVICE": settings}).test_client()
    assert client.get("/ns.ttl").status_code == 404
    assert client.get("/city/a.nt").data == f"<{BASE}city/a> <{BASE}ns#twinnedWith> <{BASE}city/b> .\n".encode()
    assert client.get("/city/b.nq").data == client.get("/city/a.nq").data == client.get("/city/a.nt").data
    assert client.get("/shapes.ttl").status_code == 200


@pytest.mark.parametrize("path", ["", "city/isfahan", "ns", "passage/a-1-2/position", "city/isfahan.ttl"])
def test_w3id_sends_every_path_to_the_same_one_of_the_server(path: str) -> None:
    text = (Project.here().root / "w3id" / ".htaccess").read_text(encoding="utf-8")
    ((pattern, target),) = re.findall(r"^RewriteRule (\S+) (\S+) \[R=302,L\]$", text, re.MULTILINE)
    assert re.sub(pattern, target.replace("$1", r"\1"), path, count=1) == f"https://shahr.example/{path}"


def test_data_about_a_node_with_too_many_edges_are_refused_and_lead_to_sparql(tmp_path: Path) -> None:
    cities = "".join(f"city:c-{at:05} shahr:country country:full, country:many .\n" for at in range(20_000))
    graphs = {"entities": f"{cities}country:many shahr:country country:other ."}
    client = invented(tmp_path / "p", graphs).test_client()
    for suffix in FORMATS:
        refused = client.get(f"/country/many.{suffix}")
        assert (refused.status_code, refused.mimetype) == (413, "text/plain")
        assert refused.text == "there are more than 20,000 triples: ask for them in parts at /sparql\n"
    assert "/sparql" in client.get("/country/many.ttl?lang=fa").text
    assert client.get("/country/full.nt").data.count(b"\n") == 20_000
    assert client.get("/graph/entities.nt").data.count(b"\n") == 40_001
