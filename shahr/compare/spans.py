"""Times of which only a part may be known, and whether two of them meet."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

Range = tuple[date, date]  # the first and last day that a day not known exactly may be

_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?![0-9])")
_YEAR, _MONTH, _DAY = 9, 10, 11  # https://www.wikidata.org/wiki/Help:Dates#Precision


@dataclass(frozen=True)
class Span:
    """A time: it lies somewhere within `possible`, and holds all of `certain`, if that does not run backwards.

    `text` is EDTF (https://www.loc.gov/standards/datetime/), "" where nothing is known.
    """

    possible: Range
    certain: Range
    text: str


def interval(start: Range | None, end: Range | None, ended: bool) -> Span:
    """Give a term: without a start it may have begun at any time; without an end it goes on, unless it has `ended`."""
    certain_end = end[0] if end else date.min if ended else date.max
    return Span(
        (start[0] if start else date.min, end[1] if end else date.max),
        (start[1] if start else date.max, certain_end),
        f"{_text(start)}/{_text(end)}" if start or end else "",
    )


def moment(day: Range | None) -> Span:
    """Give a time of which one day within a range is known, or none."""
    if day is None:
        return Span((date.min, date.max), (date.max, date.min), "")
    first, last = day
    return Span(day, (last, first), first.isoformat() if first == last else f"{first}/{last}")


def meet(one: Span, other: Span) -> bool | None:
    """Tell whether two times have a day in common; None where that is not known."""
    if one.possible[1] < other.possible[0] or other.possible[1] < one.possible[0]:
        return False
    if one.certain[0] <= other.certain[1] and other.certain[0] <= one.certain[1]:
        return True
    return None


def parse_day(text: str, precision: int | None = None) -> Range | None:
    """Give the days that a date of Wikidata may mean; None for one that is coarser than a year, or is no date.

    Wikidata writes a month as its first day and a year as the first of January, so these are taken for the whole
    month or year where the precision is not known.
    """
    found = _DATE.match(text)
    if found is None:
        return None
    year, month, day = map(int, found.groups())
    if precision is None:
        precision = _DAY if day > 1 else _MONTH if month > 1 else _YEAR
    try:
        return _days(date(year, month, day), precision)
    except (ValueError, OverflowError):
        return None


def _days(first: date, precision: int) -> Range | None:
    if precision >= _DAY:
        return first, first
    if precision == _MONTH:
        following = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1, day=1)
        return first.replace(day=1), following - timedelta(days=1)
    return (date(first.year, 1, 1), date(first.year, 12, 31)) if precision == _YEAR else None


def _text(day: Range | None) -> str:
    if day is None:
        return ""
    first, last = day
    length = 10 if first == last else 7 if first.month == last.month else 4
    return first.isoformat()[:length]
