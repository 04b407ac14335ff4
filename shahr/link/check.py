"""`shahr link check`: what became of the items that our entities were linked to. Nothing is changed.

What could not be asked about is "not checked", and never taken for gone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from shahr.client import Client
from shahr.errors import EndpointError
from shahr.gazetteer import Entity, open_gazetteer
from shahr.link.asking import Asked, Question, Row, Show, read_question
from shahr.link.deciding import FAR, Known
from shahr.link.items import (
    Item,
    classifying,
    describing,
    item_id,
    item_node,
    kinds_of,
    read_item,
    read_kinds,
    with_label,
)
from shahr.link.proposing import point_of
from shahr.link.rows import EXACT
from shahr.mappings import Link, accepted_links
from shahr.namespaces import BASE, curie, iri
from shahr.paths import Project
from shahr.wikidata import batches

UNCHECKED = "not checked"
_FAILURES = 2  # in a row, after which the endpoint is left alone


@dataclass(frozen=True, order=True)
class Fault:
    """Something wrong with a link, names with prefix.

    `fault` is one of merged, unknown, type, far, geonames, and UNCHECKED.
    """

    subject: str
    item: str
    fault: str
    message: str


@dataclass
class _Asking:
    """Asks in batches, goes on after one that failed, and stops after _FAILURES in a row."""

    client: Client
    show: Show
    failed: str = ""
    _failures: int = 0
    _done: int = 0
    _known: int = 0

    def about(self, question: Question, terms: Sequence[Asked]) -> dict[Asked, list[Row]]:
        """Give the rows on each term that was answered; the others are missing."""
        found: dict[Asked, list[Row]] = {}
        self._known += len(terms)
        for batch in batches(terms):
            found |= self._batch(question, batch)
            self._done += len(batch)
            self.show(self._done, self._known)
        return found

    def _batch(self, question: Question, batch: Sequence[Asked]) -> dict[Asked, list[Row]]:
        if self._failures >= _FAILURES:
            return {}
        try:
            rows = question.ask(self.client, batch).rows
        except EndpointError as error:
            self.failed, self._failures = str(error), self._failures + 1
            return {}
        self._failures = 0
        return {term: [row for row in rows if row[0] == term] for term in batch}


@dataclass(frozen=True)
class _Seen:
    """What an endpoint says of items: those described, those gone, those neither, their classes; why it failed.

    `kinds` are those of ours by class, and `classes` how it describes each.
    """

    items: Mapping[str, Item]
    gone: frozenset[str]
    unsure: frozenset[str]
    kinds: Mapping[str, frozenset[str]]
    classes: Mapping[str, Item]
    failed: str


def check(project: Project, client: Client, show: Show = lambda done, known: None) -> tuple[list[Fault], int]:
    """Give what is wrong with the accepted links to Wikidata, in order, and how many of them there are.

    ProjectMissing, SourceError; an endpoint that fails makes its links UNCHECKED.
    """
    links = accepted_links(project)
    ours = [link for link in links if _item(link)]
    gazetteer = open_gazetteer(project.search)
    try:
        entities = gazetteer.those(link.subject.removeprefix(BASE) for link in ours)
    finally:
        gazetteer.close()
    seen = _look(_Asking(client, show), sorted({_item(link) for link in ours}))
    by_iri, geonames = {entity.iri: entity for entity in entities}, _geonames(links)
    found = [
        Fault(curie(link.subject), curie(link.object), fault, message)
        for link in ours
        for fault, message in _faults(link, seen, by_iri.get(link.subject), geonames.get(link.subject, set()))
    ]
    return sorted(found), len(ours)


def _item(link: Link) -> str:
    """Give the id of the item that something is linked to, "" where it is linked elsewhere."""
    return link.object.removeprefix(iri("wd:")) if link.object.startswith(iri("wd:")) else ""


def _look(asking: _Asking, ids: Sequence[str]) -> _Seen:
    rows = asking.about(describing(), [item_node(id) for id in ids])
    silent = [node for node, each in rows.items() if not each]
    known = asking.about(read_question("known", "item"), silent)
    items = _read(rows)
    classes = [item_node(one) for one in sorted({one for item in items.values() for one in item.classes})]
    above = asking.about(classifying(), classes)
    return _Seen(
        items,
        frozenset(item_id(node) for node, each in known.items() if not each),
        frozenset(item_id(node) for node in silent if node not in known),
        read_kinds({item_id(node): each for node, each in above.items()}),
        _read(asking.about(describing(), classes)),
        asking.failed,
    )


def _read(rows: Mapping[Asked, list[Row]]) -> dict[str, Item]:
    return {item_id(node): read_item(item_id(node), each) for node, each in rows.items()}


def _faults(link: Link, seen: _Seen, entity: Entity | None, geonames: set[str]) -> Iterator[tuple[str, str]]:
    item = seen.items.get(_item(link))
    if item is None or item.id in seen.unsure:
        yield UNCHECKED, seen.failed
    elif item.id in seen.gone:
        yield "unknown", "the endpoint knows nothing of it: it was deleted, or never was there"
    elif item.merged_into:
        yield "merged", f"it was merged into wd:{item.merged_into}"
    elif link.predicate == iri(EXACT):
        yield from _differences(item, seen, entity, geonames)


def _differences(item: Item, seen: _Seen, entity: Entity | None, geonames: set[str]) -> Iterator[tuple[str, str]]:
    if entity is not None and item.classes and entity.kind not in kinds_of(item, seen.kinds):
        named = ", ".join(with_label(one, seen.classes.get(one)) for one in item.classes)
        certain = all(one in seen.kinds for one in item.classes)
        yield ("type", f"it is no {entity.kind} there: its class is {named}") if certain else (UNCHECKED, seen.failed)
    distance = Known(point=point_of(entity)).distance(item) if entity is not None else None
    if distance is not None and distance > FAR:
        yield "far", f"it lies {distance:.0f} km from our coordinates"
    if geonames and item.geonames and not geonames & set(item.geonames):
        yield "geonames", f"it has GeoNames id {', '.join(item.geonames)} and we {', '.join(sorted(geonames))}"


def _geonames(links: Sequence[Link]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for link in links:
        if link.predicate == iri(EXACT) and link.object.startswith(iri("gn:")):
            found.setdefault(link.subject, set()).add(link.object.removeprefix(iri("gn:")).rstrip("/"))
    return found
