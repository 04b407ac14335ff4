"""The pages about nodes of the graph: entities, facts, articles, passages and named graphs."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from flask import Blueprint, render_template
from pyoxigraph import NamedNode

from shahr.namespaces import BASE, FACT_PREFIXES, iri
from shahr.web.addresses import KINDS
from shahr.web.labels import read_labels
from shahr.web.receipts import Fact, facts_of, iris_in, read_facts, read_resting
from shahr.web.resource import read_resource
from shahr.web.sketches import article_strip, city_map
from shahr.web.state import page_query, state

MOST = 200
PLACED = 2000  # facts on the passages of an article; passages.rq finds one more


def blueprint() -> Blueprint:
    """Give the routes of the pages about nodes; what is no page, shahr.web.dereference sends to its page or data."""
    routes = Blueprint("resources", __name__)
    routes.add_url_rule(f"/<any({', '.join(KINDS)}):kind>/<slug>.html", "node", node_page)
    routes.add_url_rule("/article/<slug>.html", "article", article)
    routes.add_url_rule("/passage/<slug>.html", "passage", passage)
    return routes


def node_page(kind: str, slug: str) -> str:
    """An entity, period or fact: articles, passages, concepts and graphs have routes of their own, which come first.

    The kinds are those of shahr.web.dereference all the same, or its routes would come before this one.
    """
    return fact(kind, slug) if kind in FACT_PREFIXES else entity(kind, slug)


def entity(kind: str, slug: str) -> str:
    """An entity or period: names, links, what defines it, its facts with their receipts."""
    found = read_resource(f"{BASE}{kind}/{slug}")
    newest = facts_of("facts", found.iri)
    said = facts_of("said", found.iri) if kind in ("person", "post") else []
    facts = read_facts(newest[:MOST])
    labels = read_labels(found.iris() | iris_in(facts) | set(said[:MOST]))
    return render_template(
        "entity.html",
        node=found,
        kind=kind,
        groups=by_family(facts),
        said=[one for one in said[:MOST] if one not in newest],
        more=len(newest) > MOST,
        more_said=len(said) > MOST,
        labels=labels,
        map=city_map(found.iri, facts, labels) if kind in ("city", "place") else None,
    )


def fact(kind: str, slug: str) -> str:
    """One fact with its receipts, and the facts that speak of it."""
    found = read_resource(f"{BASE}{kind}/{slug}")
    around = facts_of("facts", found.iri)
    facts = read_facts([found.iri, *around[:MOST]])
    labels = read_labels(found.iris() | iris_in(facts))
    shown = [one for one in facts if one.iri == found.iri]
    return render_template(
        "fact.html",
        node=found,
        fact=shown[0] if shown else None,
        groups=by_family([one for one in facts if one.iri != found.iri]),
        more=len(around) > MOST,
        labels=labels,
    )


def article(slug: str) -> str:
    """An article: its record, and its passages in order with the facts that rest on each."""
    found = read_resource(f"{BASE}article/{slug}")
    places, more = _passages(found.iri)
    facts = {one.iri: one for one in read_facts(list(dict.fromkeys(group[0] for group in places.values() if group)))}
    resting = {one for group in places.values() for one in group}
    labels = read_labels(found.iris() | iris_in(facts.values()) | resting | places.keys())
    told = [iri("shahr:dateBasis"), iri("shahr:jalali")]
    strip = article_strip(found, places, labels)
    return render_template(
        "article.html", node=found, places=places, facts=facts, labels=labels, told=told, strip=strip, more=more
    )


def passage(slug: str) -> str:
    """A passage: where it is, who speaks, and the facts that rest on it."""
    found = read_resource(f"{BASE}passage/{slug}")
    resting = read_resting([found.iri]).facts.get(found.iri, ())
    facts = read_facts(resting[:MOST])
    labels = read_labels(found.iris() | iris_in(facts))
    return render_template("passage.html", node=found, facts=facts, labels=labels, more=len(resting) > MOST)


def by_family(facts: Iterable[Fact]) -> list[tuple[str, list[Fact]]]:
    """Give facts by their kind, in the order of FACT_PREFIXES; within a kind the order stays."""
    groups: dict[str, list[Fact]] = {name: [] for name in FACT_PREFIXES}
    for one in facts:
        groups[one.family].append(one)
    return [(name, group) for name, group in groups.items() if group]


def _passages(node: str) -> tuple[dict[str, list[str]], bool]:
    """Give the first MOST passages of an article with the facts that rest on each, and whether there is more."""
    rows = state().select(page_query("passages").filled(["article"], [[NamedNode(node)]])).rows
    places: dict[str, list[str]] = {}
    for place, resting in rows[:PLACED]:
        if isinstance(place, NamedNode):
            places.setdefault(place.value, []).extend([resting.value] if isinstance(resting, NamedNode) else [])
    return dict(islice(places.items(), MOST)), len(rows) > PLACED or len(places) > MOST
