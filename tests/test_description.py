from __future__ import annotations

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Store, Triple, parse

from shahr.engine import Limits
from shahr.engine.store import StoreEvaluator
from shahr.engine.summary import DatasetSummary, digest_of, summarise
from shahr.errors import QueryError
from shahr.formats import Format, graph_formats, result_formats
from shahr.web.description import describe, extension_functions

SD = "http://www.w3.org/ns/sparql-service-description#"
FORMATS = "http://www.w3.org/ns/formats/"
GEO = "http://www.opengis.net/def/function/geosparql/"
XSD = "http://www.w3.org/2001/XMLSchema#"
ENDPOINT = "http://127.0.0.1:8000/sparql"
TWO_GRAPHS = DatasetSummary("00", 5, (("a:one", 2), ("a:two", 4)))
TURTLE = graph_formats()[0]

PREFIXES = (
    "PREFIX geo: <http://www.opengis.net/ont/geosparql#> "
    f"PREFIX f: <{GEO}> PREFIX xsd: <{XSD}> PREFIX u: <http://www.opengis.net/def/uom/OGC/1.0/> "
)
AREA = '"POLYGON((0 0,4 0,4 4,0 4,0 0))"^^geo:wktLiteral'
OTHER = '"POLYGON((2 2,6 2,6 6,2 6,2 2))"^^geo:wktLiteral'
POINT = '"POINT(1 1)"^^geo:wktLiteral'
ELSEWHERE = '"POINT(2 2)"^^geo:wktLiteral'
OF_TWO = "sfEquals sfDisjoint sfIntersects sfTouches sfWithin sfContains sfOverlaps sfCrosses ehEquals ehDisjoint"
OF_TWO += " ehMeet ehOverlap ehCovers ehCoveredBy ehInside ehContains rcc8eq rcc8dc rcc8ec rcc8po rcc8tpp rcc8tppi"
OF_TWO += " rcc8ntpp rcc8ntppi difference symDifference intersection union"
OF_ONE = (
    "dimension coordinateDimension spatialDimension isEmpty isSimple getSRID asGeoJSON centroid convexHull envelope"
)
CALLS = {
    **{f"{GEO}{name}": f"f:{name}({AREA}, {OTHER})" for name in OF_TWO.split()},
    **{f"{GEO}{name}": f"f:{name}({AREA})" for name in OF_ONE.split()},
    f"{GEO}relate": f'f:relate({AREA}, {OTHER}, "T*T***T**")',
    f"{GEO}distance": f"f:distance({POINT}, {ELSEWHERE}, u:metre)",
    f"{GEO}length": f"f:length({AREA}, u:metre)",
    f"{GEO}perimeter": f"f:perimeter({AREA}, u:metre)",
    f"{GEO}area": f"f:area({AREA}, u:square_metre)",
    f"{XSD}date": 'xsd:date("2020-01-01")',
    f"{XSD}time": 'xsd:time("10:00:00")',
    f"{XSD}duration": 'xsd:duration("P1Y")',
    f"{XSD}dayTimeDuration": 'xsd:dayTimeDuration("PT1H")',
    f"{XSD}yearMonthDuration": 'xsd:yearMonthDuration("P1Y")',
    f"{XSD}gYear": 'xsd:gYear("2020")',
    f"{XSD}gYearMonth": 'xsd:gYearMonth("2020-01")',
    f"{XSD}gMonth": 'xsd:gMonth("--01")',
    f"{XSD}gMonthDay": 'xsd:gMonthDay("--01-01")',
    f"{XSD}gDay": 'xsd:gDay("---01")',
}


def described(dataset: DatasetSummary = TWO_GRAPHS, endpoint: str = ENDPOINT, federated: bool = False) -> set[Triple]:
    return triples_of(describe(endpoint, dataset, TURTLE, federated), RdfFormat.TURTLE)


def triples_of(body: bytes, written: RdfFormat) -> set[Triple]:
    return {Triple(one.subject, one.predicate, one.object) for one in parse(body, format=written)}


def objects(triples: set[Triple], subject: str, name: str) -> set[str]:
    predicate = name if ":" in name else SD + name
    found = (one for one in triples if one.predicate.value == predicate)
    return {getattr(one.object, "value", "") for one in found if getattr(one.subject, "value", "") == subject}


