"""The questions of a release: each query file as it is, and all of them as sh:SPARQLExecutable (SHACL-AF).

questions/questions.ttl is modelled so that tools for collections of example queries can read it
(https://github.com/sib-swiss/sparql-examples): the query in sh:select, what it asks in rdfs:comment, its endpoint in
schema:target, the endpoints that it asks besides in spex:federatesWith. A parameter is a sh:Parameter; the local name
of its path is the variable of the query's VALUES block, and its default value is the example in it.
"""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from shahr.namespaces import BASE, iri, prefix_map
from shahr.queries import Param, Query, example, in_order, parse_parameter, read_questions, without_header
from shahr.release.folder import Kind
from shahr.release.making import Making
from shahr.release.metadata.naming import ENDPOINT
from shahr.releases import LANGUAGES
from shahr.syntax import service_calls
from shahr.turtle import turtle_of

QUESTIONS = BASE + "questions"
PREFIXES = NamedNode(QUESTIONS + "#prefixes")
_FEDERATES = NamedNode("https://purl.expasy.org/sparql-examples/ontology#federatesWith")
_SPARQL, _SHACL = "https://www.w3.org/TR/sparql11-query/", "https://www.w3.org/TR/shacl-af/"
_DATATYPES = {"text": "xsd:string", "month": "xsd:string", "integer": "xsd:integer"}

Said = Iterator[tuple[str | NamedNode, NamedNode | Literal | BlankNode]]  # a property, as a name or whole, and a value


def write_questions(making: Making) -> None:
    """Write questions/ of a release."""
    questions = read_questions(making.project)
    for one in questions:
        title = {"en": one.summary, "fa": one.summary_fa}
        kind = Kind("questions", "application/sparql-query", title, (_SPARQL,))
        making.folder.write(f"questions/{one.path.name}", one.path.read_bytes(), kind)
    title = {"en": "All questions as sh:SPARQLExecutable", "fa": "همهٔ پرسش‌ها به شکل sh:SPARQLExecutable"}
    kind = Kind("questions", "text/turtle", title, ("https://www.w3.org/TR/turtle/", _SHACL))
    making.folder.write("questions/questions.ttl", turtle_of(describe_questions(questions)).encode(), kind)


def describe_questions(questions: list[Query]) -> Iterator[Triple]:
    """Give the triples of questions/questions.ttl."""
    yield from _statements(PREFIXES, _prefixes())
    yield from _declarations()
    for order, question in enumerate(in_order(questions), 1):
        node = NamedNode(f"{QUESTIONS}/{question.name}")
        yield from _statements(node, _question(node, question, order))
        for number, param in enumerate(question.params, 1):
            yield from _statements(_parameter_node(node, param), _parameter(question, param, number))


def _statements(subject: NamedNode, said: Said) -> Iterator[Triple]:
    for name, value in said:
        yield Triple(subject, NamedNode(iri(name)) if isinstance(name, str) else name, value)


def _prefixes() -> Said:
    yield "rdf:type", NamedNode(iri("owl:Ontology"))
    yield "rdfs:label", Literal("the prefixes of Shahr", language="en")
    yield "rdfs:label", Literal("پیشوندهای شهر", language="fa")


def _declarations() -> Iterator[Triple]:
    """Declare the prefixes, as SHACL-SPARQL wants it (https://www.w3.org/TR/shacl/#sparql-prefixes)."""
    for prefix, namespace in prefix_map().items():
        node = BlankNode()
        yield Triple(PREFIXES, NamedNode(iri("sh:declare")), node)
        yield Triple(node, NamedNode(iri("sh:prefix")), Literal(prefix))
        space = Literal(namespace, datatype=NamedNode(iri("xsd:anyURI")))
        yield Triple(node, NamedNode(iri("sh:namespace")), space)


def _question(node: NamedNode, question: Query, order: int) -> Said:
    for name in ("sh:SPARQLExecutable", "sh:SPARQLSelectExecutable"):
        yield "rdf:type", NamedNode(iri(name))
    for name in ("rdfs:label", "rdfs:comment"):
        yield name, Literal(question.summary, language="en")
        yield name, Literal(question.summary_fa, language="fa")
    yield "sh:order", _number(order)
    yield "sh:prefixes", PREFIXES
    yield "sh:select", Literal(without_header(question.text))
    yield "schema:target", NamedNode(ENDPOINT)
    for call in service_calls(question.text):
        yield _FEDERATES, NamedNode(call.endpoint)
    for param in question.params:
        yield "sh:parameter", _parameter_node(node, param)


def _parameter_node(question: NamedNode, param: Param) -> NamedNode:
    return NamedNode(f"{question.value}#{param.name}")


def _parameter(question: Query, param: Param, order: int) -> Said:
    yield "rdf:type", NamedNode(iri("sh:Parameter"))
    yield "sh:path", NamedNode(f"{QUESTIONS}#{param.name}")
    yield "sh:order", _number(order)
    yield "sh:defaultValue", parse_parameter(param, example(question)[param.name])
    for language, label in zip(LANGUAGES, question.labels.get(param.name, ()), strict=False):
        yield "sh:name", Literal(label, language=language)
    if param.kind in _DATATYPES:
        yield "sh:datatype", NamedNode(iri(_DATATYPES[param.kind]))
    else:
        yield "sh:class", NamedNode(iri("skos:Concept" if param.kind == "concept" else f"shahr:{param.kind.title()}"))


def _number(value: int) -> Literal:
    return Literal(str(value), datatype=NamedNode(iri("xsd:integer")))
