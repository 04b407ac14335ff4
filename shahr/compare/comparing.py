"""Comparing: reads our side, asks the other, and gives the verdicts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from pyoxigraph import Literal, NamedNode, Store

from shahr.compare.asking import Asker, ask_here
from shahr.compare.reasons import Reason, not_answered, not_known_there
from shahr.compare.sides import Here, Links, There
from shahr.compare.spans import Range, Span, interval, moment, parse_day
from shahr.compare.topics import Topic
from shahr.compare.verdicts import Row, Sides, give_verdicts
from shahr.dataset import load_store
from shahr.namespaces import curie, iri
from shahr.paths import Project
from shahr.solutions import Solutions
from shahr.wikidata import MOST, Found

_DAY = 11


@dataclass(frozen=True)
class Comparison:
    """Our graph beside the endpoint on one day: the topics that were compared, and the rows of all, in order."""

    endpoint: str
    day: date
    topics: tuple[Topic, ...]
    rows: list[Row]


def compare(
    project: Project,
    topics: Iterable[Topic],
    endpoint: str,
    select: Callable[[str], Solutions],
    day: date,
    size: int = MOST,
) -> Comparison:
    """Compare the built graph of a project with what the endpoint tells on a day.

    `select` sends a query to the endpoint, as shahr.client.Client does; `size` is how many items one request may
    hold. ProjectMissing where nothing is built; EndpointError where the endpoint answers nothing at all; where only
    some requests fail, what they were about is unknown.
    """
    asker, store = Asker(endpoint, select, size), load_store(project.graph, project.inferred)
    links = Links.of((_iri(row["entity"]), _iri(row["item"])) for row in ask_here(store, "links"))
    known = _Known(asker)
    compared = tuple(topics)
    rows = [row for topic in compared for row in give_verdicts(_sides(store, topic, links, asker, known, day))]
    return Comparison(endpoint, day, compared, rows)


def _sides(store: Store, topic: Topic, links: Links, asker: Asker, known: _Known, day: date) -> Sides:
    ends = {iri(one): end for one, end in topic.classes}
    asked = {_iri(row["entity"]): ends[_iri(row["class"])] for row in ask_here(store, "entities", **{"class": ends})}
    here = _here(ask_here(store, f"{topic.name}-here"), topic)
    items = {item for entity in asked for item in links.items_of(entity)}
    others = {item for one in here for end in (one.subject, one.object) for item in links.items_of(end)}
    troubled = known.trouble(items | others)
    found, failed = asker.ask(f"{topic.name}-there", items)
    there = tuple(_there(row, day) for row in found)
    silent = {item: not_answered(curie(item)) for item in failed}
    return Sides(topic, links, asked, here, there, troubled, silent)


class _Known:
    """Which items the endpoint knows; each is asked about once."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker
        self._troubles: dict[str, Reason | None] = {}

    def trouble(self, items: set[str]) -> Mapping[str, Reason]:
        """Give what is wrong with those of the items that the endpoint does not know, or may not."""
        new = items - set(self._troubles)
        found, failed = self._asker.ask("known-there", new)
        self._troubles |= {item: not_known_there(curie(item)) for item in new}
        self._troubles |= {item: not_answered(curie(item)) for item in failed}
        self._troubles |= {_iri(row["item"]): None for row in found}
        return {item: reason for item in sorted(items) if (reason := self._troubles[item])}


def _here(rows: Iterable[Found], topic: Topic) -> tuple[Here, ...]:
    """Give our side; facts that say the same are one."""
    facts: dict[tuple[str, str, Span], list[str]] = defaultdict(list)
    for row in rows:
        fact = row.get("fact")
        same = facts[_iri(row["subject"]), _iri(row["object"]), _span_here(row)]
        same += [fact.value] if isinstance(fact, NamedNode) else []
    return tuple(Here(*key, tuple(sorted(found))) for key, found in facts.items())


def _span_here(row: Found) -> Span:
    start, end = _day(row, "start", _DAY), _day(row, "end", _DAY)
    if start or end:
        return interval(start, end, ended=end is not None)
    earliest, latest = _day(row, "earliest", _DAY), _day(row, "latest", _DAY)
    return moment((earliest[0], latest[1]) if earliest and latest else None)


def _there(row: Found, day: date) -> There:
    start, end = (_day(row, name, _precision(row, f"{name}Precision")) for name in ("start", "end"))
    ended = row["end"] is not None and (end is None or end[1] < day)
    return There(
        item=_iri(row["item"]),
        subject=_item(row, "subject"),
        object=_item(row, "object"),
        statements=(_iri(row["statement"]),),
        span=interval(start, end, ended=row["end"] is not None),
        ended=ended,
        name=_text(row, "name"),
        name_fa=_text(row, "nameFa"),
        side=_item(row, "side") or "",
    )


def _item(row: Found, name: str) -> str | None:
    """Give the IRI of an item; a value that is said to be unknown is a node of another kind."""
    term = row.get(name)
    return term.value if isinstance(term, NamedNode) and term.value.startswith(iri("wd:")) else None


def _day(row: Found, name: str, precision: int | None) -> Range | None:
    return parse_day(_text(row, name), precision)


def _precision(row: Found, name: str) -> int | None:
    text = _text(row, name)
    return int(text) if text.isdecimal() else None


def _text(row: Found, name: str) -> str:
    term = row.get(name)
    return term.value if isinstance(term, Literal) else ""


def _iri(term: object) -> str:
    assert isinstance(term, NamedNode)
    return term.value
