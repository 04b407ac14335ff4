"""What a reader sees of a node: its label in the language of the page, else in the other, else its curie."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from markupsafe import Markup
from pyoxigraph import Literal, NamedNode

from shahr.namespaces import BASE, GRAPH, curie
from shahr.solutions import Solutions
from shahr.web.addresses import slug_of
from shahr.web.language import digits, language
from shahr.web.state import page_query, state

MOST = 2000  # nodes that one query asks for
PASSAGE = BASE + "passage/"
_PLACE = re.compile(r"-([0-9]{1,9})-([0-9]{1,9})$")


@dataclass(frozen=True)
class Label:
    """A text for a node; `language` is "en" or "fa", "" where the text is a curie or an IRI."""

    text: str
    language: str


class Labels:
    """Labels of nodes by IRI and language, for one page.

    `links` are those that the page has as HTML already; `firsts` holds a fact of each graph, by which graphs of
    outside sources are called.
    """

    def __init__(self, texts: Mapping[str, Mapping[str, str]], firsts: Mapping[str, str] | None = None) -> None:
        self._texts, self._firsts = texts, firsts or {}
        self.links: dict[str, Markup] = {}
        self._first = language()

    def of(self, iri: str) -> Label:
        """Give the label of a node, whether it has one or not."""
        texts = self._texts.get(iri)
        if texts:
            found = self._first if self._first in texts else next(iter(texts))
            return Label(texts[found], found)
        return self._made(iri) or Label(curie(iri), "")

    def other(self, iri: str) -> Label | None:
        """Give the label in another language than that which `of` gives, where there is one."""
        shown = self.of(iri).language
        texts = self._texts.get(iri, {})
        return next((Label(text, name) for name, text in texts.items() if name != shown), None)

    def place(self, passage: str) -> Label | None:
        """Give the place of a passage in its article: "characters 390 to 537"."""
        offsets = offsets_of(passage)
        if offsets is None:
            return None
        start, end = map(digits, offsets)
        return Label(_("characters %(start)s to %(end)s", start=start, end=end), self._first)

    def _made(self, iri: str) -> Label | None:
        """Passages and graphs have no label of their own: one is made of what their IRI says."""
        kind, slug = slug_of(iri) or ("", "")
        if kind == "passage" and (place := self.place(iri)):
            article = _article(_PLACE.sub("", slug))
            title = self.of(article).text + _(": ") if article in self._texts else ""
            return Label(title + place.text, place.language)
        return self._graph(slug) if kind == "graph" else None

    def _graph(self, name: str) -> Label | None:
        fixed = {
            "ontology": _("the ontology"),
            "entities": _("the entities"),
            "links": _("the links to others"),
            "inferred": _("the inferences"),
        }
        if name in fixed:
            return Label(fixed[name], self._first)
        if _article(name) in self._texts:
            return self.of(_article(name))
        first = self._firsts.get(GRAPH + name)
        return Label(_("%(fact)s, and more", fact=self.of(first).text), self._first) if first else None


def read_labels(iris: Iterable[str]) -> Labels:
    """Read the labels of nodes, MOST at a time."""
    wanted = set(iris)
    firsts = _first_facts([iri for iri in wanted if iri.startswith(GRAPH)])
    wanted |= set(firsts.values()) | {_article(iri.removeprefix(GRAPH)) for iri in wanted if iri.startswith(GRAPH)}
    wanted |= {_article(_PLACE.sub("", iri.removeprefix(PASSAGE))) for iri in wanted if iri.startswith(PASSAGE)}
    nodes = sorted(wanted)
    texts: dict[str, dict[str, str]] = {}
    for at in range(0, len(nodes), MOST):
        query = page_query("labels").filled(["node"], [[NamedNode(node)] for node in nodes[at : at + MOST]])
        for node, label in state().select(query).rows:
            if isinstance(node, NamedNode) and isinstance(label, Literal):
                texts.setdefault(node.value, {}).setdefault(label.language or "", label.value)
    return Labels(texts, firsts)


def _first_facts(graphs: Sequence[str]) -> dict[str, str]:
    """Give a fact of each graph that has any: graphs of outside sources are called by it."""
    if not graphs:
        return {}
    query = page_query("first").filled(["graph"], [[NamedNode(graph)] for graph in sorted(graphs)])
    rows = state().select(query).rows
    return {
        graph.value: fact.value for graph, fact in rows if isinstance(graph, NamedNode) and isinstance(fact, NamedNode)
    }


def labels_of(found: Solutions) -> Labels:
    """Read the labels of the nodes in a table."""
    return read_labels(term.value for row in found.rows for term in row if isinstance(term, NamedNode))


def offsets_of(passage: str) -> tuple[int, int] | None:
    """Give the offsets that the IRI of a passage ends in: (390, 537)."""
    found = _PLACE.search(passage)
    return (int(found[1]), int(found[2])) if found else None


def _article(name: str) -> str:
    """The graph of an article has the article's name."""
    return f"{BASE}article/{name}"
