"""The entities of the graph with all their names, classes and values: what names are matched against.

The rows are those that search and completion read (search.db), so one index of names serves all three.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from shahr.folding import glue
from shahr.namespaces import BASE, ENTITY_PREFIXES, SHAHR
from shahr.rows import Rows, open_rows
from shahr.spellings import NAMES, Spellings, spellings_of

MOST = 50  # entities that one name is looked up as
NEAR = 20  # spellings that a mistyped name may stand for

_ROLES = """
SELECT entry.id, entry.iri, entry.kind, entry.facts, name.role, name.language, name.text
FROM entry JOIN name ON name.entry = entry.id
WHERE entry.id IN (SELECT value FROM json_each(:ids)) AND name.role IN ('label', 'alternative', 'hidden')
ORDER BY entry.id, name.role = 'hidden', name.role DESC, name.language, name.text
"""
_TYPES = """
SELECT entry, name FROM type WHERE entry IN (SELECT value FROM json_each(:ids)) ORDER BY entry, depth DESC, name
"""
_VALUES = """
SELECT entry, property, target, text, language, datatype FROM value
WHERE entry IN (SELECT value FROM json_each(:ids)) ORDER BY entry, property, target, text, language
"""
_NAMED = """
SELECT DISTINCT entry FROM name JOIN entry ON entry.id = name.entry
WHERE glued IN (SELECT value FROM json_each(:glued)) AND role IN ('label', 'alternative', 'hidden') AND ordinal = 0
ORDER BY facts DESC, entry LIMIT :most
"""
_HOLDING = """
SELECT entry FROM (SELECT entry FROM value
  WHERE property = :property AND target = :value AND target <> '' ORDER BY rowid LIMIT :most)
UNION SELECT entry FROM (SELECT entry FROM value
  WHERE property = :property AND text = :value AND target = '' ORDER BY rowid LIMIT :most)
ORDER BY entry LIMIT :most
"""
# The classes that hold each class, with their depth: those that fifty entities of it have in common.
_ABOVE = """
WITH sample AS (SELECT asked.value AS name, type.entry FROM json_each(:names) AS asked JOIN type
  ON type.rowid IN (SELECT rowid FROM type WHERE name = asked.value ORDER BY rowid LIMIT 50))
