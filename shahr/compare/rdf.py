"""A comparison as RDF that asserts nothing which only one side says.

    report      one for each topic, a prov:Entity: dcterms:title, dcterms:date, the question as rdfs:seeAlso;
                prov:wasGeneratedBy the comparison, which prov:used our dataset and the endpoint
    verdict     a prov:Collection, dcterms:isPartOf the report, dcterms:identifier such as "only-there", rdfs:label in
                both languages; what has ended on Wikidata, or has by one side alone, stands in collections of their
                own with the same identifier
    row         prov:hadMember of a verdict, an rdf:Statement: rdf:subject, rdf:predicate, rdf:object in our vocabulary,
                with our entity where it has an accepted link, else the item, and neither where that is not known;
                rdfs:comment is the reason, or which side says that it has ended; shahr:edtf the time on Wikidata,
                prov:wasDerivedFrom our facts and the statements of Wikidata

A statement that is reified is not asserted (https://www.w3.org/TR/rdf11-mt/#reification), so a comparison can be
loaded beside the graph. All nodes of its own are blank: a comparison has no address, and two can be loaded together.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, serialize

from shahr.compare.comparing import Comparison
from shahr.compare.tables import state_words, verdict_words
from shahr.compare.topics import Topic
from shahr.compare.verdicts import CURRENT, ENDED, UNKNOWN, VERDICTS, Row
from shahr.namespaces import BASE, iri, prefix_map

_IN_IRI = ":/?#[]@!$&'()*+,;=%~"  # RFC 3987; the rest is percent-encoded

Node = NamedNode | BlankNode
Value = NamedNode | BlankNode | Literal


def comparison_rdf(comparison: Comparison, format: RdfFormat) -> bytes:
    """Write a comparison in an RDF format; the same comparison gives the same bytes."""
    triples = list(comparison_triples(comparison))
    prefixes = _prefixes(triples) if format in (RdfFormat.TURTLE, RdfFormat.TRIG) else None
    lines = (serialize(triples, format=format, prefixes=prefixes) or b"").splitlines(keepends=True)
    head = len(prefixes or ())
    return b"".join(sorted(lines[:head]) + lines[head:])  # the engine writes prefixes in no fixed order


def comparison_triples(comparison: Comparison) -> Iterator[Triple]:
    """Give the triples of a comparison."""
    activity = BlankNode("comparison")
    yield _said(activity, "rdf:type", NamedNode(iri("prov:Activity")))
    yield _said(activity, "prov:used", NamedNode(BASE))
    yield _said(activity, "prov:used", NamedNode(quote(comparison.endpoint, safe=_IN_IRI)))
    for topic in comparison.topics:
        report = BlankNode(topic.name)
        yield from _report(report, topic, comparison)
        yield _said(report, "prov:wasGeneratedBy", activity)
        rows = [row for row in comparison.rows if row.topic == topic]
        yield from _verdicts(report, topic, rows)


def _prefixes(triples: list[Triple]) -> dict[str, str]:
    used = "\n".join(map(str, triples))
    known = prefix_map() | {"wds": iri("wd:statement/")}
    return {prefix: namespace for prefix, namespace in known.items() if f"<{namespace}" in used}


def _report(node: Node, topic: Topic, comparison: Comparison) -> Iterator[Triple]:
    yield _said(node, "rdf:type", NamedNode(iri("prov:Entity")))
    yield from _texts(node, "dcterms:title", *topic.titles)
    yield _said(node, "dcterms:date", Literal(comparison.day.isoformat(), datatype=NamedNode(iri("xsd:date"))))
    yield _said(node, "rdfs:seeAlso", NamedNode(f"{BASE}questions/{topic.question}"))


def _verdicts(report: Node, topic: Topic, rows: list[Row]) -> Iterator[Triple]:
    """Give a collection for each verdict that there is, and its rows; they are numbered through the topic."""
    nodes = [BlankNode(f"{topic.name}-{number}") for number in range(1, len(rows) + 1)]
    for verdict in VERDICTS:
        for state in ("", ENDED, UNKNOWN):
            members = [(n, row) for n, row in zip(nodes, rows, strict=True) if _group(row) == (verdict, state)]
            if members:
                yield from _collection(report, topic, verdict, state, [node for node, _ in members])
            for node, row in members:
                yield from _row(node, row)


def _group(row: Row) -> tuple[str, str]:
    return row.verdict, "" if row.state == CURRENT else row.state


def _collection(report: Node, topic: Topic, verdict: str, state: str, members: list[BlankNode]) -> Iterator[Triple]:
    node = BlankNode("-".join(filter(None, (topic.name, verdict, state and f"state-{state}"))))
    english, persian = (verdict_words(verdict, language) for language in ("en", "fa"))
    yield _said(node, "rdf:type", NamedNode(iri("prov:Collection")))
    yield _said(node, "dcterms:isPartOf", report)
    yield _said(node, "dcterms:identifier", Literal(verdict))
    ends = {
        ENDED: ("; ended on Wikidata", "؛ در ویکی‌داده پایان یافته"),
        UNKNOWN: ("; ended on one side of Wikidata", "؛ در یک سوی ویکی‌داده پایان یافته"),
    }
    past = ends.get(state, ("", ""))
    yield from _texts(node, "rdfs:label", english + past[0], persian + past[1])
    for member in members:
        yield _said(node, "prov:hadMember", member)


def _row(node: Node, row: Row) -> Iterator[Triple]:
    yield _said(node, "rdf:type", NamedNode(iri("rdf:Statement")))
    ends = {"rdf:subject": row.subject, "rdf:predicate": iri(row.topic.property), "rdf:object": row.object}
    yield from (_said(node, name, NamedNode(end)) for name, end in ends.items() if end)
    if row.there:
        yield _said(node, "shahr:edtf", Literal(row.there))
    if row.reason:
        yield from _texts(node, "rdfs:comment", row.reason.english, row.reason.persian)
    if row.ended_at:
        yield from _texts(node, "rdfs:comment", state_words(row, "en"), state_words(row, "fa"))
    for source in (*row.facts, *row.statements):
        yield _said(node, "prov:wasDerivedFrom", NamedNode(source))


def _texts(node: Node, name: str, english: str, persian: str) -> Iterator[Triple]:
    yield _said(node, name, Literal(english, language="en"))
    yield _said(node, name, Literal(persian, language="fa"))


def _said(node: Node, name: str, value: Value) -> Triple:
    return Triple(node, NamedNode(iri(name)), value)
