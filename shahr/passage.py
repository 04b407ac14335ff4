"""The Turtle that an editor needs for a new passage, digests computed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple

from shahr.errors import ArticleMissing
from shahr.evidence import Measures, measure, passage_measures
from shahr.namespaces import curie, iri
from shahr.paths import Project
from shahr.turtle import parse_turtle, read_text, turtle_of


def passage_turtle(project: Project, path: Path, start: int, end: int, slug: str | None = None) -> str:
    """Give the record of the passage [start, end) of the article whose text is in `path`, as Turtle.

    The article is known by its digest; for a new one `slug` is needed, and its record comes along. BadPassage
    where the offsets do not fit the text, ArticleMissing where the article is new and has no slug.
    """
    text = read_text(path)
    passage = passage_measures(text, start, end, path.name)
    whole = measure(text)
    known = _article_of(project, whole.sha256)
    if known is None and slug is None:
        raise ArticleMissing(
            f"{path.name} is the text of no article of data/articles: name the new one by --article SLUG"
        )
    article = known or iri(f"article:{slug}")
    name = f"{iri('passage:')}{curie(article).partition(':')[2]}-{start}-{end}"
    triples = [
        *_record(name, "shahr:Passage", passage),
        Triple(NamedNode(name), NamedNode(iri("oa:hasSource")), NamedNode(article)),
        _number(name, "shahr:startOffset", start),
        _number(name, "shahr:endOffset", end),
    ]
    if known is None:
        triples += [
            *_record(article, "shahr:Article", whole),
            _number(article, "shahr:codePoints", whole.code_points),
        ]
    return turtle_of(triples)


def _article_of(project: Project, sha256: str) -> str | None:
    """Give the IRI of the article that has a text's digest."""
    for path in sorted(project.articles.glob("*.ttl")):
        for triple in parse_turtle(path):
            told = triple.predicate == NamedNode(iri("shahr:sha256")) and triple.object == Literal(sha256)
            if told and isinstance(triple.subject, NamedNode) and triple.subject.value.startswith(iri("article:")):
                return triple.subject.value
    return None


def _record(name: str, class_: str, measures: Measures) -> Iterator[Triple]:
    yield Triple(NamedNode(name), NamedNode(iri("rdf:type")), NamedNode(iri(class_)))
    yield Triple(NamedNode(name), NamedNode(iri("shahr:sha256")), Literal(measures.sha256))
    yield Triple(NamedNode(name), NamedNode(iri("shahr:foldedSha256")), Literal(measures.folded_sha256))
    yield _number(name, "shahr:foldedCodePoints", measures.folded_code_points)


def _number(name: str, property_: str, number: int) -> Triple:
    return Triple(NamedNode(name), NamedNode(iri(property_)), Literal(number))
