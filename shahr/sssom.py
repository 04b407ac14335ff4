"""Sets of mappings as SSSOM TSV: https://mapping-commons.github.io/sssom/spec-formats-tsv/

A file is a comment header (YAML with a `curie_map`), then a table with one row for each piece of evidence. It is
written in SSSOM's canonical order of columns and rows, so that a new row is one line of a diff; a column that
SSSOM does not know is kept, behind the others. What a row means is decided in shahr.mappings.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Table
from dataclasses import dataclass, field, fields, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from pyoxigraph import NamedNode

from shahr.curiemap import find_fault, read_curie_map, with_prefixes
from shahr.errors import SourceError, shown
from shahr.files import write_atomically
from shahr.namespaces import prefix_map
from shahr.turtle import read_text

NOT = "Not"
NO_TERM_FOUND = "sssom:NoTermFound"
LEXICAL, COMPOSITE, MANUAL = "semapv:LexicalMatching", "semapv:CompositeMatching", "semapv:ManualMappingCuration"

_REQUIRED = ("subject_id", "predicate_id", "object_id", "mapping_justification")  # each holds a name with a prefix
_COLUMNS = (  # the slots of SSSOM 1.1 in its own order
    *("record_id", "subject_id", "subject_label", "subject_category", "predicate_id", "predicate_label"),
    *("predicate_modifier", "object_id", "object_label", "object_category", "mapping_justification", "author_id"),
    *("author_label", "reviewer_id", "reviewer_label", "creator_id", "creator_label", "license", "subject_type"),
    *("subject_source", "subject_source_version", "object_type", "object_source", "object_source_version"),
    *("predicate_type", "mapping_provider", "mapping_source", "mapping_cardinality", "cardinality_scope"),
    *("mapping_tool", "mapping_tool_id", "mapping_tool_version", "mapping_date", "publication_date", "review_date"),
    *("confidence", "reviewer_agreement", "curation_rule", "curation_rule_text", "subject_match_field"),
    *("object_match_field", "match_string", "subject_preprocessing", "object_preprocessing", "similarity_score"),
    *("similarity_measure", "see_also", "issue_tracker_item", "other", "comment"),
)
_JUSTIFICATIONS = (  # those that SSSOM 1.1 allows; a slip here would turn a link into a candidate in silence
    *("MappingReview", "ManualMappingCuration", "LogicalReasoning", "LexicalMatching", "CompositeMatching"),
    *("UnspecifiedMatching", "SemanticSimilarityThresholdMatching", "LexicalSimilarityThresholdMatching"),
    *("MappingChaining", "MappingInversion", "StructuralMatching", "InstanceBasedMatching"),
    "BackgroundKnowledgeBasedMatching",
)
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_NUMBER = re.compile(r"[0-9]*\.?[0-9]+(?:[eE]-?[0-9]+)?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class Mapping:
    """One row, its cells as in the file and "" where one is empty.

    confidence      from 0 to 1, kept to three decimals as SSSOM writes it; None where nothing is said
    mapping_date    YYYY-MM-DD
    others          every other cell that is not empty, as (column, text) in the order of the columns' names
    line            where the row stands, from 1; None for a row that was read from no file; no part of what it says
    """

    subject_id: str
    predicate_id: str
    object_id: str
    mapping_justification: str
    subject_label: str = ""
    predicate_modifier: str = ""
    object_label: str = ""
    author_label: str = ""
    mapping_tool: str = ""
    mapping_tool_version: str = ""
    mapping_date: str = ""
    confidence: float | None = None
    match_string: str = ""
    comment: str = ""
    others: tuple[tuple[str, str], ...] = ()
    line: int | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "others", tuple(sorted(pair for pair in self.others if pair[1])))
        if self.confidence is not None:
            object.__setattr__(self, "confidence", round(self.confidence, 3) + 0.0)  # + 0.0: no -0

    @property
    def cells(self) -> dict[str, str]:
        """Give the text of each cell that is not empty, by column."""
        own = {name: str(getattr(self, name)) for name in _OWN if name != "confidence"}
        number = "" if self.confidence is None else f"{self.confidence:.3f}".rstrip("0").rstrip(".")
        return {name: text for name, text in {**own, "confidence": number, **dict(self.others)}.items() if text}


_OWN = tuple(one.name for one in fields(Mapping) if one.name not in ("others", "line"))


@dataclass(frozen=True)
class MappingSet:
    """A set of mappings: its header, as lines without their "#", its rows, and the columns that its file had."""

    header: tuple[str, ...]
    rows: tuple[Mapping, ...] = ()
    columns: tuple[str, ...] = ()

    def with_rows(self, rows: Iterable[Mapping]) -> MappingSet:
        """Give the set with these rows too; one that says what a row there says changes nothing."""
        return replace(self, rows=tuple(dict.fromkeys((*self.rows, *rows))))

    def without(self, rows: Iterable[Mapping]) -> MappingSet:
        """Give the set without the rows that say what one of these says."""
        gone = set(rows)
        return replace(self, rows=tuple(row for row in self.rows if row not in gone))

    @cached_property
    def prefixes(self) -> Table[str, str]:
        """The namespace of each prefix that a name here may have: those of Shahr and those of the header."""
        return prefix_map() | read_curie_map(self.header)

    def expand(self, curie: str) -> str:
        """Give the IRI of a name as it stands in a row; ValueError where the prefix is unknown or it is no IRI."""
        prefix, colon, local = curie.partition(":")
        if not colon or prefix not in self.prefixes:
            raise ValueError("has no prefix that the curie_map knows")
        try:
            return str(NamedNode(self.prefixes[prefix] + local).value)
        except ValueError as error:
            raise ValueError(f"is no IRI: {error}") from error


def read_mapping_set(path: Path) -> MappingSet:
    """Read an SSSOM TSV file, its rows in the order of the file; SourceError with the line where it is broken."""
    return parse_mapping_set(read_text(path), path)


def parse_mapping_set(text: str, path: Path = Path("<text>")) -> MappingSet:
    """Read SSSOM TSV; `path` names it in a SourceError."""
    lines = _lines(text, path)
    size = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
    header = tuple(line[1:] for line in lines[:size])
    _check_header(header, path)
    columns = _split(lines[size], path, size + 1) if size < len(lines) else []
    _check_columns(columns, path, size + 1)
    body = enumerate(lines[size + 1 :], size + 2)
    rows = tuple(_row(columns, _split(line, path, number), path, number) for number, line in body)
    found = MappingSet(header, rows, tuple(columns))
    _check_rows(found, path)
    return found


def write_mapping_set(path: Path, mappings: MappingSet) -> None:
    """Write a set to a file, all or nothing; SourceError before anything is written where a row cannot be used.

    OSError with the name of the file.
    """
    data = mapping_set_text(mappings, path).encode()
    try:
        write_atomically(path, data)
    except OSError as error:  # a full disk gives no name, others that of a temporary file
        error.filename = str(shown(path))
        raise


def mapping_set_text(mappings: MappingSet, path: Path = Path("<text>")) -> str:
    """Write a set as SSSOM TSV; `path` names it in a SourceError.

    The header is kept, but that its curie_map is in order and has every prefix that a row uses; columns and rows
    are in the order of SSSOM's canonical form, a column that no row uses only where the file had it.
    """
    _check_header(mappings.header, path)
    _check_rows(mappings, path)
    cells = [row.cells for row in mappings.rows]
    columns = _ordered({*_REQUIRED, *mappings.columns, *(name for row in cells for name in row)})
    _check_columns(columns, path, None)
    rows = sorted([row.get(name, "") for name in columns] for row in cells)
    table = ("\t".join(map(_quoted, row)) for row in (columns, *rows))
    return "".join(line + "\n" for line in (*(f"#{line}" for line in _grown(mappings)), *table))


def _lines(text: str, path: Path) -> list[str]:
    if text.startswith("\ufeff"):
        raise SourceError(path, 1, "starts with a byte order mark: save it as UTF-8 without one")
    if text and not text.endswith("\n"):
        cut = text.count("\n") + 1
        raise SourceError(path, cut, "has no newline at its end: the file may be cut off, or lacks its last newline")
    lines = text.split("\n")[:-1]
    for number, line in enumerate(lines, 1):
        if line.endswith("\r"):
            raise SourceError(path, number, "ends with CR LF: save the file with LF at the end of each line")
        if not line:
            raise SourceError(path, number, "is empty: remove the line")
    return lines


def _split(line: str, path: Path, number: int) -> list[str]:
    """Give the cells of a line; one in double quotes may hold quotes, doubled, but no tab and no newline."""
    if '"' not in line:
        return line.split("\t")
    try:
        return next(csv.reader([line], delimiter="\t", strict=True))
    except csv.Error as error:
        raise SourceError(path, number, f"is no row of a table: {error}") from error


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if '"' in cell else cell


def _row(columns: list[str], cells: list[str], path: Path, line: int) -> Mapping:
    if len(cells) != len(columns):
        raise SourceError(path, line, f"has {len(cells)} cells where the table has {len(columns)} columns")
    found = dict(zip(columns, cells, strict=True))
    number = found.get("confidence", "")
    if number and not (_NUMBER.fullmatch(number) and float(number) <= 1):
        raise SourceError(path, line, f"confidence {number!r} is not a number from 0 to 1")
    own = {name: found[name] for name in _OWN if name in found and name != "confidence"}
    others = tuple((name, text) for name, text in found.items() if name not in _OWN)
    return Mapping(**own, confidence=float(number) if number else None, others=others, line=line)


def _check_columns(columns: Iterable[str], path: Path, line: int | None) -> None:
    seen: set[str] = set()
    for name in columns:
        if not re.fullmatch(r"[A-Za-z_][\w.-]*", name):
            raise SourceError(path, line, f"{name!r} cannot be the name of a column: write letters, digits and _")
        if name in seen:
            raise SourceError(path, line, f"the table has the column {name} twice")
        seen.add(name)
    if missing := [name for name in _REQUIRED if name not in seen]:
        raise SourceError(path, line, f"the table lacks the column {missing[0]}")


def _check_rows(mappings: MappingSet, path: Path) -> None:
    seen: dict[Mapping, Mapping] = {}
    for row in mappings.rows:
        if fault := next(_faults(row, mappings), None):
            raise SourceError(path, row.line, fault)
        if row in seen:
            place = "there" if seen[row].line is None else f"in line {seen[row].line}"
            reason = f"the row of {row.subject_id} and {row.object_id} is {place} already: remove one"
            raise SourceError(path, row.line, reason)
        seen[row] = row


def _faults(row: Mapping, mappings: MappingSet) -> Iterator[str]:
    """Give a sentence for each thing in a row that SSSOM does not allow."""
    cells = row.cells
    yield from (
        f"{name} {text!r} holds a character that a cell cannot"
        for name, text in cells.items()
        if _UNPRINTABLE.search(text)
    )
    for name in _REQUIRED:
        try:
            mappings.expand(cells.get(name, ""))
        except ValueError as error:
            yield f"{name} {cells.get(name, '')!r} {error}"
    if row.mapping_justification.removeprefix("semapv:") not in _JUSTIFICATIONS:
        yield f"mapping_justification {row.mapping_justification!r} is none that SSSOM knows"
    if row.predicate_modifier not in ("", NOT):
        yield f"predicate_modifier {row.predicate_modifier!r} is not Not or empty"
    if row.confidence is not None and not 0 <= row.confidence <= 1:
        yield f"confidence {cells['confidence']!r} is not a number from 0 to 1"
    if row.mapping_date and not _is_day(row.mapping_date):
        yield f"mapping_date {row.mapping_date!r} is not a day: write YYYY-MM-DD"
    others = [name for name, _ in row.others]
    yield from (f"{name} has two cells in one row" for name in others if name in _OWN or others.count(name) > 1)


def _is_day(text: str) -> bool:
    try:
        return bool(_DAY.fullmatch(text) and date.fromisoformat(text))
    except ValueError:
        return False


def _ordered(columns: set[str]) -> list[str]:
    """Put columns in the order of SSSOM, and those that it does not know behind, by name."""
    return [name for name in _COLUMNS if name in columns] + sorted(columns - set(_COLUMNS))


def _check_header(header: tuple[str, ...], path: Path) -> None:
    for number, line in enumerate(header, 1):
        if _UNPRINTABLE.search(line):
            raise SourceError(path, number, "holds a character that a header cannot")
    if fault := find_fault(header):
        raise SourceError(path, *fault)


def _grown(mappings: MappingSet) -> tuple[str, ...]:
    """Give the header with every prefix that a row uses."""
    used = {row.cells[name].partition(":")[0] for row in mappings.rows for name in _REQUIRED}
    return with_prefixes(mappings.header, {name: mappings.prefixes[name] for name in used})
