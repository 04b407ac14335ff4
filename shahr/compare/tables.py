"""A comparison as a table for a terminal, in one language, and as CSV with both."""

from __future__ import annotations

import csv
import io

from shahr.compare.comparing import Comparison
from shahr.compare.verdicts import BOTH, CURRENT, ENDED, ONLY_HERE, ONLY_THERE, UNKNOWN, Row
from shahr.namespaces import curie
from shahr.spreadsheet import as_text
from shahr.table import table

_COLUMNS = ("compared", "verdict", "subject", "object", "name", "here", "there", "state", "reason")
_CSV = (*_COLUMNS, "name-fa", "reason-fa", "facts", "statements", "ended-at")


def verdict_words(verdict: str, language: str) -> str:
    """Give a verdict in words, in "fa" or in English."""
    words = {
        BOTH: ("said here and on Wikidata", "هم اینجا گفته شده و هم در ویکی‌داده"),
        ONLY_HERE: ("said only here", "تنها اینجا گفته شده"),
        ONLY_THERE: ("said only on Wikidata", "تنها در ویکی‌داده گفته شده"),
        UNKNOWN: ("unknown", "نامعلوم"),
    }
    return words[verdict][language == "fa"]


def state_words(row: Row, language: str) -> str:
    """Give the state of what Wikidata says in words, in "fa" or in English; "" where it says nothing.

    Where only one side says that it has ended, that is told with the side and its time.
    """
    persian = language == "fa"
    words = {CURRENT: ("current", "جاری"), ENDED: ("ended", "پایان‌یافته"), UNKNOWN: ("unknown", "نامعلوم")}
    said = words[row.state][persian] if row.state else ""
    for item, time in row.ended_at:
        name, when = curie(item), f" ({time})" if time else ""
        said += f": تنها {name} آن را پایان‌یافته می‌داند{when}" if persian else f": ended by {name} alone{when}"
    return said


def comparison_table(comparison: Comparison, language: str = "en") -> str:
    """Lay out the rows in columns, for a terminal; `language` is en or fa."""
    persian = ("موضوع", "داوری", "یک سو", "سوی دیگر", "نام", "اینجا", "آنجا", "وضع", "دلیل")
    head = persian if language == "fa" else _COLUMNS
    return table(head, (_cells(row, language) for row in comparison.rows))


def comparison_csv(comparison: Comparison) -> str:
    """Write the rows as CSV (RFC 4180): verdicts and states as codes, names and reasons in both languages."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(_CSV)
    for row in comparison.rows:
        codes = (row.topic.name, row.verdict, *_ends(row), row.name, row.here, row.there, row.state)
        reasons = (row.reason.english, row.reason.persian) if row.reason else ("", "")
        lists = (" ".join(one) for one in (row.facts, row.statements, (item for item, _ in row.ended_at)))
        cells = (*codes, reasons[0], row.name_fa, reasons[1], *lists)
        writer.writerow(map(as_text, cells))
    return file.getvalue()


def _cells(row: Row, language: str) -> tuple[str, ...]:
    return (
        row.topic.titles[language == "fa"],
        verdict_words(row.verdict, language),
        *_ends(row),
        (row.name_fa or row.name) if language == "fa" else row.name,
        row.here,
        row.there,
        state_words(row, language),
        row.reason.in_language(language) if row.reason else "",
    )


def _ends(row: Row) -> tuple[str, str]:
    return curie(row.subject or ""), curie(row.object or "")
