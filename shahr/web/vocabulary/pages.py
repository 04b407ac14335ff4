"""The pages about the ontology, its shapes and its concepts, made from the Turtle that says it all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

from flask import Blueprint, render_template
from flask_babel import gettext as _
from pyoxigraph import Literal, NamedNode
from werkzeug.exceptions import NotFound

from shahr.alphabet import alphabetical
from shahr.namespaces import SHAHR, SLUG, iri
from shahr.queries import fill
from shahr.web.labels import Labels, read_labels
from shahr.web.prose import names_in, prose
from shahr.web.refusals import Replaced
from shahr.web.state import page_query, state
from shahr.web.terms import node
from shahr.web.triples import Triples
from shahr.web.vocabulary.concepts import NAMESPACE, Concept, Concepts, concept_tree, read_concept
from shahr.web.vocabulary.diagram import draw_ontology
from shahr.web.vocabulary.ontology import Ontology, Term
from shahr.web.vocabulary.shapes import ShapeBook, make_book
from shahr.web.vocabulary.termuse import QuestionUse
from shahr.web.vocabulary.tree import tree

T = TypeVar("T", Term, Concept)


class VocabularyPages:
    """The pages, and what they keep between requests: the shapes of the build, and which question uses what."""

    def __init__(self) -> None:
        self._use = QuestionUse()
        self._kept: tuple[object, ShapeBook] = (None, ShapeBook({}))

    def ns(self) -> str:
        """The page of the ontology: head, diagram, contents, then each class and property."""
        ontology = Ontology(_triples(page_query("ontology").text))
        labels = _labels(ontology.terms.values())
        classes, properties = (_by_label(group, labels) for group in (ontology.classes(), ontology.properties()))
        return render_template(
            "ns.html",
            ontology=ontology,
            classes=classes,
            properties=properties,
            branches=tree({term.iri: term for term in classes}, lambda term: term.wider),
            diagram=draw_ontology(classes, properties, labels),
            uses=_counts(page_query("term-uses").text),
            askable=_asking(),
            questions=self._use.of(state().questions),
            book=self._book(),
            titled=Labels({head.iri: head.titles for head in ontology.heads}),
            **_shared(labels, self._book()),
        )

    def shapes(self) -> str:
        """The page of the shapes: each with its target, its conditions and what it tells who breaks it."""
        book = self._book()
        classes = {stem: iri(f"shahr:{stem.title().replace('-', '')}") for stem in book.files}
        nodes = {node for shape in book for node in shape.mentioned()} | set(classes.values())
        labels = read_labels(nodes)
        return render_template(
            "shapes.html",
            book=book,
            titles={stem: _title(stem, classes[stem], labels) for stem in book.files},
            **_shared(labels, book),
        )

    def concepts(self) -> str:
        """The page of all schemes with their concepts."""
        found = Concepts(_triples(page_query("concepts").text))
        labels = _labels([*found.schemes.values(), *found.concepts.values()])
        schemes = _by_label(found.schemes.values(), labels)
        trees = {one.iri: concept_tree(_by_label(found.members(one), labels)) for one in schemes}
        return render_template("concepts.html", schemes=schemes, trees=trees, **_shared(labels))

    def concept(self, slug: str) -> str:
        """The page of one concept or scheme; NotFound where the graph has none of that name, Replaced where it had."""
        name = NAMESPACE + slug
        if not re.fullmatch(SLUG, slug):
            raise NotFound(_("the name of a concept is written in small letters, digits and hyphens"))
        triples = _triples(_about(page_query("concept").text, name))
        if successors := triples.iris(NamedNode(name), "dcterms:isReplacedBy"):
            raise Replaced(name, successors)
        concept = read_concept(triples, name)
        if not concept.types:
            raise NotFound(_("no concept is called '%(name)s'", name=slug))
        counts = _counts(_about(page_query("concept-uses").text, name))
        newest = state().select(_about(page_query("concept-newest").text, name)).rows
        named = [term.value for row in newest for term in row if isinstance(term, NamedNode)]
        labels = read_labels([*concept.nodes(), *counts, *named])
        book = self._book()
        return render_template(
            "concept.html",
            concept=concept,
            counts=counts,
            newest=newest,
            guards=[shape for shape in book if shape.mentioned().intersection((name, *concept.schemes))],
            questions=self._use.of(state().questions).get(name, ()),
            **_shared(labels, book),
        )

    def _book(self) -> ShapeBook:
        shapes = state().shapes
        known, book = self._kept
        if known is not shapes:
            book = make_book(shapes)
            self._kept = (shapes, book)
        return book


def blueprint() -> Blueprint:
    """Give the routes of the vocabulary, and the filter `prose` to templates."""
    routes, pages = Blueprint("vocabulary", __name__), VocabularyPages()
    routes.add_app_template_filter(prose, "prose")
    routes.add_url_rule("/ns.html", "ns", pages.ns)
    routes.add_url_rule("/shapes.html", "shapes", pages.shapes)
    routes.add_url_rule("/concept.html", "concepts", pages.concepts)
    routes.add_url_rule("/concept/<slug>.html", "concept", pages.concept)
    return routes


def _triples(query: str) -> Triples:
    return Triples(state().construct(query))


def _about(query: str, concept: str) -> str:
    return fill(query, ["concept"], [[NamedNode(concept)]])


def _counts(query: str) -> dict[str, int]:
    """Rows of a node and a number."""
    rows = state().select(query).rows
    return {a.value: int(b.value) for a, b in rows if isinstance(a, NamedNode) and isinstance(b, Literal)}


def _labels(things: Iterable[Term | Concept]) -> Labels:
    return read_labels(node for one in things for node in one.nodes())


def _by_label(things: Iterable[T], labels: Labels) -> list[T]:
    return sorted(things, key=lambda one: alphabetical(labels.of(one.iri).text))


def _asking() -> Callable[[Term], str]:
    """Give what makes the query for all that a term is used for."""
    members, values = page_query("members").text, page_query("values").text

    def askable(term: Term) -> str:
        text, variable = (members, "class") if term.is_class else (values, "property")
        return fill(text, [variable], [[NamedNode(term.iri)]])

    return askable


def _title(stem: str, class_: str, labels: Labels) -> str:
    """Give the title of a file of shapes: the class it is for, or what it is about."""
    own = {
        "concept": _("concepts"),
        "named": _("labels and names"),
        "ontology-style": _("the ontology itself"),
        "time": _("dates of facts"),
    }
    label = labels.of(class_)
    return own.get(stem) or (label.text if label.language else stem)


def _shared(labels: Labels, book: ShapeBook | None = None) -> dict[str, object]:
    """Give what the templates of all these pages ask for."""
    shape_labels = Labels({shape.iri: shape.labels for shape in book or ()})
    return {
        "labels": labels,
        "shown": partial(node, labels=labels),
        "shape_labels": shape_labels,
        "shape_shown": partial(node, labels=shape_labels),
        "named": lambda texts: _named(texts.values(), labels),
    }


def _named(texts: Iterable[str], labels: Labels) -> list[str]:
    """Give the nodes of the graph, but for terms, that a text names."""
    return sorted(one for one in names_in(texts) if labels.of(one).language and not one.startswith(SHAHR))
