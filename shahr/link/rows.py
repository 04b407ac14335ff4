"""Proposals as rows of SSSOM, and the file that they are kept in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from shahr.files import locked_folder
from shahr.folding import fold, glue
from shahr.link.deciding import NEAR, Proposal
from shahr.namespaces import curie
from shahr.paths import Project
from shahr.sssom import COMPOSITE, LEXICAL, MANUAL, NOT, Mapping, MappingSet, read_mapping_set, write_mapping_set

TOOL = "shahr link"
EXACT = "skos:exactMatch"
WAIT = 10.0  # seconds for another process to write the file, which takes it a moment

_HEADER = (  # of a new file
    "curie_map:",
    '  source: "https://"',
    'license: "https://creativecommons.org/licenses/by/4.0/"',
    'mapping_set_description: "Links of what Shahr knows to Wikidata, with denials and gaps."',
    'mapping_set_id: "https://w3id.org/shahr/links/wikidata"',
    'mapping_set_title: "Shahr and Wikidata"',
    "object_source: source:www.wikidata.org/",
    "subject_source: source:w3id.org/shahr/",
)
_TIERS = {"exact": "", "folded": " (in another spelling)", "glued": " (but for spaces and ZWNJ)"}


def read_rows(project: Project) -> MappingSet:
    """Read data/links/wikidata.sssom.tsv, an empty set where it is not there; SourceError where it is broken."""
    path = _path(project)
    return read_mapping_set(path) if path.exists() else MappingSet(_HEADER)


def change_rows(project: Project, change: Callable[[MappingSet], MappingSet]) -> tuple[MappingSet, MappingSet]:
    """Read that file, change it and write it, all or nothing, while no other process does; gives it before and after.

    A change that changes no row writes nothing. BuildBusy where another process is at it for longer than WAIT; errors
    of `change`, and as read_rows and write_mapping_set.
    """
    project.links.mkdir(parents=True, exist_ok=True)
    with locked_folder(project.links, WAIT):
        before = read_rows(project)
        after = change(before)
        if set(after.rows) != set(before.rows):
            write_mapping_set(_path(project), after)
    return before, after


def as_row(proposal: Proposal, day: str, version: str) -> Mapping:
    """Write a proposal as a candidate, by a version of ours: a row that is no link until a person says so."""
    text, tier = min(proposal.names.items(), key=lambda one: list(_TIERS).index(one[1]))
    return Mapping(
        subject_id=curie(proposal.entity.iri),
        subject_label=proposal.entity.label("en").text,
        predicate_id=EXACT,
        object_id=f"wd:{proposal.item.id}",
        object_label=proposal.item.title,
        mapping_justification=COMPOSITE if any(agrees for agrees, _ in _facts(proposal)) else LEXICAL,
        mapping_tool=TOOL,
        mapping_tool_version=version,
        mapping_date=day,
        confidence=proposal.confidence,
        match_string={"exact": text, "folded": fold(text)}.get(tier, glue(text)),
        comment="; ".join(_sentences(proposal)),
    )


def with_proposals(mappings: MappingSet, subjects: Collection[str], rows: Iterable[Mapping]) -> MappingSet:
    """Put our rows on some subjects (names with prefix) in the place of those we proposed for them before.

    A row that says what one before said stays with its old date and version. Rows of others are not touched, nor are
    those on a pair that somebody decided on, unless it is proposed anew; what is denied by now is not.
    """
    decided = {pair(row) for row in mappings.rows if row.mapping_justification == MANUAL}
    denied = {pair(row) for row in mappings.rows if row.predicate_modifier == NOT}
    new = [row for row in rows if pair(row) not in denied]
    replaced = {pair(row) for row in new}
    ours = [row for row in mappings.rows if row.mapping_tool == TOOL and row.subject_id in subjects]
    old = [row for row in ours if is_candidate(row) and (pair(row) not in decided or pair(row) in replaced)]
    before = {_undated(row): row for row in old}
    return mappings.without(old).with_rows(before.get(_undated(row), row) for row in new)


def is_candidate(row: Mapping) -> bool:
    """Tell whether a row only proposes: a person neither accepted nor denied by it."""
    return row.mapping_justification != MANUAL and row.predicate_modifier != NOT


def pair(row: Mapping) -> tuple[str, str]:
    """Give what a row speaks of, names with prefix."""
    return row.subject_id, row.object_id


def _path(project: Project) -> Path:
    return project.links / "wikidata.sssom.tsv"


def _undated(row: Mapping) -> Mapping:
    return replace(row, mapping_date="", mapping_tool_version="")


def _sentences(proposal: Proposal) -> Iterator[str]:
    if proposal.rivals > 1:
        yield f"one of {proposal.rivals} items with such a name"
    names = ", ".join(f"{text}{_TIERS[tier]}" for text, tier in proposal.names.items())
    yield f"same name: {names}"
    yield from (words for _, words in _facts(proposal))


def _facts(proposal: Proposal) -> Iterator[tuple[bool, str]]:
    """Say of each fact besides the name whether it agrees, and how, in words."""
    item, known = proposal.item, proposal.known
    if known.countries and item.countries:
        same = [one for one in item.countries if one in known.countries]
        yield bool(same), f"in {known.countries[same[0]]}" if same else f"in another country ({item.countries[0]})"
    distance = known.distance(item)
    if distance is not None:
        yield distance <= NEAR, f"{distance:.1f} km from our coordinates"
    if known.geonames and item.geonames:
        shared = sorted({*known.geonames} & {*item.geonames})
        yield bool(shared), f"same GeoNames id {shared[0]}" if shared else f"another GeoNames id ({item.geonames[0]})"
