"""What a release holds, counted: in one pass over its sorted N-Triples, and one over its quads for the links.

The counts are those of VoID, https://www.w3.org/TR/void/#statistics, and exact.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shahr.namespaces import BASE, ENTITY_PREFIXES, FACT_PREFIXES, SOURCE_PREFIXES, graph_iri, iri, prefix_map
from shahr.release.folder import BUFFER
from shahr.release.making import Making

_TYPE, _COUNTRY = (f"<{iri(name)}>".encode() for name in ("rdf:type", "shahr:country"))
_FROM, _TO = (f"<{iri(name)}>".encode() for name in ("shahr:earliest", "shahr:latest"))
_DAY = re.compile(rb'^"(\d{4}-\d\d-\d\d)"')
_OURS, _CITY = (f"<{BASE}{kind}".encode() for kind in ("", "city/"))
_LINKS = f" <{graph_iri('links')}> .\n".encode()


@dataclass(frozen=True)
class Use:
    """How a property is used: its triples, and the distinct subjects and objects in these."""

    triples: int
    subjects: int
    objects: int


@dataclass(frozen=True)
class Statistics:
    """What the union of all graphs of a release holds.

    entities            distinct subjects in the namespace of Shahr
    subjects, objects   distinct ones in all, literals and blank nodes too
    classes             instances of each class by its IRI
    properties          the use of each property by its IRI
    examples            the first entity, in the order of IRIs, of each kind that there is
    countries           IRIs of the countries that the cities lie in
    days                the first and the last day that a fact is dated to, ISO 8601; empty where none is
    links               links to other data sets: their number by namespace of the target and IRI of the predicate
    """

    triples: int
    entities: int
    subjects: int
    objects: int
    classes: Mapping[str, int]
    properties: Mapping[str, Use]
    examples: tuple[str, ...]
    countries: tuple[str, ...]
    days: tuple[str, ...]
    links: Mapping[tuple[str, str], int]


def statistics(making: Making) -> Statistics:
    """Count what a release in the making holds."""
    with making.triples.open("rb", BUFFER) as triples, making.quads.open("rb", BUFFER) as quads:
        return count(triples, quads)


def count(triples: Iterable[bytes], quads: Iterable[bytes]) -> Statistics:
    """Count the lines of canonical N-Triples, sorted and each once, and the links among canonical N-Quads."""
    counter = _Counter()
    counter.read(triples)
    return counter.result(_links(quads))


class _Counter:
    """The counts on their way; `masks` has for each object a bit for each property that leads to it."""

    def __init__(self) -> None:
        self.triples: Counter[bytes] = Counter()
        self.subjects: Counter[bytes] = Counter()
        self.classes: Counter[bytes] = Counter()
        self.masks: dict[bytes, int] = {}
        self.entities = self.all_subjects = 0
        self.kinds: dict[bytes, bytes] = {}
        self.countries: set[bytes] = set()
        self.days: set[bytes] = set()

    def read(self, triples: Iterable[bytes]) -> None:
        """Count every triple; in sorted lines those of one subject, and of one property of it, stand together."""
        bits: dict[bytes, int] = {}
        masks, last, last_predicate = self.masks, b"", b""
        for line in triples:
            subject, predicate, rest = line.split(b" ", 2)
            if subject != last:
                last, last_predicate = subject, b""
                self._begin(subject)
            if predicate != last_predicate:
                last_predicate = predicate
                self.subjects[predicate] += 1
            bit = bits.setdefault(predicate, 1 << len(bits))
            self.triples[predicate] += 1
            target = rest[:-3]
            mask = masks.get(target, 0)
            if not mask & bit:
                masks[target] = mask | bit
            if predicate in (_TYPE, _COUNTRY, _FROM, _TO):
                self._note(subject, predicate, target)

    def _begin(self, subject: bytes) -> None:
        self.all_subjects += 1
        if subject.startswith(_OURS):
            self.entities += 1
            kind, slash, _ = subject[len(_OURS) :].partition(b"/")
            if slash and kind not in self.kinds:
                self.kinds[kind] = subject

    def _note(self, subject: bytes, predicate: bytes, target: bytes) -> None:
        if predicate == _TYPE:
            self.classes[target] += 1
        elif predicate != _COUNTRY:
            self.days.update(_DAY.findall(target))
        elif subject.startswith(_CITY) and target.startswith(b"<"):
            self.countries.add(target)

    def result(self, links: Mapping[tuple[str, str], int]) -> Statistics:
        """Give the counts as texts, in the order of IRIs."""
        objects = self._objects()
        return Statistics(
            *(self.triples.total(), self.entities, self.all_subjects, len(self.masks)),
            {_iri(one): self.classes[one] for one in sorted(self.classes) if one.startswith(b"<")},
            {_iri(one): Use(self.triples[one], self.subjects[one], objects[one]) for one in sorted(self.triples)},
            tuple(_iri(self.kinds[one.encode()]) for one in _kinds() if one.encode() in self.kinds),
            tuple(map(_iri, sorted(self.countries))),
            tuple(day.decode() for day in (min(self.days), max(self.days))) if self.days else (),
            links,
        )

    def _objects(self) -> dict[bytes, int]:
        """Count the distinct objects of each property, from how many objects have each set of properties."""
        sets = Counter(self.masks.values())
        numbers = dict.fromkeys(self.triples, 0)
        for position, predicate in enumerate(self.triples):
            numbers[predicate] = sum(many for mask, many in sets.items() if mask >> position & 1)
        return numbers


def _kinds() -> tuple[str, ...]:
    return (*ENTITY_PREFIXES, *FACT_PREFIXES, *SOURCE_PREFIXES)


def _links(quads: Iterable[bytes]) -> dict[tuple[str, str], int]:
    """Count the links by target and predicate."""
    found: Counter[tuple[str, str]] = Counter()
    for line in quads:
        if line.endswith(_LINKS):
            _, predicate, target = line[: -len(_LINKS)].split(b" ", 2)
            if target.startswith(b"<"):
                found[namespace_of(_iri(target)), _iri(predicate)] += 1
    return {key: found[key] for key in sorted(found)}


def namespace_of(name: str) -> str:
    """Give the longest namespace known to Shahr that an IRI is in, else what it has up to its last / or #.

    "" for one that has neither, as a urn: no namespace can be told from it.
    """
    known = [space for space in prefix_map().values() if name.startswith(space)]
    return max(known, key=len) if known else name[: max(name.rfind("/"), name.rfind("#")) + 1]


def _iri(term: bytes) -> str:
    """Take the brackets off; canonical N-Triples escapes nothing in an IRI."""
    return term.decode()[1:-1]
