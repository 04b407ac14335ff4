"""The class diagram of the ontology."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product

from flask_babel import gettext as _
from markupsafe import Markup

from shahr.web.drawing.classes import ClassBox, Edge, draw_classes
from shahr.web.labels import Labels
from shahr.web.language import language
from shahr.web.vocabulary.ontology import Term


def draw_ontology(classes: Sequence[Term], properties: Sequence[Term], labels: Labels) -> Markup:
    """Draw classes below each other with the properties of each, and the ties between the trees."""
    known = {term.iri: term for term in classes}
    return draw_classes(
        [_box(term, known, properties, labels) for term in classes],
        list(_edges(known, properties, labels)),
        _("Classes of the ontology"),
        _("Each class stands below the wider one, with its properties and what their values are."),
        "class-diagram",
        language() == "fa",
    )


def _box(term: Term, known: Mapping[str, Term], properties: Iterable[Term], labels: Labels) -> ClassBox:
    own = [one for one in properties if term.iri in one.domains]
    comma = "، " if language() == "fa" else ", "
    lines = [(labels.of(one.iri).text, comma.join(labels.of(kind).text for kind in one.ranges)) for one in own]
    label, parent = labels.of(term.iri), _parent(term, known)
    tongue = "" if label.language == language() else label.language
    return ClassBox(term.name, label.text, f"#{term.name}", parent.name if parent else None, lines, tongue)


def _parent(term: Term, known: Mapping[str, Term]) -> Term | None:
    return next((known[one] for one in term.wider if one in known), None)


def _edges(known: Mapping[str, Term], properties: Iterable[Term], labels: Labels) -> Iterator[Edge]:
    """Only what ties one tree to another as a whole: all other properties stand as lines in their boxes."""
    roots = {term.iri for term in known.values() if _parent(term, known) is None}
    for one in properties:
        for domain, target in product(roots.intersection(one.domains), roots.intersection(one.ranges)):
            if domain != target:
                yield Edge(known[domain].name, known[target].name, labels.of(one.iri).text)
