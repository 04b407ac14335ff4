"""The verdict on each thing that is said here or there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from shahr.compare.reasons import Reason, date_missing, not_linked, value_unknown
from shahr.compare.sides import Here, Links, There
from shahr.compare.spans import meet
from shahr.compare.topics import OBJECT, Topic
from shahr.namespaces import curie

BOTH, ONLY_HERE, ONLY_THERE, UNKNOWN = "both", "only-here", "only-there", "unknown"
VERDICTS = (BOTH, ONLY_HERE, ONLY_THERE, UNKNOWN)
CURRENT, ENDED = "current", "ended"


@dataclass(frozen=True)
class Row:
    """A verdict; an end is the IRI of our entity, else of the item, and None where it is not known.

    `name` and `name_fa` are labels of an item that no entity of ours is linked to; `here` and `there` are times as
    EDTF; `state` tells whether the statement there is current or ended ("" where there is none), and is unknown where
    it has ended by the statements of one end alone: `ended_at` is that end's item, with its time. `facts` and
    `statements` are the IRIs of what says it.
    """

    topic: Topic
    verdict: str
    subject: str | None
    object: str | None
    name: str = ""
    name_fa: str = ""
    here: str = ""
    there: str = ""
    state: str = ""
    ended_at: tuple[tuple[str, str], ...] = ()
    reason: Reason | None = None
    facts: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sides:
    """All that a verdict is made of.

    `asked` are the entities that the endpoint is asked about, each with its end of the relation; `silent` is why an
    item was not asked about with success; `troubled` is what else is wrong with an item.
    """

    topic: Topic
    links: Links
    asked: Mapping[str, str]
    here: tuple[Here, ...]
    there: tuple[There, ...]
    troubled: Mapping[str, Reason]
    silent: Mapping[str, Reason]


def give_verdicts(sides: Sides) -> list[Row]:
    """Give the rows of one topic, in order: what is said, then what could not be asked."""
    said: dict[str, list[Here]] = defaultdict(list)
    for here in sides.here:
        for entity in {here.subject, here.object}:
            said[entity].append(here)
    told: dict[Here, list[tuple[There, bool | Reason]]] = defaultdict(list)
    rows: list[Row] = []
    for there in _merged(sides):
        results = _matches(sides, said, there)
        for here, result in results:
            told[here].append((there, result))
        if not any(result is True for _, result in results):
            rows.append(_row_there(sides, there, [one for _, one in results if isinstance(one, Reason)]))
    for here in sides.here:
        rows += _rows_here(sides, here, told[here])
    return sorted([*rows, *_gaps(sides)], key=_order)


def _merged(sides: Sides) -> Iterable[There]:
    """Give one statement for the many that say the same of the same ends, a current one where there is one.

    An end that has no current one says that it has ended, whatever the other end says.
    """
    groups: dict[object, list[There]] = defaultdict(list)
    for there in sides.there:
        ends: tuple[object, ...] = (there.subject, there.object)
        if sides.topic.symmetric:
            ends = tuple(sorted(ends, key=str))
        groups[ends if None not in ends and not sides.topic.timed else there].append(there)
    for group in groups.values():
        first = min(group, key=lambda one: (one.ended, one.statements))
        statements = tuple(sorted({one for there in group for one in there.statements}))
        current = {there.side for there in group if not there.ended}
        ended = {(there.side, there.span.text) for there in group if there.side not in current} if current else set()
        yield replace(first, statements=statements, ended_at=tuple(sorted(ended)))


def _matches(sides: Sides, said: Mapping[str, list[Here]], there: There) -> list[tuple[Here, bool | Reason]]:
    """Compare a statement with what is said here of the item that was asked about."""
    entities = sides.links.entities.get(there.item, [])
    known = {here: None for entity in entities for here in said.get(entity, [])}
    return [(here, result) for here in known if (result := _same(sides, here, there)) is not False]


def _same(sides: Sides, here: Here, there: There) -> bool | Reason:
    ways = [_all(_ends(sides, here, there.subject, there.object))]
    if sides.topic.symmetric:
        ways.append(_all(_ends(sides, here, there.object, there.subject)))
    reasons = [way for way in ways if isinstance(way, Reason)]
    ends = True if True in ways else reasons[0] if reasons else False
    return _all([ends, _same_time(here, there)]) if sides.topic.timed else ends


def _ends(sides: Sides, here: Here, first: str | None, second: str | None) -> list[bool | Reason]:
    return [sides.links.are_same(here.subject, first), sides.links.are_same(here.object, second)]


def _same_time(here: Here, there: There) -> bool | Reason:
    same = meet(here.span, there.span)
    return date_missing() if same is None else same


def _all(parts: list[bool | Reason]) -> bool | Reason:
    """Conjunction of what may be unknown: false if one is false, else the first reason, else true."""
    if False in parts:
        return False
    return next((part for part in parts if isinstance(part, Reason)), True)


def _row_there(sides: Sides, there: There, reasons: list[Reason]) -> Row:
    if None in (there.subject, there.object):
        reasons = [value_unknown()]
    ours = (sides.links.entity_of(there.subject), sides.links.entity_of(there.object))
    subject, end = ours[0] or there.subject, ours[1] or there.object
    if sides.topic.symmetric and (not ours[0] or (ours[1] and ours[1] < ours[0])):
        subject, end = end, subject
    row = Row(sides.topic, UNKNOWN if reasons else ONLY_THERE, subject, end, reason=min(reasons, default=None))
    row = _with_statement(row, there)
    return replace(row, name=there.name, name_fa=there.name_fa) if None in ours else row


def _rows_here(sides: Sides, here: Here, told: list[tuple[There, bool | Reason]]) -> Iterator[Row]:
    row = Row(sides.topic, BOTH, here.subject, here.object, here=here.span.text, facts=here.facts)
    sure = [there for there, result in told if result is True]
    yield from (_with_statement(row, there) for there in sure)
    if not sure:
        maybe = [result for _, result in told if isinstance(result, Reason)]
        reason = next(iter([*_obstacles(sides, here), *maybe]), None)
        yield replace(row, verdict=UNKNOWN if reason else ONLY_HERE, reason=reason)


def _with_statement(row: Row, there: There) -> Row:
    return replace(
        row,
        there=there.span.text,
        state=UNKNOWN if there.ended_at else ENDED if there.ended else CURRENT,
        ended_at=there.ended_at,
        statements=there.statements,
    )


def _obstacles(sides: Sides, here: Here) -> Iterator[Reason]:
    """Give what forbids to say that Wikidata does not say it."""
    ends = (here.subject, here.object)
    yield from (not_linked(curie(one)) for one in ends if not sides.links.items_of(one))
    for end in ends:
        yield from _trouble(sides.links.items_of(end), sides.troubled)
    asked = [item for end in ends if end in sides.asked for item in sides.links.items_of(end)]
    if all(item in sides.silent for item in asked):
        yield from (sides.silent[item] for item in asked)


def _trouble(items: list[str], troubled: Mapping[str, Reason]) -> list[Reason]:
    """Give what is wrong with the items of an entity, if something is with each of them."""
    found = [troubled[item] for item in items if item in troubled]
    return found if len(found) == len(items) else []


def _gaps(sides: Sides) -> Iterator[Row]:
    """Give a row for each entity about which Wikidata could not be asked."""
    for entity, end in sides.asked.items():
        items = sides.links.items_of(entity)
        reasons = _trouble(items, {**sides.silent, **sides.troubled}) if items else [not_linked(curie(entity))]
        if reasons:
            subject, other = (None, entity) if end == OBJECT else (entity, None)
            yield Row(sides.topic, UNKNOWN, subject, other, reason=reasons[0])


def _order(row: Row) -> tuple[object, ...]:
    subject, end = row.subject or "", row.object or ""
    place = (end, row.there or row.here, subject) if row.topic.timed else (subject, end)  # mayors as time goes
    return *place, VERDICTS.index(row.verdict), row.here, row.there, row.statements