SELECT sample.name, type.name, type.depth FROM sample JOIN type ON type.entry = sample.entry
GROUP BY sample.name, type.name
HAVING COUNT(*) = (SELECT COUNT(*) FROM sample AS whole WHERE whole.name = sample.name)
ORDER BY sample.name, type.depth DESC, type.name
"""
_TEXTS = """
SELECT iri, language, text FROM entry JOIN name ON name.entry = entry.id
WHERE iri IN (SELECT value FROM json_each(:iris)) AND role = :role ORDER BY iri, language, text DESC
"""


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a language ("" where none is told); role is "label", "alternative", or "hidden": found, not shown."""

    text: str
    language: str
    role: str


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a property: the IRI of a node of ours, or else a text with its language and datatype IRI."""

    target: str
    text: str
    language: str
    datatype: str


@dataclass(frozen=True)
class Entity:
    """Something with names: `id` is its path, "city/isfahan", `kind` the first part of it.

    `types` are local names of classes, the most special first; `values` are by property; `facts` counts what the
    graph tells of it.
    """

    id: str
    kind: str
    types: tuple[str, ...]
    names: tuple[Name, ...]
    values: Mapping[str, tuple[Value, ...]]
    facts: int = 0

    @property
    def iri(self) -> str:
        """Its IRI in the graph."""
        return BASE + self.id

    def label(self, language: str) -> Name:
        """Give its label in a language, else any label, English first."""
        labels = [name for name in self.names if name.role == "label"]
        return min(labels or self.names, key=lambda name: (name.language != language, name.language))


class NameSource(Protocol):
    """Where entities with certain names come from."""

    def named(self, glued: Iterable[str]) -> Sequence[Entity]:
        """Give the entities that have one of these names, glued (shahr.folding.glue), the best known first."""

    def near(self, glued: str, most: int) -> Sequence[Entity]:
        """Give the entities with a name at most so many letters away from this, glued, the nearest first."""

    def holding(self, property: str, value: str) -> Sequence[Entity]:
        """Give the entities of which a property has this value: an IRI of ours or a text."""

    def those(self, ids: Iterable[str]) -> Sequence[Entity]:
        """Give the entities with these ids that there are, in this order."""


class EntitySet:
    """A NameSource in memory, over any entities."""

    def __init__(self, entities: Iterable[Entity]) -> None:
        self.entities = tuple(entities)
        self._glued: dict[str, list[Entity]] = {}
        for entity in self.entities:
            for name in dict.fromkeys(glue(name.text) for name in entity.names):
                self._glued.setdefault(name, []).append(entity)

    def named(self, glued: Iterable[str]) -> Sequence[Entity]:
        """See NameSource."""
        return list({entity.id: entity for one in glued for entity in self._glued.get(one, ())}.values())

    def near(self, glued: str, most: int) -> Sequence[Entity]:
        """See NameSource."""
        return self.named(name for name, _ in self._spellings.near(glued, most, NEAR))

    def holding(self, property: str, value: str) -> Sequence[Entity]:
        """See NameSource."""
        return [
            entity
            for entity in self.entities
            if any(value in (one.target or None, one.text or None) for one in entity.values.get(property, ()))
        ]

    def those(self, ids: Iterable[str]) -> Sequence[Entity]:
        """See NameSource."""
        return [self._by_id[one] for one in dict.fromkeys(ids) if one in self._by_id]

    @cached_property
    def _by_id(self) -> Mapping[str, Entity]:
        return {entity.id: entity for entity in self.entities}

    @cached_property
    def _spellings(self) -> Spellings:
        return spellings_of(self._glued)


def open_gazetteer(path: Path) -> Gazetteer:
    """Open a search.db, to read only; ProjectMissing where that cannot be."""
    return Gazetteer(open_rows(path, "SELECT 1 FROM type, value, spelling LIMIT 0"))


class Gazetteer:
    """The entities of a build, for any number of threads."""

    def __init__(self, rows: Rows) -> None:
        self._rows, self._select = rows, rows.select
        self._spellings = Spellings(rows, NAMES)

    def named(self, glued: Iterable[str]) -> Sequence[Entity]:
        """See NameSource."""
        return self._entities(self._select(_NAMED, {"glued": json.dumps(list(glued)), "most": MOST}))

    def near(self, glued: str, most: int) -> Sequence[Entity]:
        """See NameSource."""
        spellings = [name for name, _ in self._spellings.near(glued, most, NEAR)]
        return self.named(spellings) if spellings else []

    def holding(self, property: str, value: str) -> Sequence[Entity]:
        """See NameSource."""
        return self._entities(self._select(_HOLDING, {"property": property, "value": value, "most": MOST}))

    def entity(self, id: str) -> Entity | None:
        """Give the entity with an id, None where there is none."""
        found = self.those([id])
        return found[0] if found else None

    def those(self, ids: Iterable[str]) -> list[Entity]:
        """See NameSource."""
        wanted = list(dict.fromkeys(ids))
        statement = "SELECT id FROM entry WHERE iri IN (SELECT value FROM json_each(:iris)) AND ordinal = 0"
        rows = self._select(statement, {"iris": json.dumps([BASE + one for one in wanted])})
        found = {entity.id: entity for entity in self._entities(rows)}
        return [found[one] for one in wanted if one in found]

    def labels(self, iris: Iterable[str]) -> dict[str, dict[str, str]]:
        """Give the labels of any nodes or terms by IRI and language; of those that have none, nothing."""
        return self._texts(iris, "label")

    def definitions(self, iris: Iterable[str]) -> dict[str, dict[str, str]]:
        """Give the texts that tell what nodes or terms are, as `labels` does."""
        return self._texts(iris, "text")

    def above(self, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Give the classes right above classes, all by local name: of those that hold each, the deepest."""
        rows = self._select(_ABOVE, {"names": json.dumps(sorted(names))})
        depths = {name: depth for name, other, depth in rows if name == other}
        higher: dict[str, list[tuple[int, str]]] = {}
        for name, other, depth in rows:
            if depth < depths[name]:
                higher.setdefault(name, []).append((depth, other))
        return {name: tuple(other for depth, other in found if depth == found[0][0]) for name, found in higher.items()}

    @cached_property
    def types(self) -> Mapping[str, int]:
        """How many entities there are of each class, by local name, the most frequent first."""
        rows = self._select("SELECT name, COUNT(*) FROM type GROUP BY name ORDER BY COUNT(*) DESC, name", {})
        return dict(rows)

    @cached_property
    def properties(self) -> Mapping[str, Mapping[str, int]]:
        """How many entities of each class, or of any ("") have a value of a property: by property, then class."""
        statement = (
            "SELECT property, '', COUNT(DISTINCT entry) FROM value GROUP BY property UNION ALL "
            "SELECT property, type.name, COUNT(DISTINCT value.entry) FROM value JOIN type ON type.entry = value.entry "
            "GROUP BY property, type.name ORDER BY 1, 2"
        )
        found: dict[str, dict[str, int]] = {}
        for property, name, count in self._select(statement, {}):
            found.setdefault(property, {})[name] = count
        return found

    def of_kinds(self, kinds: Iterable[str]) -> list[Entity]:
        """Give every entity of some kinds ("city"), in the order of their IRIs."""
        statement = (
            "SELECT id FROM entry WHERE kind IN (SELECT value FROM json_each(:kinds)) AND ordinal = 0 ORDER BY iri"
        )
        return self._entities(self._select(statement, {"kinds": json.dumps(sorted(set(kinds)))}))

    def close(self) -> None:
        """Let go of the file."""
        self._rows.close()

    def _texts(self, iris: Iterable[str], role: str) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for iri, language, text in self._select(_TEXTS, {"iris": json.dumps(sorted(set(iris))), "role": role}):
            found.setdefault(iri, {})[language] = text
        return found

    def _entities(self, rows: Iterable[Sequence[Any]]) -> list[Entity]:
        ids = [row[0] for row in rows]
        if not ids:
            return []
        asked = {"ids": json.dumps(ids)}
        types, values = _grouped(self._select(_TYPES, asked)), _grouped(self._select(_VALUES, asked))
        entities = {
            entry: _entity(named, types.get(entry, []), values.get(entry, []))
            for entry, named in _grouped(self._select(_ROLES, asked)).items()
        }
        return [entities[one] for one in ids]


def entity_id(text: str) -> str | None:
    """Read an id as people and programs write it: "city/isfahan", "city:isfahan", or the IRI; None for all else."""
    kind, parted, slug = text.strip().removeprefix(BASE).replace(":", "/", 1).partition("/")
    return f"{kind}/{slug}" if parted and kind in ENTITY_PREFIXES and slug else None


def term_iri(name: str) -> str:
    """Give the IRI of a class or property of ours by its local name."""
    return SHAHR + name


def _grouped(rows: Iterable[Sequence[Any]]) -> dict[int, list[Sequence[Any]]]:
    found: dict[int, list[Sequence[Any]]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(row[1:])
    return found


def _entity(named: list[Sequence[Any]], types: list[Sequence[Any]], values: list[Sequence[Any]]) -> Entity:
    iri, kind, facts = named[0][:3]
    by_property: dict[str, list[Value]] = {}
    for property, *value in values:
        by_property.setdefault(property, []).append(Value(*value))
    names = tuple(Name(text, language, role) for _, _, _, role, language, text in named)
    held = {property: tuple(found) for property, found in by_property.items()}
    return Entity(iri.removeprefix(BASE), kind, tuple(name for (name,) in types), names, held, facts)
