"""Words, days and names for the diff, in one language; all of it safe inside Markdown."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from babel.dates import format_date
from persiantools.jdatetime import MONTH_NAMES_EN, MONTH_NAMES_FA, JalaliDate
from pyoxigraph import Literal, Store

from shahr.namespaces import curie
from shahr.quickstatements.asking import rows_about, text_of
from shahr.quickstatements.moment import Moment
from shahr.quickstatements.statement import Outcome, Reason

_PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_MARKUP = re.compile(r"([\\`*_\[\]<>#|~&])")
_HARMFUL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufffe\uffff]")
_FIRST_JALALI = 623  # the Gregorian year from which the Jalali calendar knows every day


class Wording:
    """The words in `language`, "en" or "fa"; `labels` are names of nodes by IRI, in that language."""

    def __init__(self, language: str, labels: Mapping[str, str]) -> None:
        read: dict[str, Any] = tomllib.loads(Path(__file__).with_name("wording.toml").read_text(encoding="utf-8"))
        self.language = language
        self._read, self._labels = read, labels

    def word(self, name: str, section: str = "words", **values: str) -> str:
        """Fill a sentence; the values are Markdown already."""
        sentence: str = self._read[section][name][self.language]
        return sentence.format(**values)

    def heading(self, outcome: Outcome) -> str:
        """Name an outcome."""
        return self.word(outcome, "outcomes")

    def reason(self, reason: Reason) -> str:
        """Say why a statement is not sent."""
        values = {name: code(text) for name, text in reason.texts.items()}
        values |= {name: self._days(times) for name, times in reason.times.items()}
        return self.word(reason.code, "reasons", names=self.names(reason.names), **values)

    def name(self, node: str) -> str:
        """Give what a node is called, or its short name where it has no label."""
        return plain(self._labels.get(node) or curie(node))

    def names(self, nodes: Iterable[str]) -> str:
        """Give what some nodes are called, one after the other."""
        return self.word("comma").join(map(self.name, nodes))

    def number(self, number: int) -> str:
        """Write a whole number."""
        return self._digits(str(number))

    def day(self, moment: Moment) -> str:
        """Write a day in both calendars, that of the language first; a year or a month as it is told."""
        try:
            day = date.fromisoformat(moment.text)
        except ValueError:
            return self._digits(moment.text)
        gregorian = self._digits(format_date(day, "d MMMM y", locale=self.language))
        if day.year < _FIRST_JALALI:
            return gregorian
        pair = gregorian, self._jalali(day)
        return "{} ({})".format(*(pair if self.language == "en" else reversed(pair)))

    def _days(self, times: Iterable[Moment | None]) -> str:
        days = (self.day(one) if one else self.word("unknown-day") for one in times)
        return self.word("comma").join(days) or self.word("unknown-day")

    def _digits(self, text: str) -> str:
        return text.translate(_PERSIAN) if self.language == "fa" else text

    def _jalali(self, day: date) -> str:
        found = JalaliDate(day)  # type: ignore[no-untyped-call]
        names = MONTH_NAMES_FA if self.language == "fa" else MONTH_NAMES_EN
        return f"{self.number(found.day)} {names[found.month]} {self.number(found.year)}"


def read_wording(store: Store, language: str, nodes: Iterable[str]) -> Wording:
    """Give the words in a language, with the labels that a graph has in it for some nodes, else in the other."""
    labels: dict[str, str] = {}
    for row in rows_about(store, "labels", "entity", nodes):
        node, label = text_of(row, "entity") or "", row["label"]
        if isinstance(label, Literal) and (label.language == language or node not in labels):
            labels[node] = label.value
    return Wording(language, labels)


def plain(text: str) -> str:
    """Give a text of others so that Markdown shows it and does not obey it, on one line."""
    return _MARKUP.sub(r"\\\1", _HARMFUL.sub(" ", text))


def code(text: str) -> str:
    """Give a text as code, which no direction of writing turns around."""
    return f"`{_HARMFUL.sub(' ', text).replace('`', chr(39))}`"
