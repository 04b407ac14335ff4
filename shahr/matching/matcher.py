"""The matcher: candidates for a name by tier, through the gates of type and property, to one of three outcomes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache

from shahr.gazetteer import NameSource, entity_id
from shahr.matching.candidates import LONGEST, Candidate, Candidates, Part
from shahr.matching.evidence import Meant, agreements, fits, lies_in
from shahr.matching.mention import is_kind
from shahr.matching.query import Match, Matches, Outcome, Query
from shahr.matching.score import odds, shares
from shahr.matching.tiers import keys
from shahr.matching.values import identified
from shahr.namespaces import BASE

AUTOMATIC = ("id", "exact", "folded", "glued", "titled")
SURE = 0.9  # probability from which a match may be taken unseen
_LIST = 3  # certain matches in one country that make a list one of that country
_PLACED = frozenset({"property:latitude", "property:longitude"})
_Sort = tuple[float, int, str]


class Matcher:
    """Matches names against the entities of a source. `part` finds names by their words, where nothing else does."""

    def __init__(self, source: NameSource, part: Part = lambda text: ()) -> None:
        self._source, self._candidates = source, Candidates(source, part)

    def match(self, query: Query) -> Matches:
        """Give what a name may mean."""
        return self._matches(query, self._candidates.of(query), "")

    def match_all(self, queries: Sequence[Query]) -> list[Matches]:
        """Match the names of one list: where most of them lie in one country, that speaks for it with the others.

        It puts what has to be looked at into a better order and makes nothing certain: each name that matches by
        itself would do so without the list.
        """
        candidates = [self._candidates.of(query) for query in queries]
        first = [self._matches(query, those, "") for query, those in zip(queries, candidates, strict=True)]
        country = _common_country(first)
        if not country:
            return first
        return [
            self._matches(query, those, country) if found.outcome == "review" else found
            for query, those, found in zip(queries, candidates, first, strict=True)
        ]

    def _matches(self, query: Query, candidates: Sequence[Candidate], country: str) -> Matches:
        meant = cache(self._meant)
        scored = [(one, self._features(query, one, country, meant)) for one in candidates]
        kept = [(one, features) for one, features in scored if not _refused(query, features)]
        chances = shares([odds(one.likeness.tier, features) for one, features in kept])
        ranked = sorted(
            (
                Match(one.entity, one.likeness.name, one.likeness.tier, round(100 * chance, 1), features)
                for (one, features), chance in zip(kept, chances, strict=True)
            ),
            key=_rank,
        )
        return Matches("review" if country and ranked else _outcome(query, ranked), tuple(ranked))

    def _features(self, query: Query, one: Candidate, country: str, meant: Meant) -> dict[str, float | bool]:
        features: dict[str, float | bool] = {}
        if one.likeness.tier != "part":
            features["distance"] = one.likeness.distance
        if query.types or one.reading.types:
            features["type"] = fits(one.entity, one.reading, query)
        lies = lies_in(one.entity, one.reading.places, self._source.those)
        if lies and one.reading.unread:  # in "Suzhou, Anhui, China" the country tells nothing
            lies = None
        if lies is not None and features.get("type") is not False:  # "Mayor of Kazan, Russia" tells where the mayor is
            features["place"] = lies
        held = agreements(one.entity, query.properties, self._names, meant)
        features |= {f"property:{name}": yes for name, yes in held.items()}
        if country:
            features["coherent"] = country in {value.target for value in one.entity.values.get("country", ())}
        return features

    def _names(self, iri: str) -> Sequence[str]:
        found = self._source.those([iri.removeprefix(BASE)])
        return [name.text for entity in found for name in entity.names]

    def _meant(self, text: str) -> frozenset[str]:
        """Give the IRIs of what has a text as its name, id or identifier."""
        short, known = text[:LONGEST], entity_id(text)
        found = [*self._source.those([known] if known else []), *self._source.named(keys(short))]
        held = (entity for name, local in identified(short).items() for entity in self._source.holding(name, local))
        return frozenset(entity.iri for entity in (*found, *held))


def _rank(match: Match) -> _Sort:
    return -match.score, -match.entity.facts, match.entity.id


def _refused(query: Query, features: dict[str, float | bool]) -> bool:
    """A class that must be is not there."""
    return bool(query.types) and query.strictness != "should" and features.get("type") is False


def _outcome(query: Query, ranked: Sequence[Match]) -> Outcome:
    """Only one that is sure, by its very name or by where it lies, and that nothing speaks against, is taken unseen."""
    if not ranked:
        return "nil"
    first = ranked[0]
    certain = first.tier in AUTOMATIC or _is_placed(first)
    against = any(value is False for value in first.features.values())
    return "match" if certain and not against and first.score >= 100 * SURE and not is_kind(query.text) else "review"


def _is_placed(match: Match) -> bool:
    """A name with a slip in it, at the coordinates that are given, is that of the place there."""
    agreed = {name for name, value in match.features.items() if value is True}
    return match.tier == "near" and agreed >= _PLACED


def _common_country(found: Iterable[Matches]) -> str:
    """Give the IRI of the country that most of the certain matches of a list lie in, "" where they lie anywhere."""
    countries = Counter(
        value.target
        for matches in found
        if matches.outcome == "match"
        for value in matches.candidates[0].entity.values.get("country", ())
    )
    country, count = max(countries.items(), key=lambda one: (one[1], one[0]), default=("", 0))
    return country if count >= _LIST and 2 * count > countries.total() else ""
