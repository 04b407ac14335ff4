"""Search in the names that the stage `index` has written down: entities, articles, facts, terms, questions."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from shahr.errors import NothingToSearch, TextTooLong, TooManyWords, UnknownKind
from shahr.folding import fold, glue, latin_sound
from shahr.namespaces import ENTITY_PREFIXES, FACT_PREFIXES, curie
from shahr.rows import Rows, open_rows
from shahr.spellings import WORDS, Spellings

LONGEST = 200
MOST_WORDS = 8
SPELLINGS = 20  # words of the index that one mistyped word may stand for
SCORES = (100, 95, 80, 80, 80, 50, 40)  # of the tiers below

# The tiers: 0 a label and 1 another name as they were written; 2 a name that begins so, 3 one with the words, 4 one
# with the last of them begun: of these three, things come before facts about them; 5 a text with the words.
_AS_WRITTEN = """
SELECT entry.id, entry.kind, MIN(found.tier) AS tier FROM (
  SELECT entry AS id, role IN ('alternative', 'hidden') AS tier FROM name WHERE glued = :glued
  UNION ALL SELECT entry, 2 FROM name WHERE glued > :glued AND glued < :glued || char(1114111) AND role <> 'curie'
  UNION ALL SELECT rowid, 3 FROM words WHERE words MATCH :named
  UNION ALL SELECT rowid, 4 FROM words WHERE words MATCH :begun
  UNION ALL SELECT rowid, 5 FROM words WHERE words MATCH :told
) AS found JOIN entry ON entry.id = found.id
GROUP BY entry.id
ORDER BY MIN(MIN(found.tier), 2) + (MIN(found.tier) = 5), entry.ordinal, tier, entry.facts DESC, entry.id
"""
_WANTED = """
(:any_kind OR entry.kind IN (SELECT value FROM json_each(:kinds))) AND (:any_type OR EXISTS
  (SELECT 1 FROM type WHERE type.entry = entry.id AND type.name IN (SELECT value FROM json_each(:types))))
