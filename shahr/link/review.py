"""`shahr link review`: what people say of the proposals, each answer written at once.

A proposal that is accepted stays as evidence, beside the row of who accepted it; in the place of one that is refused
comes a row with Not, so it is not proposed again. The last word on a pair counts: it replaces what was said before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from shahr.errors import ReviewError
from shahr.gazetteer import Gazetteer, entity_id
from shahr.link.rows import EXACT, is_candidate, read_rows, write_rows
from shahr.paths import Project
from shahr.sssom import MANUAL, NO_TERM_FOUND, NOT, Mapping, MappingSet

_ITEM = re.compile(r"(?:wd:|https?://www\.wikidata\.org/(?:wiki|entity)/)?(Q[1-9][0-9]{0,14})")


@dataclass(frozen=True)
class Candidate:
    """A proposed pair that nobody decided on: names with prefix, and its evidence, the most certain first."""

    subject: str
    item: str
    rows: tuple[Mapping, ...]

    @property
    def id(self) -> str:
        """The id of the item, "Q42053"."""
        return self.item.partition(":")[2]


@dataclass(frozen=True)
class Decision:
    """What `author` says on a day (YYYY-MM-DD) of one pair, names with prefix.

    The labels are for those who read the row; those of a row that speaks of the pair already go before them.
    """

    subject: str
    item: str
    author: str
    day: str
    subject_label: str = ""
    item_label: str = ""


def candidates(mappings: MappingSet, subject: str = "") -> list[Candidate]:
    """Give the open proposals, of one subject where it is named, in order, the most certain of each first."""
    decided = {_pair(row) for row in mappings.rows if row.mapping_justification == MANUAL}
    linked = {row.subject_id for row in mappings.rows if _accepts(row)}
    found: dict[tuple[str, str], list[Mapping]] = {}
    for row in mappings.rows:
        is_open = row.subject_id not in linked and _pair(row) not in decided and row.predicate_id == EXACT
        if is_candidate(row) and is_open and row.subject_id == (subject or row.subject_id):
            found.setdefault(_pair(row), []).append(row)
    each = [
        Candidate(*pair, tuple(sorted(rows, key=lambda row: (-(row.confidence or 0), row.mapping_tool))))
        for pair, rows in found.items()
    ]
    return sorted(each, key=lambda one: (one.subject, -(one.rows[0].confidence or 0), len(one.item), one.item))


def accept(project: Project, decision: Decision) -> None:
    """Write that a pair is the same thing; ReviewError where subject or item are the exact match of another."""
    mappings = read_rows(project)
    for row in filter(_accepts, mappings.rows):
        if (row.subject_id == decision.subject) != (row.object_id == decision.item):
            taken = f"{row.object_id} is the exact match of {row.subject_id} already"
            undo = f"shahr link review {row.subject_id} --refuse {row.object_id.removeprefix('wd:')}"
            raise ReviewError(f"{taken}: if that is wrong, refuse it first ({undo})")
    evidence = _evidence(mappings, decision)
    comment = f"reviewed: {evidence[0].comment}" if evidence and evidence[0].comment else "reviewed"
    said = [row for row in mappings.rows if _is_said(row, decision)]
    gaps = [row for row in mappings.rows if _is_gap(row, decision)]
    row = _row(decision, [*evidence, *said], comment)
    write_rows(project, mappings.without([*said, *gaps]).with_rows([row]))


def refuse(project: Project, decision: Decision) -> None:
    """Write that a pair is not the same thing, in the place of what proposed or accepted it."""
    mappings = read_rows(project)
    evidence = _evidence(mappings, decision)
    gone = [*evidence, *(row for row in mappings.rows if _is_said(row, decision))]
    row = _row(decision, gone, _proposed(evidence), NOT)
    write_rows(project, mappings.without(gone).with_rows([row]))


def subject_named(gazetteer: Gazetteer, text: str) -> str:
    """Give the name with prefix of an entity, given as city:isfahan, city/isfahan or its IRI; ReviewError."""
    id = entity_id(text)
    if id is None or gazetteer.entity(id) is None:
        raise ReviewError(f"{text[:100]!r} is no entity here: give one by its id, such as city:isfahan")
    return id.replace("/", ":", 1)


def item_named(text: str) -> str:
    """Give "wd:Q42053" for Q42053, wd:Q42053 or the address of the item; ReviewError."""
    found = _ITEM.fullmatch(text.strip())
    if found is None:
        raise ReviewError(f"{text[:100]!r} is no item of Wikidata: give one by its id, such as Q42053")
    return f"wd:{found[1]}"


def _evidence(mappings: MappingSet, decision: Decision) -> Sequence[Mapping]:
    """Give the candidates of the pair, the most certain first."""
    rows = [row for row in mappings.rows if is_candidate(row) and _is_same_pair(row, decision)]
    return sorted(rows, key=lambda row: (-(row.confidence or 0), row.mapping_tool))


def _proposed(evidence: Sequence[Mapping]) -> str:
    if not evidence:
        return "refused in review"
    row = evidence[0]
    how = f" by {row.mapping_tool}" if row.mapping_tool else ""
    certain = "" if row.confidence is None else f" with confidence {row.confidence:g}"
    return f"refused in review; was proposed{how}{certain}{f': {row.comment}' if row.comment else ''}"


def _row(decision: Decision, before: Sequence[Mapping], comment: str, modifier: str = "") -> Mapping:
    return Mapping(
        subject_id=decision.subject,
        subject_label=next((row.subject_label for row in before if row.subject_label), decision.subject_label),
        predicate_id=EXACT,
        predicate_modifier=modifier,
        object_id=decision.item,
        object_label=next((row.object_label for row in before if row.object_label), decision.item_label),
        mapping_justification=MANUAL,
        author_label=decision.author,
        mapping_date=decision.day,
        comment=comment,
    )


def _pair(row: Mapping) -> tuple[str, str]:
    return row.subject_id, row.object_id


def _accepts(row: Mapping) -> bool:
    said = row.mapping_justification == MANUAL and row.predicate_modifier != NOT and row.predicate_id == EXACT
    return said and row.object_id != NO_TERM_FOUND


def _is_same_pair(row: Mapping, decision: Decision) -> bool:
    return _pair(row) == (decision.subject, decision.item) and row.predicate_id == EXACT


def _is_said(row: Mapping, decision: Decision) -> bool:
    return row.mapping_justification == MANUAL and _is_same_pair(row, decision)


def _is_gap(row: Mapping, decision: Decision) -> bool:
    """Tell whether a row says that nothing was found for what now has been."""
    return row.subject_id == decision.subject and row.object_id == NO_TERM_FOUND and row.predicate_id == EXACT
