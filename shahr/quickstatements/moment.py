"""Times as Wikidata has them: a year, a month or a day."""

from __future__ import annotations

import re
from dataclasses import dataclass

BEFORE_ALL, AFTER_ALL = "", "~"  # as days that sort before and after every other

_TIME = re.compile(r"\+?([0-9]{4}(?:-[0-9]{2}){0,2})(?:T[0-9:.]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})?")
_LENGTHS = {7: 2, 8: 3, 9: 4, 10: 7, 11: 10}  # characters of an ISO date, by Wikidata's precision (century … day)
_SHAPES = {4: ("-00-00", 9), 7: ("-00", 10), 10: ("", 11)}


@dataclass(frozen=True, order=True)
class Moment:
    """A time; `text` is an ISO date cut to what is known of it: "2017", "2017-06", "2017-06-08"."""

    text: str

    @property
    def first(self) -> str:
        """The first day it may be, as text that sorts."""
        return self.text + "0000-01-01"[len(self.text) :]

    @property
    def last(self) -> str:
        """The last day it may be, as text that sorts; a month may have 31 days."""
        return self.text + "9999-12-31"[len(self.text) :]

    def agrees_with(self, other: Moment) -> bool:
        """Tell whether both may be the same time, one perhaps told more precisely."""
        return self.text.startswith(other.text) or other.text.startswith(self.text)

    @property
    def value(self) -> str:
        """The time as QuickStatements reads it, with its precision: +2017-06-08T00:00:00Z/11."""
        rest, precision = _SHAPES[len(self.text)]
        return f"+{self.text}{rest}T00:00:00Z/{precision}"


def read_moment(text: str, precision: int | None = None) -> Moment | None:
    """Read an xsd:gYear, gYearMonth, date or dateTime, cut to Wikidata's `precision`; None for what is none of these.

    A time of Wikidata before year 1 or beyond 9999, or coarser than a century, is None too.
    """
    found = _TIME.fullmatch(text)
    length = 10 if precision is None else _LENGTHS.get(min(precision, 11), 0)
    return Moment(found[1][:length]) if found and length else None