def evaluated(expression: str) -> bytes:
    query = f"{PREFIXES} SELECT ({expression} AS ?value) {{}}"
    return StoreEvaluator(Store()).evaluate(query, [], [], "text/csv", Limits()).body.split(b"\r\n")[1]


def loaded(turtle: str) -> Store:
    store = Store()
    store.load(turtle.encode(), format=RdfFormat.TRIG)
    return store


def test_the_service_names_its_endpoint_language_and_dataset() -> None:
    triples = described()
    assert objects(triples, f"{ENDPOINT}#service", "endpoint") == {ENDPOINT}
    assert objects(triples, f"{ENDPOINT}#service", "supportedLanguage") == {f"{SD}SPARQL11Query"}
    assert objects(triples, f"{ENDPOINT}#service", "feature") == {f"{SD}UnionDefaultGraph"}
    assert objects(triples, f"{ENDPOINT}#service", "defaultEntailmentRegime") == {
        "http://www.w3.org/ns/entailment/Simple"
    }
    dataset = objects(triples, f"{ENDPOINT}#service", "defaultDataset")
    assert dataset == objects(triples, f"{ENDPOINT}#service", "availableGraphs") == {f"{ENDPOINT}#dataset"}


def test_graphs_come_with_their_names_and_sizes() -> None:
    triples = described()
    void = "http://rdfs.org/ns/void#triples"
    (default,) = objects(triples, f"{ENDPOINT}#dataset", "defaultGraph")
    assert objects(triples, default, void) == {"5"}
    sizes = {}
    for entry in objects(triples, f"{ENDPOINT}#dataset", "namedGraph"):
        (name,), (graph,) = objects(triples, entry, "name"), objects(triples, entry, "graph")
        (sizes[name],) = objects(triples, graph, void)
    assert sizes == {"a:one": "2", "a:two": "4"}


def test_result_formats_are_those_that_w3c_lists() -> None:
    assert objects(described(), f"{ENDPOINT}#service", "resultFormat") == {
        *(f"{FORMATS}SPARQL_Results_{name}" for name in ("JSON", "XML", "CSV", "TSV")),
        *(f"{FORMATS}{name}" for name in ("Turtle", "N-Triples", "JSON-LD", "RDF_XML", "TriG", "N-Quads")),
    }


def test_only_terms_of_the_vocabulary_are_used() -> None:
    used = {
        node.value.removeprefix(SD)
        for triple in described(federated=True)
        for node in (triple.predicate, triple.object)
        if isinstance(node, NamedNode) and node.value.startswith(SD)
    }
    classes = {"Service", "Dataset", "Graph", "NamedGraph", "Function"}
    instances = {"SPARQL11Query", "UnionDefaultGraph", "BasicFederatedQuery"}
    of_service = {"endpoint", "feature", "supportedLanguage", "languageExtension", "extensionFunction", "resultFormat"}
    of_dataset = {"defaultDataset", "availableGraphs", "defaultGraph", "namedGraph", "name", "graph"}
    assert used == classes | instances | of_service | of_dataset | {"defaultEntailmentRegime"}


def test_functions_are_typed_and_labelled() -> None:
    triples = described()
    functions = objects(triples, f"{ENDPOINT}#service", "extensionFunction")
    assert functions == set(extension_functions())
    for one in functions:
        assert objects(triples, one, "http://www.w3.org/1999/02/22-rdf-syntax-ns#type") == {f"{SD}Function"}
        (label,) = objects(triples, one, "http://www.w3.org/2000/01/rdf-schema#label")
        assert one.endswith(label)


@pytest.mark.parametrize("function", extension_functions())
def test_every_function_listed_gives_a_value(function: str) -> None:
    assert evaluated(CALLS[function]) not in (b"", b'""')


@pytest.mark.parametrize("name", ["buffer", "boundary", "getCRS", "asGML", "concaveHull", "metricArea"])
def test_functions_not_listed_are_not_there(name: str) -> None:
    assert GEO + name not in extension_functions()
    with pytest.raises(QueryError):
        evaluated(f"f:{name}({AREA})")


