"""`shahr link review`: what people say of the proposals, each answer written at once.

A proposal stays as evidence, beside the row of who accepted it, or of who refused it (with Not, so it is not proposed
again). The last word on a pair counts: it replaces what people said before, and tells that in its comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shahr.errors import ReviewError
from shahr.folding import visible
from shahr.gazetteer import Gazetteer, entity_id
from shahr.link.rows import EXACT, change_rows, is_candidate, pair
from shahr.paths import Project
from shahr.sssom import MANUAL, NO_TERM_FOUND, NOT, Mapping, MappingSet

_CERTAIN = 0.99  # as sure as a person can be, whichever way
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


@dataclass(frozen=True)
class Effect:
    """What came of a decision: whether the pair had been proposed, and whether the links are others than before."""

    was_proposed: bool
    changes_links: bool


def candidates(mappings: MappingSet, subject: str = "") -> list[Candidate]:
    """Give the open proposals, of one subject where it is named, in order, the most certain of each first."""
    decided = {pair(row) for row in mappings.rows if row.mapping_justification == MANUAL}
    taken = {end for row in mappings.rows if _accepts(row) for end in pair(row)}
    found: dict[tuple[str, str], list[Mapping]] = {}
    for row in mappings.rows:
        is_open = pair(row) not in decided and taken.isdisjoint(pair(row)) and row.predicate_id == EXACT
        if is_candidate(row) and is_open and row.subject_id == (subject or row.subject_id):
            found.setdefault(pair(row), []).append(row)
    each = [
        Candidate(*ends, tuple(sorted(rows, key=lambda row: (-(row.confidence or 0), row.mapping_tool))))
        for ends, rows in found.items()
    ]
    return sorted(each, key=lambda one: (one.subject, -(one.rows[0].confidence or 0), len(one.item), one.item))


def accept(project: Project, decision: Decision) -> Effect:
    """Write that a pair is the same thing; ReviewError where subject or item are the exact match of another."""
    return _effect(decision, *change_rows(project, lambda mappings: _with_link(mappings, decision)))


def refuse(project: Project, decision: Decision) -> Effect:
    """Write that a pair is not the same thing."""
    return _effect(decision, *change_rows(project, lambda mappings: _without_link(mappings, decision)))


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


def author_named(text: str) -> str:
    """Give the name of who decides, without what cannot be seen; ReviewError where nothing is left."""
    name = visible(text)
    if not any(letter.isalnum() for letter in name):
        raise ReviewError("who decides has to give a name: --by NAME, or SHAHR_AUTHOR in the environment")
    return name


def _with_link(mappings: MappingSet, decision: Decision) -> MappingSet:
    for row in filter(_accepts, mappings.rows):
        if (row.subject_id == decision.subject) != (row.object_id == decision.item):
            taken = f"{row.object_id} is the exact match of {row.subject_id} already"
            undo = f"shahr link review {row.subject_id} --refuse {row.object_id.removeprefix('wd:')}"
            raise ReviewError(f"{taken}: if that is wrong, refuse it first ({undo})")
    why = next((row.comment for row in _evidence(mappings, decision)), "")
    gone = [row for row in mappings.rows if _is_said(row, decision) or _is_gap(row, decision)]
    return _with_decision(mappings, decision, f"reviewed: {why}" if why else "reviewed", gone)


def _without_link(mappings: MappingSet, decision: Decision) -> MappingSet:
    gone = [row for row in mappings.rows if _is_said(row, decision)]
    return _with_decision(mappings, decision, "refused in review", gone, NOT)


def _with_decision(
    mappings: MappingSet, decision: Decision, comment: str, gone: Sequence[Mapping], modifier: str = ""
) -> MappingSet:
    """Put a row in the place of what was said before, which its comment tells; who says the same again adds nothing."""
    told = [(pair(row), row.author_label, row.predicate_modifier) for row in gone]
    if told == [((decision.subject, decision.item), decision.author, modifier)]:
        return mappings
    row = _row(mappings, decision, "; ".join([comment, *map(_before, gone)]), modifier)
    return mappings.without(gone).with_rows([row])


def _before(row: Mapping) -> str:
    """Tell in a comment what a row that goes had said."""
    said = "refused" if row.predicate_modifier == NOT else "accepted"
    what = "nothing found" if row.object_id == NO_TERM_FOUND else said
    by = f" by {row.author_label}" if row.author_label else ""
    on = f" on {row.mapping_date}" if row.mapping_date else ""
    return f"before: {what}{by}{on}{f': {row.comment}' if row.comment else ''}"


def _row(mappings: MappingSet, decision: Decision, comment: str, modifier: str) -> Mapping:
    same = [*_evidence(mappings, decision), *(row for row in mappings.rows if _is_said(row, decision))]
    elsewhere = (row.object_label for row in mappings.rows if row.object_id == decision.item)
    return Mapping(
        subject_id=decision.subject,
        subject_label=_first(row.subject_label for row in same) or decision.subject_label,
        predicate_id=EXACT,
        predicate_modifier=modifier,
        object_id=decision.item,
        object_label=_first(row.object_label for row in same) or decision.item_label or _first(elsewhere),
        mapping_justification=MANUAL,
        author_label=decision.author,
        mapping_date=decision.day,
        confidence=_CERTAIN,
        comment=comment,
    )


def _first(texts: Iterable[str]) -> str:
    return next(filter(None, texts), "")


def _evidence(mappings: MappingSet, decision: Decision) -> Sequence[Mapping]:
    """Give the candidates of the pair, the most certain first."""
    rows = [row for row in mappings.rows if is_candidate(row) and _is_same_pair(row, decision)]
    return sorted(rows, key=lambda row: (-(row.confidence or 0), row.mapping_tool))


def _effect(decision: Decision, before: MappingSet, after: MappingSet) -> Effect:
    links = [{pair(row) for row in filter(_accepts, mappings.rows)} for mappings in (before, after)]
    return Effect(bool(_evidence(before, decision)), links[0] != links[1])


def _accepts(row: Mapping) -> bool:
    """Tell whether a person says that something is an item; a row on GeoNames is none of this stage's."""
    said = row.mapping_justification == MANUAL and row.predicate_modifier != NOT and row.predicate_id == EXACT
    return said and row.object_id.startswith("wd:")


def _is_same_pair(row: Mapping, decision: Decision) -> bool:
    return pair(row) == (decision.subject, decision.item) and row.predicate_id == EXACT


def _is_said(row: Mapping, decision: Decision) -> bool:
    return row.mapping_justification == MANUAL and _is_same_pair(row, decision)


def _is_gap(row: Mapping, decision: Decision) -> bool:
    """Tell whether a row says that nothing was found for what now has been."""
    return row.subject_id == decision.subject and row.object_id == NO_TERM_FOUND and row.predicate_id == EXACT
