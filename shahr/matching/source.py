"""A matcher over a build: names, words and completion all from one search.db."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from shahr.errors import NothingToSearch, TextTooLong, TooManyWords
from shahr.gazetteer import Entity, NameSource, entity_id, open_gazetteer
from shahr.matching.matcher import Matcher
from shahr.search import Index, open_index, searchable_kinds

MOST_BY_WORDS = 10  # candidates that are found by their words alone


def open_matcher(path: Path) -> Matcher:
    """Give a matcher over a search.db, for any number of threads; ProjectMissing where it cannot be opened."""
    return matcher_over(open_index(path), open_gazetteer(path))


def matcher_over(index: Index, gazetteer: NameSource) -> Matcher:
    """Give a matcher over an index and a gazetteer, or another source of its names, of one build."""
    return Matcher(gazetteer, _named_in(index, gazetteer))


def _named_in(index: Index, gazetteer: NameSource) -> Callable[[str], Sequence[Entity]]:
    entities = searchable_kinds("entity")

    def part(text: str) -> Sequence[Entity]:
        try:
            hits = index.complete(text, entities, MOST_BY_WORDS)
        except (NothingToSearch, TextTooLong, TooManyWords):
            return []
        return gazetteer.those(one for hit in hits if (one := entity_id(hit.iri)))

    return part