def test_both_language_extensions_work() -> None:
    assert len(objects(described(), f"{ENDPOINT}#service", "languageExtension")) == 2
    moved = evaluated('ADJUST("2020-01-01T10:00:00Z"^^xsd:dateTime, "PT1H"^^xsd:dayTimeDuration)')
    assert moved == b"2020-01-01T11:00:00+01:00"
    query = "SELECT * { VALUES ?a { 1 2 } LATERAL { SELECT ?a (?a + 1 AS ?b) {} } }"
    rows = StoreEvaluator(Store()).evaluate(query, [], [], "text/csv", Limits()).body
    assert rows == b"a,b\r\n1,2\r\n2,3\r\n"


def test_federation_is_claimed_only_where_it_is_allowed() -> None:
    assert f"{SD}BasicFederatedQuery" not in objects(described(), f"{ENDPOINT}#service", "feature")
    allowed = objects(described(federated=True), f"{ENDPOINT}#service", "feature")
    assert f"{SD}BasicFederatedQuery" in allowed


def test_an_endpoint_behind_us_is_described_by_what_we_know() -> None:
    triples = described(DatasetSummary("", None, ()))
    assert objects(triples, f"{ENDPOINT}#service", "endpoint") == {ENDPOINT}
    assert len(objects(triples, f"{ENDPOINT}#service", "resultFormat")) == 10
    for unknown in ("defaultDataset", "availableGraphs", "extensionFunction", "languageExtension", "feature"):
        assert objects(triples, f"{ENDPOINT}#service", unknown) == set()


@pytest.mark.parametrize(
    "endpoint", ["http:///sparql", "", "/sparql", "http://a b/sparql", "javascript:x", "http://[/sparql", "http://a#b"]
)
def test_an_odd_host_gives_no_odd_iri(endpoint: str) -> None:
    triples = described(endpoint=endpoint)
    named = "https://w3id.org/shahr/sparql"
    assert objects(triples, f"{named}#service", "endpoint") == {named}


@pytest.mark.parametrize("chosen", graph_formats(), ids=lambda one: one.name)
def test_every_format_says_the_same(chosen: Format) -> None:
    body = describe(ENDPOINT, TWO_GRAPHS, chosen)
    assert isinstance(chosen.writer, RdfFormat)
    assert triples_of(body, chosen.writer) == described()
    assert all(describe(ENDPOINT, TWO_GRAPHS, chosen) == body for _ in range(20))


def test_a_format_of_tables_is_refused() -> None:
    with pytest.raises(TypeError):
        describe(ENDPOINT, TWO_GRAPHS, result_formats()[0])


def test_the_summary_counts_each_graph() -> None:
    store = loaded("<a:1> <a:p> 1 . <a:2> <a:p> 2 . GRAPH <g:b> { <a:1> <a:p> 1, 2 } GRAPH <g:a> { <a:1> <a:p> 3 }")
    summary = summarise(store)
    assert (summary.triples, summary.graphs) == (2, (("g:a", 1), ("g:b", 2)))
    assert summary.digest == digest_of(store)
    assert summarise(store, "ff").digest == "ff"


def test_a_store_without_triples_or_with_nameless_graphs_has_a_summary() -> None:
    assert summarise(Store()).triples == 0
    assert summarise(loaded("GRAPH _:g { <a:1> <a:p> 1 }")).graphs == ()


def test_the_digest_follows_the_content() -> None:
    texts = ("", "<a:1> <a:p> 1 .", "<a:1> <a:p> 2 .", "GRAPH <g:a> { <a:1> <a:p> 1 }")
    digests = [digest_of(loaded(text)) for text in texts]
    assert len(set(digests)) == len(texts)
    assert digests == [digest_of(loaded(text)) for text in texts]
    assert all(len(one) == 32 and int(one, 16) >= 0 for one in digests)


def test_sizes_are_whole_numbers_of_xsd() -> None:
    sizes = [one.object for one in described() if one.predicate.value == "http://rdfs.org/ns/void#triples"]
    assert {one.datatype.value for one in sizes if isinstance(one, Literal)} == {f"{XSD}integer"}