"""
_MISTYPED = f"""
SELECT id, kind, 6 FROM entry WHERE id IN (SELECT rowid FROM words WHERE words MATCH :meant) AND {_WANTED}
ORDER BY ordinal, facts DESC, id
"""
_KNOWN = """
SELECT 1 FROM vocabulary WHERE term BETWEEN :word AND :last AND col IN ('names', 'pairs') LIMIT 1
"""
_LAST_NAMED = 4
_CALLED = f"""
SELECT entry.id, entry.kind, MIN(name.role IN ('alternative', 'hidden')) AS tier
FROM name JOIN entry ON entry.id = name.entry WHERE name.glued = :glued AND {_WANTED}
GROUP BY entry.id ORDER BY tier, entry.id LIMIT :most
"""
_IN_ORDER = f"""
SELECT words.rowid, entry.kind, :tier FROM words CROSS JOIN entry ON entry.id = words.rowid
WHERE words MATCH :words AND words.rowid BETWEEN :first AND :last AND {_WANTED}
ORDER BY words.rowid LIMIT :most
"""
_NAMES = """
SELECT entry.id, iri, role, language, text FROM entry JOIN name ON name.entry = entry.id
WHERE entry.id IN (SELECT value FROM json_each(:ids)) AND role NOT IN ('curie', 'hidden')
ORDER BY entry.id, role, language, text
"""

_Row = tuple[int, str, int]
_Values = Mapping[str, object]


@dataclass(frozen=True)
class Name:
    """A text in a language ("" where none is told)."""

    text: str
    language: str


@dataclass(frozen=True)
class Hit:
    """Something found: `labels` by language tag as in the graph ("fa", "en", "fa-latn"); `score` is at most 100.

    `iri` is the path "/questions/…" for a question. `snippet` is the other name or the text that was found where no
    label was, and `snippet_field` tells which: "alternative" or "text".
    """

    iri: str
    kind: str
    labels: Mapping[str, str]
    snippet_field: str
    snippet: Name | None
    score: int

    @property
    def curie(self) -> str:
        """The short name."""
        return curie(self.iri)


@dataclass(frozen=True)
class Found:
    """Hits from `offset` on, how many there are in all, and how many of each kind, were every kind wanted."""

    total: int
    hits: list[Hit]
    kinds: Mapping[str, int]


def searchable_kinds(name: str) -> tuple[str, ...]:
    """Give the kinds that a name stands for: itself, or those of a group ("entity", "fact"); () for "".

    UnknownKind where there is none.
    """
    single = (*ENTITY_PREFIXES, "article", "question", "concept", "term", "period", *FACT_PREFIXES)
    known = {"": (), "entity": ENTITY_PREFIXES, "fact": FACT_PREFIXES, **{kind: (kind,) for kind in single}}
    if name not in known:
        raise UnknownKind(name, filter(None, known))
    return known[name]


def open_index(path: Path) -> Index:
    """Open a search.db, to read only; it stays readable when the file goes. ProjectMissing where that cannot be."""
    return Index(open_rows(path, "SELECT whole, word FROM words, spelling LIMIT 0"))


class Index:
    """An open index, for any number of threads."""

    def __init__(self, rows: Rows) -> None:
        self._select, self._spellings = rows.select, Spellings(rows, WORDS)

    def search(self, text: str, kinds: Iterable[str] = (), limit: int = 20, offset: int = 0) -> Found:
        """Find what a text of at most 200 characters and 8 words names, the best first; () for all kinds.

        Labels as written come first, then other names, then names that begin so, then names with all the words (the
        last one may be begun), then texts with them. Only where no name fits are words meant that are spelt alike:
        a letter amiss in four and more, two in eight and more, or the sound of a Persian word in Latin letters.
        TextTooLong, TooManyWords, NothingToSearch for a text that cannot be searched for.
        """
        asked = _parse(text)
        rows = self._rows(asked)
        wanted = frozenset(kinds)
        kept = [row for row in rows if not wanted or row[1] in wanted]
        return Found(len(kept), self._hits(kept[offset : offset + limit], asked), Counter(row[1] for row in rows))

    def complete(self, text: str, kinds: Iterable[str] = (), limit: int = 10, types: Iterable[str] = ()) -> list[Hit]:
        """Find what may be meant by the beginning of a name; as `search`, but texts count for nothing.

        `types` are local names of classes ("City"), of one of which it must be; () for anything.
        """
        asked, kinds = _parse(text), frozenset(kinds)
        wanted = _wanted(kinds, frozenset(types))
        rows = self._begun(asked, kinds, wanted, limit) or self._mistyped(asked, wanted)
        return self._hits(rows[:limit], asked)

    def _rows(self, asked: list[str]) -> list[_Row]:
        """Give (id, kind, tier), the best first, and where names fail, of mistyped words."""
        rows: list[_Row] = self._select(_AS_WRITTEN, _expressions(asked))
        if any(row[2] <= _LAST_NAMED for row in rows):
            return rows
        seen = {row[0] for row in rows}
        return [*rows, *(row for row in self._mistyped(asked, _wanted()) if row[0] not in seen)]

    def _begun(self, asked: list[str], kinds: frozenset[str], wanted: _Values, limit: int) -> list[_Row]:
        """Give the first rows that `search` has of the tiers of names, without looking for the others.

        Numbers of entries go by what comes first, so each tier is read from its beginning and only as far as needed.
        """
        found: dict[int, _Row] = {}
        told = _expressions(asked)
        steps: list[tuple[str, _Values]] = [(_CALLED, {"glued": told["glued"]})]
        for first, last in self._ranges(kinds):
            for tier, name in ((2, "whole"), (3, "named"), (4, "begun")):
                steps.append((_IN_ORDER, {"tier": tier, "words": told[name], "first": first, "last": last}))
        for statement, values in steps:
            for row in self._select(statement, {**values, **wanted, "most": limit}):
                found.setdefault(row[0], row)
            if len(found) >= limit:
                break
        return list(found.values())

    def _ranges(self, wanted: frozenset[str]) -> list[tuple[int, int]]:
        """Give the first and last numbers of entries that come first, second, …, where any is of a wanted kind."""
        return [(first, last) for first, last, kinds in self._ordinals if not wanted or wanted & kinds]

    @cached_property
    def _ordinals(self) -> list[tuple[int, int, frozenset[str]]]:
        rows = self._select(
            "SELECT MIN(id), MAX(id), json_group_array(DISTINCT kind) FROM entry GROUP BY ordinal ORDER BY ordinal", {}
        )
        return [(first, last, frozenset(json.loads(kinds))) for first, last, kinds in rows]

    def _mistyped(self, asked: list[str], wanted: _Values) -> list[_Row]:
        """Give rows of what words are meant that are spelt or sound alike."""
        last_one = len(asked) - 1
        meant = " AND ".join(f"({self._meant(word, place == last_one)})" for place, word in enumerate(asked))
        return self._select(_MISTYPED, {"meant": meant, **wanted})

    def _meant(self, word: str, begun: bool) -> str:
        """Give the expression for a word and, unless it is known, for those that are spelt or sound like it."""
        sound = latin_sound(word)
        either = [f'sounds : "{sound}"'] if sound else []
        spellings = [_quote(word, begun), *(_quote(one) for one in self._alike(word, begun))]
        return " OR ".join([f"{{names pairs}} : ({' OR '.join(spellings)})", *either])

    def _alike(self, word: str, begun: bool) -> list[str]:
        """Give the words of names that are nearest to a word that names do not have."""
        allowed = 0 if len(word) < 4 else 1 if len(word) < 8 else 2
        if not allowed or self._known(word, begun):
            return []
        near = self._spellings.near(word, allowed, SPELLINGS)
        return [one for one, distance in near if distance == near[0][1]]

    def _known(self, word: str, begun: bool) -> bool:
        """Tell whether names have a word or, where it is only begun, one that begins so."""
        return bool(self._select(_KNOWN, {"word": word, "last": word + chr(sys.maxunicode) if begun else word}))

    def _hits(self, rows: Sequence[_Row], asked: list[str]) -> list[Hit]:
        found: dict[int, list[tuple[str, str, str]]] = {}
        iris: dict[int, str] = {}
        for number, iri, *name in self._select(_NAMES, {"ids": json.dumps([row[0] for row in rows])}):
            found.setdefault(number, []).append((name[0], name[1], name[2]))
            iris[number] = iri
        return [_hit(iris[number], kind, tier, found[number], asked) for number, kind, tier in rows]


def _parse(text: str) -> list[str]:
    """Give the folded words of a text, those of its curie where it is an IRI."""
    if len(text) > LONGEST:
        raise TextTooLong(LONGEST)
    asked = fold(curie(text.strip())).split()
    if not asked:
        raise NothingToSearch
    if len(asked) > MOST_WORDS:
        raise TooManyWords(MOST_WORDS)
    return asked


def _wanted(kinds: frozenset[str] = frozenset(), types: frozenset[str] = frozenset()) -> _Values:
    """Give the values for _WANTED; none is any."""
    lists = {"kinds": json.dumps(sorted(kinds)), "types": json.dumps(sorted(types))}
    return lists | {"any_kind": not kinds, "any_type": not types}


def _expressions(asked: list[str]) -> dict[str, str]:
    """Give what the tiers look for: all words, or all with two neighbours as one, the last word whole or begun."""
    places = range(len(asked) - 1)
    ways = [asked, *([*asked[:at], asked[at] + asked[at + 1], *asked[at + 2 :]] for at in places)]
    whole = " OR ".join(f"({' AND '.join(map(_quote, way))})" for way in ways)
    begun = " OR ".join(f"({' AND '.join([*map(_quote, way[:-1]), _quote(way[-1], True)])})" for way in ways)
    return {
        "glued": "".join(asked),
        "whole": f"whole : {_quote(''.join(asked), True)}",
        "named": f"{{names pairs}} : ({whole})",
        "begun": f"{{names pairs}} : ({begun})",
        "told": f"{{names pairs texts}} : ({begun})",
    }


def _quote(word: str, begun: bool = False) -> str:
    """Folded words are letters and digits, so nothing in them ends the quotation."""
    return f'"{word}"*' if begun else f'"{word}"'


def _hit(iri: str, kind: str, tier: int, names: list[tuple[str, str, str]], asked: list[str]) -> Hit:
    """Give a hit with the name that is or best holds what was asked for; of equal ones a label needs no mention."""
    labels: dict[str, str] = {}
    for role, language, text in names:
        if role == "label":
            labels.setdefault(language, text)
    order = ("label", "alternative", "text")
    role, language, text = min(names, key=lambda name: (*_distance(name[2], asked), order.index(name[0])))
    snippet = None if role == "label" else Name(text, language)
    return Hit(iri, kind, labels, role if snippet else "", snippet, SCORES[tier])


def _distance(text: str, asked: list[str]) -> tuple[bool, int]:
    """Tell whether a text is other than what was asked for, and how many of the words it lacks."""
    glued = glue(text)
    return glued != "".join(asked), sum(word not in glued for word in asked)
