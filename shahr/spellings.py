"""Words among many that differ from a word in a few letters, found without comparing it with all of them.

They stand in a database (search.db, or one in memory), so that nothing has to be built before the first is found:

    spelling          the words of all lists; their numbers go by list and length
    spelling_lengths  the first and last numbers of the words of a length in a list
    gram              FTS5: the grams of three letters in each word, those over its ends too
    gram_count        in how many words each gram is
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

from shahr.rows import Rows

NAMES, WORDS = "names", "words"  # the lists in search.db: glued names of entities, words of all names
SCHEMA = """
CREATE TABLE spelling (id INTEGER PRIMARY KEY, word TEXT NOT NULL);
CREATE TABLE spelling_lengths (list TEXT NOT NULL, letters INTEGER NOT NULL, first INTEGER NOT NULL,
  last INTEGER NOT NULL, PRIMARY KEY (list, letters)) WITHOUT ROWID;
CREATE VIRTUAL TABLE gram USING fts5 (grams, content = '', detail = none, columnsize = 0, tokenize = 'ascii');
CREATE VIRTUAL TABLE gram_vocabulary USING fts5vocab (gram, row);
CREATE TABLE gram_count (gram TEXT PRIMARY KEY, words INTEGER NOT NULL) WITHOUT ROWID;
"""
_COUNT = "INSERT INTO gram_count SELECT term, doc FROM gram_vocabulary"
_COUNTED = "SELECT gram FROM gram_count WHERE gram IN (SELECT value FROM json_each(:grams)) ORDER BY words, gram"
_RANGE = "SELECT MIN(first), MAX(last) FROM spelling_lengths WHERE list = :list AND letters BETWEEN :least AND :most"
_BETWEEN = "SELECT word FROM spelling WHERE id BETWEEN :first AND :last"
_HOLDING = """
SELECT word FROM gram CROSS JOIN spelling ON spelling.id = gram.rowid
WHERE gram MATCH :grams AND gram.rowid BETWEEN :first AND :last
"""
_GRAM = 3
_EDGE = "·"  # in no folded word
_TOUCHED = _GRAM + 1  # grams that one slip can touch: two letters that changed places are in so many


def write_spellings(connection: sqlite3.Connection, lists: Mapping[str, Iterable[str]]) -> None:
    """Write lists of folded words (shahr.folding) into a database that has the tables and nothing in them."""
    ordered = [(name, len(word), word) for name, words in lists.items() for word in set(words)]
    for number, (_, _, word) in enumerate(sorted(ordered), 1):
        connection.execute("INSERT INTO spelling VALUES (?, ?)", (number, word))
        connection.execute("INSERT INTO gram (rowid, grams) VALUES (?, ?)", (number, " ".join(_grams(word))))
    last = 0
    for (name, letters), count in sorted(Counter((name, letters) for name, letters, _ in ordered).items()):
        first, last = last + 1, last + count
        connection.execute("INSERT INTO spelling_lengths VALUES (?, ?, ?, ?)", (name, letters, first, last))
    connection.execute(_COUNT)


def spellings_of(words: Iterable[str]) -> Spellings:
    """Give folded words, in memory."""
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    connection.executescript(SCHEMA)
    write_spellings(connection, {WORDS: words})
    return Spellings(Rows(connection), WORDS)


class Spellings:
    """A list of words, by the grams in them.

    A slip touches at most four grams of a word, so a word with k slips still has one of any 4k + 1 of them: only
    words with one of the rarest so many are compared. A word with fewer is compared with all of about its length.
    """

    def __init__(self, rows: Rows, name: str) -> None:
        self._rows, self._name = rows, name

    def near(self, word: str, most: int, limit: int) -> list[tuple[str, int]]:
        """Give words at most so many letters away, with how many, the nearest first; at most `limit` of them.

        A letter too many, one that lacks, another one and two that changed places each count as one.
        """
        likely = self._likely(word, most)
        found = process.extract(word, likely, scorer=OSA.distance, score_cutoff=most, limit=None)
        return sorted(((name, int(distance)) for name, distance, _ in found), key=lambda one: (one[1], one[0]))[:limit]

    def _likely(self, word: str, most: int) -> list[str]:
        lengths = {"list": self._name, "least": len(word) - most, "most": len(word) + most}
        first, last = self._rows.select(_RANGE, lengths)[0]
        grams, enough = set(_grams(word)), _TOUCHED * most + 1
        asked = {"first": first, "last": last}
        if len(grams) < enough:
            return self._words(_BETWEEN, asked)
        counted = [gram for (gram,) in self._rows.select(_COUNTED, {"grams": json.dumps(sorted(grams))})]
        unheard = len(grams) - len(counted)  # grams that no word has: these are the rarest
        rarest = counted[: max(0, enough - unheard)]
        return self._words(_HOLDING, asked | {"grams": " OR ".join(f'"{gram}"' for gram in rarest)}) if rarest else []

    def _words(self, statement: str, values: Mapping[str, object]) -> list[str]:
        return [word for (word,) in self._rows.select(statement, values)]


def _grams(word: str) -> list[str]:
    edged = _EDGE * (_GRAM - 1) + word + _EDGE * (_GRAM - 1)
    return [edged[at : at + _GRAM] for at in range(len(edged) - _GRAM + 1)]
