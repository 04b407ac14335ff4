"""The stage `index`: writes what can be searched for into search.db, which shahr.search reads (SQLite, FTS5).

    entry       one row a thing: IRI (of a question its path), kind, what comes first, number of facts about it; their
                numbers go by that, so that of any of them the smallest is the best known
    name        its labels, other and hidden names, curie, texts that tell what it is; `glued` is the folded name
    words       FTS5: folded words of names, neighbours glued, sounds of Persian words, words of texts, glued names
    vocabulary  the words of that
    type, value what entities are and have: see shahr.entityvalues
    spelling    glued names of entities, and words of names, by what they are spelt like: see shahr.spellings

Texts of articles are not in it, nor in the graph.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad

from shahr import entityvalues, spellings
from shahr.dataset import read_nquads
from shahr.entityvalues import Characteristics
from shahr.files import write_atomically
from shahr.folding import glue, pairs, persian_sound, visible, words
from shahr.namespaces import BASE, ENTITY_PREFIXES, FACT_PREFIXES, SHAHR, SLUG, curie
from shahr.paths import Project
from shahr.queries import read_questions

LONGEST_NAME = 500  # characters
_PLACE = re.compile(rf"(?P<kind>[a-z]+)/{SLUG}|(?P<term>ns#[A-Za-z][A-Za-z0-9-]*)")
_SCHEMA = """
PRAGMA page_size = 4096;
CREATE TABLE entry (id INTEGER PRIMARY KEY, iri TEXT NOT NULL, kind TEXT NOT NULL, ordinal INTEGER NOT NULL,
  facts INTEGER NOT NULL);
CREATE TABLE name (entry INTEGER NOT NULL, role TEXT NOT NULL, language TEXT NOT NULL, text TEXT NOT NULL,
  glued TEXT NOT NULL);
CREATE VIRTUAL TABLE words USING fts5 (names, pairs, sounds, texts, whole,
  content = '', detail = column, columnsize = 0, tokenize = 'ascii', prefix = '1 2 3 4 5');
