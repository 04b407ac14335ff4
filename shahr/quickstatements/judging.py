"""What follows from what Wikidata has: a statement is sent, left, or reported as a conflict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shahr.quickstatements.moment import AFTER_ALL, BEFORE_ALL, Moment
from shahr.quickstatements.statement import Finding, Outcome, Reason, Statement, Times
from shahr.quickstatements.wikidata import Existing, Told


def judge_there(statement: Statement, told: Told) -> Finding:
    """Judge a statement, whose both ends are linked, by what the endpoint told."""
    item = statement.item or ""
    ends = [item, statement.target or ""] if isinstance(statement.value, str) else [item]
    for end in ends:
        if end in told.failed:
            return _found(statement, "unknown", Reason("not-answered", texts={"item": end, "error": told.failed[end]}))
    for end in ends:
        if end not in told.known:
            return _found(statement, "unknown", Reason("unknown-item", texts={"item": end}))
    for side in statement.sides:
        if not all(one.is_whole for one in _existing(side, told)):
            return _found(statement, "unknown", Reason("bare", texts={"item": side.item or ""}))
    for side in statement.sides:
        if conflict := _conflict(side, _existing(side, told)):
            where = [] if side is statement else [Reason("other-side", texts={"item": side.item or ""})]
            return _found(statement, "conflict", *where, conflict)
    return _compared(statement, _existing(statement, told))


def _existing(statement: Statement, told: Told) -> Sequence[Existing]:
    return told.existing[statement.item or "", statement.predicate.id]


def _found(statement: Statement, outcome: Outcome, *reasons: Reason) -> Finding:
    return Finding(statement, outcome, reasons)


def _conflict(statement: Statement, existing: Sequence[Existing]) -> Reason | None:
    """Say what speaks against a statement: the same that is told otherwise, or another that excludes it."""
    same = [one for one in existing if _is_same(statement, one)]
    conflict = _own_conflict(statement, same)
    if conflict or _is_referenced(same):
        return conflict
    rival = next((one for one in existing if one not in same and _is_rival(statement, one)), None)
    return _rivalry(rival) if rival else None


def _compared(statement: Statement, existing: Sequence[Existing]) -> Finding:
    same = [one for one in existing if _is_same(statement, one)]
    if _is_referenced(same):
        return _found(statement, "present")
    if not same:
        return Finding(statement, "absent", times=statement.times)
    return _without_reference(statement, same)


def _is_referenced(same: Sequence[Existing]) -> bool:
    return bool(same) and all(one.referenced for one in same)


def _without_reference(statement: Statement, same: Sequence[Existing]) -> Finding:
    """QuickStatements knows a statement by its value alone, and a time by how it is written, which SPARQL hides."""
    if len(same) > 1:
        return _found(statement, "conflict", Reason("several"))
    if isinstance(statement.value, Moment):
        return _found(statement, "withheld", Reason("by-hand"))
    times = statement.times
    kept = replace(times, start=None if same[0].starts else times.start, end=None if same[0].ends else times.end)
    return Finding(statement, "unreferenced", times=kept)


def _is_same(statement: Statement, one: Existing) -> bool:
    if isinstance(statement.value, Moment):
        return one.time is not None and one.time.agrees_with(statement.value)
    return one.value == statement.target


def _own_conflict(statement: Statement, same: Sequence[Existing]) -> Reason | None:
    """Say what the same statement there says otherwise; of several, one that agrees is enough."""
    if any(one.deprecated for one in same):
        return Reason("deprecated")
    reasons = [_time_conflict(statement.times, one) for one in same]
    return next(iter(reasons)) if reasons and all(reasons) else None


def _time_conflict(times: Times, one: Existing) -> Reason | None:
    for code, ours, theirs in (("start", times.start, one.starts), ("end", times.end, one.ends)):
        if ours and theirs and not all(their and their.agrees_with(ours) for their in theirs):
            return Reason(f"{code}-differs", times={"ours": [ours], "theirs": theirs})
    if one.ends and not times.end and not (times.latest and times.latest.last <= _last(one)):
        return Reason("ended", times={"theirs": one.ends})
    if one.starts and not times.start and times.earliest and times.earliest.first < _first(one):
        return Reason("not-begun", times={"theirs": one.starts})
    return None


def _is_rival(statement: Statement, one: Existing) -> bool:
    """Tell whether another value there excludes ours: one that says "none", or another at the same time."""
    if one.deprecated:
        return False
    return one.value is None or (statement.predicate.single and _overlap(statement.times, one))


def _overlap(times: Times, one: Existing) -> bool:
    """Tell whether both may hold on one day; what is told of no time may hold at any."""
    return times.first <= _last(one) and _first(one) <= times.last


def _first(one: Existing) -> str:
    return min((their.first if their else BEFORE_ALL for their in one.starts), default=BEFORE_ALL)


def _last(one: Existing) -> str:
    return max((their.last if their else AFTER_ALL for their in one.ends), default=AFTER_ALL)


def _rivalry(rival: Existing) -> Reason:
    if rival.value is None:
        return Reason("no-value")
    texts = {} if rival.time else {"value": rival.value}
    times = {"value": [rival.time]} if rival.time else {}
    if not rival.starts and not rival.ends:
        return Reason("other-value", texts=texts, times=times)
    return Reason("other-timed", texts=texts, times={**times, "starts": rival.starts, "ends": rival.ends})
