"""Links to Wikidata and GeoNames: what the rows of data/links/*.sssom.tsv come to when they are weighed.

A row is one piece of evidence. A pair (subject, predicate, object) is a link when a person says so: a row with the
justification semapv:ManualMappingCuration and without Not. What only a machine proposed (semapv:LexicalMatching,
semapv:CompositeMatching and the like) is a candidate and no link; neither is what a person denied (Not), whatever a
machine proposes beside it, nor a search that found nothing (sssom:NoTermFound).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import NamedNode, Triple

from shahr.errors import SourceError, shown
from shahr.namespaces import curie, iri
from shahr.paths import Project
from shahr.sssom import MANUAL, NO_TERM_FOUND, NOT, Mapping, MappingSet, read_mapping_set

ENDING = ".sssom.tsv"

_PREDICATES = ("skos:exactMatch", "skos:closeMatch")


@dataclass(frozen=True, order=True)
class Link:
    """One accepted pair, as full IRIs."""

    subject: str
    predicate: str
    object: str

    @property
    def same(self) -> bool:
        """Say whether both are one thing (owl:sameAs): a city, country or person and its Wikidata item."""
        own = self.subject.startswith((iri("city:"), iri("country:"), iri("person:")))
        return own and _is_item(self)


@dataclass(frozen=True)
class _Verdict:
    """What a person said of a pair, and where."""

    link: Link
    accepted: bool
    path: Path
    line: int | None


def read_links(path: Path) -> list[Triple]:
    """Give the triples of an SSSOM file, each once and in order; SourceError where rows are broken or contradict.

    An accepted pair gives skos:exactMatch or skos:closeMatch. A city, country or person whose exact match is a
    Wikidata item is owl:sameAs that item as well.
    """
    links = _accepted(_verdicts(path))
    found = {(link.subject, link.predicate, link.object) for link in links}
    found |= {(link.subject, iri("owl:sameAs"), link.object) for link in links if link.same}
    return [Triple(*map(NamedNode, parts)) for parts in sorted(found)]


def accepted_links(project: Project) -> list[Link]:
    """Give every accepted pair of a project once, in order; SourceError where rows, of two files too, contradict.

    Two contradict where one accepts a pair and one denies it, or where they accept two Wikidata items as the exact
    match of one entity, or one item as that of two.
    """
    return _accepted(verdict for path in link_files(project) for verdict in _verdicts(path))


def link_files(project: Project) -> list[Path]:
    """Give the SSSOM files of a project in order, none where it has no folder of links; OSError as Path.iterdir."""
    folder = project.links
    return sorted(path for path in folder.iterdir() if path.name.endswith(ENDING)) if folder.exists() else []


def link_of(row: Mapping, mappings: MappingSet) -> Link | None:
    """Give the pair that a row of a set speaks of, accepted or not, and None where it says that nothing was found.

    ValueError with a sentence where its predicate is not skos:exactMatch or skos:closeMatch.
    """
    if iri(NO_TERM_FOUND) in (mappings.expand(row.subject_id), mappings.expand(row.object_id)):
        return None
    predicate = mappings.expand(row.predicate_id)
    if predicate not in map(iri, _PREDICATES):
        raise ValueError(f"predicate_id {row.predicate_id!r} is not skos:exactMatch or skos:closeMatch")
    return Link(mappings.expand(row.subject_id), predicate, _geonames(mappings.expand(row.object_id)))


def _verdicts(path: Path) -> Iterator[_Verdict]:
    mappings = read_mapping_set(path)
    for row in mappings.rows:
        try:
            link = link_of(row, mappings)
        except ValueError as error:
            raise SourceError(path, row.line, str(error)) from error
        if link and mappings.expand(row.mapping_justification) == iri(MANUAL):
            yield _Verdict(link, row.predicate_modifier != NOT, path, row.line)


def _accepted(verdicts: Iterable[_Verdict]) -> list[Link]:
    said: dict[Link, _Verdict] = {}
    exact: dict[str, _Verdict] = {}
    for verdict in verdicts:
        _check_same_answer(verdict, said.setdefault(verdict.link, verdict))
        if verdict.accepted and _is_item(verdict.link):
            for end in (verdict.link.subject, verdict.link.object):
                _check_same_pair(verdict, exact.setdefault(end, verdict))
    return sorted(link for link, verdict in said.items() if verdict.accepted)


def _check_same_answer(verdict: _Verdict, first: _Verdict) -> None:
    if verdict.accepted != first.accepted:
        target, subject = curie(verdict.link.object), curie(verdict.link.subject)
        reason = f"{target} is said both to match and not to match {subject}, here and in {_place(first, verdict)}"
        raise SourceError(verdict.path, verdict.line, f"{reason}: remove one of the two rows")


def _check_same_pair(verdict: _Verdict, first: _Verdict) -> None:
    if verdict.link != first.link:
        one, other = (f"{curie(link.object)} is {curie(link.subject)}" for link in (verdict.link, first.link))
        reason = f"{one} here and {other} in {_place(first, verdict)}, which cannot both be"
        raise SourceError(verdict.path, verdict.line, f"{reason}: deny one of the two")


def _place(first: _Verdict, beside: _Verdict) -> str:
    """Name the line of the first of two rows, and its file where that is another."""
    return f"line {first.line}" if first.path == beside.path else f"{shown(first.path)}:{first.line}"


def _is_item(link: Link) -> bool:
    return link.predicate == iri("skos:exactMatch") and link.object.startswith(iri("wd:"))


def _geonames(target: str) -> str:
    """End a GeoNames IRI with the slash that it has in GeoNames' own data."""
    return target.rstrip("/") + "/" if target.startswith(iri("gn:")) else target