CREATE VIRTUAL TABLE vocabulary USING fts5vocab (words, col);
"""
_INDEXES = """
CREATE INDEX entry_by_iri ON entry (iri);
CREATE INDEX name_by_entry ON name (entry);
CREATE INDEX name_by_glued ON name (glued);
INSERT INTO words (words) VALUES ('optimize');
INSERT INTO gram (gram) VALUES ('optimize');
"""
_NAMES = """
SELECT DISTINCT glued FROM name JOIN entry ON entry.id = name.entry
WHERE role IN ('label', 'alternative', 'hidden') AND ordinal = 0
"""
_WORDS = "SELECT DISTINCT term FROM vocabulary WHERE col IN ('names', 'pairs')"


@dataclass
class Entry:
    """Something to find: names and texts as (role, language, text); role is label, alternative, hidden, curie or text.

    A hidden name is found like an alternative one, but never shown (SKOS Reference, 5.4).
    """

    iri: str
    kind: str
    facts: int = 0
    names: set[tuple[str, str, str]] = field(default_factory=set)

    @property
    def ordinal(self) -> int:
        """Entities come first, then sources and questions, then what describes, then single facts."""
        if self.kind in ENTITY_PREFIXES:
            return 0
        return {"article": 1, "question": 1, "concept": 2, "term": 2}.get(self.kind, 3)


def index(project: Project, out: Path) -> int:
    """Write out/search.db from out/graph.nq, out/inferred.nq and the questions; gives the number of entries.

    The same sources give the same bytes with the same SQLite.
    """
    described, characteristics = _Described(), Characteristics()
    for quad in chain(read_nquads(out / "graph.nq"), read_nquads(out / "inferred.nq")):
        described.add(quad)
        characteristics.add(quad)
    entries = [*described.entries(), *_questions(project)]
    write_atomically(out / "search.db", _database(sorted(entries, key=_order), characteristics))
    return len(entries)


def _order(entry: Entry) -> tuple[int, int, str]:
    return entry.ordinal, -entry.facts, entry.iri


class _Described:
    """What quads in any order give names to."""

    def __init__(self) -> None:
        self._roles, self._found, self._about = _roles(), dict[str, Entry](), set[tuple[str, str]]()

    def add(self, quad: Quad) -> None:
        subject, value, kind = quad.subject, quad.object, _kind(quad.subject)
        if not kind or not isinstance(subject, NamedNode):
            return
        if isinstance(value, NamedNode) and kind in FACT_PREFIXES:
            self._about.add((value.value, subject.value))
        role = self._roles.get(quad.predicate.value)
        if role and isinstance(value, Literal):
            entry = self._found.setdefault(subject.value, Entry(subject.value, kind))
            entry.names.add((role, value.language or "", _shortened(visible(value.value))))

    def entries(self) -> list[Entry]:
        """Give what has a label and a page of its own."""
        facts = Counter(node for node, _ in self._about)
        for entry in self._found.values():
            entry.facts = facts[entry.iri]
            entry.names.add(("curie", "", curie(entry.iri)))
        return [entry for entry in self._found.values() if any(role == "label" for role, _, _ in entry.names)]


def _roles() -> dict[str, str]:
    """Give the role of what a property says."""
    rdfs, skos = "http://www.w3.org/2000/01/rdf-schema#", "http://www.w3.org/2004/02/skos/core#"
    return {
        **dict.fromkeys((f"{rdfs}label", f"{skos}prefLabel"), "label"),
        **dict.fromkeys((f"{skos}altLabel", "https://schema.org/headline"), "alternative"),
        f"{skos}hiddenLabel": "hidden",
        **dict.fromkeys((f"{skos}definition", f"{SHAHR}gist", "http://purl.org/dc/terms/description"), "text"),
    }


def _kind(subject: object) -> str:
    """Give the kind of what can be found, "" for all else."""
    if not isinstance(subject, NamedNode) or not (place := _PLACE.fullmatch(subject.value.removeprefix(BASE))):
        return ""
    known = (*ENTITY_PREFIXES, *FACT_PREFIXES, "article", "period", "concept")
    return "term" if place["term"] else place["kind"] if place["kind"] in known else ""


def _shortened(text: str) -> str:
    """A name is no longer than this; a label that is would fill the index and every page of results."""
    return text if len(text) <= LONGEST_NAME else f"{text[:LONGEST_NAME]}…"


def _questions(project: Project) -> Iterable[Entry]:
    for query in read_questions(project):
        names = {("label", "en", query.summary), ("label", "fa", query.summary_fa)}
        yield Entry(f"/questions/{query.name}", "question", names=names)


def _database(entries: Iterable[Entry], characteristics: Characteristics) -> bytes:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.executescript(_SCHEMA + entityvalues.SCHEMA + spellings.SCHEMA)
        connection.execute("BEGIN")
        for number, entry in enumerate(entries, 1):
            _insert(connection, number, entry)
            characteristics.insert(connection, number, entry.iri)
        spelt = {
            name: [word for (word,) in connection.execute(statement)]
            for name, statement in ((spellings.NAMES, _NAMES), (spellings.WORDS, _WORDS))
        }
        spellings.write_spellings(connection, spelt)
        connection.execute("COMMIT")
        connection.executescript(_INDEXES + entityvalues.INDEXES)
        return connection.serialize()


def _insert(connection: sqlite3.Connection, number: int, entry: Entry) -> None:
    row = (number, entry.iri, entry.kind, entry.ordinal, entry.facts)
    connection.execute("INSERT INTO entry VALUES (?, ?, ?, ?, ?)", row)
    names = sorted(entry.names)
    rows = [(number, role, tongue, text, "" if role == "text" else glue(text)) for role, tongue, text in names]
    connection.executemany("INSERT INTO name VALUES (?, ?, ?, ?, ?)", rows)
    called = [text for role, _, text in names if role in ("label", "alternative", "hidden")]
    told = [text for role, _, text in names if role == "text"]
    own = [word for name in called for word in words(name)]
    columns = (
        own,
        [pair for name in called for pair in pairs(name)],
        [sound for sound in map(persian_sound, own) if sound],
        [word for text in told for word in words(text)],
        map(glue, called),
    )
    values = [" ".join(sorted(set(column))) for column in columns]
    connection.execute(
        "INSERT INTO words (rowid, names, pairs, sounds, texts, whole) VALUES (?, ?, ?, ?, ?, ?)", (number, *values)
    )
