"""From what is asked to candidates: queries for the matcher, and what its answer leaves of them.

The names of a batch are matched as one list, which orders what has to be looked at, and makes nothing certain: what
matches by itself does so however a client parts its list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from shahr.folding import glue
from shahr.gazetteer import Entity, Gazetteer, Value, entity_id
from shahr.matching.evidence import agreements
from shahr.matching.query import Match, Matches, Query, Wanted
from shahr.matching.source import matcher_over
from shahr.matching.values import identified
from shahr.namespaces import BASE
from shahr.web.currentindex import Names
from shahr.web.reconcile.calls import LONGEST, Asked, Condition, Given, Reference, is_short

_QUALIFIER = re.compile(r"\s*\([^()]*\)$")
_NAMES = ("label-fa", "label-en", "otherName")
_AGAINST = 0.5  # what a condition that does not hold, and does not have to, leaves of a score


@dataclass(frozen=True)
class NamesAsValues:
    """The entities of a gazetteer, of which a name may be a known value as well: a second column of a list.

    It is made for one batch, and remembers what it looked up: lists repeat their countries.
    """

    gazetteer: Gazetteer
    _held: dict[tuple[str, str], Sequence[Entity]] = field(default_factory=dict)
    _known: dict[str, Sequence[Entity]] = field(default_factory=dict)

    def named(self, glued: Iterable[str]) -> Sequence[Entity]:
        """See NameSource."""
        return [_with_names(one) for one in self.gazetteer.named(glued)]

    def near(self, glued: str, most: int) -> Sequence[Entity]:
        """See NameSource."""
        return [_with_names(one) for one in self.gazetteer.near(glued, most)]

    def holding(self, property: str, value: str) -> Sequence[Entity]:
        """See NameSource."""
        if (property, value) not in self._held:
            self._held[property, value] = self._holding(property, value)
        return self._held[property, value]

    def those(self, ids: Iterable[str]) -> Sequence[Entity]:
        """See NameSource."""
        wanted = list(dict.fromkeys(ids))
        if new := [one for one in wanted if one not in self._known]:
            found = {one.id: _with_names(one) for one in self.gazetteer.those(new)}
            self._known.update((one, [found[one]] if one in found else []) for one in new)
        return [entity for one in wanted for entity in self._known[one]]

    def names(self, iri: str) -> Sequence[str]:
        """Give the names of an entity."""
        return [name.text for entity in self.those([iri.removeprefix(BASE)]) for name in entity.names]

    def _holding(self, property: str, value: str) -> Sequence[Entity]:
        if property == "iri":
            return self.those([value.removeprefix(BASE)])
        if property in _NAMES:
            return self.named([glue(value)])
        return [_with_names(one) for one in self.gazetteer.holding(property, value)]


class Reconciler:
    """Answers queries with what a build holds."""

    def __init__(self, names: Names) -> None:
        self._source = NamesAsValues(names.gazetteer)
        self._matcher = matcher_over(names.index, self._source)

    def match(self, asked: Sequence[Asked]) -> list[Matches]:
        """Give the candidates of each query of a batch, as many as it wants, the best first."""
        queries = [self._queries(one) for one in asked]
        found = iter(self._matcher.match_all([query for each in queries for query in each]))
        return [self._chosen(one, [next(found) for _query in each]) for one, each in zip(asked, queries, strict=True)]

    def _queries(self, asked: Asked) -> list[Query]:
        """Give the queries for the matcher; a text longer than any name may be names nothing."""
        given = self._given(one for one in asked.conditions if one.quantifier != "none")
        texts = [text for text in asked.texts if is_short(text, LONGEST)] if asked.texts else [""]
        return [Query(text, asked.types, asked.strictness, given) for text in texts]

    def _chosen(self, asked: Asked, found: Sequence[Matches]) -> Matches:
        best = _best(found)
        for condition in asked.conditions:
            if not condition.is_plain:
                best = self._weighed(best, condition)
        return Matches(best.outcome, best.candidates[: asked.limit])

    def _given(self, conditions: Iterable[Condition]) -> dict[str, list[Wanted]]:
        given: dict[str, list[Wanted]] = {}
        for condition in conditions:
            wanted = given.setdefault(condition.id, [])
            wanted += [spelt for value in condition.values for spelt in self._spelt(value)]
        return given

    def _spelt(self, value: Given) -> list[Wanted]:
        """Give the ways in which the graph may hold a value: what was matched elsewhere is known here by its id."""
        if isinstance(value, str | Reference):
            text = value if isinstance(value, str) else value.id
            held = identified(text)
            known = [one.id for name, local in held.items() for one in self._source.holding(name, local)]
            named = [value.name] if isinstance(value, Reference) and value.name and not known else []
            return [*dict.fromkeys([text, *held.values(), *known, *([] if entity_id(text) else named)])]
        return [value]

    def _weighed(self, found: Matches, condition: Condition) -> Matches:
        """Let a condition with a quantifier of its own, or one that has to hold, speak against candidates."""
        spelt = [self._spelt(value) for value in condition.values]
        holding = {match.entity.id for match in found.candidates if self._holds(match.entity, condition, spelt)}
        kept = [match for match in found.candidates if match.entity.id in holding or not condition.required]
        weighed = [
            match if match.entity.id in holding else replace(match, score=round(match.score * _AGAINST, 1))
            for match in kept
        ]
        ranked = sorted(weighed, key=lambda match: -match.score)
        if not ranked:
            return Matches("nil", ())
        same = found.candidates[0].entity.id == ranked[0].entity.id and ranked[0].entity.id in holding
        return Matches(found.outcome if same else "review", tuple(ranked))

    def _holds(self, entity: Entity, condition: Condition, spelt: Iterable[Sequence[Wanted]]) -> bool:
        agreeing = (
            agreements(entity, {condition.id: one}, self._source.names).get(condition.id, False) for one in spelt
        )
        if condition.quantifier == "none":
            return not any(agreeing)
        return all(agreeing) if condition.quantifier == "all" else any(agreeing)


def _with_names(entity: Entity) -> Entity:
    """Give an entity with its names, and its IRI, among its values.

    Which of its names is the label in which language, and what stands in parentheses behind it, is our choice alone.
    """
    texts = [name.text for name in entity.names]
    bare = [_QUALIFIER.sub("", text) for text in texts]
    names = tuple(Value("", text, "", "") for text in dict.fromkeys([*texts, *bare]))
    own = {**dict.fromkeys(_NAMES, names), "iri": (Value("", entity.iri, "", ""),)}
    return replace(entity, values={**entity.values, **own})


def _best(found: Sequence[Matches]) -> Matches:
    """Put the candidates of several texts together: each with its best score, certain where they agree on it."""
    if len(found) == 1:
        return found[0]
    best: dict[str, Match] = {}
    for match in (match for matches in found for match in matches.candidates):
        known = best.get(match.entity.id)
        if known is None or match.score > known.score:
            best[match.entity.id] = match
    if not best:
        return Matches("nil", ())
    certain = {matches.candidates[0].entity.id for matches in found if matches.outcome == "match"}
    ranked = sorted(best.values(), key=lambda match: (-match.score, match.entity.id))
    return Matches("match" if certain == {ranked[0].entity.id} else "review", tuple(ranked))
