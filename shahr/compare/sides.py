"""What is said here, what is said there, and which of our entities is which item."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from shahr.compare.reasons import Reason, may_be, value_unknown
from shahr.compare.spans import Span
from shahr.namespaces import curie


@dataclass(frozen=True)
class Here:
    """A relation between two of our entities, by their IRIs, and the IRIs of the facts that say it."""

    subject: str
    object: str
    span: Span
    facts: tuple[str, ...]


@dataclass(frozen=True)
class There:
    """A statement of Wikidata about `item`, an IRI; an end is None where the value is said to be unknown.

    `side` is the end that the statement stands at, "" where it is always the same. Of statements that were merged,
    `ended_at` are those ends whose own say that it has ended, each with its time, while the other's do not.
    `name` and `name_fa` are the English and Persian label of the end that is not `item`, "" where there is none.
    """

    item: str
    subject: str | None
    object: str | None
    statements: tuple[str, ...]
    span: Span
    ended: bool
    name: str
    name_fa: str
    side: str = ""
    ended_at: tuple[tuple[str, str], ...] = ()


@dataclass
class Links:
    """The accepted links between our entities and items, both ways."""

    items: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    entities: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> Links:
        """Take pairs of entity and item, in their order."""
        links = cls()
        for entity, item in pairs:
            links.items[entity].append(item)
            links.entities[item].append(entity)
        return links

    def items_of(self, entity: str) -> list[str]:
        """Give the items that an entity is linked to."""
        return self.items.get(entity, [])

    def entity_of(self, item: str | None) -> str | None:
        """Give the first entity that is linked to an item."""
        return next(iter(self.entities.get(item, [])), None) if item else None

    def are_same(self, entity: str, item: str | None) -> bool | Reason:
        """Tell whether an entity is what an item stands for, or why that is not known."""
        if item is None:
            return value_unknown()
        if item in self.items_of(entity):
            return True
        return False if self.items_of(entity) or item in self.entities else may_be(curie(entity))
